"""Mending: from entries of changelogs that name one flaw to the versions that have it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

import pandas as pd

from fleetkit.patching.ecosystems import name_kind
from fleetkit.plugins import Affected
from fleetkit.schema import Row


class Line(NamedTuple):
    """What an entry says.

    Attributes:
        says: fixed, completed or undone.
        version: at which it takes effect: that of the entry, or of the build where that is lower,
            as a backport takes over entries of the newer version that it was made from.
        entry: version of the entry.
        source_version: of the build whose changelog it is.
        line: its words.
        changed_at: when it was made; NaT if unknown.
    """

    says: str
    version: str
    entry: str
    source_version: str
    line: str
    changed_at: pd.Timestamp


class Mended(NamedTuple):
    """One flaw of one source package in one release.

    Attributes:
        ecosystem: as in packages, as are release and source_name.
        release: None where there is none.
        source_name: source package.
        base: ecosystem as records spell it.
        place: release as records spell it.
        flaw: CVE.
        lines: entries that begin or end the flaw, lowest version first.
    """

    ecosystem: str
    release: str | None
    source_name: str
    base: str
    place: str | None
    flaw: str
    lines: tuple[Line, ...]


def mends(entries: Iterable[Row]) -> Iterator[Mended]:
    """Each flaw of each source package with the entries that begin or end it.

    Of several builds that tell of one entry, the lowest is believed: the others have it from there.

    Args:
        entries: rows of `changelogs` with `base`, `place`, the version `at` which each takes
            effect, and the keys of that and of the build, `key` and `build_key`.
    """
    listed = sorted(entries, key=lambda row: (*_flaw(row), row["key"], row["build_key"]))
    for _, rows in groupby(listed, key=_flaw):
        told = list(rows)
        lines = tuple(_turns(told))
        first = told[0]
        if lines:
            yield Mended(
                first["ecosystem"], _known(first["release"]), first["source_name"], first["base"],
                _known(first["place"]), first["flaw"], lines,
            )


def affected_by(one: Mended, binaries: Mapping[tuple[str, ...], list[str]]) -> Iterator[Affected]:
    """Statements as a feed would make them, about the source package or its binary packages.

    Args:
        one: the flaw.
        binaries: binary packages by ecosystem, release and source package.
    """
    events = [("introduced", "0")] + [
        ("introduced" if line.says == "undone" else "fixed", line.version) for line in one.lines
    ]
    names = [one.source_name]
    if name_kind(one.base) == "binary":
        names = binaries.get((one.ecosystem, one.release or "", one.source_name), [])
    for name in names:
        yield Affected(
            osv_id=one.flaw, where="changelogs", package=name,
            ecosystem=one.ecosystem + (f":{one.release}" if one.release else ""),
            ranges=(("ECOSYSTEM", tuple(events)),),
        )


def _turns(rows: list[dict[str, Any]]) -> Iterator[Line]:
    """The entries at which the flaw ends or is there again, by turns, the first one an end."""
    last_completed = max(
        (number for number, row in enumerate(rows) if row["says"] == "completed"), default=0
    )
    is_open = True
    for row in rows[last_completed:]:
        if is_open == (row["says"] == "undone"):
            continue
        is_open = not is_open
        yield Line(row["says"], row["at"], row["version"], row["source_version"],
                   _known(row["line"]) or "", row["changed_at"])


def _flaw(row: Row) -> tuple[str, ...]:
    names = ("base", "place", "ecosystem", "release", "source_name", "flaw")
    return tuple(_known(row[name]) or "" for name in names)


def _known(cell: Any) -> str | None:
    return None if pd.isna(cell) else str(cell)
