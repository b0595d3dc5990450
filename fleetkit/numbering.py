"""Whole numbers that lead from one array to stretches of another."""

import numpy as np


def expand(offsets: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All places of the chosen numbers, one after the other.

    Args:
        offsets: the places of number n are those from `offsets[n]` up to `offsets[n + 1]`.
        chosen: numbers; one may come several times.

    Returns:
        For each place the position in `chosen` that it belongs to, and the place.

    Examples:
        >>> origin, place = expand(np.array([0, 2, 2, 5]), np.array([2, 0]))
        >>> origin.tolist(), place.tolist()
        ([0, 0, 0, 1, 1], [2, 3, 4, 0, 1])
    """
    begins = offsets[chosen]
    lengths = offsets[chosen + 1] - begins
    origin = np.repeat(np.arange(len(chosen)), lengths)
    before = np.cumsum(lengths) - lengths
    return origin, np.arange(len(origin)) + (begins - before)[origin]
