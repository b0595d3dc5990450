"""Survival: the share of exposures that is still open after so many days, by group."""

from html import escape
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from fleetkit.errors import SchemaError
from fleetkit.exposure.curves import Curve, Lives, estimate, quantile, share_at
from fleetkit.exposure.tables import CURVES, EPISODES, SUMMARIES
from fleetkit.exposure.vocabulary import distinct

Clock = Literal["published", "first_seen", "fix"]

_STARTS = {"published": "published_at", "first_seen": "first_seen", "fix": "fix_known_at"}
_DAY = 86_400_000_000
_EVERYONE = "all"


class Survival(NamedTuple):
    """Survival curves, and what they come to.

    Attributes:
        curves: the `curves` table: steps of each group.
        summary: the `summaries` table: one row per group.
        clock: what the days are counted from.
        by: column that the groups come from; None: there is one.
    """

    curves: pd.DataFrame
    summary: pd.DataFrame
    clock: str
    by: str | None

    def _repr_html_(self) -> str:
        head = f"Days since {self.clock}" + (f", by {self.by}" if self.by else "")
        return f"<p>{escape(head)}</p>" + self.summary.to_html(index=False)


def survival(
    episodes: pd.DataFrame, by: str | None = None, *, clock: Clock = "first_seen",
    sla_days: float = 30,
) -> Survival:
    """The share of exposures that is still open after so many days: Kaplan–Meier, by group.

    Open episodes count for as long as they were watched and no longer (right-censored), so slow
    fixes do not vanish from the figure as they do from a mean of closed ones. A fix came somewhere
    between `last_seen` and `closed_by`; it is counted at `closed_by`, the day on which it was there
    for certain, so each curve is an upper bound; `share_open_least` is the lower one. Slots are the
    units: replicas that are patched together count one by one, and so do the flaws that one update
    mends, therefore the interval is too narrow where few updates stand behind many episodes.

    Args:
        episodes: the frame that `episodes` gives, or some of its rows.
        by: a column of it, as environment, team, label or severity; None: one curve.
        clock: what the days are counted from. `first_seen`: the first snapshot that saw the slot
            vulnerable. `published`: the record. `fix`: since a fix was known. With the latter two
            a slot that began later starts then, and one that was first seen later is at risk from
            that day only (delayed entry). Without a start an episode is left out and counted.
        sla_days: days that a fix may take, for `share_late`.

    Returns:
        `Survival(curves, summary, clock, by)`. Groups in order, the unknown one last. Median and
        p90 are NA where the curve does not come down that far.

    Raises:
        SchemaError: there is no such column or clock, or the frame is no `episodes` table.

    Examples:
        >>> import pandas as pd
        >>> seen = pd.DataFrame({
        ...     "first_seen": ["2026-01-01"] * 2, "last_seen": ["2026-01-01", "2026-01-11"],
        ...     "closed_by": ["2026-01-06", None], "slots": [1, 1]})
        >>> survival(seen).summary["median_days"].tolist()
        [5.0]
    """
    rows = EPISODES.cast(episodes)
    if clock not in _STARTS:
        raise SchemaError(f"no clock {clock!r}; there are {', '.join(sorted(_STARTS))}")
    if by is not None and by not in rows.columns:
        raise SchemaError(f"episodes have no column {by!r}; there are {', '.join(rows.columns)}")
    if not sla_days >= 0:
        raise SchemaError(f"sla_days: found {sla_days!r}; give days, 0 or more")
    known = rows[_STARTS[clock]].notna() & rows["first_seen"].notna() & rows["last_seen"].notna()
    group = rows[by].astype(CURVES.column("group").dtype) if by else pd.Series(
        _EVERYONE, index=rows.index, dtype=CURVES.column("group").dtype)
    codes, names = pd.factorize(group, sort=True)
    least, most = _lives(rows, clock, sooner=True), _lives(rows, clock, sooner=False)
    curves, summary = [], []
    for code in [*range(len(names)), -1]:
        here = codes == code
        if here.any():
            some = here & known.to_numpy(dtype=bool)
            upper = estimate(_some(most, some))
            lower = estimate(_some(least, some), inclusive=True)
            name = names[code] if code >= 0 else None
            out = int(rows["slots"].fillna(1)[here & ~some].sum())
            curves.append(_steps(name, upper, lower))
            summary.append(_summed(name, upper, out, sla_days))
    return Survival(CURVES.cast(_stacked(curves)), SUMMARIES.frame(summary), clock, by)


def _lives(rows: pd.DataFrame, clock: Clock, *, sooner: bool) -> Lives:
    """The episodes in days; those without a start are not to be used.

    Args:
        rows: the episodes.
        clock: what the days are counted from.
        sooner: each fix came right after the slot was last seen vulnerable, not when it was seen.
    """
    first, last = _micro(rows["first_seen"]), _micro(rows["last_seen"])
    asked, before = _micro(rows[_STARTS[clock]]), _micro(rows["not_before"])
    start = np.where(rows["not_before"].notna() & (asked <= before), first, asked)
    closed = rows["closed_by"].notna().to_numpy(dtype=bool)
    end = np.where(closed & (not sooner), _micro(rows["closed_by"]), last)
    return Lives(
        np.maximum(first - start, 0) / _DAY, np.maximum(end - start, 0) / _DAY, closed,
        rows["slots"].fillna(1).to_numpy(dtype=np.float64))


def _micro(times: pd.Series) -> np.ndarray:
    """Microseconds since 1970; of a missing time a number that must not be used."""
    numbers: np.ndarray = pd.DatetimeIndex(times).as_unit("us").asi8.copy()
    numbers[times.isna().to_numpy()] = 0
    return numbers


def _some(lives: Lives, which: np.ndarray) -> Lives:
    return Lives(*(part[which] for part in (
        lives.entry, lives.end, lives.closed, lives.weight)))


def _steps(name: str | None, upper: Curve, lower: Curve) -> pd.DataFrame:
    """Both curves on the days of either."""
    days = distinct(np.append(upper.days, lower.days))
    at = np.searchsorted(upper.days, days)
    own = np.isin(days, upper.days)
    columns = {
        place: np.where(own, np.concatenate([values, [0.0]])[at], 0).astype(np.int64)
        for place, values in (("closed", upper.closed), ("censored", upper.censored))
    }
    behind = np.concatenate([upper.at_risk, [0.0]])[at]
    return pd.DataFrame({
        "group": pd.Series([name] * len(days), dtype=CURVES.column("group").dtype), "days": days,
        "at_risk": behind.astype(np.int64), **columns,
        "share_open": share_at(upper, days, upper.share, 1.0),
        "low": _known(share_at(upper, days, upper.low, np.nan)),
        "high": _known(share_at(upper, days, upper.high, np.nan)),
        "share_open_least": share_at(lower, days, lower.share, 1.0),
    })


def _summed(
    name: str | None, curve: Curve, left_out: int, sla_days: float
) -> dict[str, object]:
    on = np.array([sla_days])
    watched = bool(len(curve.days)) and curve.days[-1] >= sla_days
    certain = watched or (bool(len(curve.days)) and curve.share[-1] == 0)
    late, low, high = (
        float(share_at(curve, on, values, start)[0]) if certain else float("nan")
        for values, start in ((curve.share, 1.0), (curve.low, np.nan), (curve.high, np.nan)))
    closed, censored = int(curve.closed.sum()), int(curve.censored.sum())
    return {
        "group": name, "slots": closed + censored, "closed": closed, "censored": censored,
        "left_out": left_out, "median_days": _plain(quantile(curve, 0.5)),
        "p90_days": _plain(quantile(curve, 0.1)), "sla_days": float(sla_days),
        "share_late": _plain(late), "low": _plain(low), "high": _plain(high),
    }


def _plain(number: float) -> float | None:
    return None if np.isnan(number) else number


def _known(values: np.ndarray) -> pd.Series:
    """Numbers with NA, not NaN, where there is none."""
    return pd.Series(values).astype("Float64").mask(np.isnan(values))


def _stacked(curves: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [curve for curve in curves if len(curve)]
    return pd.concat(filled, ignore_index=True) if filled else CURVES.empty()
