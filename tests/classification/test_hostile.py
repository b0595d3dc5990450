"""Any subset of columns, any text: no crash, no row lost."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.classification import classify
from fleetkit.fleet import Fleet
from fleetkit.tables import WORKLOADS
from tests.classification.fleets import container, judged, label

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
FULL = WORKLOADS.frame([container("a", tags={"role": "db"}), container("b", replicas=3)])


@SLOW
@given(st.sets(st.sampled_from(WORKLOADS.names)))
def test_any_subset_of_columns_is_labelled(names):
    frame = FULL[["workload_id", *sorted(names - {"workload_id"})]]
    assert classify(Fleet(workloads=frame)).labels["workload_id"].tolist() == ["a", "b"]


@SLOW
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_any_text_is_labelled(texts):
    rows = [container(str(n), name=text, image_ref=text, command=text, controller_name=text,
                      env_names=[text], ports=[text], tags={text: text})
            for n, text in enumerate(texts)]
    assert len(judged(*rows).labels) == len(texts)


def test_workload_without_an_id_becomes_a_problem():
    made = classify(Fleet(workloads=pd.DataFrame({"workload_id": ["a", None], "name": ["x", "y"]})))
    assert made.labels["workload_id"].tolist() == ["a"]
    assert made.problems["code"].tolist() == ["no_id"]


@pytest.mark.parametrize("kinds", [[], ["host"]])
def test_a_fleet_without_anything_to_judge_has_no_labels(kinds):
    frame = pd.DataFrame({"workload_id": ["a"] * len(kinds), "kind": kinds})
    assert len(classify(Fleet(workloads=frame)).labels) == 0


def test_repeated_id_is_labelled_once():
    frame = pd.DataFrame({"workload_id": ["a", "a"], "name": ["x", "y"]})
    assert len(classify(Fleet(workloads=frame)).labels) == 1


def test_frame_of_strange_columns_is_labelled():
    frame = pd.DataFrame({"workload_id": ["a"], "owner": [object()], "Größe": [1]})
    assert len(classify(Fleet(workloads=frame)).labels) == 1


def test_huge_texts_do_not_hang():
    row = container("a", name="a-" * 500_000, command="x" * 1_000_000,
                    image_ref="/" * 100_000, tags={"k" * 1_000_000: "v" * 100_000})
    assert label(judged(row), "a")["label"] in ("pet", "cattle", "unsure")


HOSTILE = ["<script>alert(1)</script>", "‮db", "a\x00b", "\ud7ff", "' or 1=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_reason_shows_text_as_it_is(text):
    made = judged(container("a", controller_name=text))
    assert text in made.evidence.set_index("signal").loc["replicas_one", "reason"]
