"""What was learned enters the scores as evidence, and nothing else changes."""

import pytest

from fleetkit.classification import score
from fleetkit.fleet import Fleet
from fleetkit.learning.tuning import SHIPPED, Tuning
from fleetkit.tables import MOUNTS, WORKLOADS
from tests.classification.fleets import container, fleet, volume, weights

TABLES = {name: frame for name, frame in fleet(
    container("db", image_ref="postgres:16"), container("web", image_ref="nginx:1"),
    mounts=[volume("db", "/var/lib/postgresql/data")]) if name in ("workloads", "mounts")}
LEARNED = Tuning({"state": 0.75}, {("named_volume", "state"): 1.5}, "30 labelled workloads")


def judged(tuning=SHIPPED):
    made = score(TABLES, tuning)
    return Fleet(workloads=WORKLOADS.empty(), mounts=MOUNTS.empty(),
                 evidence=made.evidence, labels=made.labels)


def test_intercept_is_a_row_of_evidence_of_every_workload():
    spoken = judged(LEARNED).evidence.query("signal == 'fleet_intercept'")
    assert spoken["workload_id"].tolist() == ["db", "web"]
    assert spoken["reason"].tolist() == ["30 labelled workloads"] * 2
    assert spoken["contribution"].tolist() == [0.75, 0.75]


def test_factor_multiplies_the_weight():
    assert weights(judged(LEARNED), "db")[("named_volume", "state")] == pytest.approx(2.7)


def test_evidence_adds_up_to_the_score_of_a_tuned_fleet():
    made = judged(LEARNED)
    state = made.evidence.query("axis == 'state'").groupby("workload_id")["contribution"].sum()
    scores = made.labels.set_index("workload_id")["state_score"]
    assert state.to_dict() == scores.to_dict()


def test_intercept_is_not_coverage():
    assert judged(LEARNED).labels["coverage"].tolist() == judged(
        Tuning({}, LEARNED.factors)).labels["coverage"].tolist()


def test_axis_without_intercept_is_as_shipped():
    column = "uniqueness_score"
    assert judged(LEARNED).labels[column].tolist() == judged().labels[column].tolist()
