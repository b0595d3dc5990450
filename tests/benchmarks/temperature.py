"""One temperature per axis: p = logistic(score × t), by cross-validation over software identities.

The score stays the exact sum of its evidence; only the probability that is read from it changes.
"""

import hashlib

import numpy as np
import pandas as pd

from fleetkit.classification import metrics

AXES = {"state": "state", "uniqueness": "unique", "disposability": "disposable"}
GRID = np.geomspace(0.2, 3.0, 109)
FOLDS = 10


def chances(scores, temperature, shift=0.0):
    """Probabilities of scores at a temperature."""
    return 1.0 / (1.0 + np.exp(-np.clip(scores * temperature + shift, -50, 50)))


def fitted(yes, scores):
    """The temperature of least surprise."""
    losses = [metrics.log_loss(yes, chances(scores, t)) for t in GRID]
    return float(GRID[int(np.argmin(losses))])


def crossed(yes, scores, software):
    """Probabilities of every row at the temperature that the other folds of software ask for."""
    fold = software.map(_fold).to_numpy()
    out = np.zeros(len(yes))
    for number in range(FOLDS):
        held = fold == number
        if held.any():
            out[held] = chances(scores[held], fitted(yes[~held], scores[~held]))
    return out


def temperatures(rows_by_run):
    """A table in text: per run and axis the temperature, and errors without and with it."""
    lines = []
    for run, rows in rows_by_run.items():
        for axis, truth in AXES.items():
            known = rows[rows[truth].notna()]
            yes = known[truth].astype(bool).to_numpy()
            scores = known[f"{axis}_score"].astype(float).to_numpy()
            plain, held = chances(scores, 1.0), crossed(yes, scores, known["software"])
            lines.append({
                "run": run, "axis": axis, "n": len(yes), "t": fitted(yes, scores),
                "log loss": metrics.log_loss(yes, plain), "held out": metrics.log_loss(yes, held),
                "ECE": metrics.calibration_error(yes, plain),
                "ECE held out": metrics.calibration_error(yes, held),
                "Brier": metrics.brier(yes, plain), "Brier held out": metrics.brier(yes, held),
            })
    return pd.DataFrame(lines).round(3).to_string(index=False)


def _fold(software):
    """A stable number below FOLDS."""
    return int(hashlib.sha256(f"fold {software}".encode()).hexdigest(), 16) % FOLDS
