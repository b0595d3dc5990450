import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.patching.lag import SOURCE_COLUMNS, lag
from fleetkit.patching.matching import INTERVAL_COLUMNS, THING_COLUMNS, match

KEYS = st.sampled_from([None, "", "01", "0100", "02", "0201", "03", "ffffffff"])
MODULES = st.sampled_from(["", "*", "ruby:3.1", "ruby:3.3"])
TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
things = st.lists(st.tuples(
    st.just("Debian"), st.sampled_from([None, "11", "12"]), st.just("source"),
    st.sampled_from(["a", "b"]), MODULES, st.sampled_from([None, "1", "2"]), KEYS,
), min_size=1, max_size=8)
spans = st.lists(st.tuples(
    st.just("Debian"), st.sampled_from([None, "11", "12"]), st.just("source"),
    st.sampled_from(["a", "b"]), MODULES, KEYS, KEYS,
    st.sampled_from(["fixed", "last_affected", "open", "exact", "not_affected"]),
    st.sampled_from([None, "1", "2"]),
), min_size=1, max_size=8)


def frame(rows, columns):
    cells = [(number, *row) for number, row in enumerate(rows)]
    typed = pd.DataFrame(cells, columns=list(columns))
    return typed.astype(dict.fromkeys(columns[1:], TEXT))


def answers(native):
    plain = native.df() if isinstance(native, duckdb.DuckDBPyRelation) else native
    plain = plain.to_pandas() if isinstance(plain, pl.DataFrame) else plain
    return sorted(plain.astype(object).where(plain.notna(), None)
                  .itertuples(index=False, name=None), key=str)


@settings(max_examples=40)
@given(things, spans)
def test_polars_and_duckdb_match_as_pandas_does(installed, known):
    left, right = frame(installed, THING_COLUMNS), frame(known, INTERVAL_COLUMNS)
    expected = answers(match(left, right))
    assert answers(match(pl.from_pandas(left), pl.from_pandas(right))) == expected
    assert answers(match(duckdb.from_df(left), duckdb.from_df(right))) == expected


ranked = st.lists(st.tuples(st.integers(0, 2), st.one_of(st.none(), st.integers(0, 4)),
                            st.sampled_from(["1", "2", "3"])), min_size=1, max_size=8)


@settings(max_examples=40)
@given(ranked)
def test_polars_and_duckdb_find_the_same_lag_as_pandas(rows):
    cells = [(number, *row) for number, row in enumerate(rows)]
    sources = pd.DataFrame(cells, columns=list(SOURCE_COLUMNS)).astype(
        {"rank": "Int64", "source_version": TEXT}
    )
    expected = answers(lag(sources))
    assert answers(lag(pl.from_pandas(sources))) == expected
    assert answers(lag(duckdb.from_df(sources))) == expected


def status(key="02", lo="01", hi="03", kind="fixed", **cells):
    thing = {"release": "12", "module": "", "version": "2", **cells.pop("thing", {})}
    span = {"release": "12", "module": "", "exact": None, **cells}
    installed = [("Debian", thing["release"], "source", "a", thing["module"], thing["version"],
                  key)]
    known = [("Debian", span["release"], "source", "a", span["module"], lo, hi, kind,
              span["exact"])]
    found = match(frame(installed, THING_COLUMNS), frame(known, INTERVAL_COLUMNS))
    return found["status"].tolist()


@pytest.mark.parametrize(("case", "expected"), [
    ({}, "vulnerable_fix_available"),
    ({"key": "01"}, "vulnerable_fix_available"),
    ({"key": "03"}, "fixed"),
    ({"key": "00"}, "not_affected"),
    ({"kind": "open"}, "vulnerable_no_fix"),
    ({"kind": "last_affected"}, "vulnerable_no_fix"),
    ({"key": "03", "kind": "last_affected"}, "not_affected"),
    ({"key": None}, "uncomparable"),
    ({"lo": None, "hi": None}, "uncomparable"),
    ({"key": None, "lo": "", "hi": "ffffffff", "kind": "open"}, "vulnerable_no_fix"),
    ({"key": None, "lo": None, "hi": None, "kind": "exact", "exact": "2"}, "vulnerable_no_fix"),
    ({"key": None, "lo": None, "hi": None, "kind": "exact", "exact": "1"}, "not_affected"),
    ({"key": None, "lo": "", "hi": "", "kind": "not_affected"}, "not_affected"),
    ({"release": None}, "vulnerable_fix_available"),
    ({"module": "*", "thing": {"module": "ruby:3.1"}}, "vulnerable_fix_available"),
])
def test_a_build_and_an_interval_give_one_answer(case, expected):
    assert status(**case) == [expected]


@pytest.mark.parametrize("case", [
    {"release": "11"},
    {"thing": {"release": None}},
    {"module": "ruby:3.3"},
    {"thing": {"module": "ruby:3.3"}},
    {"module": "ruby:3.3", "thing": {"module": "ruby:3.1"}},
])
def test_an_interval_about_something_else_says_nothing(case):
    assert status(**case) == []
