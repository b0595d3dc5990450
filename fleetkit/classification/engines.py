"""The few things that each engine says in its own way.

Everything else of the classifier is one text for Polars, DuckDB and PySpark. Frames of pandas are
computed as Arrow tables and come back as pandas: Arrow has one null, whatever the type.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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


def entered(tables: Mapping[str, Any]) -> dict[str, Any]:
    """The same tables on an engine that computes lazily; pandas frames become Arrow tables."""
    if not all(_engine(native) == "pandas" for native in tables.values()):
        return dict(tables)
    return {name: _arrow(table(name), native) for name, native in tables.items()}


def sliced(frame: Frame, size: int) -> list[Frame]:
    """Parts of an Arrow table in the order of `workload_id`, each of that many rows at most."""
    ordered = nw.to_native(frame).sort_by("workload_id")
    return [_lazy(ordered.slice(start, size)) for start in range(0, max(1, len(ordered)), size)]


def left(made: pa.Table, declared: Table) -> pa.Table:
    """The declared columns in their types, in the order of the key."""
    known = [name for name in declared.names if name in made.column_names]
    ranks = {name: _ranks(made[name]) for name in declared.key}
    order = pc.sort_indices(pa.table(ranks), [(name, "ascending") for name in declared.key])
    ordered = made.select(known).take(order)
    return ordered.cast(pa.schema([declared.column(name).field for name in known]))


def joined(parts: Sequence[pa.Table], declared: Table) -> pd.DataFrame:
    """The parts as one pandas frame with all declared columns."""
    whole = pa.concat_tables(parts)
    return declared.cast(pd.DataFrame({
        name: pd.Series(declared.column(name).dtype.__from_arrow__(whole[name]))
        for name in whole.column_names
    }))


def silent(frame: Frame, names: Sequence[str]) -> frozenset[str]:
    """Columns that are known to be null throughout; of an engine that has not computed, none."""
    native = nw.to_native(frame)
    if _engine(native) != "pyarrow":
        return frozenset()
    return frozenset(name for name in names if native[name].null_count == len(native))


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


def settled(frame: Frame) -> Frame:
    """The same frame, computed once: what stands on it does not compute it again."""
    native = nw.to_native(frame)
    return _lazy(_SETTLED[_engine(native)](native))


def widened(frame: Frame, part: Frame, key: str) -> Frame:
    """The frame with the columns of a part that has each key at most once."""
    native, other = nw.to_native(frame), nw.to_native(part)
    if _engine(native) != "pyarrow":
        return frame.join(part, on=key, how="left")
    # A join of Arrow copies every column of the left side; a look-up copies none.
    place = pc.index_in(native[key], value_set=other[key].combine_chunks())
    names = [name for name in other.column_names if name != key]
    found = [other[name].combine_chunks().take(place) for name in names]
    columns = dict(zip(native.column_names, native.columns, strict=True))
    return _lazy(pa.table({**columns, **dict(zip(names, found, strict=True))}))


def exploded(frame: Frame, key: str, column: str) -> Frame:
    """One row per entry of a list, nulls left out."""
    both = frame.select(key, column)
    native = nw.to_native(both)
    flat = _flat(native, key, column) if _engine(native) == "pyarrow" else both.explode(column)
    return flat.drop_nulls()


def listed(frame: Frame, *columns: str) -> list[tuple[Any, ...]]:
    """Distinct rows of a few columns, here; rows with a null are left out."""
    distinct = frame.select(*columns).drop_nulls().unique()
    return list(distinct.collect(backend="pyarrow").select(*columns).iter_rows())


def _engine(native: Any) -> str:
    return str(nw.get_native_namespace(native).__name__).split(".")[0]


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native).lazy()
    return frame


def _arrow(declared: Table, frame: pd.DataFrame) -> pa.Table:
    names = [name for name in declared.names if name in frame.columns]
    known = declared.cast(frame[names])
    return pa.Table.from_pandas(known, preserve_index=False).select(names).cast(
        pa.schema([declared.column(name).field for name in names]))


def _ranks(texts: pa.ChunkedArray) -> pa.Array:
    """The place of each text among the distinct ones: numbers sort faster than texts."""
    coded = texts.combine_chunks().dictionary_encode()
    places = pc.rank(coded.dictionary, tiebreaker="dense")
    return places.take(coded.indices)


def _flat(native: pa.Table, key: str, column: str) -> Frame:
    lists = native[column].combine_chunks()
    parents = native[key].take(pc.list_parent_indices(lists))
    return _lazy(pa.table({key: parents, column: pc.list_flatten(lists)}))


def _polars(_: Any, small: pa.Table) -> Any:
    import polars as pl

    frame = pl.from_arrow(small)
    return frame.lazy() if isinstance(frame, pl.DataFrame) else frame


def _duckdb(native: Any, small: pa.Table) -> Any:
    # A relation of another connection could not be joined, so the engine finds it by its name.
    return native.query("_", "select * from small") if small is not None else native


def _spark(native: Any, small: pa.Table) -> Any:
    return native.sparkSession.createDataFrame(small.to_pandas(), _spark_schema(small))


def _spark_schema(small: pa.Table) -> str:
    words = {"int64": "bigint", "bool": "boolean", "string": "string"}
    return ", ".join(f"{field.name} {words[str(field.type)]}" for field in small.schema)


def _settled_duckdb(native: Any) -> Any:
    whole = native.to_arrow_table()
    return native.query("_", "select * from whole") if whole is not None else native


_BESIDE: dict[str, Callable[[Any, pa.Table], Any]] = {
    "pyarrow": lambda _, small: small, "polars": _polars, "duckdb": _duckdb, "pyspark": _spark,
}
_SETTLED: dict[str, Callable[[Any], Any]] = {
    "pyarrow": lambda native: native, "polars": lambda native: native.collect().lazy(),
    "duckdb": _settled_duckdb, "pyspark": lambda native: native.cache(),
}
