"""What a fleet taught: how its scores differ from those of the weights that are shipped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals as nw

from fleetkit.plugins import Signal
from fleetkit.tables.derived import AXES

INTERCEPT = "fleet_intercept"
"""Signal of the rows of evidence that hold an intercept."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Intercepts and factors, learned from labelled workloads.

    Args:
        intercepts: log-odds that every workload has beforehand, by axis; an axis that is not
            named has none.
        factors: multiples of the shipped weights, by signal and axis; a signal that is not named
            keeps its weight.
        words: what they were learned from, the reason that a reader sees.
    """

    intercepts: Mapping[str, float] = field(default_factory=dict)
    factors: Mapping[tuple[str, str], float] = field(default_factory=dict)
    words: str = "shipped weights"


SHIPPED = Tuning()
"""Nothing learned: every weight as it is declared, no intercepts."""


def tuned(signals: Iterable[Signal], tuning: Tuning) -> tuple[Signal, ...]:
    """The signals with their factors, and one more for each intercept."""
    weighed = [_scaled(signal, tuning.factors.get((signal.name, signal.axis), 1.0))
               for signal in signals]
    known = [_intercept(axis, tuning) for axis in AXES if tuning.intercepts.get(axis)]
    return (*weighed, *known)


def _scaled(signal: Signal, factor: float) -> Signal:
    if factor == 1.0:
        return signal
    return replace(signal, weight=signal.weight * factor, most=signal.most * factor)


def _intercept(axis: Any, tuning: Tuning) -> Signal:
    amount = tuning.intercepts[axis]
    return Signal(
        name=INTERCEPT, doc="what workloads of this fleet are before anything is seen of them",
        axis=axis, family="intercept", needs=(), most=abs(amount), weight=nw.lit(amount),
        reason=nw.lit(tuning.words),
    )
