"""The calibration chart shows what was said and seen, and how little that may be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit import charts
from fleetkit.classification import classify, learn
from fleetkit.fleet import Fleet
from fleetkit.learning.reliability import reliability
from tests.classification import planted

pytest.importorskip("sklearn")


def read(figure):
    title = figure.layout.title
    return f"{title.text} {title.subtitle.text}"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=50))
def test_bins_hold_every_row_once(rows):
    bins = reliability([truth for truth, _ in rows], [said for _, said in rows])
    assert len(bins) == 10
    assert bins["rows"].sum() == len(rows)
    assert bins["seen"].isna().tolist() == (bins["rows"] == 0).tolist()
    seen = bins.dropna(subset=["seen"])
    assert (seen["seen_low"] <= seen["seen"] + 1e-9).all()
    assert (seen["seen_high"] >= seen["seen"] - 1e-9).all()


def test_bars_count_the_labels():
    made = planted.fleet()
    truth = planted.truth(made)
    bars = charts.calibration(made, truth).data[-1]
    assert sum(bars.y) == len(truth)


def test_a_dozen_labels_are_too_few():
    made = planted.fleet()
    assert "12 labels: too few to say" in read(
        charts.calibration(made, planted.truth(made).head(12)))


def test_no_labels_are_said():
    made = planted.fleet()
    assert "No labels yet" in read(charts.calibration(made, planted.truth(made).head(0)))


def test_learned_probabilities_stand_beside_the_shipped_ones():
    made = planted.fleet()
    figure = charts.calibration(made, planted.truth(made, 2.0))
    assert "Learned:" in read(figure)
    assert [mark.marker.symbol for mark in figure.data[1:3]] == ["circle-open", "circle"]


def test_errors_of_the_title_are_those_of_the_report():
    made = planted.fleet()
    truth = planted.truth(made)
    report = learn(made, truth).report.iloc[0]
    said = read(charts.calibration(made, truth))
    assert f"ECE {report['calibration_error_before']:.3f}" in said
    assert f"Brier {report['brier_before']:.3f}" in said


def test_a_fleet_that_learned_is_judged_from_the_shipped_weights():
    made = planted.fleet()
    truth = planted.truth(made, 2.0)
    plain = learn(made, truth)
    learned = classify(made, learn=truth)
    assert not np.allclose(learned.labels["state_score"], made.labels["state_score"])
    pd.testing.assert_frame_equal(learn(learned, truth).chances, plain.chances)


def test_an_empty_fleet_has_a_chart_too():
    truth = pd.DataFrame({"workload_id": ["a"], "label": ["pet"]})
    assert "No labels yet" in read(charts.calibration(Fleet(), truth))


def test_a_label_cannot_write_html_into_the_chart():
    made = planted.fleet()
    truth = planted.truth(made).head(30).assign(label="<img src=x>")
    assert "<img" not in charts.calibration(made, truth).to_json()
