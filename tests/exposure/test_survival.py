"""Survival curves, by hand and beside SciPy."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from fleetkit.errors import SchemaError
from fleetkit.exposure import episodes, survival
from fleetkit.exposure.curves import Lives, estimate
from tests.exposure.literal import day, of_machine, of_replicas

SPANS = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.integers(1, 3)), min_size=1, max_size=25)


def row(first, last, closed=None, **cells):
    """An episode in days."""
    return {"first_seen": day(first), "last_seen": day(last), "slots": 1,
            "closed_by": None if closed is None else day(closed), **cells}


def frame(*rows):
    return pd.DataFrame(list(rows))


@given(SPANS)
@settings(deadline=None, max_examples=80)
def test_the_curve_and_its_interval_are_those_of_scipy(spans):
    end, closed, weight = (np.array(part) for part in zip(*spans, strict=True))
    curve = estimate(Lives(np.zeros(len(end)), end.astype(float), closed, weight.astype(float)))
    times, events = np.repeat(end, weight).astype(float), np.repeat(closed, weight)
    theirs = ecdf(CensoredData(uncensored=times[events], right=times[~events])).sf
    np.testing.assert_allclose(curve.share, theirs.evaluate(curve.days), atol=1e-12)
    inner = (curve.share > 0) & (curve.share < 1)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy says that there is no interval at 0 and 1
        interval = theirs.confidence_interval(method="log-log")
    np.testing.assert_allclose(curve.low[inner], interval.low.evaluate(curve.days)[inner])
    np.testing.assert_allclose(curve.high[inner], interval.high.evaluate(curve.days)[inner])


def test_open_episodes_count_for_as_long_as_they_were_watched():
    made = survival(frame(row(0, 5, 10), row(0, 20), row(0, 25, 30)))
    assert made.curves[["days", "at_risk", "closed", "censored"]].iloc[1:].to_numpy().tolist() == [
        [10, 3, 1, 0], [20, 2, 0, 1], [25, 1, 0, 0], [30, 1, 1, 0]]
    assert made.curves["share_open"].round(3).tolist() == [1, 0.667, 0.667, 0.667, 0]


def test_a_fix_between_two_snapshots_gives_two_bounds():
    curves = survival(frame(row(0, 5, 10), row(0, 20))).curves
    five = curves[curves["days"].eq(5)].iloc[0]
    assert (five["share_open"], five["share_open_least"]) == (1, 0.5)


def test_a_median_that_is_not_reached_is_unknown():
    summary = survival(frame(row(0, 5, 10), row(0, 20), row(0, 20))).summary
    assert summary["median_days"].isna().all()


def test_median_and_p90_are_days_on_which_the_curve_is_down():
    made = survival(frame(*(row(0, number, number + 1) for number in range(10)))).summary
    assert made[["median_days", "p90_days"]].to_numpy().tolist() == [[5, 9]]


def test_the_share_after_the_sla_is_unknown_where_nobody_was_watched_so_long():
    rows = frame(row(0, 5, 10), row(0, 20))
    assert survival(rows, sla_days=15).summary["share_late"].tolist() == [0.5]
    assert survival(rows, sla_days=40).summary["share_late"].isna().all()


def test_slots_are_the_units():
    summary = survival(frame(row(0, 5, 10, slots=3), row(0, 20))).summary
    assert summary[["slots", "closed", "censored"]].to_numpy().tolist() == [[4, 3, 1]]
    assert summary["median_days"].tolist() == [10]


def test_groups_are_told_apart_and_the_unknown_one_is_last():
    made = survival(frame(row(0, 1, 2, team="b"), row(0, 1, team=None), row(0, 3, 4, team="a")),
                    "team")
    assert made.summary["group"].tolist() == ["a", "b", pd.NA]


def test_who_is_seen_late_is_at_risk_from_then_only():
    rows = frame(row(2, 4, 5, published_at=day(0)), row(10, 11, 12, published_at=day(0)))
    curves = survival(rows, clock="published").curves
    assert curves[curves["closed"].gt(0)][["days", "at_risk"]].to_numpy().tolist() == [
        [5, 1], [12, 1]]


def test_a_slot_that_began_after_the_record_starts_when_it_was_seen():
    rows = frame(row(40, 40, 45, published_at=day(0), not_before=day(30)))
    assert survival(rows, clock="published").summary["median_days"].tolist() == [5]


def test_episodes_without_a_start_are_left_out_and_counted():
    rows = frame(row(0, 5, 10, fix_known_at=day(0)), row(0, 5, slots=2))
    summary = survival(rows, clock="fix").summary
    assert summary[["slots", "left_out"]].to_numpy().tolist() == [[1, 2]]


def test_a_history_of_snapshots_has_a_curve():
    found = episodes([of_replicas(0, "1", "1"), of_replicas(7, "1", "2"), of_replicas(14, "2")])
    assert survival(found).summary["median_days"].tolist() == [7]


def test_nothing_has_no_curve():
    made = survival(episodes([of_machine(0, "2")]))
    assert made.curves.empty
    assert made.summary.empty


@pytest.mark.parametrize(("wrong", "said"), [
    ({"clock": "deploy"}, "no clock 'deploy'; there are first_seen, fix, published"),
    ({"by": "colour"}, "no column 'colour'"),
    ({"sla_days": -1}, "give days, 0 or more"),
    ({"sla_days": float("nan")}, "give days, 0 or more"),
])
def test_a_wrong_question_says_what_is_allowed(wrong, said):
    with pytest.raises(SchemaError, match=said):
        survival(frame(row(0, 1)), **wrong)


def test_a_hostile_name_of_a_group_is_escaped():
    made = survival(frame(row(0, 1, team="<script>")), "team")
    assert "<script>" not in made._repr_html_()
