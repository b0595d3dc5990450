"""Raw records to a fleet: every record becomes rows, or a problem that names it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from fleetkit.errors import SchemaError
from fleetkit.fleet import Fleet
from fleetkit.loading.harvest import Harvest, problem_row
from fleetkit.plugins import Loader, Problem, Record
from fleetkit.redaction import mask_text
from fleetkit.schema import Row, Table
from fleetkit.tables import COVERAGE, PROBLEMS

_SHOWN_DETAIL = 500


def tabulate(loader: Loader, harvests: Sequence[Harvest]) -> Fleet:
    """The fleet that the records describe, its rows sorted by key so that equal input is equal."""
    problems: list[Row] = []
    frames = {
        table.name: _frame(table, make, harvests, problems) for table, make in loader.rows.items()
    }
    for harvest in harvests:
        problems += [
            {**problem_row(problem, resource), **harvest.envelope}
            for resource, problem in harvest.problems
        ]
    frames["coverage"] = COVERAGE.frame(_by_key(COVERAGE, [
        {**row, **harvest.envelope} for harvest in harvests for row in harvest.coverage
    ]))
    frames["problems"] = PROBLEMS.frame(problems)
    return Fleet(**frames)


def _frame(
    table: Table,
    make: Any,
    harvests: Iterable[Harvest],
    problems: list[Row],
) -> pd.DataFrame:
    rows = [row for harvest in harvests for row in _rows(make, harvest, problems)]
    rows = _by_key(table, rows)
    try:
        return table.frame(rows)
    except SchemaError:
        return table.frame(_fitting(table, rows, problems))


def _by_key(table: Table, rows: list[Row]) -> list[Row]:
    """Rows in the order of their keys, unknown last: cheaper here than on wide frames."""
    def place(row: Row) -> tuple[tuple[bool, Any], ...]:
        cells = (row.get(name) for name in table.key)
        return tuple((cell is None, "" if cell is None else cell) for cell in cells)

    try:
        return sorted(rows, key=place)
    except TypeError:  # a cell of the wrong kind; the table will name it
        return rows


def _rows(make: Any, harvest: Harvest, problems: list[Row]) -> Iterator[Row]:
    envelope = harvest.envelope
    for record in harvest.records:
        try:
            yield from [{**row, **envelope} for row in make(record)]
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            problems.append({**problem_row(_unreadable(record, error), None), **envelope})


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


def _fitting(table: Table, rows: Sequence[Row], problems: list[Row]) -> Iterator[Row]:
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
            where = ("source", "origin", "target", "account", "region", "observed_at")
            problems.append({**problem_row(problem, None), **{name: row[name] for name in where}})
        else:
            yield row
