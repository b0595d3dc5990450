"""The final half of the labelled set: floors under what the model card tells; numbers by `-s`.

Floors are well below what was measured: they catch a classifier that got worse, not one that is
not good enough. Nobody may tune anything by them.
"""

import pytest

from tests.benchmarks import judging
from tests.benchmarks.judgement import rows_of
from tests.classification.labelled.fleets import half, labelled
from tests.classification.labelled.hiding import blind


def strong(run):
    rows = rows_of(run, "final")
    return rows[rows["strong"]]


@pytest.mark.parametrize(("run", "floor"), [("full", 0.93), ("blind", 0.82), ("nameless", 0.8)])
def test_ranking_of_software_that_nobody_tuned_on(run, floor):
    found = judging.measured(strong(run))
    print(f"\n{run}: {found}")
    assert found["auc"] >= floor


@pytest.mark.parametrize("run", ["full", "blind"])
def test_decided_labels_are_mostly_right(run):
    found = judging.decided(rows_of(run, "final"))
    print(f"\n{run}: {found}")
    assert found["accuracy"] >= 0.85


def test_most_workloads_that_are_fully_described_are_decided():
    assert judging.decided(strong("full"))["unsure"] <= 0.5


def test_every_labelled_workload_has_a_label():
    rows = rows_of("full", "final")
    assert rows["label"].notna().all()
    assert rows["why"].notna().mean() > 0.95


def test_no_software_is_in_both_halves():
    halves = labelled().labels.groupby("software")["half"].nunique()
    assert halves.max() == 1


def test_halves_do_not_depend_on_the_other_rows():
    assert {name: half(name) for name in ("postgres", "nginx", "own:x1")} == {
        "postgres": "final", "nginx": "final", "own:x1": "tune"}


def test_set_is_large_and_balanced():
    labels = labelled().labels
    assert len(labels) >= 500
    assert labels["software"].nunique() >= 350
    assert 0.35 < labels["state"].mean() < 0.65


def test_blind_fleet_tells_no_kind_of_controller_or_volume():
    hidden = blind(labelled().fleet)
    assert hidden.workloads["controller_kind"].isna().all()
    assert set(hidden.mounts["kind"]) <= {"unknown", "block", "partition"}
    assert hidden.mounts["persistence"].isna().all()
