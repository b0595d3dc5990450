"""The few things that each engine says in its own way.

Everything else of the classifier is one text for Polars, DuckDB and PySpark. Frames of pandas are
computed by Polars, a slice at a time, and come back as pandas.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from fleetkit.schema import Kind, Table
from fleetkit.tables import table

Frame = nw.LazyFrame[Any]

_TYPES: dict[Kind, Any] = {
    "text": nw.String(), "mapping": nw.String(), "integer": nw.Int64(), "real": nw.Float64(),
    "boolean": nw.Boolean(), "time": nw.Float64(), "texts": nw.List(nw.String()),
    "bytes": nw.Binary(),
}
_PLAIN = ("text", "mapping", "integer", "real", "boolean")


def opened(native: Any, declared: Table, wanted: Sequence[str]) -> Frame:
    """The wanted columns of a table, in their types; a column that is not there is null.

    A time that is not there is a null of another type: not every engine has one with a zone.
    """
    frame = _lazy(native)
    schema = frame.collect_schema()
    kinds: dict[str, Kind] = {name: declared.column(name).kind for name in wanted}
    absent = {name: kind for name, kind in kinds.items()
              if schema.get(name) is None or isinstance(schema[name], nw.Unknown)}
    wrong = [nw.col(name).cast(_TYPES[kind]) for name, kind in kinds.items()
             if name not in absent and kind in _PLAIN and schema[name] != _TYPES[kind]]
    cast = frame.with_columns(*wrong) if wrong else frame
    return with_nulls(cast, absent).select(*wanted)


def entered(
    tables: Mapping[str, pd.DataFrame], wanted: Mapping[str, Sequence[str]]
) -> dict[str, pl.LazyFrame]:
    """The wanted columns of frames of pandas, on the engine that computes them."""
    return {name: _polars(None, _arrow(table(name), frame, wanted[name]))
            for name, frame in tables.items()}


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a frame: numbers stand for its `workload_id`, which are faster than texts."""

    frame: Frame
    ids: pl.Series


def sliced(frame: Frame, size: int) -> Iterator[Slice]:
    """A Polars frame in parts, in the order of `workload_id`, each of that many rows at most."""
    whole = _computed(nw.to_native(frame))
    order = whole["workload_id"].arg_sort()
    for start in range(0, max(1, len(order)), size):
        part = whole[order[start:start + size]]
        yield Slice(_lazy(part.with_columns(workload_id=pl.int_range(pl.len()))),
                    part["workload_id"])


def left(made: pl.DataFrame, declared: Table, ids: pl.Series) -> pa.Table:
    """The declared columns as Arrow, in the order of the ids; rows of one id keep their order."""
    known = [name for name in declared.names if name in made.columns]
    order = np.argsort(made["workload_id"].to_numpy(), kind="stable")
    ordered = made.select(known)[pl.Series(order)]
    return ordered.with_columns(ids.gather(ordered["workload_id"])).to_arrow()


def joined(parts: Sequence[pa.Table], declared: Table) -> pd.DataFrame:
    """The parts as one pandas frame with all declared columns."""
    whole = pa.concat_tables(parts)
    return declared.cast(pd.DataFrame({
        name: pd.Series(declared.column(name).dtype.__from_arrow__(whole[name]))
        for name in whole.column_names
    }))


def silent(frame: Frame, names: Sequence[str]) -> frozenset[str]:
    """Columns that are known to be null throughout; of an engine that is not asked, none."""
    native = nw.to_native(frame)
    if _engine(native) != "polars":
        return frozenset()
    counts = _computed(native.select(pl.col(names).count())).row(0, named=True)
    return frozenset(name for name, count in counts.items() if not count)


def nothing(like: Frame, declared: Table, wanted: Sequence[str]) -> Frame:
    """A table without rows on the engine of another."""
    none = like.filter(nw.col("workload_id").is_null()).select(_row="workload_id")
    return with_nulls(none, {name: declared.column(name).kind for name in wanted}).drop("_row")


def with_nulls(frame: Frame, kinds: Mapping[str, Kind]) -> Frame:
    """Adds columns that are null throughout, in the types of their kinds."""
    nulls = [nw.lit(None, dtype=_TYPES[kind]).alias(name) for name, kind in kinds.items()]
    return frame.with_columns(*nulls) if nulls else frame


def beside(like: Frame, columns: Mapping[str, pa.Array]) -> Frame:
    """A small frame on the engine of another."""
    small = pa.table(dict(columns))
    native = nw.to_native(like)
    return _lazy(_BESIDE[_engine(native)](native, small))


def with_minutes(frame: Frame, **spans: tuple[str, str]) -> Frame:
    """Adds columns of whole minutes from one time to another, null where either is no time."""
    schema = frame.collect_schema()
    known = {name: span for name, span in spans.items()
             if all(isinstance(schema[end], nw.Datetime) for end in span)}
    if not known:
        return with_nulls(frame, dict.fromkeys(spans, "integer"))
    native = nw.to_native(frame)
    timed = (_lazy(_spark_minutes(native, known)) if _engine(native) == "pyspark"
             else frame.with_columns(**{name: _minutes(*span) for name, span in known.items()}))
    return with_nulls(timed, {name: "integer" for name in spans if name not in known})


def settled(frame: Frame) -> Frame:
    """The same frame, computed once: what stands on it does not compute it again."""
    native = nw.to_native(frame)
    return _lazy(_SETTLED[_engine(native)](native))


def widened(frame: Frame, part: Frame, key: str) -> Frame:
    """The frame with the columns of a part that has each key at most once."""
    return frame.join(part, on=key, how="left")


def enriched(frame: Frame, part: Frame, key: str) -> Frame:
    """As `widened`; a part that is known to be empty costs no join."""
    native = nw.to_native(part)
    if _engine(native) != "polars":
        return widened(frame, part, key)
    whole = _computed(native)
    if len(whole):
        return widened(frame, _lazy(whole), key)
    return _lazy(nw.to_native(frame).with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in whole.schema.items()
        if name != key))


def with_once(frame: Frame, column: str, **made: nw.Expr) -> Frame:
    """Adds what is made of one column, each of its distinct values looked at once."""
    return widened(frame, frame.select(column).unique().with_columns(**made), column)


def exploded(frame: Frame, key: str, column: str) -> Frame:
    """One row per entry of a list, nulls left out."""
    return frame.select(key, column).explode(column).drop_nulls()


def listed(frame: Frame, *columns: str) -> list[tuple[Any, ...]]:
    """Distinct rows of a few columns, here; rows with a null are left out."""
    distinct = settled(frame.select(*columns).drop_nulls().unique())
    return list(distinct.collect(backend="pyarrow").select(*columns).iter_rows())


def texts_of(frame: Frame, column: str) -> pa.Array:
    """Distinct texts of a column, here."""
    distinct = settled(frame.select(column).drop_nulls().unique()).collect(backend="pyarrow")
    return nw.to_native(distinct)[column].combine_chunks().cast(pa.string())


def _engine(native: Any) -> str:
    return str(nw.get_native_namespace(native).__name__).split(".")[0]


def _computed(native: pl.LazyFrame) -> pl.DataFrame:
    """Whole, and at once: streams are made for more than memory holds, and take longer."""
    return native.collect(engine="in-memory")


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native).lazy()
    return frame


def _arrow(declared: Table, frame: pd.DataFrame, wanted: Sequence[str]) -> pa.Table:
    names = [name for name in wanted if name in frame.columns]
    known = declared.cast(frame[names])
    return pa.Table.from_pandas(known, preserve_index=False).select(names).cast(
        pa.schema([declared.column(name).field for name in names]))


def _polars(_: Any, small: pa.Table) -> pl.LazyFrame:
    return pl.DataFrame(small).lazy()


def _duckdb(native: Any, small: pa.Table) -> Any:
    # A relation of another connection could not be joined, so the engine finds it by its name.
    return native.query("_", "select * from small") if small is not None else native


def _spark(native: Any, small: pa.Table) -> Any:
    return native.sparkSession.createDataFrame(small)


def _minutes(start: str, end: str) -> nw.Expr:
    return (nw.col(end) - nw.col(start)).dt.total_minutes().cast(nw.Int64)


def _spark_minutes(native: Any, spans: Mapping[str, tuple[str, str]]) -> Any:
    from pyspark.sql import functions

    elapsed = {name: functions.unix_micros(end) - functions.unix_micros(start)
               for name, (start, end) in spans.items()}
    return native.withColumns({
        name: (micros / 60_000_000).cast("bigint") for name, micros in elapsed.items()})


def _settled_duckdb(native: Any) -> Any:
    whole = native.to_arrow_table()
    return native.query("_", "select * from whole") if whole is not None else native


_BESIDE: dict[str, Callable[[Any, pa.Table], Any]] = {
    "polars": _polars, "duckdb": _duckdb, "pyspark": _spark,
}
_SETTLED: dict[str, Callable[[Any], Any]] = {
    "polars": lambda native: _computed(native).lazy(), "duckdb": _settled_duckdb,
    "pyspark": lambda native: native.localCheckpoint(),
}
