"""Types never depend on the data, unknown is NA, and what does not fit is named."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import SchemaError
from fleetkit.schema import Column, Table, as_mapping

THINGS = Table(
    name="things",
    doc="one row per thing",
    key=("thing_id",),
    columns=(
        Column("thing_id", "text", "the key"),
        Column("count", "integer", "how many"),
        Column("share", "real", "which part", "0 to 1"),
        Column("is_new", "boolean", "was made today"),
        Column("made_at", "time", "when", "UTC"),
        Column("names", "texts", "what it is called"),
        Column("tags", "mapping", "labels"),
        Column("colour", "text", "one of two", choices=("red", "blue")),
    ),
)


@pytest.mark.parametrize("rows", [
    [],
    [{"thing_id": "a"}],
    [{"thing_id": "a", "count": 1, "share": 0.5, "is_new": True, "names": ["x"],
      "made_at": "2024-01-01T00:00:00Z", "tags": {"a": "b"}, "colour": "red"}],
])
def test_dtypes_do_not_depend_on_the_rows(rows):
    assert THINGS.frame(rows).dtypes.equals(THINGS.empty().dtypes)


def test_large_integers_beside_missing_ones_keep_their_last_digit():
    frame = THINGS.frame([{"count": 2**60 + 1}, {"count": None}])
    assert frame["count"].tolist() == [2**60 + 1, pd.NA]


def test_a_missing_list_is_unknown_and_an_empty_one_is_known():
    frame = THINGS.frame([{"names": None}, {"names": []}])
    assert frame["names"].isna().tolist() == [True, False]


def test_text_of_a_csv_becomes_numbers_times_and_lists():
    raw = pd.DataFrame({"count": ["3"], "share": ["0.5"], "is_new": ["True"],
                        "made_at": ["2024-01-01 10:00+02:00"], "names": ["a; b"]})
    row = THINGS.cast(raw).iloc[0]
    assert (row["count"], row["share"], bool(row["is_new"]), list(row["names"])) == (
        3, 0.5, True, ["a", "b"])
    assert row["made_at"] == pd.Timestamp("2024-01-01T08:00:00Z")


def test_a_value_of_the_wrong_kind_is_named_with_its_column():
    with pytest.raises(SchemaError, match=r"things\.count: expected integer, found 'many'"):
        THINGS.frame([{"count": 1}, {"count": "many"}])


@pytest.mark.parametrize("number", [1.5, 0, 1_700_000_000, pd.Series([3]).iloc[0]])
def test_a_number_is_no_time_for_nobody_says_its_unit(number):
    with pytest.raises(SchemaError, match=r"things\.made_at: expected time, found"):
        THINGS.frame([{"made_at": number}])


def test_a_choice_that_is_not_allowed_is_named_with_those_that_are():
    with pytest.raises(SchemaError, match="found 'green'; allowed are red, blue"):
        THINGS.cast(pd.DataFrame({"colour": ["red", "green"]}))


def test_a_row_with_an_undeclared_column_is_refused():
    with pytest.raises(SchemaError, match="does not declare: size"):
        THINGS.frame([{"size": 1}])


def test_columns_of_the_user_stay_behind_the_declared_ones():
    assert THINGS.cast(pd.DataFrame({"mine": [1]})).columns[-1] == "mine"


def test_the_arrow_schema_carries_unit_and_doc():
    notes = THINGS.arrow.field("share").metadata
    assert (notes[b"unit"], notes[b"doc"]) == (b"0 to 1", b"which part")


def test_equal_mappings_have_equal_text():
    assert as_mapping({"b": 1, "a": "é"}) == '{"a":"é","b":"1"}'


@given(st.lists(st.fixed_dictionaries({
    "count": st.none() | st.integers(-2**63, 2**63 - 1),
    "names": st.none() | st.lists(st.text(max_size=5), max_size=3),
    "is_new": st.none() | st.booleans(),
}), max_size=5))
def test_a_frame_survives_arrow(rows):
    frame = THINGS.frame(rows)
    table = pa.Table.from_pandas(frame, schema=THINGS.arrow, preserve_index=False)
    again = THINGS.cast(pd.DataFrame({
        name: pd.Series(THINGS.column(name).dtype.__from_arrow__(table[name]))
        for name in THINGS.names
    }))
    pd.testing.assert_frame_equal(frame, again)
