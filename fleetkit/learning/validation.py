"""How far to trust what was learned: judged on software that it has never seen.

Lessons are split into folds by identity, so that no software is in train and test at once, with
the answers spread evenly over the folds. What is learned is chosen by the log-loss on the part left
out: the shipped weights, an intercept beside them, or factors under one of a few penalties. The
measure of the whole procedure splits once more around that choice (nested cross-validation), so
that the choice is not judged by the rows that it was made on.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fleetkit.errors import MissingExtraError
from fleetkit.learning.fitting import Fit, fitted, shipped
from fleetkit.learning.lessons import Lessons

Numbers = NDArray[np.float64]

FOLDS = 5
"""Parts that lessons are split into, fewer where there are fewer of an answer or of identities."""
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
"""Penalties that are tried for factors."""
_ALONE = float("inf")


def folds(lessons: Lessons) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Places of train and test, none where the lessons cannot be split; identities stay together.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    try:
        from sklearn.model_selection import StratifiedGroupKFold
    except ImportError as error:
        raise MissingExtraError("learning", "learn") from error
    yes, groups = lessons.positive, lessons.identities
    parts = min(FOLDS, len(np.unique(groups)), int(yes.sum()), int((~yes).sum()))
    if parts < 2:
        return
    for train, test in StratifiedGroupKFold(parts).split(groups, yes, groups):
        if len(test):
            yield train, test


def chosen(lessons: Lessons, *, weights: bool) -> Fit:
    """What the lessons teach, no more than what proves itself on software left out.

    An intercept is kept if it lowers the log-loss. Factors are kept if they lower it further by
    more than one standard error of the difference over identities.

    Args:
        lessons: of one axis.
        weights: whether there are lessons enough for factors.
    """
    parts = list(folds(lessons))
    best, loss = float("nan"), _surprise(lessons, shipped(lessons).chances(lessons))
    alone = _left_out(lessons, parts, _ALONE)
    if parts and alone.mean() < loss.mean():
        best, loss = _ALONE, alone
    if parts and weights:
        tried = {penalty: _left_out(lessons, parts, penalty) for penalty in PENALTIES}
        least = min(tried, key=lambda penalty: (tried[penalty].mean(), -penalty))
        if _clearly_less(tried[least], loss, lessons.identities):
            best = least
    return shipped(lessons) if np.isnan(best) else fitted(lessons, best)


def out_of_fold(lessons: Lessons, *, weights: bool) -> Numbers:
    """Probability of each lesson by what the lessons about other software teach."""
    said = shipped(lessons).chances(lessons)
    for train, test in folds(lessons):
        said[test] = chosen(lessons.some(train), weights=weights).chances(lessons.some(test))
    return said


def _left_out(
    lessons: Lessons, parts: list[tuple[NDArray[np.intp], NDArray[np.intp]]], penalty: float,
) -> Numbers:
    """Surprise at each lesson under a penalty, learned from the other folds."""
    said = shipped(lessons).chances(lessons)
    for train, test in parts:
        said[test] = fitted(lessons.some(train), penalty).chances(lessons.some(test))
    return _surprise(lessons, said)


def _surprise(lessons: Lessons, chances: Numbers) -> Numbers:
    kept = np.clip(chances, 1e-15, 1 - 1e-15)
    return -np.log(np.where(lessons.positive, kept, 1 - kept))


def _clearly_less(less: Numbers, more: Numbers, identities: NDArray[np.intp]) -> bool:
    """Whether a sum is less by over one standard error; lessons of an identity go together."""
    gains = np.bincount(np.unique(identities, return_inverse=True)[1], more - less)
    error = gains.std(ddof=1) * np.sqrt(len(gains)) if len(gains) > 1 else np.inf
    return bool(gains.sum() > error)
