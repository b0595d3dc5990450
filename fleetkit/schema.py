"""Column and Table: the shape of every frame, declared once.

A table casts any frame to types that never depend on the data: nullable pandas types, UTC times
and text for what is text. The same declaration gives the Parquet schema, the empty frame, the
dictionary of `fleetkit describe` and the tooltips of every view.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

from fleetkit.errors import SchemaError

Kind = Literal["text", "integer", "real", "boolean", "time", "texts", "mapping", "bytes"]
Row = Mapping[str, Any]

_DTYPES: dict[str, Any] = {
    "text": pd.StringDtype("pyarrow", na_value=pd.NA),
    "mapping": pd.StringDtype("pyarrow", na_value=pd.NA),
    "integer": pd.Int64Dtype(),
    "real": pd.Float64Dtype(),
    "boolean": pd.BooleanDtype(),
    "time": pd.DatetimeTZDtype("us", "UTC"),
    "texts": pd.ArrowDtype(pa.list_(pa.string())),
    "bytes": pd.ArrowDtype(pa.binary()),
}
_ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "mapping": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("us", "UTC"),
    "texts": pa.list_(pa.string()),
    "bytes": pa.binary(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, what it means, its unit and the values that it may hold.

    Kinds: text; integer, real and boolean (nullable); time (UTC, microseconds); texts (a list of
    text per cell); mapping (a JSON object of text to text, keys sorted, so that every engine can
    search it as text); bytes.
    """

    name: str
    kind: Kind
    doc: str
    unit: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def dtype(self) -> Any:
        """The pandas dtype, the same whatever the data."""
        return _DTYPES[self.kind]

    @property
    def field(self) -> pa.Field:
        """The Arrow field; documentation and unit travel in its metadata."""
        notes = {"doc": self.doc, "unit": self.unit or "", "kind": self.kind}
        return pa.field(self.name, _ARROW[self.kind], metadata=notes)


@dataclass(frozen=True, slots=True)
class Same:
    """A rule by which rows of several sources are known to be one thing: they share a token.

    Args:
        evidence: what proves it, in a few stable words.
        form: how a row gives its tokens; a function of that name makes them.
        columns: the columns that they are made of.
        confidence: 1 is certain.
        kinds: values of the column `kind` that can be one thing; none named: all.
        is_unique: a thing has one such token of each naming authority at most, so that two which
            differ are two things, whatever else they share.
    """

    evidence: str
    form: str
    columns: tuple[str, ...]
    confidence: float
    kinds: tuple[str, ...] = ()
    is_unique: bool = False


@dataclass(frozen=True)
class Table:
    """A declared table.

    Args:
        name: plural noun, an attribute of the fleet.
        doc: what one row is.
        key: columns that identify a row; empty where rows have no identity.
        columns: in display order.
        made_by: the verb that makes the table; None for tables that loaders fill.
        shared: rows of one key are one fact seen by several sources (an image is its content):
            they unite, and a disagreement becomes a problem.
        same: rules by which rows with other keys are the same thing, the strongest first.
        compared: columns about which sources that know the same thing should agree.
        version: raised when the meaning of a column changes.
    """

    name: str
    doc: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    made_by: str | None = None
    shared: bool = False
    same: tuple[Same, ...] = ()
    compared: tuple[str, ...] = ()
    version: int = 1

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names in display order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of the table, as it is written to Parquet."""
        notes = {"fleetkit.table": self.name, "fleetkit.version": str(self.version)}
        return pa.schema([column.field for column in self.columns], metadata=notes)

    def column(self, name: str) -> Column:
        """The declaration of one column."""
        return {column.name: column for column in self.columns}[name]

    def empty(self) -> pd.DataFrame:
        """A frame without rows, with all columns and their types."""
        return self._empty.copy(deep=False)

    @cached_property
    def _empty(self) -> pd.DataFrame:
        return self.frame([])

    def frame(self, rows: Iterable[Row]) -> pd.DataFrame:
        """A typed frame from rows; a column that no row names is unknown throughout."""
        listed = list(rows)
        named = {name for row in listed for name in row}
        if named - set(self.names):
            raise SchemaError(
                f"{self.name}: rows name columns that the table does not declare:"
                f" {', '.join(sorted(named - set(self.names)))}"
            )
        columns = {
            column.name: _typed([row.get(column.name) for row in listed], column, self.name)
            if column.name in named else _unknown(len(listed), column)
            for column in self.columns
        }
        return self._checked(pd.DataFrame(columns, copy=False))

    def from_arrow(self, found: pa.Table) -> pd.DataFrame:
        """A typed frame from Arrow columns in their declared types; others are unknown."""
        columns = {
            column.name: column.dtype.__from_arrow__(_whole(found[column.name]))
            if column.name in found.column_names else _unknown(len(found), column)
            for column in self.columns
        }
        return self._checked(pd.DataFrame(columns, copy=False))

    def cast(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with all declared columns, in order, in their types; missing ones are NA.

        Columns that the table does not declare are kept behind the declared ones, as they came.

        Raises:
            SchemaError: a value cannot be read as its column's kind, or is not one of its choices.
        """
        plain = frame.reset_index(drop=True)
        if self._fits(plain):
            return self._checked(plain)
        columns = {column.name: self._cast_one(plain, column) for column in self.columns}
        extra = {name: plain[name].array for name in plain.columns if name not in columns}
        return self._checked(pd.DataFrame({**columns, **extra}, copy=False))

    def _fits(self, frame: pd.DataFrame) -> bool:
        """Whether the declared columns come first, in order, in their types."""
        found = tuple(frame.columns[:len(self.columns)])
        return found == self.names and all(
            dtype == column.dtype
            for dtype, column in zip(frame.dtypes.tolist(), self.columns, strict=False)
        )

    def _cast_one(self, frame: pd.DataFrame, column: Column) -> Any:
        if column.name not in frame.columns:
            return _unknown(len(frame), column)
        values = frame[column.name]
        if values.dtype == column.dtype:
            return values.array
        return _typed(values.astype(object).tolist(), column, self.name)

    def _checked(self, frame: pd.DataFrame) -> pd.DataFrame:
        for column in self.columns:
            if column.choices and len(frame):
                _check_choices(frame[column.name], column, self.name)
        return frame


def as_mapping(pairs: Mapping[str, Any] | None) -> str | None:
    """The text form of a mapping column: JSON, keys sorted, no spaces; None stays unknown."""
    if pairs is None:
        return None
    texts = {str(name): "" if value is None else str(value) for name, value in pairs.items()}
    return json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _whole(cells: pa.ChunkedArray) -> pa.Array:
    """The cells as one array; what is one already is not copied."""
    return cells.chunk(0) if cells.num_chunks == 1 else cells.combine_chunks()


def _unknown(count: int, column: Column) -> Any:
    return column.dtype.__from_arrow__(pa.nulls(count, column.field.type))


def _typed(values: list[Any], column: Column, table: str) -> Any:
    """A typed array; at Arrow's speed where the values are of the column's kind already."""
    for read in (_as_they_are, _one_by_one):
        try:
            return column.dtype.__from_arrow__(read(values, column))
        except (TypeError, ValueError, KeyError, OverflowError, pa.ArrowException):
            continue
    raise SchemaError(
        f"{table}.{column.name}: expected {column.kind}, found {_offender(values, column)};"
        f" the column holds: {column.doc}"
    )


def _as_they_are(values: list[Any], column: Column) -> pa.Array:
    if column.kind == "time":
        if any(isinstance(value, Real) and value == value for value in values):
            raise TypeError("numbers where times are expected: nobody says in which unit")
        times = pd.to_datetime(pd.Series(values, dtype=object), utc=True, format="ISO8601")
        return pa.array(times.dt.as_unit("us"), type=column.field.type)
    if column.kind == "texts" and any(isinstance(value, str) for value in values):
        raise TypeError("text where lists are expected: Arrow would split it into its letters")
    return pa.array(values, type=column.field.type, from_pandas=True)


def _one_by_one(values: list[Any], column: Column) -> pa.Array:
    return pa.array([_plain(value, column.kind) for value in values], type=column.field.type)


def _plain(value: Any, kind: Kind) -> Any:
    """The value as its kind wants it; None where it is missing."""
    if isinstance(value, Mapping):
        return as_mapping(value)
    if kind == "texts":
        return _texts(value)
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if kind == "time":
        if isinstance(value, Real):
            raise TypeError("a number where a time is expected: nobody says in which unit")
        return pd.to_datetime(value, utc=True).as_unit("us")
    if kind in ("text", "mapping"):
        return str(value)
    return _number(value, kind) if isinstance(value, str) else value


def _number(text: str, kind: Kind) -> Any:
    """A number or truth value from its text, as a CSV brings it."""
    if kind == "boolean":
        return {"true": True, "false": False}[text.strip().lower()]
    return int(text) if kind == "integer" else float(text)


def _texts(value: Any) -> list[str] | None:
    """A list of text; from a CSV, a JSON array or names separated by ';'."""
    if isinstance(value, str):
        if value.startswith("["):
            return [str(part) for part in json.loads(value)]
        return [part.strip() for part in value.split(";") if part.strip()]
    if isinstance(value, Iterable):
        return [str(part) for part in value]
    if value is None or pd.isna(value):
        return None
    raise TypeError(value)


def _offender(values: list[Any], column: Column) -> str:
    for value in values:
        try:
            _one_by_one([value], column)
        except (TypeError, ValueError, KeyError, OverflowError, pa.ArrowException):
            return repr(value)[:80]
    return "a mixture of kinds"


def _check_choices(values: pd.Series, column: Column, table: str) -> None:
    strange = set(values.dropna().unique()) - set(column.choices)
    if strange:
        raise SchemaError(
            f"{table}.{column.name}: found {min(strange)!r};"
            f" allowed are {', '.join(column.choices)}"
        )
