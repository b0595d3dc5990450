"""What a cell says: numbers, truths and times in the ways that spreadsheets write them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.spreadsheets.cells import as_number, as_time, as_truth, order_of

NOON = datetime(2020, 1, 1, 12)  # noqa: DTZ001, as a workbook has it


@pytest.mark.parametrize("said", [
    "16,384", "16.384", "16 384", "16\u00a0384", "16\u202f384", "16'384", " 16384 ", 16384, 16384.0,
])
def test_thousands_are_separated_in_many_ways(said):
    assert as_number(said) == 16_384


@pytest.mark.parametrize(("said", "number"), [
    ("3,5", 3.5), ("3.5", 3.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("-1", -1), ("1e3", 1000),
])
def test_decimals_are_told_from_thousands(said, number):
    assert as_number(said) == number


@pytest.mark.parametrize("said", [
    None, "", "n/a", "masked", "1,23,456", "1.2.3", "0x10", "١٦", True, float("nan"), float("inf"),
    NOON, "9" * 400, "1" * 19, "=1+1",
])
def test_what_is_no_number_is_unknown(said):
    assert as_number(said) is None


@given(st.integers(0, 10**12), st.sampled_from([",", ".", " ", "\u00a0", "'", ""]))
def test_every_whole_number_is_read_back(number, separator):
    assert as_number(f"{number:,}".replace(",", separator)) == number


@pytest.mark.parametrize(("said", "truth"), [
    ("True", True), ("TRUE", True), ("WAHR", True), ("VRAI", True), ("VERDADERO", True), (1, True),
    ("Ja", True), ("False", False), ("FALSCH", False), ("FAUX", False), ("FALSO", False),
    ("no", False), (0, False), (True, True), ("", None), ("maybe", None),
])
def test_truth_is_spoken_in_many_languages(said, truth):
    assert as_truth(said) is truth


@pytest.mark.parametrize("said", [
    "2017/11/28 16:14:28", "2017-11-28T16:14:28Z", "28.11.2017 16:14:28", "28/11/2017 16:14:28",
    "11/28/2017 4:14:28 PM", "2017-11-28 18:14:28+02:00", NOON.replace(2017, 11, 28, 16, 14, 28),
])
def test_times_are_written_in_many_ways(said):
    assert as_time(said) == "2017-11-28T16:14:28Z"


@pytest.mark.parametrize("said", [
    "03/04/2018 10:00", "2018-02-30", "99/99/2018", "0001-01-01", "yesterday", -1, 1e300, 25, True,
    "2018-01-01 25:00:00", "2018-01-01 10:99",
])
def test_what_can_be_read_in_two_ways_or_none_is_unknown(said):
    assert as_time(said) is None


def test_other_dates_of_a_column_tell_the_order_of_day_and_month():
    order = order_of(["03/04/2018 10:00", None, "13/04/2018 10:00"])
    assert as_time("03/04/2018 10:00", order) == "2018-04-03T10:00:00Z"


def test_dates_that_contradict_each_other_tell_nothing():
    assert order_of(["13/04/2018", "04/13/2018"]) == "unknown"


@given(st.text(max_size=40) | st.floats() | st.integers() | st.booleans() | st.none())
def test_no_cell_breaks_the_reading_of_values(cell):
    assert as_time(cell) is None or as_time(cell).endswith("Z")
    assert as_truth(cell) in (True, False, None)
    assert as_number(cell) is None or as_number(cell) == as_number(cell)


@given(st.datetimes(NOON.replace(1971), NOON.replace(2100)))
def test_every_time_is_read_back_to_the_second(time):
    assert as_time(time.isoformat()) == time.isoformat(timespec="seconds") + "Z"
