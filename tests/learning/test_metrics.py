"""The measures agree with scikit-learn's, and say NaN where there is no answer."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.learning import metrics

ROWS = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1) | st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0])),
    min_size=2, max_size=60,
).filter(lambda rows: len({truth for truth, _ in rows}) == 2)
MANY = settings(max_examples=150, deadline=None)


def columns(rows):
    truth, said = zip(*rows, strict=True)
    return np.array(truth), np.array(said)


@MANY
@given(ROWS)
def test_auc_is_that_of_scikit_learn(rows):
    known = pytest.importorskip("sklearn.metrics").roc_auc_score(*columns(rows))
    assert metrics.auc(*columns(rows)) == pytest.approx(known)


@MANY
@given(ROWS)
def test_brier_is_that_of_scikit_learn(rows):
    known = pytest.importorskip("sklearn.metrics").brier_score_loss(*columns(rows))
    assert metrics.brier(*columns(rows)) == pytest.approx(known)


@MANY
@given(ROWS)
def test_log_loss_is_that_of_scikit_learn(rows):
    truth, said = columns(rows)
    kept = np.clip(said, 1e-15, 1 - 1e-15)
    known = pytest.importorskip("sklearn.metrics").log_loss(truth, kept)
    assert metrics.log_loss(truth, said) == pytest.approx(known)


@MANY
@given(ROWS)
def test_calibration_error_is_the_weighed_distance_of_the_bins(rows):
    truth, said = columns(rows)
    distance = sum(
        np.sum(own) * abs(truth[own].mean() - said[own].mean())
        for own in (metrics.bins_of(said) == place for place in range(10)) if own.any())
    assert metrics.calibration_error(truth, said) == pytest.approx(distance / len(said), abs=1e-12)


@MANY
@given(ROWS)
def test_calibration_curve_is_that_of_scikit_learn(rows):
    truth, said = columns(rows)
    said = np.clip(said, 0.001, 0.999).round(3) + 0.0004
    known, _ = pytest.importorskip("sklearn.calibration").calibration_curve(truth, said, n_bins=10)
    place = metrics.bins_of(said)
    shares = [truth[place == one].mean() for one in np.unique(place)]
    assert known.tolist() == pytest.approx(shares)


def test_all_is_covered_where_all_is_right():
    assert metrics.coverage_at_precision([True, False, True], [0.9, 0.2, 0.6]) == 1.0


def test_nothing_is_covered_where_the_surest_is_wrong():
    assert metrics.coverage_at_precision([False, True], [0.99, 0.6]) == 0.0


def test_coverage_goes_as_far_as_precision_holds():
    truth = [True] * 19 + [False] + [False] * 5
    said = [0.99] * 19 + [0.9] + [0.6] * 5
    assert metrics.coverage_at_precision(truth, said) == pytest.approx(20 / 25)


def test_rows_that_are_equally_sure_are_decided_together():
    assert metrics.coverage_at_precision([True, True, False], [0.9, 0.9, 0.9]) == 0.0


@MANY
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, chance):
    mixed = list(rows)
    chance.shuffle(mixed)
    for measure in (metrics.auc, metrics.brier, metrics.coverage_at_precision):
        assert measure(*columns(mixed)) == pytest.approx(measure(*columns(rows)))


def test_one_class_has_no_auc():
    assert math.isnan(metrics.auc([True, True], [0.2, 0.9]))


@pytest.mark.parametrize("measure", [
    metrics.auc, metrics.brier, metrics.log_loss, metrics.calibration_error,
    metrics.coverage_at_precision,
])
def test_no_rows_have_no_measure(measure):
    assert math.isnan(measure([], []))


def test_nan_is_no_probability():
    with pytest.raises(ValueError, match="NaN"):
        metrics.brier([True], [float("nan")])


@MANY
@given(st.integers(1, 500).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_wilson_holds_the_share_and_stays_within_one(counts):
    hits, rows = counts
    low, high = metrics.wilson(hits, rows)
    assert 0 <= low <= hits / rows + 1e-12
    assert hits / rows - 1e-12 <= high <= 1


def test_wilson_of_seven_of_ten_is_the_published_interval():
    low, high = metrics.wilson(7, 10)
    assert (round(float(low), 4), round(float(high), 4)) == (0.3968, 0.8922)


def test_wilson_of_no_rows_is_unknown():
    assert np.isnan(metrics.wilson([0, 1], [0, 2])[0]).tolist() == [True, False]


@pytest.mark.parametrize("rows", [20, 200, 2000])
def test_error_by_chance_is_that_of_perfect_probabilities(rows):
    random = np.random.default_rng(5)
    said = random.random(rows)
    drawn = [metrics.calibration_error(random.random(rows) < said, said) for _ in range(300)]
    assert metrics.chance_error(said) == pytest.approx(np.mean(drawn), rel=0.12)


def test_sure_probabilities_have_no_error_by_chance():
    assert metrics.chance_error([0.0, 1.0]) == 0.0
