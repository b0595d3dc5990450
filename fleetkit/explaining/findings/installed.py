"""What is installed where, and what brought it: package, database, layer, image of the lineage."""

from collections.abc import Iterator

import pandas as pd

from fleetkit.explaining.findings.case import Case, built_from, short
from fleetkit.explaining.findings.facts import (
    Fact,
    Section,
    counted,
    few,
    known,
    same,
    section,
    told,
)
from fleetkit.tables import FINDINGS, LINEAGE

_NAMED = 3
_HIGHEST = 64  # generations that are climbed; lineages of images have a handful


def installed(case: Case) -> Section:
    """Subject, source package, binary packages, and where each is written down."""
    return section("Installed", _installed(case))


def origin(case: Case) -> Section:
    """The layer since which it is there, and the image of the lineage that it came with."""
    return section("Came with", [_layer(case), *_ancestor(case)])


def _installed(case: Case) -> Iterator[Fact | None]:
    yield Fact("in", _subject(case))
    if len(case.images) and case.workloads.empty:
        users = same(case.fleet.workloads, image_id=case.subject_id)
        names = users["name"].fillna(users["workload_id"]).dropna().tolist()
        yield Fact("runs as", f"{counted(len(users), 'workload')}: {few(names)}" if names else
                   "no workload of the fleet runs it")
    if case.source is None:
        yield told("system", case.place)
        return
    yield Fact("source package", f"{case.source} {case.version or 'of unknown version'}, "
               f"{case.place or 'of an unknown ecosystem'}")
    rows = case.packages
    yield Fact("packages", few(_binaries(rows), 8) or few(case.row["package_names"] or (), 8))
    yield told("rpm module", few(rows["module"].dropna()))
    yield told("written down in", few(rows["path"].dropna()))
    yield told("package URL", few(rows["purl"].dropna(), 2))
    yield told("the same on", _elsewhere(case))


def _elsewhere(case: Case) -> str | None:
    """Other subjects of which the same record says the same about the same build."""
    rows = same(case.fleet.findings, **{
        name: case.row[name] for name in reversed(FINDINGS.key) if name != "subject_id"})
    others = [name for name in rows["subject_id"].unique() if name != case.subject_id]
    if not others:
        return None
    names = [case.name_of(str(name)) for name in others[:_NAMED]]
    more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
    return f"{counted(len(others), 'other subject')}: {', '.join(names)}{more}"


def _subject(case: Case) -> str:
    name = case.name_of(case.subject_id)
    kind = "image" if case.workloads.empty else known(case.workloads["kind"].iloc[0]) or "workload"
    ident = short(case.subject_id)
    return f"{kind} {name}" + (f" ({ident})" if ident != name else "")


def _binaries(rows: pd.DataFrame) -> Iterator[str]:
    """`libssl3 3.0.11-1 (amd64)`."""
    cells = rows[["name", "version", "arch"]].astype(object)
    for parts in cells.itertuples(index=False, name=None):
        name, version, arch = (known(part) for part in parts)
        yield f"{name or 'unnamed'} {version or ''}".strip() + (f" ({arch})" if arch else "")


def _layer(case: Case) -> Fact | None:
    """The layer by its number where the database was read layer by layer, else by its digest."""
    if case.source is None or case.images.empty:
        return None
    layers = same(case.fleet.layers, image_id=case.images["image_id"].iloc[0])
    numbers = case.packages["current_layer"].dropna()
    digests = case.packages["layer_id"].dropna()
    if numbers.empty and digests.empty:
        return None
    number = int(numbers.max()) if len(numbers) else None
    found = same(layers, diff_id=digests.iloc[0]) if number is None else (
        same(layers, position=number))
    digest, command = (known(found[name].iloc[0]) if len(found) else None
                       for name in ("diff_id", "command"))
    digest = digest or next(iter(digests), None)
    place = number if number is not None or found.empty else known(found["position"].iloc[0])
    of = f" of {len(layers)}" if len(layers) else ""
    parts = [None if place is None else f"layer {place}{of}, 0 is the lowest",
             short(digest) if digest else None, f"made by {command}" if command else None]
    return Fact("layer", "; ".join(part for part in [*parts, _earlier(case)] if part))


def _earlier(case: Case) -> str | None:
    """A build may have been there lower, gone, and come again."""
    first, current = (case.packages[name].dropna() for name in ("first_layer", "current_layer"))
    if first.empty or current.empty or int(first.min()) == int(current.max()):
        return None
    return f"it appears first in layer {int(first.min())}"


def _ancestor(case: Case) -> Iterator[Fact]:
    """The highest image of the lineage up to which each has the same build."""
    if case.source is None or LINEAGE.name not in case.fleet or case.images.empty:
        return
    came = str(case.images["image_id"].iloc[0])
    why, guessed = "no parent of it is known", ""
    for edge in _climb(case, came):
        parent = str(edge["parent_id"])
        holds = _holds(case, parent)
        if not holds:
            why = f"its parent {case.name_of(parent)} " + (
                "does not have this build" if holds is False else "has no packages that were read")
            break
        came = parent
        if known(edge["is_inferred"]) == "yes":
            guessed = ", by an inferred edge"
    yield Fact("lineage", f"{case.name_of(came)} brought it{guessed}; {why}")


def _climb(case: Case, image: str) -> Iterator[pd.Series]:
    """The edges from an image upwards, the surest parent of each."""
    lineage, seen = case.fleet.lineage, {image}
    for _ in range(_HIGHEST):
        edges = same(lineage, child_id=image)
        edges = edges[~edges["parent_id"].isin(seen)]
        edges = edges.sort_values(
            ["confidence", "shared_layers", "parent_id"], ascending=[False, False, True])
        if edges.empty:
            return
        image = str(edges["parent_id"].iloc[0])
        seen.add(image)
        yield edges.iloc[0]


def _holds(case: Case, image: str) -> bool | None:
    """Whether an image has the same build of the package; None where its packages are unknown."""
    rows = same(case.fleet.packages, subject_id=image)
    if rows.empty:
        return None
    rows = same(rows, ecosystem=case.row["ecosystem"], release=case.row["release"])
    return bool(len(built_from(rows, case.source or "", case.version)))
