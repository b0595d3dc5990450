"""What an axis was taught: as rows, as factors and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fleetkit.learning import metrics
from fleetkit.learning.fitting import Fit
from fleetkit.learning.lessons import Lessons

_MEASURES = {
    "log_loss": metrics.log_loss, "brier": metrics.brier, "auc": metrics.auc,
    "calibration_error": metrics.calibration_error,
    "coverage_at_95": metrics.coverage_at_precision,
}
_TYPES = {"axis": "string[pyarrow]", "signal": "string[pyarrow]", "learned": "string[pyarrow]",
          "workload_id": "string[pyarrow]", "positive": "boolean"}
_COUNTS = ("things", "identities", "positive", "negative")


@dataclass(frozen=True, slots=True)
class Taught:
    """What one axis learned.

    Args:
        lessons: what people said.
        fit: what follows.
        before: probabilities with the shipped weights.
        after: probabilities out of fold; None where nothing was learned.
        reason: why so much and no more was learned, in words.
    """

    lessons: Lessons
    fit: Fit
    before: metrics.Numbers
    after: metrics.Numbers | None
    reason: str

    @property
    def learned(self) -> str:
        """Nothing, intercept or weights."""
        if self.after is None:
            return "nothing"
        return "weights" if np.isfinite(self.fit.penalty) else "intercept"


def report(taught: Sequence[Taught]) -> pd.DataFrame:
    """One row per axis: what was learned from how much, and how good it is."""
    frame = pd.DataFrame([_row(one) for one in taught])
    types = {name: "Int64" if name in _COUNTS else _TYPES.get(name, "Float64")
             for name in map(str, frame.columns)}
    return frame.astype(types)


def factors(taught: Sequence[Taught]) -> pd.DataFrame:
    """One row per signal that was weighed anew, what moved most first."""
    rows = [
        {"axis": one.lessons.axis, "signal": signal, "factor": factor, "things": things}
        for one in taught if one.learned == "weights"
        for signal, factor, things in zip(
            one.lessons.signals, one.fit.factors, _spoken(one.lessons), strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["axis", "signal", "factor", "things"]).astype(
        {**_types("axis", "signal"), "factor": "Float64", "things": "Int64"})
    moved = frame.assign(moved=(frame["factor"] - 1).abs()).sort_values(
        ["moved", "axis", "signal"], ascending=[False, True, True], ignore_index=True)
    return moved.drop(columns="moved")


def chances(taught: Sequence[Taught]) -> pd.DataFrame:
    """One row per axis and thing: what is true, and its probability before and after."""
    parts = [pd.DataFrame({
        "axis": one.lessons.axis, "workload_id": one.lessons.workload_ids,
        "positive": one.lessons.positive, "before": one.before,
        "after": np.nan if one.after is None else one.after,
    }) for one in taught]
    types = {**_types("axis", "workload_id", "positive"), "before": "Float64", "after": "Float64"}
    return pd.concat(parts, ignore_index=True).astype(types)


def story(one: Taught) -> str:
    """What happened to an axis, in a sentence."""
    start = f"{one.lessons.axis.capitalize()}: "
    if one.after is None:
        return start + one.reason + _one_sided(one)
    known = one.lessons
    before, after = (metrics.log_loss(known.positive, said) for said in (one.before, one.after))
    most = [f"{row['signal']} × {row['factor']:.2f}"
            for row in factors([one]).head(3).to_dict("records")]
    moved = f", most of all {', '.join(most)}" if most else ""
    return (
        f"{start}an intercept of {one.fit.intercept:+.2f} from {len(known):,} labelled things of"
        f" {len(np.unique(known.identities)):,} kinds of software; {one.reason}{moved}; log-loss on"
        f" software left out {before:.3f} before, {after:.3f} after{_one_sided(one)}")


def _row(one: Taught) -> dict[str, Any]:
    known = one.lessons
    row = {
        "axis": known.axis, "learned": one.learned, "things": len(known),
        "identities": len(np.unique(known.identities)),
        "positive": int(known.positive.sum()), "negative": int((~known.positive).sum()),
        "intercept": np.nan if one.after is None else one.fit.intercept,
        "penalty": one.fit.penalty if np.isfinite(one.fit.penalty) else np.nan,
    }
    for when, said in (("before", one.before), ("after", one.after)):
        for name, measure in _MEASURES.items():
            row[f"{name}_{when}"] = np.nan if said is None else measure(known.positive, said)
    return row


def _spoken(known: Lessons) -> list[int]:
    """How many things each signal spoke of."""
    said = known.patterns.weights[known.pattern] != 0
    return [int(count) for count in said.sum(axis=0)]


def _one_sided(one: Taught) -> str:
    """A warning where people spoke of mistakes only."""
    wrong = int(((one.before >= 0.5) != one.lessons.positive).sum())
    if len(one.lessons) < 10 or wrong * 2 <= len(one.lessons):
        return ""
    return (f"; {wrong:,} of the {len(one.lessons):,} answers contradict the evidence: a ledger of"
            " corrections alone makes it look worse than it is, so label what `propose` gives too")


def _types(*columns: str) -> dict[str, str]:
    return {name: _TYPES[name] for name in columns}
