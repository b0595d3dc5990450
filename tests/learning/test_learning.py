"""Planted truths are learned, and nothing is learned where there is nothing to learn from."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.classification.judgement import score
from fleetkit.errors import SchemaError
from fleetkit.learning.fitting import fitted
from fleetkit.learning.learned import ENOUGH, MANY, fit
from fleetkit.learning.lessons import answers, lessons
from fleetkit.learning.tuning import SHIPPED, Tuning
from fleetkit.learning.validation import folds
from tests.classification import planted

pytest.importorskip("sklearn")
FEW = settings(max_examples=10, deadline=None)
OTHER_WORLD = {"named_volume": 0.0, "controller_statefulset": 0.0, "claim_mounted": 0.2,
               "controller_deployment": 3.0}


def learned(made, truth):
    return fit(made.evidence, made.labels, truth, made.workloads)


def test_lessons_have_the_scores_that_classify_gave():
    made = planted.fleet()
    known = lessons("state", answers(made.labels, planted.truth(made)), made.evidence, made.labels)
    scores = made.labels.set_index("workload_id")["state_score"].loc[known.workload_ids]
    assert known.scores() == pytest.approx(scores.to_numpy(dtype=float), abs=1e-8)


@FEW
@given(st.floats(-2, 2), st.integers(0, 1000))
def test_planted_shift_is_recovered(shift, seed):
    made = planted.fleet()
    truth = planted.truth(made, shift, seed=seed)
    known = lessons("state", answers(made.labels, truth), made.evidence, made.labels)
    assert abs(fitted(known, float("inf")).intercept - shift) < 0.9


def test_few_answers_recover_it_in_part():
    made = planted.fleet()
    found = learned(made, planted.truth(made, 1.5).head(ENOUGH + 5)).tuning
    assert 0.4 < found.intercepts["state"] < 2.2


def test_more_answers_recover_it_closer():
    made = planted.fleet()
    found = learned(made, planted.truth(made, 1.5))
    assert found.tuning.intercepts["state"] == pytest.approx(1.5, abs=0.4)


def test_what_says_the_same_of_all_is_no_factor():
    made = planted.fleet()
    truth = planted.truth(made)
    known = lessons("state", answers(made.labels, truth), made.evidence, made.labels)
    learned = dict(zip(known.signals, fitted(known, 1.0).factors, strict=True))
    assert learned["prior"] == 1.0
    assert any(factor != 1.0 for factor in learned.values())


def test_weights_move_towards_the_planted_ones():
    made = planted.fleet()
    moved = learned(made, planted.truth(made, factors=OTHER_WORLD)).factors
    factor = moved.set_index("signal")["factor"]
    assert factor["named_volume"] < 0.5
    assert factor["controller_statefulset"] < 0.5
    assert factor["controller_deployment"] > 1.2


@pytest.mark.parametrize("seed", range(4))
def test_weights_that_are_right_stay(seed):
    made = planted.fleet()
    assert learned(made, planted.truth(made, seed=seed)).factors.empty


@FEW
@given(st.dictionaries(
    st.sampled_from(["named_volume", "controller_deployment", "nothing_mounted"]),
    st.sampled_from([-2.0, 0.0, 3.0]), min_size=2), st.integers(0, 100))
def test_no_signal_changes_its_sign(factors, seed):
    made = planted.fleet()
    truth = planted.truth(made, factors=factors, seed=seed).head(120)
    known = lessons("state", answers(made.labels, truth), made.evidence, made.labels)
    assert ((fitted(known, 1.0).factors >= 0) & (fitted(known, 1.0).factors <= 3)).all()


def test_learning_proves_itself_on_software_left_out():
    made = planted.fleet()
    report = learned(made, planted.truth(made, factors=OTHER_WORLD)).report.iloc[0]
    assert report["learned"] == "weights"
    assert report["log_loss_after"] < report["log_loss_before"]


def test_too_few_to_move_weights_move_the_intercept_alone():
    made = planted.fleet()
    found = learned(made, planted.truth(made, 2.0, OTHER_WORLD).head(MANY - 1))
    assert found.report["learned"].tolist() == ["intercept"]
    assert not found.tuning.factors
    assert f"{MANY} labelled things are needed" in found.words


def test_without_answers_nothing_changes():
    made = planted.fleet()
    found = learned(made, planted.truth(made).head(0))
    assert found.tuning is SHIPPED
    assert "0 labelled things: too few to learn from" in found.words
    assert found.report.loc[0, ["auc_before", "auc_after", "intercept"]].isna().all()


def test_too_few_answers_are_said():
    made = planted.fleet()
    found = learned(made, planted.truth(made, 2.0).head(ENOUGH - 1))
    assert found.tuning is SHIPPED
    assert "19 labelled things: too few to learn from, 20 are needed" in found.words


def test_one_answer_for_all_teaches_nothing():
    made = planted.fleet()
    found = learned(made, planted.truth(made).assign(label="pet"))
    assert found.tuning is SHIPPED
    assert "of either answer are needed" in found.words


def test_random_answers_teach_no_weights():
    made = planted.fleet()
    truth = planted.truth(made)
    mixed = truth.assign(label=truth["label"].sample(frac=1, random_state=1).to_numpy())
    assert learned(made, mixed).report["auc_after"].fillna(0.5).lt(0.65).all()


def test_corrections_alone_are_warned_of():
    made = planted.fleet()
    truth = planted.truth(made).merge(made.labels[["workload_id", "p_state"]], on="workload_id")
    wrong = truth[truth["label"].eq("pet") != truth["p_state"].ge(0.5)]
    assert "corrections alone" in learned(made, wrong.drop(columns="p_state")).words


def test_no_software_is_in_train_and_test_at_once():
    made = planted.fleet()
    known = lessons("state", answers(made.labels, planted.truth(made)), made.evidence,
                    made.labels, made.workloads)
    parts = list(folds(known))
    assert len(parts) == 5
    for train, test in parts:
        assert not set(known.identities[train]) & set(known.identities[test])
    assert sorted(np.concatenate([test for _, test in parts])) == list(range(len(known)))


def test_order_of_rows_does_not_matter():
    made = planted.fleet()
    truth = planted.truth(made, 1.0, OTHER_WORLD).head(150)
    mixed = [frame.sample(frac=1, random_state=4)
             for frame in (made.evidence, made.labels, truth, made.workloads)]
    first, second = learned(made, truth), fit(*mixed)
    assert first.tuning == second.tuning
    assert first.words == second.words
    pd.testing.assert_frame_equal(first.chances, second.chances)


def test_index_of_frames_does_not_matter():
    made = planted.fleet()
    truth = planted.truth(made, 1.0).head(50)
    frames = [frame.set_index(frame.index[::-1] + 7)
              for frame in (made.evidence, made.labels, truth, made.workloads)]
    assert fit(*frames).tuning == learned(made, truth).tuning


def test_replicas_of_one_controller_are_one_lesson():
    made = planted.fleet()
    workloads = made.workloads.assign(controller_kind="deployment", controller_name="one",
                                      image_ref="team/one:1")
    found = fit(made.evidence, made.labels, planted.truth(made), workloads)
    assert found.report["things"].tolist() == [2]
    assert found.tuning is SHIPPED


def test_quadrants_teach_uniqueness():
    made = planted.fleet()
    lonely = planted.rescored(made, "uniqueness", {}).to_numpy() + 1.5 > 0
    words = np.where(lonely, "snowflake", "stateful_herd")
    truth = pd.DataFrame({"workload_id": made.labels["workload_id"], "label": words})
    found = learned(made, truth)
    assert found.report["axis"].tolist() == ["state", "uniqueness"]
    assert found.tuning.intercepts["uniqueness"] > 0.3


def test_pets_by_accident_say_nothing_of_state():
    made = planted.fleet()
    lonely = made.labels.assign(state_score=-2.0, uniqueness_score=3.0, coverage=0.9).head(30)
    truth = pd.DataFrame({"workload_id": lonely["workload_id"], "label": ["pet", "cattle"] * 15})
    said = answers(lonely, truth).frame
    assert said["state"].isna().all()
    assert said["uniqueness"].tolist() == [True, False] * 15


def test_what_cannot_be_used_is_counted():
    made = planted.fleet()
    first = made.labels["workload_id"].iloc[0]
    truth = pd.DataFrame({
        "workload_id": ["nowhere", first, first, made.labels["workload_id"].iloc[1], None],
        "label": ["pet", "pet", "cattle", "<script>", "pet"]})
    words = learned(made, truth).words
    assert "2 answers of workloads that this fleet does not have" in words
    assert "2 answers that contradict each other" in words
    assert "1 answers that say neither pet nor cattle" in words
    assert "script" not in words


@FEW
@given(st.lists(st.tuples(
    st.sampled_from(["w0000", "w0001", "w0002", "nowhere", None]),
    st.sampled_from(["pet", "cattle", "snowflake", "unsure", "数", "", None])), max_size=8))
def test_hostile_answers_never_break(rows):
    made = planted.fleet()
    truth = pd.DataFrame(rows, columns=["workload_id", "label"])
    assert learned(made, truth).tuning is SHIPPED


def test_truth_without_labels_is_refused():
    made = planted.fleet()
    with pytest.raises(SchemaError, match="no column 'label'"):
        learned(made, pd.DataFrame({"workload_id": ["w0000"]}))


def test_empty_fleet_teaches_nothing():
    made = planted.fleet()
    empty = fit(made.evidence.head(0), made.labels.head(0), planted.truth(made), made.workloads)
    assert empty.tuning is SHIPPED


@FEW
@given(st.floats(-3, 3), st.integers(0, 50))
def test_learned_evidence_adds_up_to_the_learned_score(shift, seed):
    made = planted.fleet()
    tuning = Tuning({"state": shift}, {("named_volume", "state"): seed / 20}, "planted")
    again = score({name: made[name] for name in ("workloads", "mounts")}, tuning)
    own = again.evidence[again.evidence["axis"] == "state"]
    sums = own.groupby("workload_id")["contribution"].sum()
    scores = again.labels.set_index("workload_id")["state_score"]
    assert (sums.reindex(scores.index, fill_value=0.0) == scores).all()


def test_what_was_learned_is_what_scoring_does_with_it():
    made = planted.fleet()
    truth = planted.truth(made, 1.0, OTHER_WORLD)
    tuning = learned(made, truth).tuning
    again = score({name: made[name] for name in ("workloads", "mounts")}, tuning)
    factors = {signal: factor for (signal, axis), factor in tuning.factors.items()}
    told = planted.rescored(made, "state", factors) + tuning.intercepts["state"]
    scores = again.labels.set_index("workload_id")["state_score"]
    assert told.loc[scores.index].to_numpy() == pytest.approx(scores.to_numpy(float), abs=1e-7)


def test_learned_evidence_is_no_ground_to_learn_from():
    made = planted.fleet()
    again = score({name: made[name] for name in ("workloads", "mounts")},
                  Tuning({"state": 1.0}, {}, "planted"))
    with pytest.raises(SchemaError, match="learned weights"):
        fit(again.evidence, again.labels, planted.truth(made))
