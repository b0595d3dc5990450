"""Rows of a sheet to records, and the tally that the import receipt is written from."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, islice
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.rvtools import clocks
from fleetkit.loaders.rvtools.headers import Column, Layout, arrange
from fleetkit.loaders.rvtools.systems import hypervisor, system
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import MASK, is_secret_name, mask_text
from fleetkit.spreadsheets.cells import (
    Order,
    as_number,
    as_text,
    as_time,
    as_truth,
    order_of,
)
from fleetkit.spreadsheets.workbooks import Cell, Row, Sheet

_SAMPLE = 2_000
_LARGEST = 1 << 62
_NIL = "00000000-0000-0000-0000-000000000000"
_LOWER = frozenset(("uuid", "vc", "smbios", "mac", "disk_uuid"))
_IDENTITIES = ("vm", "uuid", "vm_id")


@dataclass
class Tally:
    """What was met while a sheet was read.

    Args:
        layout: what its columns are.
        rows: rows under the header, empty ones apart.
        empty: rows without content.
        nameless: rows that name nothing.
        broken: rows with more cells than there are headers.
        nulls: rows without a value, by field.
        words: cells that hold something else than their column is for, by field.
        example: one of these, by field.
        fallback: machines by what stands for their UUID.
        offset: how far the clock of the export was ahead of UTC, if the sheet tells.
        order: of day and month, as far as the sheet tells.
    """

    layout: Layout
    rows: int = 0
    empty: int = 0
    nameless: int = 0
    broken: int = 0
    nulls: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    example: dict[str, str] = field(default_factory=dict)
    fallback: Counter[str] = field(default_factory=Counter)
    offset: timedelta | None = None
    order: Order = "unknown"


@dataclass
class Export:
    """What is known of the whole export while its sheets are read.

    Args:
        bundle: the file, or the folder of a set of CSV files.
        version: of RVTools, if it says so.
        offset: of its clock, once a sheet has told.
        tags: custom attributes of machines, which other sheets repeat.
        tallies: of the sheets read so far.
    """

    bundle: str
    version: str | None = None
    offset: timedelta | None = None
    tags: frozenset[str] = frozenset()
    tallies: list[Tally] = field(default_factory=list)

    @property
    def is_old(self) -> bool:
        """Whether the version is known, and too old to write instance UUIDs (before 3.9)."""
        major, _, minor = (self.version or "9").partition(".")
        number = minor.partition(".")[0]
        return major == "3" and number.isdecimal() and int(number) < 9


def read_sheet(section: str, sheet: Sheet, export: Export) -> Iterator[Record | Problem]:
    """The records of a sheet; its tally is added to the export.

    Raises:
        LoadError: no column of the sheet is known.
    """
    with closing(sheet):
        _, header = next(sheet.rows, (0, {}))
        layout = arrange(section, {place: as_text(cell) or "" for place, cell in header.items()})
        tally = Tally(layout)
        if not layout.columns and header:
            named = ", ".join(str(cell)[:40] for cell in list(header.values())[:8])
            raise LoadError(f"{sheet.name}: has none of the columns of {section}; it has {named}")
        export.tallies.append(tally)
        rows = _prepared(sheet.rows, tally, export)
        yield from _records(rows, tally, export, max(header, default=0))
        tally.empty = sheet.empty


def _prepared(rows: Iterator[Row], tally: Tally, export: Export) -> Iterator[Row]:
    """The same rows, after a look at the first of them: how dates are written, and which clock."""
    sample, rows = _first(rows)
    times = [column.place for column in tally.layout.columns if column.field.kind == "time"]
    tally.order = order_of(cells.get(place) for _, cells in sample for place in times)
    places = {column.field.name: column.place for column in tally.layout.columns}
    if tally.layout.section == "vInfo":
        export.tags = frozenset(tally.layout.tags.values())
        started, changed = places.get("power_on", 0), places.get("changed", 0)
        export.offset = clocks.offset_of(
            ((cells.get(started), cells.get(changed)) for _, cells in sample), tally.order)
    tally.offset = export.offset
    return chain(sample, rows)


def _first(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """The first rows, and those behind them; damage among the first comes behind what is whole."""
    sample: list[Row] = []
    try:
        sample.extend(islice(rows, _SAMPLE))
    except LoadError as error:
        return sample, _damaged(error)
    return sample, rows


def _damaged(error: LoadError) -> Iterator[Row]:
    raise error
    yield


def _records(
    rows: Iterator[Row], tally: Tally, export: Export, width: int
) -> Iterator[Record | Problem]:
    section = tally.layout.section
    for number, cells in rows:
        tally.rows += 1
        if max(cells) > width:
            tally.broken += 1
            yield _too_wide(section, number)
            continue
        found = {column.field.name: _value(column, cells.get(column.place), tally)
                 for column in tally.layout.columns}
        if not any(found.get(name) for name in _names(section)):
            tally.nameless += 1
            continue
        content = {name: value for name, value in found.items() if value is not None}
        content |= _more(section, found, cells, tally, export)
        yield Record(section, {**content, "row": number, "bundle": export.bundle})


def _names(section: str) -> tuple[str, ...]:
    return ("host",) if section == "vHost" else _IDENTITIES


def _value(column: Column, cell: Cell | None, tally: Tally) -> Any:
    """The value of a cell; what is unknown is counted, and what is no such value too."""
    value = _read(column, cell, tally)
    if value is None:
        name = column.field.name
        tally.nulls[name] += 1
        if cell is not None:
            tally.words[name] += 1
            tally.example.setdefault(name, mask_text(str(cell)[:40]))
    return value


def _read(column: Column, cell: Cell | None, tally: Tally) -> Any:
    kind = column.field.kind
    if cell is None:
        return None
    if kind == "text":
        return _text(column.field.name, cell)
    if kind == "size":
        number = as_number(cell)
        fits = number is not None and 0 <= number < _LARGEST / column.factor
        return round(number * column.factor) if number is not None and fits else None
    if kind == "number":
        return as_number(cell)
    if kind == "truth":
        return as_truth(cell)
    time = as_time(cell, tally.order)
    return clocks.shifted(time, tally.offset) if time and tally.offset and kind == "time" else time


def _text(name: str, cell: Cell) -> str | None:
    said = as_text(cell)
    if said is None or (name in _LOWER and said == _NIL):
        return None
    return said.lower() if name in _LOWER else mask_text(said)


def _more(
    section: str, found: dict[str, Any], cells: dict[int, Cell], tally: Tally, export: Export
) -> dict[str, Any]:
    """What takes more than one cell."""
    if section == "vInfo":
        _count_fallback(found, tally)
        newer = tally.layout.has("smbios") or tally.layout.newer
        more = system(found.get("os_tools"), found.get("os_config"), found.get("details"))
        more["instance"] = newer and not export.is_old
    elif section == "vHost":
        more = hypervisor(found.get("version"))
    else:
        return {}
    tags = [_tag(name, cells[place]) for place, name in tally.layout.tags.items() if place in cells]
    return {**{name: value for name, value in more.items() if value is not None}, "tags": tags}


def _count_fallback(found: dict[str, Any], tally: Tally) -> None:
    if not found.get("uuid"):
        tally.fallback["VM ID" if found.get("vm_id") else "VM"] += 1


def _tag(name: str, cell: Cell) -> dict[str, str]:
    value = as_text(cell) or ""
    shown = MASK if value and is_secret_name(name) else mask_text(value)
    return {"Key": mask_text(name), "Value": shown}


def _too_wide(section: str, number: int) -> Problem:
    return Problem(
        code="unreadable_record", message="a row has more cells than there are headers",
        subject_id=f"{section}, row {number:,}", phase="parse", severity="error",
        hint="is a separator inside a text that is not quoted?",
    )
