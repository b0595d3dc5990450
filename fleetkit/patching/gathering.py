"""Gathering: all that one feed states, as columns that do not depend on the day of the audit."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.patching.flaws import Flaws
from fleetkit.patching.spans import ORDER, SPANS, Keyring, Numbered, spans
from fleetkit.plugins import Affected, Exploitation, Problem, Stated, Statement, Support

RECORDS = pa.schema([
    ("osv_id", pa.large_string()),
    ("group_id", pa.large_string()),
    ("names", pa.list_(pa.string())),
    ("aliases", pa.list_(pa.string())),
    ("upstream", pa.list_(pa.string())),
    ("where", pa.large_string()),
    ("published", pa.timestamp("us", "UTC")),
    ("modified", pa.timestamp("us", "UTC")),
    ("withdrawn", pa.timestamp("us", "UTC")),
])
_PORTION = 50_000  # rows and listed versions that are held as objects at one time
_TIMES = ("published", "modified", "withdrawn")

Note = Callable[[Problem], None]
Other = Statement | Exploitation | Support


class Gathered(NamedTuple):
    """What one feed states.

    Attributes:
        records: the newest record of each id, sorted by it, but those that are withdrawn behind
            all others; `RECORDS`. `group_id` and `names` are the flaw and its other names as far
            as the record alone tells.
        spans: `SPANS`, sorted; `record` is the row of `records`.
        others: all that is no record of a flaw; those of one kind in their order.
        problems: what was met on the way.
    """

    records: pa.Table
    spans: pa.Table
    others: list[Other]
    problems: list[Problem]


def gather(stated: Iterable[Stated], note: Note) -> Gathered:
    """What the rows of one feed state; of two equally new records of one id the last counts.

    Rows of one record on one package are united where they come one after another.
    """
    with _no_collection():
        return _gather(stated, note)


def renamed(found: Gathered, place: str, name: str) -> Gathered:
    """The same with another name of the place where it was read."""
    records = found.records
    where = pc.replace_substring(records["where"], place, name)
    others = [
        other if isinstance(other, Support)
        else replace(other, where=other.where.replace(place, name)) for other in found.others
    ]
    problems = [
        replace(problem, subject_id=(problem.subject_id or "").replace(place, name) or None,
                detail=(problem.detail or "").replace(place, name) or None)
        for problem in found.problems
    ]
    index = records.schema.get_field_index("where")
    return Gathered(records.set_column(index, RECORDS.field(index), where), found.spans, others,
                    problems)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the search for cycles: millions of plain objects come and go, and make none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _gather(stated: Iterable[Stated], note: Note) -> Gathered:
    log, keyring = _Log(note), Keyring()
    others: list[Other] = []
    portion: list[Numbered] = []
    parts: list[pa.Table] = []
    weight, last = 0, -1
    for row in stated:
        if not isinstance(row, Affected):
            others.append(row)
            continue
        number = log.number(row)
        if weight >= _PORTION and number != last:
            parts.append(spans(portion, keyring))
            portion, weight = [], 0
        if row.ecosystem and row.package:
            portion.append((number, row))
        weight, last = weight + 1 + len(row.versions), number
    parts.append(spans(portion, keyring))
    kept = log.newest()
    return Gathered(log.table(kept), _sorted(pa.concat_tables(parts), kept, len(log)), others, [])


class _Log:
    """The records of one feed, numbered as they come; a record is an id in one place."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._numbers: dict[tuple[str, str], int] = {}
        self._cells: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self._cells)

    def number(self, row: Affected) -> int:
        """The number of the row's record."""
        place = row.osv_id, row.where
        number = self._numbers.get(place)
        if number is None:
            number = self._numbers[place] = len(self._cells)
            self._cells.append(self._read(row))
        return number

    def _read(self, row: Affected) -> tuple[Any, ...]:
        times = {name: _moment(getattr(row, name)) for name in _TIMES}
        bad = [name for name in _TIMES if getattr(row, name) and times[name] is None]
        if bad:
            self._note(Problem(
                "broken_record", "a record states a time that is none", row.where,
                f"{row.osv_id}: {bad[0]} {str(getattr(row, bad[0]))[:80]!r}",
            ))
        alone = Flaws({row.osv_id: row.aliases}, {row.osv_id: row.upstream})
        return (row.osv_id, alone.group(row.osv_id), tuple(alone.others(row.osv_id)), row.aliases,
                row.upstream, row.where, *times.values())

    def newest(self) -> list[int]:
        """The number of each id's newest record, in the order of `records`."""
        best: dict[str, tuple[datetime, int]] = {}
        modified, withdrawn = map(RECORDS.get_field_index, ("modified", "withdrawn"))
        for number, cells in enumerate(self._cells):
            found = (cells[modified] or datetime.min.replace(tzinfo=UTC), number)
            best[cells[0]] = max(best.get(cells[0], found), found)
        kept = [best[name][1] for name in sorted(best)]
        return sorted(kept, key=lambda number: self._cells[number][withdrawn] is not None)

    def table(self, kept: list[int]) -> pa.Table:
        """The records of the numbers, in their order."""
        cells = [self._cells[number] for number in kept]
        columns = zip(*cells, strict=True) if cells else [()] * len(RECORDS)
        return pa.table([
            pa.array(column, field.type) for column, field in zip(columns, RECORDS, strict=True)
        ], schema=RECORDS)


def _sorted(found: pa.Table, kept: list[int], count: int) -> pa.Table:
    """The spans of the kept records, numbered by their place among them."""
    places = np.full(count, -1, dtype=np.int32)
    places[kept] = np.arange(len(kept), dtype=np.int32)
    numbered = found.set_column(0, SPANS.field(0), pa.array(places[found["record"].to_numpy()]))
    frame: Any = pl.from_arrow(numbered)
    ordered = frame.filter(pl.col("record") >= 0).sort(ORDER, nulls_last=True, maintain_order=True)
    return ordered.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(SPANS)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
