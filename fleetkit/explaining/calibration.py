"""Whether probabilities say the truth on a user's own fleet: ten bins of what was said and seen."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fleetkit.classification.judgement import classify
from fleetkit.fleet import Fleet
from fleetkit.identities.software import Catalogue
from fleetkit.learning.learned import Fitted, fit
from fleetkit.learning.metrics import BINS, bins_of, wilson
from fleetkit.ledger.hearing import Told, told


def learn(
    fleet: Fleet, ledger: Told, *, catalogue: Catalogue | str | Path | None = None
) -> Fitted:
    """What a fleet learns from what people said of it, with its probabilities out of fold.

    A fleet that has not been classified, or was with learned weights, is classified anew with the
    shipped ones: what was learned from an answer must not be judged by it.

    Args:
        fleet: any fleet.
        ledger: a ledger, its path, or a frame of `workload_id` and `label`.
        catalogue: as `classify` takes it, for a fleet that must be classified anew.
    """
    plain = "labels" in fleet and not fleet.problems["code"].eq("learned").any()
    made = fleet if plain else classify(fleet, catalogue=catalogue)
    return fit(made.evidence, made.labels, told(made, ledger), made.workloads)


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
