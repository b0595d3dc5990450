"""How good probabilities are: ranking, squared error, calibration, and what can be decided.

Every function takes two arrays of one length, the truth (booleans) and what was said of it, and
gives a number that is NaN where the question has no answer: no rows, or one class only.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS = 10
"""Bins of equal width of the calibration curve and its error."""
Numbers = NDArray[np.float64]
_SMALL = 1e-15


def auc(truth: ArrayLike, scores: ArrayLike) -> float:
    """Chance that a positive has a higher score than a negative; equal scores count a half.

    Source: Hanley and McNeil 1982, the Mann-Whitney form of the area under the ROC curve.
    """
    positive, said = _pair(truth, scores)
    yes = int(positive.sum())
    no = len(positive) - yes
    if not yes or not no:
        return float("nan")
    _, place, counts = np.unique(said, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def brier(truth: ArrayLike, chances: ArrayLike) -> float:
    """Mean squared distance of the probabilities from what is true; 0.25 says nothing."""
    positive, said = _pair(truth, chances)
    return float(np.mean((said - positive) ** 2)) if len(said) else float("nan")


def log_loss(truth: ArrayLike, chances: ArrayLike) -> float:
    """Mean surprise in nats; a probability of 0 or 1 counts as within 1e-15 of it."""
    positive, said = _pair(truth, chances)
    kept = np.clip(said, _SMALL, 1 - _SMALL)
    surprise = -np.log(np.where(positive, kept, 1 - kept))
    return float(np.mean(surprise)) if len(said) else float("nan")


def calibration_error(truth: ArrayLike, chances: ArrayLike) -> float:
    """Expected calibration error: distance of what happened from what was said, over ten bins.

    Bins are of equal width and weigh by their rows. Of a few rows it is mostly noise, and too high.

    Source: Naeini, Cooper and Hauskrecht 2015.
    """
    positive, said = _pair(truth, chances)
    if not len(said):
        return float("nan")
    place = bins_of(said)
    seen = np.bincount(place, positive.astype(np.float64), BINS)
    told = np.bincount(place, said, BINS)
    return float(np.abs(seen - told).sum() / len(said))


def chance_error(chances: ArrayLike) -> float:
    """About what `calibration_error` is of perfect probabilities, by chance alone.

    Of a bin with n rows of variance v, the mean distance of a share from its probability is close
    to the square root of 2 v / (π n).
    """
    said = np.asarray(chances, dtype=np.float64)
    if not len(said):
        return float("nan")
    place = bins_of(said)
    rows = np.bincount(place, minlength=BINS)
    spread = np.bincount(place, said * (1 - said), BINS)
    return float(np.sqrt(2 / np.pi * spread).sum() / rows.sum())


def bins_of(chances: ArrayLike) -> NDArray[np.intp]:
    """The bin of each probability, 0 to 9; 1 belongs to the last."""
    place = np.floor(np.asarray(chances, dtype=np.float64) * BINS).astype(np.intp)
    return np.clip(place, 0, BINS - 1)


def coverage_at_precision(
    truth: ArrayLike, chances: ArrayLike, precision: float = 0.95,
) -> float:
    """The largest share of rows that can be decided while that part of them is decided rightly.

    The surest rows are decided first, as positive from 0.5 on; rows that are equally sure are
    decided together. 0 where not even the surest are right often enough.
    """
    positive, said = _pair(truth, chances)
    if not len(said):
        return float("nan")
    sure = np.abs(said - 0.5)
    order = np.argsort(-sure, kind="stable")
    right = np.cumsum((said >= 0.5)[order] == positive[order])
    count = np.arange(1, len(said) + 1)
    last_of_its_kind = np.append(np.diff(sure[order]) != 0, True)
    good = last_of_its_kind & (right >= precision * count - 1e-9)
    return float(count[good].max() / len(said)) if good.any() else 0.0


def wilson(hits: ArrayLike, rows: ArrayLike, z: float = 1.959964) -> tuple[Numbers, Numbers]:
    """Lower and upper end of the 95 % interval of a share; NaN where there are no rows.

    Source: Wilson 1927; it stays within 0 and 1, and is honest of few rows.
    """
    count = np.where(np.asarray(rows) > 0, rows, np.nan).astype(np.float64)
    share = np.asarray(hits, dtype=np.float64) / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def _pair(truth: ArrayLike, said: ArrayLike) -> tuple[NDArray[np.bool_], Numbers]:
    positive, numbers = np.asarray(truth, dtype=bool), np.asarray(said, dtype=np.float64)
    if positive.shape != numbers.shape or positive.ndim != 1:
        raise ValueError(
            f"truth has the shape {positive.shape}, what was said {numbers.shape}; "
            "both must be rows of one length")
    if np.isnan(numbers).any():
        raise ValueError("what was said has NaN; leave out the rows that nothing was said of")
    return positive, numbers
