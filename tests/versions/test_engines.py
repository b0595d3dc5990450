"""Every engine that joins on keys must compare them byte by byte."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fleetkit.versions import HIGHEST, LOWEST, keys, text_keys
from tests.versions.stems import PIECES, STEMS

SCHEMES = sorted(PIECES)


def _table(name):
    stems = [*STEMS[name], *(stem + piece for stem in STEMS[name] for piece in PIECES[name])]
    versions = pd.Series(stems)
    raw = keys(name, versions).dropna().drop_duplicates().tolist()
    texts = text_keys(name, versions).dropna().drop_duplicates().tolist()
    ends = [LOWEST, HIGHEST]
    return pa.table({"raw": [*raw, *ends], "text": [*texts, *(end.hex() for end in ends)]})


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("column", ["raw", "text"])
def test_duckdb_sorts_keys_as_python_does(name, column):
    found = duckdb.from_arrow(_table(name)).order(column).select(column).fetchall()
    assert [cell for (cell,) in found] == sorted(cell for (cell,) in found)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("column", ["raw", "text"])
def test_duckdb_compares_keys_as_python_does(name, column):
    table = _table(name)
    middle = sorted(table[column].to_pylist())[len(table) // 2]
    given = duckdb.from_arrow(table).select(column)
    below = given.filter(duckdb.ColumnExpression(column) < duckdb.ConstantExpression(middle))
    assert len(below) == len(table) // 2


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("column", ["raw", "text"])
def test_polars_sorts_keys_as_python_does(name, column):
    found = pl.from_arrow(_table(name))[column].sort().to_list()
    assert found == sorted(found)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("column", ["raw", "text"])
def test_polars_compares_keys_as_python_does(name, column):
    table = pl.from_arrow(_table(name))
    middle = sorted(table[column])[len(table) // 2]
    assert len(table.filter(pl.col(column) < pl.lit(middle))) == len(table) // 2
