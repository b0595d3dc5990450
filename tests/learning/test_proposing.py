"""Proposals ask for what teaches most: doubtful, common and different things."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import MissingTableError
from fleetkit.fleet import Fleet
from fleetkit.learning.proposing import propose
from fleetkit.tables import LABELS, WORKLOADS
from tests.classification import planted
from tests.classification.fleets import container, judged

MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ROWS = st.lists(st.fixed_dictionaries({
    "state_score": st.sampled_from([-5.0, -1.0, 0.0, 0.3, 4.0]),
    "coverage": st.sampled_from([0.0, 0.2, 0.7]),
    "software": st.sampled_from(["redis", "nginx", "<b>", None]),
    "label": st.sampled_from(["pet", "cattle", "unsure"]),
    "name": st.sampled_from(["web-1", "web-2", "数据库", "", None]),
    "controller_name": st.sampled_from(["a", "b", None]),
}), max_size=30)


def made_of(rows: list[dict]) -> Fleet:
    numbered = pd.DataFrame([row | {"workload_id": f"w{n:03}"} for n, row in enumerate(rows)],
                            columns=["workload_id", *(rows[0] if rows else {})])
    workloads = numbered.drop(columns=["label", "software", "state_score", "coverage"],
                              errors="ignore")
    labels = numbered.drop(columns=["name", "controller_name"], errors="ignore")
    return Fleet(workloads=WORKLOADS.cast(workloads)).with_tables(
        labels=LABELS.cast(labels.assign(p_state=0.5)))


def sure(count: int, software: str, score: float, first: int = 0) -> list[dict]:
    return [{"state_score": score, "coverage": 0.9, "software": software, "label": "unsure",
             "name": f"n{first + number}", "controller_name": None} for number in range(count)]


@MANY
@given(ROWS, st.integers(0, 12))
def test_proposals_are_distinct_and_as_many_as_asked_for(rows, count):
    made = propose(made_of(rows), count=count)
    assert made["workload_id"].is_unique
    assert len(made) <= min(count, len(rows))
    assert made[["alike", "value", "why"]].notna().all(axis=None)


@MANY
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, chance):
    plain = made_of(rows)
    mixed = plain.with_tables(**{
        name: plain[name].sample(frac=1, random_state=chance.randrange(2**31))
        for name in ("workloads", "labels")})
    pd.testing.assert_frame_equal(propose(plain), propose(mixed))


@MANY
@given(ROWS, st.sets(st.integers(0, 29)))
def test_nothing_is_asked_twice(rows, known):
    ids = [f"w{number:03}" for number in known]
    made = propose(made_of(rows), pd.DataFrame({"workload_id": ids, "label": "pet"}))
    assert not set(made["workload_id"]) & set(ids)


def test_no_software_is_proposed_twice_while_another_was_not():
    made = propose(planted.fleet())
    assert made["identity"].is_unique
    assert len(made) == 10


def test_no_controller_is_proposed_twice_while_another_was_not():
    together = [row | {"controller_name": "a"} for row in (*sure(1, "redis", 0.0),
                                                           *sure(1, "nginx", 0.0, 1))]
    made = propose(made_of([*together, *sure(1, "kafka", 4.0, 2)]), count=2)
    assert set(made["identity"]) == {"nginx", "kafka"} or set(made["identity"]) == {
        "redis", "kafka"}


def test_doubt_is_asked_before_what_is_sure():
    made = propose(made_of([*sure(1, "redis", 6.0), *sure(1, "nginx", 0.1, 1)]))
    assert made["identity"].tolist() == ["nginx", "redis"]


def test_little_coverage_is_doubt():
    rows = [*sure(1, "redis", 3.0), *sure(1, "nginx", 3.0, 1)]
    rows[1]["coverage"] = 0.05
    made = propose(made_of(rows))
    assert made["identity"].tolist() == ["nginx", "redis"]
    assert "little of it is known (5% of the evidence)" in made["why"][0]


def test_common_software_is_asked_before_what_is_rare():
    made = propose(made_of([*sure(1, "redis", 0.0), *sure(20, "nginx", 0.0, 1)]))
    assert made["identity"].tolist()[0] == "nginx"
    assert made["alike"].tolist()[0] == 20
    assert "19 more run nginx" in made["why"][0]


def test_sure_evidence_about_very_many_is_checked_too():
    made = propose(made_of([*sure(3000, "nginx", 9.0), *sure(1, "redis", 0.0, 3000)]), count=1)
    assert made["identity"].tolist() == ["nginx"]
    assert "nobody has checked it" in made["why"][0]


def test_software_that_people_labelled_is_asked_later():
    rows = [*sure(5, "nginx", 0.0), *sure(4, "redis", 0.0, 5)]
    told = pd.DataFrame({"workload_id": ["w000"], "label": ["cattle"]})
    made = propose(made_of(rows), told)
    assert made["identity"].tolist()[0] == "redis"
    assert "people labelled 1 of its kind" in made["why"][1]


def test_replicas_of_a_labelled_one_are_not_asked_for():
    replicas = [row | {"controller_kind": "deployment", "controller_name": "web"}
                for row in (container("a"), container("b"))]
    same = [row | {"image_ref": "team/web:1"} for row in replicas]
    made = propose(judged(*same, container("c")),
                   pd.DataFrame({"workload_id": ["a"], "label": ["cattle"]}))
    assert made["workload_id"].tolist() == ["c"]


def test_fleet_without_labels_names_the_verb():
    with pytest.raises(MissingTableError, match="classify"):
        propose(Fleet())
