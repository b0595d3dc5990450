"""What would mend probabilities without touching the evidence: p = logistic(t × score + shift).

A temperature `t` cures scores that are too bold or too shy; a `shift` is one more row of evidence,
the same for all workloads. Both are fitted for least surprise (log loss), and judged on software
identities that they were not fitted on.
"""

import hashlib

import numpy as np
import pandas as pd

from fleetkit.learning import metrics

AXES = {"state": "state", "uniqueness": "unique", "disposability": "disposable"}
TEMPERATURES = np.geomspace(0.3, 3.0, 47)
SHIFTS = np.linspace(-2.0, 2.0, 41)
FORMS = {"as it is": ((1.0,), (0.0,)), "temperature": (TEMPERATURES, (0.0,)),
         "shift": ((1.0,), SHIFTS), "both": (TEMPERATURES, SHIFTS)}
FOLDS = 10
DRAWS = 200


def chances(scores, temperature=1.0, shift=0.0):
    """Probabilities that are read from scores."""
    return 1.0 / (1.0 + np.exp(-np.clip(scores * temperature + shift, -50, 50)))


def fitted(yes, scores, form):
    """Temperature and shift of least surprise."""
    tried = [(t, c) for t in FORMS[form][0] for c in FORMS[form][1]]
    losses = [metrics.log_loss(yes, chances(scores, *one)) for one in tried]
    return tuple(float(part) for part in tried[int(np.argmin(losses))])


def crossed(yes, scores, software, form):
    """Probabilities of every row, by what the other folds of software ask for."""
    fold = software.map(_fold).to_numpy()
    out = np.zeros(len(yes))
    for number in range(FOLDS):
        held = fold == number
        if held.any():
            out[held] = chances(scores[held], *fitted(yes[~held], scores[~held], form))
    return out


def noise(chance):
    """Calibration error that perfect probabilities would show on so few rows, by chance."""
    random = np.random.default_rng(DRAWS)
    drawn = [metrics.calibration_error(random.random(len(chance)) < chance, chance)
             for _ in range(DRAWS)]
    return float(np.mean(drawn))


def remedies(rows_by_run):
    """A table in text: per run, axis and form what is fitted, and the errors when held out."""
    lines = []
    for run, rows in rows_by_run.items():
        for axis, truth in AXES.items():
            known = rows[rows[truth].notna()]
            yes = known[truth].astype(bool).to_numpy()
            scores = known[f"{axis}_score"].astype(float).to_numpy()
            for form in FORMS:
                held = crossed(yes, scores, known["software"], form)
                t, shift = fitted(yes, scores, form)
                lines.append({
                    "run": run, "axis": axis, "n": len(yes), "form": form, "t": t, "shift": shift,
                    "log loss": metrics.log_loss(yes, held), "Brier": metrics.brier(yes, held),
                    "ECE": metrics.calibration_error(yes, held), "ECE of noise": noise(held),
                })
    return pd.DataFrame(lines).round(3).to_string(index=False)


def reliability(rows, axis="state"):
    """A table in text: ten bins of probability, what was said and what was seen."""
    known = rows[rows[AXES[axis]].notna()]
    said = chances(known[f"{axis}_score"].astype(float).to_numpy())
    found = pd.DataFrame({"bin": metrics.bins_of(said), "said": said,
                          "seen": known[AXES[axis]].astype(float).to_numpy()})
    return found.groupby("bin").agg(n=("said", "size"), said=("said", "mean"),
                                    seen=("seen", "mean")).round(2).to_string()


def _fold(software):
    """A stable number below FOLDS."""
    return int(hashlib.sha256(f"fold {software}".encode()).hexdigest(), 16) % FOLDS
