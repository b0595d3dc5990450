"""What a fleet's own people teach: intercepts and factors from their labels.

Reads `evidence` and `labels` made with the shipped weights and a truth; makes a `Tuning`. Nothing
is learned on the hint of a few: below `ENOUGH` things the shipped weights stay, below `MANY` only
the intercept moves, and either must prove itself on software that was left out (`validation`).
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fleetkit.errors import MissingExtraError
from fleetkit.learning.fitting import shipped
from fleetkit.learning.lessons import Lessons, answers, lessons
from fleetkit.learning.taught import Taught, chances, factors, report, story
from fleetkit.learning.tuning import SHIPPED, Tuning
from fleetkit.learning.validation import chosen, out_of_fold

ENOUGH = 20
"""Things of known truth from which an intercept is fitted."""
EACH = 5
"""How many of them must be of each answer, and how many identities there must be."""
MANY = 60
"""Things from which factors are tried."""
MANY_EACH = 8
"""Identities that each answer must have for that."""
LEARNED_AXES = ("state", "uniqueness")
"""Axes that people's labels speak of; nobody labels what may be stopped now."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learned, how good it is, and the story in words.

    Args:
        tuning: what `classify` applies; `SHIPPED` where nothing was learned.
        report: one row per axis that people spoke of: `axis, learned` (nothing, intercept or
            weights), `things, identities, positive, negative, intercept, penalty`, and log-loss,
            Brier score, AUC, expected calibration error and coverage at 95 % precision, `_before`
            with the shipped weights and `_after` out of fold; NA where a number has no answer.
        factors: one row per signal with a learned factor, what moved most first: `axis, signal,
            factor, things` that it spoke of.
        chances: one row per axis and thing: `axis, workload_id, positive, before, after`, the
            latter out of fold, NA where nothing was learned.
        words: what happened, for a reader.
    """

    tuning: Tuning
    report: pd.DataFrame
    factors: pd.DataFrame
    chances: pd.DataFrame
    words: str

    def __str__(self) -> str:
        return self.words


def fit(
    evidence: pd.DataFrame, labels: pd.DataFrame, truth: pd.DataFrame,
    workloads: pd.DataFrame | None = None,
) -> Fitted:
    """Intercepts, and with labels enough the weights, that make a fleet's labels fit its truth.

    Disposability is never learned. The same rows in another order give the same answer.

    Args:
        evidence: the table, made with the shipped weights.
        labels: the table, made in the same run.
        truth: `workload_id` and `label` (pet, cattle, stateful_herd or snowflake) as people said;
            a column `quadrant` is read where there is one. Other words count as unknown.
        workloads: the table: it tells replicas of one controller, and software that the catalogue
            does not know, apart. Without it every workload of unknown software is its own.

    Raises:
        MissingExtraError: there are labels enough, and scikit-learn or SciPy is not installed.
        SchemaError: the truth lacks a column, or the evidence was made with learned weights.
    """
    said = answers(labels, truth)
    every = [_taught(lessons(axis, said, evidence, labels, workloads)) for axis in LEARNED_AXES]
    spoken = [one for one in every if len(one.lessons) or one.lessons.axis == LEARNED_AXES[0]]
    left_out = [f"{count:,} answers {reason} were left out"
                for reason, count in said.left_out.items()]
    return Fitted(
        tuning=_tuning(spoken), report=report(spoken), factors=factors(spoken),
        chances=chances(spoken), words=". ".join([*map(story, spoken), *left_out]) + ".")


def _taught(known: Lessons) -> Taught:
    before = shipped(known).chances(known)
    lacking = _lacking(known)
    if lacking:
        return Taught(known, shipped(known), before, None, lacking)
    held_back = _held_back(known)
    with _one_thread():
        fit = chosen(known, weights=not held_back)
        learned = not np.isnan(fit.penalty)
        after = out_of_fold(known, weights=not held_back) if learned else None
    if after is None:
        return Taught(known, fit, before, None, "nothing that was tried does better on software"
                                                " left out, so the shipped weights stay")
    if np.isfinite(fit.penalty):
        return Taught(known, fit, before, after,
                      f"weights were fitted under a penalty of {fit.penalty:g}")
    reason = held_back or "no change of them clearly does better on software left out"
    return Taught(known, fit, before, after, f"the weights stay as shipped: {reason}")


def _one_thread() -> AbstractContextManager[object]:
    """Problems so small take thrice as long where the threads of a processor share them."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise MissingExtraError("learning", "learn") from error
    limits: AbstractContextManager[object] = threadpool_limits(1, "blas")
    return limits


def _lacking(known: Lessons) -> str:
    """What is missing for an intercept, in words; empty where nothing is."""
    yes = int(known.positive.sum())
    things = "thing" if len(known) == 1 else "things"
    if len(known) < ENOUGH:
        return f"{len(known)} labelled {things}: too few to learn from, {ENOUGH} are needed"
    if min(yes, len(known) - yes) < EACH:
        return (f"{yes} of {len(known)} labelled things are positive: too few to learn from, {EACH}"
                " of either answer are needed")
    kinds = len(np.unique(known.identities))
    if kinds < EACH:
        return f"{kinds} kinds of software: too few to learn from, {EACH} are needed"
    return ""


def _held_back(known: Lessons) -> str:
    """Why weights are not tried, in words; empty where they are."""
    if len(known) < MANY:
        return f"{MANY} labelled things are needed to move them"
    if min(known.identities_of(True), known.identities_of(False)) < MANY_EACH:
        return f"{MANY_EACH} kinds of software of either answer are needed to move them"
    return ""


def _tuning(taught: list[Taught]) -> Tuning:
    moved = [one for one in taught if one.after is not None]
    if not moved:
        return SHIPPED
    things = max(len(one.lessons) for one in moved)
    return Tuning(
        intercepts={one.lessons.axis: one.fit.intercept for one in moved},
        factors={(signal, one.lessons.axis): float(factor) for one in moved
                 for signal, factor in zip(one.lessons.signals, one.fit.factors, strict=True)
                 if factor != 1.0},
        words=f"people's labels of {things:,} things in this fleet say so")
