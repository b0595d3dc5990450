"""Measures of judgements: one line of numbers from truth and what the classifier said.

All intervals are bootstraps by software: identities are drawn with replacement, each with all of
its workloads, so that ten deployments of one database count as one chance to be right.
"""

import numpy as np
import pandas as pd

from fleetkit.learning import metrics

DRAWS = 400
SEED = 5
SURE_SHARE = 0.8
MEASURES = {
    "auc": "AUC", "brier": "Brier", "ece": "ECE", "coverage_95": "coverage at 95 %",
    "precision_80": "precision at 80 %",
}


def joined(labels, made):
    """Labels of the set beside what the classifier said, by workload_id."""
    said = made.labels.set_index("workload_id").loc[labels.index]
    said = said.rename(columns={"software": "identified"})
    return labels.rename(columns={"why": "because"}).join(said)


def measured(rows, *, truth="state", axis="state"):
    """Numbers of one axis over rows whose truth is known."""
    known = rows[rows[truth].notna()]
    yes = known[truth].astype(bool).to_numpy()
    chance = known[f"p_{CHANCES[axis]}"].astype(float).to_numpy()
    return {"rows": len(known), "auc": metrics.auc(yes, known[f"{axis}_score"].astype(float)),
            **numbers(yes, chance)}


CHANCES = {"state": "state", "uniqueness": "unique", "disposability": "disposable"}


def numbers(yes, chance):
    """What depends on probabilities alone."""
    return {
        "brier": metrics.brier(yes, chance),
        "ece": metrics.calibration_error(yes, chance),
        "coverage_95": metrics.coverage_at_precision(yes, chance, 0.95),
        "precision_80": precision_at(yes, chance, SURE_SHARE),
    }


def precision_at(yes, chance, share):
    """Share of right answers among the surest part; ties at its edge count with their mean."""
    if not len(yes):
        return float("nan")
    sure, right = np.abs(chance - 0.5), (chance >= 0.5) == yes
    wanted = share * len(yes)
    edge = np.sort(sure)[::-1][int(np.ceil(wanted)) - 1]
    above, at = sure > edge, sure == edge
    return float((right[above].sum() + right[at].mean() * (wanted - above.sum())) / wanted)


def decided(rows):
    """Share unsure, and how often a decided label is right.

    Pet is right where state is kept; where none is, either label passes a workload that nothing
    else could replace, as a certain snowflake is a pet by accident.
    """
    known = rows[rows["state"].notna()]
    answered = known[known["label"] != "unsure"]
    is_pet, state = answered["label"] == "pet", answered["state"].astype(bool)
    snowflake = answered["unique"].fillna(value=False).astype(bool) & ~state
    right = (is_pet == state) | snowflake
    return {"unsure": 1 - len(answered) / len(known) if len(known) else float("nan"),
            "accuracy": float(right.mean()) if len(answered) else float("nan"),
            "false_cattle": int((~is_pet & state).sum()), "false_pet": int((~right & is_pet).sum())}


def intervals(rows, *, truth="state", axis="state", draws=DRAWS):
    """95 % intervals of the measures, by software."""
    known = rows[rows[truth].notna()].reset_index(drop=True)
    groups = list(known.groupby("software").indices.values())
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(draws):
        picked = np.concatenate([groups[i] for i in random.integers(0, len(groups), len(groups))])
        drawn.append(measured(known.iloc[picked], truth=truth, axis=axis))
    table = pd.DataFrame(drawn)
    return {name: tuple(np.nanquantile(table[name], [0.025, 0.975])) for name in MEASURES}


def quadrants(rows):
    """Judged quadrants against said ones, where both axes were judged."""
    known = rows[rows["state"].notna() & rows["unique"].notna()]
    names = {(True, True): "pet", (True, False): "stateful_herd", (False, True): "snowflake",
             (False, False): "cattle"}
    truth = [names[bool(s), bool(u)] for s, u in zip(known["state"], known["unique"], strict=True)]
    order = ["pet", "stateful_herd", "snowflake", "cattle", "unsure"]
    table = pd.crosstab(pd.Series(truth, name="judged"),
                        pd.Series(known["quadrant"].tolist(), name="said"))
    return table.reindex(index=order[:4], columns=order, fill_value=0)


def agreement(labels):
    """Share of workloads of which two definitions of the label say the same, and their number."""
    pairs = (("declared", "mounted"), ("declared", "state"), ("mounted", "state"))
    found = {}
    for one, other in pairs:
        both = labels[labels[one].notna() & labels[other].notna()]
        found[f"{one} and {other}"] = (float((both[one] == both[other]).mean()), len(both))
    return found


def baselines(rows, tune):
    """Accuracy of guesses without a classifier; what they lack is guessed by the tune half."""
    usual = bool(tune["state"].mean() > 0.5)
    state = rows["state"].astype(bool)
    said = {"always the majority": pd.Series(usual, index=rows.index),
            "the controller's kind": rows["declared"].fillna(value=usual),
            "claims and named volumes": rows["mounted"].fillna(value=usual)}
    return {name: float((guess.astype(bool) == state).mean()) for name, guess in said.items()}
