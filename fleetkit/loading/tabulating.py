"""Raw records to a fleet: every record becomes rows, or a problem that names it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.errors import LoadError, SchemaError
from fleetkit.fleet import Fleet
from fleetkit.loading.harvest import Harvest, Part, problem_row
from fleetkit.loading.querying import (
    Result,
    answer,
    concerns,
    database,
    keyless,
    nothing,
    relations,
)
from fleetkit.plugins import Batch, Loader, Problem, Record
from fleetkit.redaction import mask_text
from fleetkit.schema import Row, Table
from fleetkit.source import parse_json
from fleetkit.tables import COVERAGE, PROBLEMS

_SHOWN_DETAIL = 500
_WHERE = ("source", "origin", "target", "account", "region", "observed_at")
_STRANGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
_KNOWN_BETTER = ("origin", "account", "region")

Rows = list[Row]


def tabulate(loader: Loader, harvests: Sequence[Harvest]) -> Fleet:
    """The fleet that the records describe, its rows sorted by key so that equal input is equal.

    Batches are given up as they are used: large tables are not held twice.
    """
    covered = [row for harvest in harvests for row in harvest.coverage()]
    problems = [row for harvest in harvests for row in harvest.all_problems()]
    frames = dict(_generated(loader, harvests, problems))
    frames |= dict(_queried(loader, harvests, problems))
    frames |= dict(_whole(loader, harvests))
    frames["coverage"] = COVERAGE.frame(_by_key(COVERAGE, covered))
    between = frames.pop("problems", PROBLEMS.empty())  # files that contradict each other
    frames["problems"] = pd.concat([PROBLEMS.frame(problems), between], ignore_index=True)
    return Fleet(**frames)


def _generated(
    loader: Loader, harvests: Sequence[Harvest], problems: Rows
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables that generators over single records make."""
    if not loader.rows:
        return
    records = [(harvest.envelope, list(_records(harvest, problems))) for harvest in harvests]
    for table, make in loader.rows.items():
        rows = _identified(table, [
            row for envelope, found in records for row in _rows(make, found, envelope, problems)
        ], problems)
        yield table.name, _frame(table, _by_key(table, rows), problems)


def _identified(table: Table, rows: Rows, problems: Rows) -> Rows:
    """Rows that have an id; each of the others becomes a problem."""
    named = [row for row in rows if row.get(table.key[0]) is not None] if table.key else rows
    if len(named) < len(rows):
        problems += [
            {**problem_row(keyless(table), None), **{name: row.get(name) for name in _WHERE}}
            for row in rows if row.get(table.key[0]) is None
        ]
    return named


def _records(harvest: Harvest, problems: Rows) -> Iterator[Record]:
    for kind, line in harvest.lines:
        try:
            content = parse_json(line, f"a {kind} record")
        except LoadError as error:
            problem = _unreadable(Record(kind, {}), error)
            problems.append({**problem_row(problem, None), **harvest.envelope})
        else:
            yield Record(kind, content)


def _frame(table: Table, rows: Rows, problems: Rows) -> pd.DataFrame:
    try:
        return table.frame(rows)
    except SchemaError:
        return table.frame(_fitting(table, rows, problems))


def _by_key(table: Table, rows: Rows) -> Rows:
    """Rows in the order of their keys, unknown last: cheaper here than on wide frames."""
    def place(row: Row) -> tuple[tuple[bool, Any], ...]:
        cells = (row.get(name) for name in table.key)
        return tuple((cell is None, "" if cell is None else cell) for cell in cells)

    try:
        return sorted(rows, key=place)
    except TypeError:  # a cell of the wrong kind; the table will name it
        return rows


def _rows(
    make: Any, records: list[Record], envelope: dict[str, Any], problems: Rows
) -> Iterator[Row]:
    for record in records:
        try:
            yield from [_enclosed(row, envelope) for row in make(record)]
        except _STRANGE as error:
            problems.append({**problem_row(_unreadable(record, error), None), **envelope})


def _enclosed(row: Row, envelope: dict[str, Any]) -> Row:
    """The row with where it comes from, unless it knows that better."""
    return {**envelope, **row} if row.keys().isdisjoint(_KNOWN_BETTER) else {
        **envelope, **{name: cell for name, cell in row.items()
                       if cell is not None or name not in _KNOWN_BETTER}}


def _unreadable(record: Record, error: Exception) -> Problem:
    found = mask_text(f"{type(error).__name__}: {error}")[:_SHOWN_DETAIL]
    return Problem(
        code="unreadable_record",
        message=f"a {record.kind} record does not have the expected form",
        subject_id=_named(record.content),
        detail=found,
        hint="was the file edited, or written by a newer version of the source?",
        phase="parse",
        severity="error",
    )


def _named(content: Mapping[str, Any]) -> str | None:
    found = next((content[name] for name in ("Id", "ID", "Name") if content.get(name)), None)
    return None if found is None else str(found)[:_SHOWN_DETAIL]


def _fitting(table: Table, rows: Sequence[Row], problems: Rows) -> Iterator[Row]:
    """Rows that fit the table; each of the others becomes a problem."""
    for row in rows:
        try:
            table.frame([row])
        except SchemaError as error:
            problem = Problem(
                code="unreadable_record", message=f"a row does not fit {table.name}",
                subject_id=str(row.get(table.key[0]))[:_SHOWN_DETAIL] if table.key else None,
                detail=mask_text(str(error))[:_SHOWN_DETAIL], phase="parse", severity="error",
            )
            problems.append({**problem_row(problem, None), **{name: row[name] for name in _WHERE}})
        else:
            yield row


def _queried(
    loader: Loader, harvests: Sequence[Harvest], problems: Rows
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables that queries over all records make."""
    if not loader.queries:
        return
    kinds, met = relations(loader, harvests)
    with database(kinds, loader.prelude) as connection:
        for table, queries in loader.queries.items():
            results = [answer(connection, table, query) for query in queries
                       if concerns(loader, query, kinds)] or [nothing(table)]
            met += [problem for result in results for problem in result.problems]
            if table is PROBLEMS:
                met += [problem for result in results for problem in _told(result)]
            else:
                yield table.name, _enveloped(table, results, harvests)
    problems += [
        {**problem_row(problem, None), **harvests[number].envelope} for number, problem in met
    ]


def _told(result: Result) -> Iterator[tuple[int, Problem]]:
    """What only records together show: each row names fields of a problem."""
    rows = result.columns.to_pylist()
    for number, row in zip(result.numbers.to_pylist(), rows, strict=True):
        yield number, Problem(**{"phase": "parse", **row})


def _whole(loader: Loader, harvests: Sequence[Harvest]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables that came as batches."""
    for table in loader.batches:
        results = [
            Result(batch.rows.cast(pa.schema([table.arrow.field(name) for name in
                                              batch.rows.column_names])),
                   pa.repeat(pa.scalar(number, pa.int32()), len(batch.rows)))
            for number, harvest in enumerate(harvests)
            for part in harvest.parts.values() for batch in _given_up(part, table)
        ]
        if results:
            frame = _enveloped(table, results, harvests)
            results.clear()
            yield table.name, frame


def _given_up(part: Part, table: Table) -> list[Batch]:
    """The batches of a table, which the part does not hold any more."""
    wanted = [batch for batch in part.batches if batch.table == table]
    part.batches[:] = [batch for batch in part.batches if batch.table != table]
    return wanted


def _enveloped(
    table: Table, results: Sequence[Result], harvests: Sequence[Harvest]
) -> pd.DataFrame:
    """The rows with where they come from, sorted by key.

    A row may know better than its target to which account and region it belongs.
    """
    arrow = pa.concat_tables([result.columns for result in results], promote_options="default")
    numbers = pa.chunked_array([result.numbers for result in results], pa.int32())
    envelopes = [harvest.envelope for harvest in harvests]
    for name in envelopes[0] if envelopes else ():
        of_each = pa.array([envelope[name] for envelope in envelopes], table.arrow.field(name).type)
        place = of_each.take(numbers)
        if name in arrow.column_names:
            place = pc.coalesce(arrow[name], place)
            arrow = arrow.drop_columns([name])
        arrow = arrow.append_column(name, place)
    keys = [name for name in table.key if name in arrow.column_names]
    ordered = arrow.sort_by([(name, "ascending") for name in keys]) if keys else arrow
    return table.from_arrow(ordered)
