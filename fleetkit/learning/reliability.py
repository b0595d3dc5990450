"""Whether probabilities say the truth: ten bins of what was said and seen."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fleetkit.learning.metrics import BINS, bins_of, wilson


def reliability(truth: ArrayLike, chances: ArrayLike) -> pd.DataFrame:
    """Ten rows: what was said in each bin of probability, and how often it was so.

    Args:
        truth: booleans.
        chances: a probability for each.

    Returns:
        `start, end, rows, said` (mean probability), `seen` (share that is true) and `seen_low,
        seen_high`, its 95 % interval (Wilson); NA where a bin has no rows.
    """
    said = np.asarray(chances, dtype=np.float64)
    place = bins_of(said)
    rows = np.bincount(place, minlength=BINS)
    hits = np.bincount(place, np.asarray(truth, dtype=np.float64), BINS)
    some = np.where(rows > 0, rows, np.nan)
    low, high = wilson(hits, rows)
    return pd.DataFrame({
        "start": np.arange(BINS) / BINS, "end": np.arange(1, BINS + 1) / BINS, "rows": rows,
        "said": np.bincount(place, said, BINS) / some, "seen": hits / some,
        "seen_low": low, "seen_high": high,
    }).astype({"rows": "Int64"} | dict.fromkeys(
        ("start", "end", "said", "seen", "seen_low", "seen_high"), "Float64"))
