"""The chart of survival says its finding, and draws what the curves say."""

import pandas as pd
import pytest

from fleetkit import charts
from fleetkit.exposure import episodes, survival
from tests.exposure.literal import day, of_machine

ROWS = pd.DataFrame([
    {"first_seen": day(0), "last_seen": day(number), "slots": 1, "environment": name,
     "closed_by": day(number + 1) if number < 8 else None}
    for name, step in (("production", 2), ("staging", 1)) for number in range(0, 10, step)
])


def test_the_title_says_when_half_are_fixed():
    title = charts.survival(survival(ROWS, "environment")).layout.title.text
    assert title == "Half are fixed after 5 days in production, 5 days in staging"


def test_a_line_is_the_share_of_its_group():
    made = survival(ROWS, "environment")
    figure = charts.survival(made)
    line = next(trace for trace in figure.data if trace.name == "staging")
    steps = made.curves[made.curves["group"].eq("staging")]
    assert list(line.y)[1:] == steps["share_open"].tolist()


def test_what_is_watched_no_longer_is_marked():
    figure = charts.survival(survival(ROWS))
    marks = next(trace for trace in figure.data if trace.marker.symbol == "line-ns")
    assert list(marks.x) == [8, 9]


@pytest.mark.parametrize("by", [None, "environment"])
def test_nothing_has_a_chart_too(by):
    nothing = survival(episodes([of_machine(0, "2")]), by)
    assert charts.survival(nothing).layout.title.text == "No exposures"


def test_a_name_of_a_group_cannot_write_html():
    hostile = ROWS.assign(environment="<a href='x'>")
    assert "<a" not in charts.survival(survival(hostile, "environment")).to_json()
