"""Ask: which answers would move a workload most, and what each would do.

What an answer would do is found by scoring the workload with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pandas as pd

from fleetkit.classification.facts import FACTS
from fleetkit.classification.judgement import all_signals
from fleetkit.explaining.cases import Case, Edit, after
from fleetkit.explaining.changes import BOXES, CLUSTER, kept_volume
from fleetkit.explaining.questions import COVERED, KEPT, QUESTIONS, Answer, Question
from fleetkit.explaining.verdicts import judged, records
from fleetkit.learning.tuning import SHIPPED, Tuning
from fleetkit.tables.derived import AXES

ASKED = 2
"""Questions that a workload gets."""
_DECIDING = ("state", "uniqueness")


@dataclass(frozen=True)
class Effect:
    """What an answer would do.

    Args:
        answer: the answer.
        edit: what it tells of this workload.
        scores: scores with it, by axis.
        moves: by how much it moves them.
        label: label with it.
        quadrant: quadrant with it.
    """

    answer: Answer
    edit: Edit
    scores: Mapping[str, float]
    moves: Mapping[str, float]
    label: str
    quadrant: str


@dataclass(frozen=True)
class Asked:
    """A question about one workload, and what its answers would do."""

    question: Question
    effects: tuple[Effect, ...]
    decides: bool

    @property
    def weight(self) -> tuple[bool, float, float]:
        """Whether an answer would change the label, then how far its answers move on average.

        An extreme answer that hardly anybody gives is worth less than two that always tell.
        """
        return (self.decides, self._mean(_DECIDING), self._mean(AXES))

    def _mean(self, axes: Sequence[str]) -> float:
        moves = [max(abs(effect.moves[axis]) for axis in axes) for effect in self.effects]
        return sum(moves) / len(moves) if moves else 0.0


def unknown(case: Case) -> list[str]:
    """Facts that a signal needs to speak of this workload, which people can tell; each once."""
    facts = case.facts
    needed = [name for signal in all_signals()
              if facts["kind"] is None or facts["kind"] in signal.kinds for name in signal.needs]
    asked_for = dict.fromkeys(COVERED.get(name, name) for name in needed if facts[name] is None)
    return [name for name in asked_for if facts[name] is None and _about(name, case)]


def asked(case: Case, tuning: Tuning = SHIPPED) -> tuple[Asked, ...]:
    """The questions whose answers would move the workload most, two unless less is unknown.

    First those with an answer that would change the label, then by how far their answers move
    state or uniqueness, on which the label stands, then disposability.
    """
    questions = [question for fact in unknown(case) for question in _about(fact, case)]
    effects = _effects(case, questions, tuning)
    ranked = sorted(effects, key=lambda one: one.weight, reverse=True)
    topics: dict[str, Asked] = {}
    for one in ranked:
        topics.setdefault(one.question.topic or one.question.fact, one)
    first = list(topics.values())
    rest = [one for one in ranked if one not in first
            and one.question.words not in {other.question.words for other in first}]
    return tuple([*first, *rest][:ASKED])


def _about(fact: str, case: Case) -> list[Question]:
    """Its questions that fit the workload; in plain words where none is declared."""
    boxed = case.facts["kind"] in (*BOXES, None)
    clustered = case.facts["controller_kind"] in (*CLUSTER, None)
    declared = [question for question in QUESTIONS if question.fact == fact]
    if declared:
        return [question for question in declared
                if question.boxes in (None, boxed) and (clustered or not question.cluster)]
    return [Question(fact, f"What is known of this: {FACTS.get(fact, fact)}?")]


def _effects(case: Case, questions: Sequence[Question], tuning: Tuning) -> list[Asked]:
    answers = [answer for question in questions for answer in question.answers]
    edits = [_placed(answer.edit, case) for answer in answers]
    now, *told = records(judged(after(case, [(), *[(edit,) for edit in edits]]), tuning))
    effects = iter([_effect((answer, edit), now, said)
                    for answer, edit, said in zip(answers, edits, told, strict=True)])
    found = [tuple(islice(effects, len(question.answers))) for question in questions]
    return [Asked(question, own, any(effect.label != now["label"] for effect in own))
            for question, own in zip(questions, found, strict=True)]


def _effect(
    answered: tuple[Answer, Edit], now: Mapping[str, Any], said: Mapping[str, Any]
) -> Effect:
    scores = {axis: float(said[f"{axis}_score"]) for axis in AXES}
    moves = {axis: score - float(now[f"{axis}_score"]) for axis, score in scores.items()}
    return Effect(*answered, scores, moves, str(said["label"]), str(said["quadrant"]))


def _placed(edit: Edit, case: Case) -> Edit:
    """The edit as this workload would have it: it tells what is unknown, nothing else."""
    facts = case.facts
    mounts = tuple(kept_volume(facts) if mount is KEPT else mount for mount in edit.mounts)
    told = {name: value for name, value in edit.facts.items() if facts.get(name) is None}
    return replace(edit, mounts=mounts, facts=told)


def question_frame(questions: Sequence[Asked]) -> pd.DataFrame:
    """One row per question and answer: how far it moves each axis, and the label with it."""
    return pd.DataFrame([{
        "question": one.question.words, "fact": one.question.fact, "answer": effect.answer.words,
        **{f"{axis}_moves": effect.moves[axis] for axis in AXES},
        "label": effect.label, "quadrant": effect.quadrant,
    } for one in questions for effect in one.effects], columns=[
        "question", "fact", "answer", *[f"{axis}_moves" for axis in AXES], "label", "quadrant"])
