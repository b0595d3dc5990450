"""Raw records in great number to rows: typed by their shape, made into tables by DuckDB queries.

Records are read from their JSON text by Arrow, at its speed and strictly; a record that does not
have the expected form is set aside with the reason, and the others are read without it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loading.harvest import Harvest, Line
from fleetkit.loading.mappings import as_mappings
from fleetkit.loading.shaping import shaped
from fleetkit.plugins import Loader, Problem
from fleetkit.redaction import mask_column, mask_text
from fleetkit.schema import Column, Table

_SEEN = pa.struct([
    ("number", pa.int32()), ("target", pa.string()), ("account", pa.string()),
    ("region", pa.string()),
])
_LARGEST = 256 << 20
_SHOWN = 500
_WORD = re.compile(r"\w+")
_MADE = re.compile(r"^CREATE TEMP (?:TABLE|MACRO|VIEW) (\w+)", re.MULTILINE)


@dataclass
class Result:
    """Rows of one table.

    Args:
        columns: the declared columns that the query gives, in their Arrow types.
        numbers: for each row the position of the harvest that it comes from.
        problems: what was set aside, with that position.
    """

    columns: pa.Table
    numbers: pa.Array
    problems: list[tuple[int, Problem]] = field(default_factory=list)


def relations(
    loader: Loader, harvests: Sequence[Harvest]
) -> tuple[dict[str, pa.Table], list[tuple[int, Problem]]]:
    """Each kind of record as a relation, and the records that do not have the expected form."""
    gathered: dict[str, list[pa.Table]] = {kind: [] for kind in loader.shapes}
    problems: list[tuple[int, Problem]] = []
    for number, harvest in enumerate(harvests):
        for kind, lines in _by_kind(harvest.lines, loader.shapes).items():
            for block in _blocks(lines):
                met: list[Problem] = []
                typed = pa.concat_tables(list(_typed(block, loader.shapes[kind], kind, met)))
                problems += [(number, problem) for problem in met]
                gathered[kind].append(_with_place(typed, number, harvest))
        for part in harvest.parts.values():
            for kind, typed in part.shaped:
                gathered[kind].append(_with_place(typed, number, harvest))
    return {
        kind: pa.concat_tables(found) if found else _empty(loader.shapes[kind])
        for kind, found in gathered.items()
    }, problems


@contextmanager
def database(
    kinds: Mapping[str, pa.Table], prelude: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that holds the relations and reaches nothing outside."""
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        for kind, relation in kinds.items():
            connection.register(kind, relation)
        if prelude:
            connection.execute(prelude)
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, table: Table, query: str) -> Result:
    """The rows of a table that a query makes of the relations."""
    found = connection.sql(query).to_arrow_table()
    found = found.rename_columns([name.lower() for name in found.column_names])  # as in SQL
    strange = set(found.column_names) - {"seen", *table.names}
    if strange:
        raise ValueError(f"a query of {table.name} names {', '.join(sorted(strange))}")
    numbers = pc.struct_field(found["seen"].combine_chunks(), "number")
    return _settled(table, found.drop_columns(["seen"]), numbers)


def concerns(loader: Loader, query: str, kinds: Mapping[str, pa.Table]) -> bool:
    """Whether a query may find rows: of kinds without records it says nothing."""
    words = set(_WORD.findall(query.lower()))
    for name, spoken in reversed(_statements(loader.prelude)):  # each may speak of those before
        if name in words:
            words |= spoken
    return any(len(relation) and kind.lower() in words for kind, relation in kinds.items())


def _statements(prelude: str) -> list[tuple[str, set[str]]]:
    """What a prelude makes, each with the words of its statement."""
    starts = list(_MADE.finditer(prelude))
    ends = [start.start() for start in starts[1:]] + [len(prelude)]
    return [
        (start[1].lower(), set(_WORD.findall(prelude[start.start():end].lower())))
        for start, end in zip(starts, ends, strict=False)  # without a statement there is one end
    ]


def nothing(table: Table) -> Result:
    """No rows of a table."""
    return Result(table.arrow.empty_table().select(list(table.key)), pa.array([], pa.int32()))


def _by_kind(lines: Iterable[Line], kinds: Iterable[str]) -> dict[str, list[bytes]]:
    sorted_out: dict[str, list[bytes]] = {kind: [] for kind in kinds}
    for kind, line in lines:
        if kind in sorted_out:
            sorted_out[kind].append(line)
    return {kind: found for kind, found in sorted_out.items() if found}


def _blocks(lines: list[bytes]) -> Iterator[list[bytes]]:
    """Lines in portions, so that their text is not held twice."""
    start = size = 0
    for place, line in enumerate(lines):
        size += len(line)
        if size > _LARGEST:
            yield lines[start:place + 1]
            start, size = place + 1, 0
    if start < len(lines):
        yield lines[start:]


def _typed(
    lines: list[bytes], shape: pa.Schema, kind: str, problems: list[Problem]
) -> Iterator[pa.Table]:
    """Tables of the records; halved where one does not fit, until it is found."""
    try:
        yield _parsed(lines, shape)
    except pa.ArrowException as error:
        if len(lines) == 1:
            problems.append(_misshapen(kind, lines[0], error))
            yield shape.empty_table()
            return
        middle = len(lines) // 2
        yield from _typed(lines[:middle], shape, kind, problems)
        yield from _typed(lines[middle:], shape, kind, problems)


def _parsed(lines: list[bytes], shape: pa.Schema) -> pa.Table:
    return shaped(b"\n".join(lines), shape, 2 * max(map(len, lines)))


def _misshapen(kind: str, line: bytes, error: Exception) -> Problem:
    return Problem(
        code="unreadable_record",
        message=f"a {kind} record does not have the expected form",
        subject_id=None,
        detail=mask_text(f"{error}; the record begins {line[:120].decode(errors='replace')}")[
            :_SHOWN],
        hint="was the file edited, or written by a newer version of the source?",
        phase="parse",
        severity="error",
    )


def _with_place(typed: pa.Table, number: int, harvest: Harvest) -> pa.Table:
    place = pa.scalar({
        "number": number, "target": harvest.target.name, "account": harvest.target.account,
        "region": harvest.target.region,
    }, _SEEN)
    return typed.append_column("seen", pa.repeat(place, len(typed)))


def _empty(shape: pa.Schema) -> pa.Table:
    return shape.append(pa.field("seen", _SEEN)).empty_table()


def _settled(table: Table, found: pa.Table, numbers: pa.Array) -> Result:
    """The columns in the types of their table; what does not fit is a problem."""
    problems: list[tuple[int, Problem]] = []
    columns = {
        name: _column(found[name].combine_chunks(), table.column(name), numbers, problems)
        for name in found.column_names
    }
    typed = pa.table(columns)
    if table.key and table.key[0] in columns:
        known = pc.is_valid(typed[table.key[0]])
        if not pc.all(known).as_py():
            lost = pc.filter(numbers, pc.invert(known)).to_pylist()
            problems += [(number, keyless(table)) for number in lost]
            typed, numbers = typed.filter(known), pc.filter(numbers, known)
    return Result(typed, numbers, problems)


def _column(
    values: Any, column: Column, numbers: pa.Array, problems: list[tuple[int, Problem]]
) -> pa.Array:
    if column.kind == "mapping" and not pa.types.is_string(values.type):
        return as_mappings(values)
    typed = pc.cast(values, column.field.type)
    if column.choices:
        return _allowed(typed, column, numbers, problems)
    return mask_column(typed) if column.kind in ("text", "mapping", "texts") else typed


def _allowed(
    values: pa.Array, column: Column, numbers: pa.Array, problems: list[tuple[int, Problem]]
) -> pa.Array:
    """Values that the column may hold; each of the others is unknown, and a problem."""
    fits = pc.or_(pc.is_null(values), pc.is_in(values, pa.array(column.choices)))
    if pc.all(fits).as_py() is not False:
        return values
    strange = pc.invert(fits)
    for value, number in zip(pc.filter(values, strange).to_pylist(),
                             pc.filter(numbers, strange).to_pylist(), strict=True):
        problems.append((number, Problem(
            code="unknown_value", message=f"a value of {column.name} is not known",
            detail=f"found {value[:_SHOWN]!r}; allowed are {', '.join(column.choices)}",
            phase="parse",
        )))
    return pc.if_else(fits, values, None)


def keyless(table: Table) -> Problem:
    """The problem of a row that nothing identifies."""
    return Problem(
        code="unreadable_record", message=f"a row of {table.name} has no id",
        hint="was the file edited, or written by a newer version of the source?",
        phase="parse", severity="error",
    )
