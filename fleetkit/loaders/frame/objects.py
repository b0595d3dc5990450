"""Data frames: of pandas with their index, and of all that hand their columns to Arrow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fleetkit.errors import LoadError
from fleetkit.loaders.frame import documents
from fleetkit.loaders.frame.raw import Raw, as_array, headed, plain

NAME = "dataframe"
_MOST_CELLS = 500_000_000


def table(thing: Any) -> Raw:
    """The columns and rows of an object.

    Raises:
        LoadError: it is no table.
    """
    if isinstance(thing, pd.DataFrame):
        return _of_pandas(thing)
    if isinstance(thing, list | tuple) and all(isinstance(item, dict) for item in thing):
        return documents.table(NAME, enumerate(thing, start=1), NAME)
    return _of_arrow(NAME, _as_arrow(thing))


def read(path: Path) -> Iterator[Raw]:
    """The table in a Parquet file.

    Raises:
        LoadError: it is no Parquet file, or holds more than any table.
    """
    try:
        with pq.ParquetFile(path) as file:
            said = file.metadata
            if said.num_rows * said.num_columns > _MOST_CELLS:
                raise LoadError(f"{path}: has {said.num_rows:,} rows and {said.num_columns:,}"
                                " columns; split it")
            found = file.read()
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise LoadError(f"{path}: cannot be read as Parquet: {str(error)[:200]}") from error
    yield _of_arrow(path.name, found)


def _of_pandas(frame: pd.DataFrame) -> Raw:
    names = [name for name in frame.index.names if name is not None]
    if names:
        indexed = frame.index.to_frame(index=False)[names]
        frame = pd.concat([indexed, frame.reset_index(drop=True)], axis=1)
    headers = headed(map(_header, frame.columns), NAME)
    columns = {
        header: _of_series(frame.iloc[:, place]) for place, header in enumerate(headers)
    }
    return _numbered(NAME, columns, len(frame))


def _header(name: Any) -> str:
    """A header as text; the levels of one with several are joined."""
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _of_series(values: "pd.Series[Any]") -> pa.Array:
    if isinstance(values.dtype, pd.PeriodDtype | pd.IntervalDtype):
        values = values.astype("string")
    try:
        return plain(pa.array(values, from_pandas=True))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return as_array(values.astype(object).tolist())


def _as_arrow(thing: Any) -> pa.Table:
    """An Arrow table of what can become one: Polars, DuckDB, PyArrow, what Narwhals knows."""
    import narwhals as nw

    try:
        if hasattr(thing, "__arrow_c_stream__"):
            return pa.table(thing)
        return nw.from_native(thing).lazy().collect(backend="pyarrow").to_arrow()
    except (pa.ArrowException, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        raise LoadError(
            f"frame: expected a file or a data frame, found {type(thing).__name__!r}"
        ) from error


def _of_arrow(name: str, found: pa.Table) -> Raw:
    headers = headed(found.column_names, name)
    columns = {
        header: plain(column) for header, column in zip(headers, found.columns, strict=True)
    }
    return _numbered(name, columns, len(found))


def _numbered(name: str, columns: dict[str, pa.Array], count: int) -> Raw:
    return Raw(name, columns, np.arange(1, count + 1), count)
