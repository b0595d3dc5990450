"""Questions are about what is unknown, and say what each answer does."""

from hypothesis import HealthCheck, given, settings

from fleetkit.classification import classify
from fleetkit.classification.facts import FACTS
from fleetkit.classification.judgement import all_signals
from fleetkit.explaining.asking import ASKED, asked, unknown
from fleetkit.explaining.cases import after, case_of
from fleetkit.explaining.questions import COVERED, QUESTIONS
from fleetkit.explaining.verdicts import judged as scored
from fleetkit.tables.derived import AXES
from tests.classification.fleets import container, fleet, judged, label, volume
from tests.classification.test_scores import DISKS, ROWS, made_of

FEW = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_fact_that_a_signal_needs_has_a_question():
    needed = {name for signal in all_signals() for name in signal.needs}
    assert needed <= {question.fact for question in QUESTIONS} | set(COVERED)


def test_questions_name_facts_that_there_are():
    told = {name for question in QUESTIONS for answer in question.answers
            for name in (question.fact, *answer.edit.facts)}
    assert told <= set(FACTS)


@FEW
@given(ROWS.filter(bool), DISKS)
def test_an_answer_tells_a_fact_that_is_unknown_and_contradicts_nothing(rows, disks):
    case = case_of(made_of(rows, disks), "0")
    for one in asked(case):
        assert case.facts[one.question.fact] is None
        for told in after(case, [[effect.edit] for effect in one.effects]).to_pylist():
            told["workload_id"] = case.facts["workload_id"]
            assert told[one.question.fact] is not None or told == case.facts
            changed = [name for name, now in case.facts.items()
                       if name != "workload_id" and now is not None and told[name] != now]
            assert set(changed) <= {"setting_for", "setting_against"}


@FEW
@given(ROWS.filter(bool), DISKS)
def test_an_answer_does_what_scoring_says(rows, disks):
    made = classify(made_of(rows, disks))
    case, now = case_of(made, "0"), label(made, "0")
    for one in asked(case):
        said = scored(after(case, [[effect.edit] for effect in one.effects]))
        for (_, row), effect in zip(said.iterrows(), one.effects, strict=True):
            assert (row["label"], row["quadrant"]) == (effect.label, effect.quadrant)
            for axis in AXES:
                assert row[f"{axis}_score"] == effect.scores[axis]
                assert effect.moves[axis] == effect.scores[axis] - now[f"{axis}_score"]


@FEW
@given(ROWS.filter(bool), DISKS)
def test_who_is_unsure_is_asked_twice_unless_less_is_unknown(rows, disks):
    made = classify(made_of(rows, disks))
    for row in made.labels[made.labels["label"] == "unsure"].head(2).itertuples():
        case = case_of(made, row.workload_id)
        assert len(asked(case)) == min(ASKED, len(unknown(case)))


def test_mounts_that_no_source_tells_of_are_asked_for():
    made = judged({**container("a", image_ref="nginx"), "read_only_root": None})
    words = [one.question.words for one in asked(case_of(made, "a"))]
    assert "Which volumes are mounted, and are they kept when it is replaced?" in words


def test_what_is_known_is_not_asked():
    made = judged(container("a"), mounts=[volume("a", "/data")])
    assert "mounts_known" not in [one.question.fact for one in asked(case_of(made, "a"))]


def test_a_volume_that_is_kept_is_a_claim_in_a_cluster_only():
    for controller, fact in (("deployment", "claim_mounts"), ("compose", "volume_mounts")):
        made = judged({**container("a", image_ref="nginx", controller_kind=controller),
                       "read_only_root": None})
        case = case_of(made, "a")
        kept = next(effect for one in asked(case) for effect in one.effects
                    if effect.answer.words == "one that is kept")
        assert after(case, [[kept.edit]])[fact].to_pylist() == [1]


def test_a_machine_is_not_asked_what_only_containers_have():
    made = classify(fleet({"workload_id": "m", "kind": "vm", "name": "zeus"}))
    assert not {"read_only_root", "written_bytes", "declared_count", "env_known"} & set(
        unknown(case_of(made, "m")))


def test_an_answer_that_decides_comes_before_one_that_does_not():
    made = judged({**container("a"), "env_names": None, "tags": None})
    first, second = asked(case_of(made, "a"))
    assert first.weight >= second.weight
