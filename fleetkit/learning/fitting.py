"""Intercept and factors from lessons, held towards the shipped weights.

The score of a lesson is s(f) = b + Σ over families of capped(f · w): w are its shipped weights, f a
factor for each signal, b the intercept of the fleet. With y of 1 or 0 for the answer, what is
minimised is

    Σ log(1 + exp(-(2y - 1) s(f))) + penalty / 2 · Σ (f - 1)² + b² / 2,   0 ≤ f ≤ 3

which is logistic regression with the shipped score as its offset and a ridge on what is added to
it. Without lessons b is 0 and f is 1. A factor of at least 0 never turns what a signal says round.
The prior of b, a normal one of width 1, keeps twenty answers from saying more than they know: on
planted truths without a shift it halves the harm that an intercept does by chance, against a width
of 3, and takes little where there is a shift. An infinite penalty fits the intercept alone.
L-BFGS-B of SciPy takes the bounds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleetkit.errors import MissingExtraError
from fleetkit.learning.lessons import Lessons

Numbers = NDArray[np.float64]

MOST = 3.0
"""The largest factor."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What lessons taught.

    Args:
        intercept: in log-odds.
        factors: one for each signal of the lessons.
        penalty: on the distance of the factors from 1; infinite for the intercept alone, NaN
            where nothing was fitted.
    """

    intercept: float
    factors: Numbers
    penalty: float

    def chances(self, lessons: Lessons) -> Numbers:
        """Probability of each lesson, new ones included, to be positive."""
        return chance(lessons.scores(self.intercept, self.factors))


def shipped(lessons: Lessons) -> Fit:
    """No intercept and the shipped weights."""
    return Fit(0.0, np.ones(len(lessons.signals)), float("nan"))


def fitted(lessons: Lessons, penalty: float) -> Fit:
    """Intercept and factors under a penalty.

    Raises:
        MissingExtraError: SciPy is not installed.
    """
    try:
        from scipy.optimize import minimize
    except ImportError as error:
        raise MissingExtraError("learning", "learn") from error
    counts = _counts(lessons)
    weights = lessons.patterns.weights[counts.sum(axis=1) > 0]
    telling = np.flatnonzero(np.ptp(weights, axis=0))  # what says the same of all is an intercept
    moved = telling if np.isfinite(penalty) else telling[:0]
    best = minimize(
        _loss, np.zeros(1 + len(moved)), args=(lessons, counts, moved, penalty), jac=True,
        method="L-BFGS-B", bounds=[(None, None), *[(-1.0, MOST - 1.0)] * len(moved)])
    factors = np.ones(len(lessons.signals))
    factors[moved] += best.x[1:]
    return Fit(float(best.x[0]), factors, penalty)


def chance(scores: Numbers) -> Numbers:
    """Probability of log-odds."""
    return np.exp(-np.logaddexp(0.0, -scores))


def _counts(lessons: Lessons) -> Numbers:
    """How many lessons of each pattern are negative and positive: equal ones are counted once."""
    place = lessons.pattern * 2 + lessons.positive
    size = 2 * len(lessons.patterns.weights)
    return np.bincount(place, minlength=size).reshape(-1, 2).astype(np.float64)


def _loss(
    moves: Numbers, lessons: Lessons, counts: Numbers, moved: NDArray[np.intp], penalty: float,
) -> tuple[float, Numbers]:
    factors = np.ones(len(lessons.signals))
    factors[moved] += moves[1:]
    scores, slopes = lessons.patterns.scores(factors)
    scores = scores + moves[0]
    surprise = counts[:, 0] * np.logaddexp(0, scores) + counts[:, 1] * np.logaddexp(0, -scores)
    away = moves.copy()
    held = moves[0] ** 2 / 2
    if len(moved):
        away[1:] = penalty * moves[1:]
        held += penalty / 2 * float(moves[1:] @ moves[1:])
    pull = counts.sum(axis=1) * chance(scores) - counts[:, 1]
    return float(surprise.sum() + held), np.append(pull.sum(), pull @ slopes[:, moved]) + away
