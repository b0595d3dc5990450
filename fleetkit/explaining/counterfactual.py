"""What if: the smallest sets of changes after which a label or an axis would be another.

All single changes are tried first, then all pairs, then all triples, each scored as `classify`
scores. Beyond, one change after another is taken that leads furthest, and the found set is thinned
to one of which no part does the same: it may not be the smallest, and says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import pandas as pd
import pyarrow as pa

from fleetkit.explaining.cases import Case, after
from fleetkit.explaining.changes import Change
from fleetkit.explaining.removals import changes
from fleetkit.explaining.verdicts import SIDES, UNDECIDED, judged, records
from fleetkit.learning.tuning import SHIPPED, Tuning
from fleetkit.odds import CERTAIN, DECIDED
from fleetkit.tables.derived import AXES, LABEL_CHOICES

Combination = tuple[int, ...]

_MOST_SETS = 4_000
_FEW = 18
_LONGEST = 6
_KINDS = ("storage", "control", "configuration", "image", "moment", "owner")


@dataclass(frozen=True)
class Altered:
    """A fact that a change alters.

    Args:
        name: column of the facts.
        now: value, None where unknown.
        then: value after the change.
    """

    name: str
    now: Any
    then: Any


@dataclass(frozen=True)
class WhatIf:
    """A smallest set of changes with another outcome.

    Args:
        about: label or an axis.
        now: what it is.
        becomes: what it would be.
        changes: what would be otherwise; without one of them the outcome is not reached.
        facts: what that alters.
        label: label afterwards.
        scores: scores afterwards, by axis.
        smallest: every smaller set was tried; otherwise the search was greedy.
    """

    about: str
    now: str
    becomes: str
    changes: tuple[Change, ...]
    facts: tuple[Altered, ...]
    label: str
    scores: Mapping[str, float]
    smallest: bool

    @property
    def words(self) -> str:
        """The changes as a sentence begins, "if …"."""
        *most, last = [change.words for change in self.changes]
        return f"if {', '.join(most)} and {last}" if most else f"if {last}"


class _Tried:
    """Sets of changes and what scoring says of them; each is scored once."""

    def __init__(self, case: Case, tuning: Tuning) -> None:
        self.case, self.tuning = case, tuning
        self.changes = changes(case)
        self.said: dict[Combination, dict[str, Any]] = {}
        self._facts: dict[Combination, tuple[pa.Table, int]] = {}
        self._exhausted: set[int] = set()

    def judge(self, sets: Iterable[Combination]) -> None:
        """Scores the sets that are new, together."""
        new = [chosen for chosen in dict.fromkeys(sets) if chosen not in self.said]
        if new:
            edits = [[self.changes[place].edit for place in chosen] for chosen in new]
            facts = after(self.case, edits)
            self.said |= zip(new, records(judged(facts, self.tuning)), strict=True)
            self._facts |= {chosen: (facts, number) for number, chosen in enumerate(new)}

    def exhaust(self, *sizes: int) -> None:
        """Scores all sets of some sizes, unless they are too many."""
        possible = [size for size in sizes if comb(len(self.changes), size) <= _MOST_SETS]
        self.judge(chosen for size in possible
                   for chosen in combinations(range(len(self.changes)), size)
                   if self.compatible(chosen))
        self._exhausted |= set(possible)

    def exhausted_below(self, size: int) -> bool:
        """Whether all smaller sets were scored."""
        return self._exhausted.issuperset(range(size))

    def compatible(self, chosen: Combination) -> bool:
        """Whether the changes can be made together."""
        return len({self.changes[place].about for place in chosen}) == len(chosen)

    def longer(self, chosen: Combination) -> list[Combination]:
        """The set with one change more, each in turn."""
        return [tuple(sorted((*chosen, place))) for place in range(len(self.changes))
                if place not in chosen and self.compatible((*chosen, place))]

    def facts(self, chosen: Combination) -> tuple[Altered, ...]:
        """What a set alters."""
        table, number = self._facts[chosen]
        then = table.slice(number, 1).to_pylist()[0]
        return tuple(Altered(name, now, then[name]) for name, now in self.case.facts.items()
                     if name != "workload_id" and then[name] != now)


@dataclass(frozen=True)
class _Target:
    about: str
    becomes: str

    @property
    def column(self) -> str:
        return self.about if self.about == "label" else f"{self.about}_side"

    def reached(self, said: Mapping[str, Any]) -> bool:
        return bool(said[self.column] == self.becomes)

    def distance(self, said: Mapping[str, Any]) -> float:
        """How far the scores are from what the target asks, in log-odds."""
        if self.about != "label":
            return _to_side(float(said[f"{self.about}_score"]), self.becomes, self.about)
        state, unique = float(said["state_score"]), float(said["uniqueness_score"])
        if self.becomes == "pet":
            accident = max(0.0, state + DECIDED) + max(0.0, CERTAIN - unique)
            return min(max(0.0, DECIDED - state), accident)
        if self.becomes == "cattle":
            return max(0.0, state + DECIDED) + max(0.0, unique - CERTAIN)
        return max(0.0, abs(state) - DECIDED)


def _to_side(score: float, side: str, axis: str) -> float:
    if side == UNDECIDED:
        return max(0.0, abs(score) - DECIDED)
    return max(0.0, DECIDED - score if side == SIDES[axis][0] else DECIDED + score)


def what_ifs(case: Case, tuning: Tuning = SHIPPED) -> tuple[WhatIf, ...]:
    """For each other label and each other side of each axis the smallest set that leads there.

    An outcome that no plausible set leads to has none.
    """
    tried = _Tried(case, tuning)
    few = len(tried.changes) <= _FEW  # asking once for all sets costs less than asking twice
    rounds = ((0, 1, 2, 3),) if few else ((0, 1, 2), (3,))
    tried.exhaust(*rounds[0])
    targets = [_Target("label", label) for label in LABEL_CHOICES]
    targets += [_Target(axis, side) for axis in AXES for side in (*SIDES[axis], UNDECIDED)]
    open_ = [target for target in targets if not target.reached(tried.said[()])]
    found: dict[_Target, Combination] = {}
    for sizes in rounds:
        tried.exhaust(*sizes)
        found |= {target: best for target in open_ if target not in found
                  if (best := _smallest(target, tried)) is not None}
    found |= _greedy([target for target in open_ if target not in found], tried)
    return tuple(_what_if(target, found[target], tried) for target in open_ if target in found)


def _smallest(target: _Target, tried: _Tried) -> Combination | None:
    hits = [chosen for chosen, said in tried.said.items() if target.reached(said)]
    return min(hits, key=lambda chosen: _effort(chosen, tried), default=None)


def _effort(chosen: Combination, tried: _Tried) -> tuple[Any, ...]:
    """Few changes, what people can check before words of owners, then what moves least."""
    kinds = sorted((_KINDS.index(tried.changes[place].kind) for place in chosen), reverse=True)
    now, then = tried.said[()], tried.said[chosen]
    moved = sum(abs(then[f"{axis}_score"] - now[f"{axis}_score"]) for axis in AXES)
    return (len(chosen), kinds, moved, chosen)


def _greedy(targets: Sequence[_Target], tried: _Tried) -> dict[_Target, Combination]:
    """Sets made of the change that leads furthest, then the next; all targets step together."""
    reached: dict[_Target, Combination] = {}
    walks: dict[_Target, Combination] = dict.fromkeys(targets, ())
    for _ in range(_LONGEST):
        tried.judge(step for walk in walks.values() for step in tried.longer(walk))
        walks = {target: step for target, walk in walks.items()
                 if (step := _step(target, walk, tried)) is not None}
        reached |= {target: walk for target, walk in walks.items()
                    if target.reached(tried.said[walk])}
        walks = {target: walk for target, walk in walks.items() if target not in reached}
    tried.judge(part for walk in reached.values() for part in _parts(walk))
    return {target: next(part for part in _parts(walk) if target.reached(tried.said[part]))
            for target, walk in reached.items()}


def _step(target: _Target, walk: Combination, tried: _Tried) -> Combination | None:
    """The walk with the change that leads furthest; None where none leads nearer."""
    best = min(tried.longer(walk), default=None, key=lambda step: (
        target.distance(tried.said[step]), _effort(step, tried)))
    nearer = best is not None and (
        target.distance(tried.said[best]) < target.distance(tried.said[walk]))
    return best if nearer else None


def _parts(chosen: Combination) -> Iterator[Combination]:
    """Its parts and itself, the smallest first."""
    return (part for size in range(1, len(chosen) + 1) for part in combinations(chosen, size))


def _what_if(target: _Target, chosen: Combination, tried: _Tried) -> WhatIf:
    said = tried.said[chosen]
    return WhatIf(
        about=target.about, now=str(tried.said[()][target.column]), becomes=target.becomes,
        changes=tuple(tried.changes[place] for place in chosen), facts=tried.facts(chosen),
        label=str(said["label"]), scores={axis: float(said[f"{axis}_score"]) for axis in AXES},
        smallest=tried.exhausted_below(len(chosen)),
    )


def what_if_frame(found: Sequence[WhatIf]) -> pd.DataFrame:
    """One row per set: what it is about, what would be otherwise, and scores and label after."""
    return pd.DataFrame([{
        "about": one.about, "now": one.now, "becomes": one.becomes, "what_if": one.words,
        "kinds": ", ".join(dict.fromkeys(change.kind for change in one.changes)),
        "changes": len(one.changes),
        "facts": "; ".join(f"{fact.name}: {_said(fact.now)} → {_said(fact.then)}"
                           for fact in one.facts),
        "label": one.label, **{f"{axis}_score": score for axis, score in one.scores.items()},
        "search": "every smaller set was tried" if one.smallest else "greedy",
    } for one in found], columns=[
        "about", "now", "becomes", "what_if", "kinds", "changes", "facts", "label",
        *[f"{axis}_score" for axis in AXES], "search"])


def _said(value: Any) -> str:
    return "unknown" if value is None else str(value)
