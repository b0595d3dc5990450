"""Kaplan–Meier: the share that is still open after so many days, where not every end is seen.

Kaplan, Meier: Nonparametric estimation from incomplete observations, JASA 53 (1958); those that
are watched from a later day on are at risk from then (delayed entry); the variance is Greenwood's,
the interval that of log(-log), as `scipy.stats.ecdf` gives it.
"""

from dataclasses import dataclass

import numpy as np

_Z = 1.959963984540054
"""The normal quantile that leaves 2.5 % on each side."""


@dataclass
class Lives:
    """Episodes as spans of days since their clock started.

    Attributes:
        entry: day from which each is watched; 0 from the start.
        end: day on which it closed or was watched last.
        closed: whether it closed then.
        weight: slots that it stands for.
    """

    entry: np.ndarray
    end: np.ndarray
    closed: np.ndarray
    weight: np.ndarray


@dataclass
class Curve:
    """One row per distinct end; `low` and `high` are NaN where the share is 0 or 1."""

    days: np.ndarray
    at_risk: np.ndarray
    closed: np.ndarray
    censored: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray


def estimate(lives: Lives, *, inclusive: bool = False) -> Curve:
    """The curve of some episodes.

    Args:
        lives: the episodes.
        inclusive: an episode is at risk on the very day from which it is watched.
    """
    days, place = np.unique(lives.end, return_inverse=True)
    closed = np.bincount(place, lives.weight * lives.closed, minlength=len(days))
    censored = np.bincount(place, lives.weight * ~lives.closed, minlength=len(days))
    at_risk = _later(lives.end, lives.weight, days, "left") - _later(
        lives.entry, lives.weight * (lives.entry > 0), days, "right" if inclusive else "left")
    # who closes on the day from which it is watched was never seen open before
    counted = np.minimum(closed, at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(np.where(at_risk > 0, 1 - counted / at_risk, 1.0))
        terms = np.where(counted > 0, counted / (at_risk * (at_risk - counted)), 0.0)
        error = np.sqrt(np.cumsum(terms)) / np.abs(np.log(share))
        middle = np.log(-np.log(share))
        low, high = (np.exp(-np.exp(middle + side * _Z * error)) for side in (1, -1))
    inner = (share > 0) & (share < 1)
    return Curve(days, at_risk, closed, censored, share, np.where(inner, low, np.nan),
                 np.where(inner, high, np.nan))


def share_at(curve: Curve, days: np.ndarray, values: np.ndarray, start: float) -> np.ndarray:
    """The values of a curve on some days; `start` before its first row."""
    place = np.searchsorted(curve.days, days, side="right")
    stepped: np.ndarray = np.concatenate([[start], values])[place]
    return stepped


def quantile(curve: Curve, share: float) -> float:
    """The first day on which at most the share is open; NaN where that is not reached."""
    reached = np.flatnonzero(curve.share <= share + 1e-12)
    return float(curve.days[reached[0]]) if len(reached) else float("nan")


def _later(values: np.ndarray, weight: np.ndarray, days: np.ndarray, side: str) -> np.ndarray:
    """The weight of values at or after each day ("left"), or after it ("right")."""
    order = np.argsort(values, kind="stable")
    behind = np.concatenate([np.cumsum(weight[order][::-1])[::-1], [0.0]])
    later: np.ndarray = behind[np.searchsorted(values[order], days, side=side)]  # type: ignore[call-overload]
    return later
