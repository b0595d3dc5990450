"""Which of their columns is which of ours: as the user says, by name, or by a usual other name."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from fleetkit.errors import LoadError
from fleetkit.loaders.frame.wishes import Wishes, unit_key, units_of
from fleetkit.redaction import is_secret_name
from fleetkit.schema import Column, Table
from fleetkit.tables.envelope import ENVELOPE

_UNIT = re.compile(
    r"[\[(]\s*(?P<inside>[A-Za-z%]{1,12})\s*[\])]\s*$"
    r"|[\s_-](?P<behind>[KMGTP]i?B|bytes|millicores|percent|ms|%)$"
    r"|(?<=[a-z])(?P<joined>[KMGTP]i?B)$", re.IGNORECASE)
_JOINED = re.compile(r"[a-z][KMGTP]i?B$")
_PLAIN = re.compile(r"[\W_]+")
_OURS = frozenset(column.name for column in ENVELOPE) - {"account", "region", "observed_at"}


class Match(NamedTuple):
    """One of their columns that is one of ours.

    Attributes:
        header: as they have it.
        column: ours.
        unit: that the user or the header names.
        how: said, exact, spelling or alias.
        named_by: who named the unit: user or header; None where nobody did.
    """

    header: str
    column: Column
    unit: str | None
    how: str
    named_by: str | None


@dataclass
class Layout:
    """What the columns are.

    Args:
        matches: those that are ours.
        extras: the others that may be kept.
        secrets: those whose names say that they hold credentials.
        left: those that are left out, with the reason.
    """

    matches: list[Match] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


class _Spoken(NamedTuple):
    header: str
    name: str
    unit: str | None


def arrange(headers: list[str], wishes: Wishes, where: str) -> Layout:
    """What each column is.

    Raises:
        LoadError: the user names a column that is not there, or two for one of ours.
    """
    layout = Layout(secrets=[name for name in headers if is_secret_name(name)])
    free = {name: None for name in headers if name not in layout.secrets}
    for match in _said(headers, wishes, where, layout):
        free.pop(match.header, None)
        layout.matches.append(match)
    if set(headers) >= _OURS:
        layout.left |= dict.fromkeys(_OURS, "an earlier load says so; this one knows better")
    for header in layout.left:
        free.pop(header, None)
    for found in (_exact, _spelled, _usual):
        for match in found([*free], wishes.table, {match.column.name for match in layout.matches}):
            del free[match.header]
            layout.matches.append(match)
    layout.extras = list(free)
    return layout


def _said(headers: list[str], wishes: Wishes, where: str, layout: Layout) -> Iterator[Match]:
    taken: dict[str, str] = {}
    by_plain = {plain(header): header for header in reversed(headers)}
    for said, wish in wishes.columns.items():
        header = said if said in headers else by_plain.get(plain(said))
        if header is None:
            raise LoadError(
                f"{where}: has no column {said!r}; it has {', '.join(headers)[:500] or 'none'}")
        if wish.name is None:
            layout.left[header] = "the user says so"
        elif wish.name in taken:
            raise LoadError(
                f"{where}: {taken[wish.name]!r} and {said!r} are both to be {wish.name}")
        elif header not in layout.secrets:
            taken[wish.name] = said
            column = wishes.table.column(wish.name)
            unit = wish.unit or _spoken(header, column).unit
            yield Match(header, column, unit, "said",
                        "user" if wish.unit else "header" if unit else None)


def _exact(headers: list[str], table: Table, taken: set[str]) -> Iterator[Match]:
    for name in headers:
        if name in table.names and name not in taken | _OURS:
            yield Match(name, table.column(name), None, "exact", "name")


def _spelled(headers: list[str], table: Table, taken: set[str]) -> Iterator[Match]:
    ours = {plain(name): name for name in table.names if name not in _OURS}
    yield from _matched(headers, table, taken, ours, "spelling")


def _usual(headers: list[str], table: Table, taken: set[str]) -> Iterator[Match]:
    yield from _matched(headers, table, taken, _aliases(table.name), "alias")


def _matched(
    headers: list[str], table: Table, taken: set[str], names: Mapping[str, str], how: str
) -> Iterator[Match]:
    """Matches by name, in the order in which names are declared."""
    spoken: dict[str, _Spoken] = {}
    for header in headers:
        spoken.setdefault(plain(header), _Spoken(header, header, None))
    for header in headers:
        base, unit = _split(header)
        if unit:
            spoken.setdefault(plain(base), _Spoken(header, base, unit))
    used: set[str] = set()
    for key, name in names.items():
        said = spoken.get(key)
        column = table.column(name)
        if said is None or name in taken or said.header in used:
            continue
        unit = unit_key(said.unit) if said.unit else None
        if unit is not None and unit not in units_of(column):
            continue
        taken.add(name)
        used.add(said.header)
        exact = how == "spelling" and unit is None and plain(name) == plain(said.header)
        yield Match(said.header, column, unit, how,
                    "header" if unit else "name" if exact else None)


def _spoken(header: str, column: Column) -> _Spoken:
    base, unit = _split(header)
    if unit and unit_key(unit) in units_of(column):
        return _Spoken(header, base, unit_key(unit))
    return _Spoken(header, header, None)


def _split(header: str) -> tuple[str, str | None]:
    """A header without the unit in it, and that."""
    match = _UNIT.search(header)
    if match is None or (match["joined"] and not _JOINED.search(header)):
        return header, None
    return header[:match.start()], match["inside"] or match["behind"] or match["joined"]


def plain(said: str) -> str:
    """A name without what spellings differ in: case, spaces, signs."""
    return _PLAIN.sub("", said).casefold() or said


@cache
def _aliases(table: str) -> dict[str, str]:
    text = files("fleetkit.loaders.frame").joinpath("aliases.csv").read_text(encoding="utf-8")
    return {
        plain(name): row["column"]
        for row in csv.DictReader(text.splitlines()) if row["table"] == table
        for name in row["names"].split(";")
    }


@cache
def spellings(column: str) -> dict[str, str]:
    """Usual spellings of the values of a column, without case and signs -> the value."""
    text = files("fleetkit.loaders.frame").joinpath("spellings.csv").read_text(encoding="utf-8")
    return {
        plain(said): row["value"]
        for row in csv.DictReader(text.splitlines()) if row["column"] == column
        for said in row["spellings"].split(";")
    }
