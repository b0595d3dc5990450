"""A table as it came: named columns in whatever types, rows with the numbers that a user sees."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.errors import LoadError
from fleetkit.plugins import Problem
from fleetkit.redaction import mask_text
from fleetkit.values import clean

MOST_COLUMNS = 1_024
_SHOWN = 200


@dataclass
class Raw:
    """A table as it came.

    Args:
        name: of the file or sheet, in problems and in the receipt.
        columns: by header, in order.
        numbers: of the rows, as the file counts them: the row under a header is 2.
        read: rows that hold something, broken ones included.
        problems: rows that could not be read.
        empty: rows that hold nothing.
        notes: (item, subject, taken as, why) for the receipt.
        decimal: sign before the decimals where nothing else tells.
        file: that the table is in, where it has a name of its own.
    """

    name: str
    columns: dict[str, pa.Array]
    numbers: np.ndarray[Any, Any]
    read: int
    problems: list[Problem] = field(default_factory=list)
    empty: int = 0
    notes: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    decimal: str = "."
    file: str | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def scope(self, wanted: str | None) -> str:
        """The part of made ids that says where names are unique."""
        return wanted or self.file or self.name

    def place(self, row: int) -> str:
        """Where a row stands, for a reader."""
        return f"{self.name}, row {self.numbers[row]:,}"


def broken_row(name: str, number: int, detail: str, hint: str | None = None) -> Problem:
    """The problem of a row that no cell could be read of."""
    return Problem(
        code="unreadable_row", message="a row does not have the expected form",
        subject_id=f"{name}, row {number:,}", detail=mask_text(detail)[:500], hint=hint,
        phase="parse", severity="error",
    )


def headed(names: Iterable[Any], where: str) -> list[str]:
    """Headers as text, each once: of two the second is told by a number.

    Raises:
        LoadError: there are more than any table has.
    """
    found: dict[str, None] = {}
    for place, said in enumerate(names, start=1):
        plain = " ".join(str("" if said is None else said).split())[:_SHOWN].replace("\0", "")
        plain = clean(plain)
        name = first = plain or f"column {place}"
        count = 1
        while name in found:
            count += 1
            name = f"{first} ({count})"
        found[name] = None
    if len(found) > MOST_COLUMNS:
        raise LoadError(
            f"{where}: has {len(found):,} columns; a table has {MOST_COLUMNS:,} at most")
    return list(found)


def as_array(cells: Sequence[Any]) -> pa.Array:
    """Python values as a column: of one kind where they are, else as text."""
    try:
        found = pa.array(cells, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array([as_text(cell) for cell in cells], pa.string())
    return plain(found)


def plain(found: Any) -> pa.Array:
    """A column in one piece, its text in one kind and valid."""
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    if isinstance(found, pa.ExtensionArray):
        return pa.array([as_text(cell) for cell in found.to_pylist()], pa.string())
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    if pa.types.is_null(found.type):
        return found.cast(pa.string())
    if pa.types.is_large_string(found.type) or pa.types.is_string_view(found.type):
        found = found.cast(pa.string())
    if pa.types.is_nested(found.type) and not _holds_texts(found.type):
        return pa.array([as_text(cell) for cell in found.to_pylist()], pa.string())
    return _valid(found) if pa.types.is_string(found.type) else found


def as_text(cell: Any) -> str | None:
    """A value as text; what holds others as JSON."""
    if cell is None or cell is pd_na() or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, bytes | bytearray):
        said = bytes(cell).decode("utf-8", "replace")
    elif isinstance(cell, bool):
        said = str(cell).lower()
    elif isinstance(cell, datetime | date | time):
        said = cell.isoformat()
    elif isinstance(cell, float | Decimal):
        said = str(int(cell)) if math.isfinite(cell) and cell == int(cell) else str(cell)
    elif isinstance(cell, dict | list | tuple | set | frozenset | np.ndarray):
        said = json.dumps(_listed(cell), default=str, ensure_ascii=False)
    else:
        said = _named(cell)
    return clean(said)


def _named(cell: Any) -> str:
    """What a value says of itself; of one that says nothing, its type: no address in memory."""
    kind: Any = type(cell)
    speaks = kind.__str__ is not object.__str__ or kind.__repr__ is not object.__repr__
    return str(cell) if speaks else f"<{kind.__name__}>"


def pd_na() -> Any:
    """The missing value of pandas."""
    import pandas as pd

    return pd.NA


def _listed(cell: Any) -> Any:
    """Plain JSON; pairs of an Arrow map are its members."""
    if isinstance(cell, dict):
        return {str(name): _listed(value) for name, value in cell.items()}
    if isinstance(cell, list | tuple | set | frozenset | np.ndarray):
        items = list(cell)
        if items and all(isinstance(item, tuple) and len(item) == 2 for item in items):
            return {str(name): _listed(value) for name, value in items}
        return [_listed(item) for item in items]
    return cell


def _holds_texts(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_string(kind.value_type))


def _valid(texts: pa.Array) -> pa.Array:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raw = pc.cast(texts, pa.binary())
        return pa.array([None if cell is None else cell.decode("utf-8", "replace")
                         for cell in raw.to_pylist()], pa.string())
    return texts
