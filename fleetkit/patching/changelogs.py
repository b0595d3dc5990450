"""Changelogs as a feed: what newer builds say that they mended, held to older builds.

An entry of version V that names a flaw says that builds of that source package below V have it, in
the same release of the same system. That needs no advisory and no network, and holds for packages
of one's own. Its limits:

- since which version the flaw is there is unknown, so `introduced` is; all builds below V count.
- the lowest version that names a flaw as fixed counts, unless a later entry says that this was not
  enough or was taken back; where one release has several branches, the lower branch decides.
- a newest build is not proved clean, for flaws found later are in no changelog: changelogs never
  make a release covered, and never overrule a record of a feed about the same flaw and package.
- it is as trustworthy as the image that it was seen in, which the finding names.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.ecosystems import locate, name_kind, plain_name
from fleetkit.patching.exploitation import flaw_names
from fleetkit.patching.intervals import intervals as intervals_of
from fleetkit.patching.inventory import Inventory
from fleetkit.patching.mending import Mended, affected_by, mends
from fleetkit.plugins import Problem
from fleetkit.versions import text_keys

_TOLD = "told"
_COUNTED = ("fixed", "completed", "undone")
_PLACE = ["ecosystem", "release"]
_BUILD = [*_PLACE, "source_name", "source_version"]
_AT = ["osv_id", "base", "place", "package"]
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)


def add_changelogs(
    spoken: pd.DataFrame, fleet: Fleet, inventory: Inventory
) -> tuple[pd.DataFrame, list[Problem]]:
    """The intervals of feeds, and behind them those that only changelogs tell of.

    Args:
        spoken: what the records of feeds say; it comes first, in its order.
        fleet: its changelogs, and the names of the images that have them.
        inventory: what is installed.

    Returns:
        Intervals; `told` is the sentence about the changelog, NA for those of feeds. And problems.
    """
    entries, problems = _entries(fleet.changelogs)
    entries = _useful(entries, inventory.sources)
    if entries.empty:
        return spoken, problems
    rows: list[dict[str, Any]] = entries.to_dict("records")  # type: ignore[assignment]
    found = _not_spoken(list(mends(rows)), spoken)
    names = _binaries(fleet.packages, found)
    made = intervals_of(row for one in found for row in affected_by(one, names))
    if made.empty:
        return spoken, problems
    told = _describe(made, found, names, _seen(fleet, found))
    return pd.concat([spoken.assign(told=pd.Series(pd.NA, index=spoken.index, dtype=_TEXT)), told],
                     ignore_index=True), problems


def told_by_changelogs(intervals: pd.DataFrame) -> pd.Series:
    """The sentence about the changelog that tells of each interval; NA for those of feeds."""
    if _TOLD in intervals:
        return intervals[_TOLD]
    return pd.Series(pd.NA, index=intervals.index, dtype=_TEXT)


def _entries(changelogs: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Entries that say something of a flaw, with their place and keys as records spell them.

    `at` is the version at which an entry takes effect: no later than the build that tells of it.
    """
    rows = changelogs[changelogs["says"].isin(_COUNTED)].dropna(
        subset=["ecosystem", "source_name", "source_version", "version", "flaw"]
    )
    placed = _placed(rows.reset_index(drop=True))
    orderless = placed["key"].isna() | placed["build_key"].isna()
    problems = []
    if orderless.any():
        first = placed[orderless].iloc[0]
        problems.append(Problem(
            "uncomparable", "no rule orders the version of an entry of a changelog", None,
            f"{int(orderless.sum()):,} entries, as {first['version']} in {first['source_name']}"
            f" {first['source_version']}", phase="audit",
        ))
    kept = placed[~orderless].reset_index(drop=True)
    newer = kept["key"] > kept["build_key"]
    return kept.assign(
        at=kept["version"].mask(newer, kept["source_version"]),
        key=kept["key"].mask(newer, kept["build_key"]),
    ), problems


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `base` and `place`, and the keys of entry and build."""
    parts = [rows.head(0).assign(
        **dict.fromkeys(["base", "place", "key", "build_key"], pd.Series([], dtype=_TEXT))
    )]
    for names, part in rows.groupby(_PLACE, dropna=False, sort=True):
        place = locate(":".join(name for name in _written(*names) if name))
        parts.append(part.assign(
            base=pd.Series(place.ecosystem, index=part.index, dtype=_TEXT),
            place=pd.Series(place.release or pd.NA, index=part.index, dtype=_TEXT),
            key=text_keys(place.ecosystem, part["version"]).astype(_TEXT),
            build_key=text_keys(place.ecosystem, part["source_version"]).astype(_TEXT),
        ))
    return pd.concat(parts)


def _useful(entries: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Entries about flaws that an installed build may have, by age alone."""
    family = ["base", "place", "source_name"]
    lowest = sources.groupby(family, dropna=False)["rank"].transform("min")
    oldest = sources[sources["rank"].eq(lowest).fillna(value=False)].drop_duplicates(family)
    held = entries.merge(
        oldest[[*family, "key"]].rename(columns={"key": "oldest"}), on=family, how="inner"
    )
    late = (held["key"] > held["oldest"]) | held["says"].eq("undone")
    flawed = late.fillna(value=False).groupby(
        [held[name] for name in (*family, "flaw")], dropna=False
    ).transform("any")
    return held[flawed.astype(bool)].reset_index(drop=True)


def _not_spoken(found: list[Mended], spoken: pd.DataFrame) -> list[Mended]:
    """Those that no record of a feed speaks of."""
    names = {plain_name(one.base, one.source_name) for one in found}
    records = spoken[spoken["package"].isin(names)].reset_index(drop=True)
    if records.empty:
        return found
    named = flaw_names(records)
    rows = records.iloc[named["number"].to_numpy()]
    said = {
        (base, None if pd.isna(place) else place, package, flaw)
        for base, place, package, flaw in zip(
            rows["ecosystem"], rows["release"], rows["package"], named["name"], strict=True)
    }
    return [
        one for one in found
        if not {(one.base, place, plain_name(one.base, one.source_name), one.flaw)
                for place in (one.place, None)} & said
    ]


def _binaries(packages: pd.DataFrame, found: list[Mended]) -> dict[tuple[str, ...], list[str]]:
    """Binary packages with their source's own version, by place and source.

    Where records speak of binary packages, so must the changelog of their source; a binary with a
    version of its own cannot be held to it.
    """
    named = {one.source_name for one in found if name_kind(one.base) == "binary"}
    rows = packages[packages["source_name"].isin(named)] if named else packages.head(0)
    same = rows["version"].eq(rows["source_version"]).fillna(value=False)
    listed = rows[same][[*_PLACE, "source_name", "name"]].dropna(subset="name").drop_duplicates()
    binaries: dict[tuple[str, ...], list[str]] = {}
    for ecosystem, release, source, name in listed.itertuples(index=False, name=None):
        binaries.setdefault(_written(ecosystem, release, source), []).append(name)
    return binaries


def _written(*parts: Any) -> tuple[str, ...]:
    return tuple("" if pd.isna(part) else str(part) for part in parts)


def _seen(fleet: Fleet, found: list[Mended]) -> dict[tuple[str, ...], str]:
    """For each build that tells something, the first subject that has it, by its name."""
    builds = {_written(one.ecosystem, one.release, one.source_name, line.source_version)
              for one in found for line in one.lines}
    packages = fleet.packages
    rows = packages[packages["source_name"].isin({build[2] for build in builds})]
    rows = rows[[*_BUILD, "subject_id"]].dropna(subset="subject_id").sort_values("subject_id")
    names = fleet.images.set_index("image_id")["name"].dropna()
    seen: dict[tuple[str, ...], str] = {}
    for *build, subject in rows.drop_duplicates(_BUILD).itertuples(index=False, name=None):
        if (written := _written(*build)) in builds:
            seen[written] = str(names.get(subject, subject))
    return seen


def _describe(
    made: pd.DataFrame, found: list[Mended], names: dict[tuple[str, ...], list[str]],
    seen: dict[tuple[str, ...], str],
) -> pd.DataFrame:
    """The intervals with the line that tells of each; where they begin is mostly unknown."""
    lines = pd.DataFrame(_lines(found, names, seen)).astype({"end": _TEXT, "place": _TEXT})
    rows = made.assign(
        base=made["ecosystem"], place=made["release"],
        end=made["fixed_version"].fillna(made["introduced"]),
    )
    joined = rows.reset_index().merge(lines, on=[*_AT, "end"], how="left").set_index("index")
    joined = joined[~joined.index.duplicated()].sort_index()
    unknown = made["introduced"].eq("0").fillna(value=False)
    return made.assign(
        told=joined["text"].astype(_TEXT), where=joined["origin"].astype(_TEXT),
        published=joined["changed_at"].astype(made["published"].dtype),
        introduced=made["introduced"].mask(unknown, pd.NA),
    )


def _lines(
    found: list[Mended], names: dict[tuple[str, ...], list[str]], seen: dict[tuple[str, ...], str]
) -> Iterator[dict[str, object]]:
    for one in found:
        for row in affected_by(one, names):
            for line in one.lines:
                build = _written(one.ecosystem, one.release, one.source_name, line.source_version)
                where = f", seen in {seen[build]}" if build in seen else ""
                entry = "" if line.entry == line.source_version else f" at {line.entry}"
                changelog = f"the changelog of {one.source_name} {line.source_version}"
                yield {
                    "osv_id": one.flaw, "base": one.base, "place": one.place,
                    "package": plain_name(one.base, row.package or ""), "end": line.version,
                    "text": f"{changelog}{where}, says{entry}: '{line.line}'",
                    "origin": changelog, "changed_at": line.changed_at,
                }
