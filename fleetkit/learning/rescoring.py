"""Scores of a few workloads again, with other weights, and how they answer to each.

The same rules as in `scoring`, over arrays: of a family the largest counts whole and the others
three tenths, and together they say no more than the cap. Learning needs it a thousand times.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleetkit.odds import CAP, ECHO

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct sets of weights that workloads have.

    Args:
        weights: one row per pattern, one column per signal in the order of scoring, which decides
            who leads among equals; 0 where a signal said nothing.
        families: columns of the signals of each family.
    """

    weights: Numbers
    families: Sequence[NDArray[np.intp]]

    def scores(self, factors: Numbers) -> tuple[Numbers, Numbers]:
        """Scores with the weights multiplied, and their slopes along each factor.

        A family at its cap has no slope: more of it changes nothing.
        """
        scores = np.zeros(len(self.weights))
        slopes = np.zeros_like(self.weights)
        for family in self.families:
            said = self.weights[:, family] * factors[family]
            share = np.full(said.shape, ECHO)
            share[np.arange(len(said)), np.abs(said).argmax(axis=1)] = 1.0
            total = (said * share).sum(axis=1)
            capped = np.abs(total) > CAP
            scores += np.clip(total, -CAP, CAP)
            slopes[:, family] = np.where(capped[:, None], 0.0, share * self.weights[:, family])
        return scores, slopes
