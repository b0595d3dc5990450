"""What a fleet taught: how its scores differ from those of the weights that are shipped."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
