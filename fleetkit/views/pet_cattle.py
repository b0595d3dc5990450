"""Pets and cattle: state against uniqueness, and for each workload the evidence for its place."""

from typing import Any

import numpy as np
import pandas as pd

from fleetkit.fleet import at_least
from fleetkit.plugins import View
from fleetkit.tables import EVIDENCE, LABELS, WORKLOADS
from fleetkit.tables.derived import AXES, LABEL_CHOICES, QUADRANTS
from fleetkit.views import Tables, absent, coded, groups, is_lower_bound, patch_facts, pick

_MOST_EVIDENCE = 200_000


def data(tables: Tables) -> dict[str, Any]:
    points = _points(tables)
    counts = points["label"].value_counts()
    return {
        "finding": _finding(counts, len(pick(tables, WORKLOADS)), bound=is_lower_bound(tables)),
        "subtitle": _subtitle(tables, points),
        "missing": absent(tables, LABELS),
        "axes": list(AXES), "labels": list(LABEL_CHOICES), "quadrants": list(QUADRANTS),
        "unplaced": len(pick(tables, WORKLOADS)) - len(points),
        "points": {
            "row": points["row"].to_numpy(np.uint32),
            "x": _scores(points["state_score"]), "y": _scores(points["uniqueness_score"]),
            "z": _scores(points["disposability_score"]), "coverage": _scores(points["coverage"]),
            "label": _choice(points["label"], LABEL_CHOICES),
            "quadrant": _choice(points["quadrant"], QUADRANTS),
            "prize": points["prize_bull"].fillna(value=False).to_numpy(np.uint8),
            "name": coded(points["name"]), "service": coded(points["service"]),
            "software": coded(points["software"]), "why": coded(points["why"]),
            "override": coded(points["override"]), "status": coded(points["status"]),
        },
        "evidence": _evidence(tables, points),
    }


def _points(tables: Tables) -> pd.DataFrame:
    """Workloads that have a place on the map: those with both scores."""
    workloads = pick(tables, WORKLOADS)
    named = pd.DataFrame({
        "workload_id": workloads["workload_id"],
        "row": np.arange(len(workloads)),
        "name": workloads["name"].fillna(workloads["workload_id"]),
        "service": groups(tables),
        "status": patch_facts(tables)["status"],
    })
    labels = pick(tables, LABELS).drop_duplicates("workload_id")
    joined = named.merge(labels, on="workload_id").dropna(
        subset=["state_score", "uniqueness_score"])
    return joined.sort_values("row", ignore_index=True)


def _finding(counts: pd.Series, total: int, *, bound: bool) -> str:
    pets, unsure = int(counts.get("pet", 0)), int(counts.get("unsure", 0))
    if not counts.sum():
        return "Pets and cattle: nothing has been judged yet"
    said = at_least(pets, lower_bound=bound).capitalize()
    tail = f"; of {unsure:,} the evidence is too thin to say" if unsure else ""
    return f"{said} of {total:,} workloads {'is a pet' if pets == 1 else 'are pets'}{tail}"


def _subtitle(tables: Tables, points: pd.DataFrame) -> str:
    if LABELS.name not in tables:
        return "State against uniqueness, from evidence that anyone can read."
    unplaced = len(pick(tables, WORKLOADS)) - len(points)
    tail = f" {unplaced:,} workloads have no score and no place here." if unplaced else ""
    return ("Each mark is a workload. Further right it surely holds data, further up nothing could"
            f" take its place. Choose one to see why.{tail}")


def _scores(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=np.float32, na_value=np.nan)


def _choice(values: pd.Series, choices: tuple[str, ...]) -> np.ndarray:
    """Positions among the choices; what is unknown becomes the last, unsure."""
    found = pd.Categorical(values, categories=list(choices)).codes.astype(np.int16)
    return np.where(found < 0, len(choices) - 1, found).astype(np.uint8)


def _evidence(tables: Tables, points: pd.DataFrame) -> dict[str, Any]:
    """Evidence in the order of the points; `start[i]` to `start[i + 1]` belongs to point i."""
    places = pd.Series(points.index, index=points["workload_id"])
    evidence = pick(tables, EVIDENCE)
    placed = evidence.assign(point=evidence["workload_id"].map(places)).dropna(subset=["point"])
    size = placed["contribution"].abs().fillna(0)
    placed = placed.assign(size=size).sort_values(
        ["point", "size"], ascending=[True, False], kind="stable").head(_MOST_EVIDENCE)
    counts = np.bincount(placed["point"].astype(np.int64), minlength=len(points))
    return {
        "start": np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32),
        "axis": _choice(placed["axis"], AXES), "part": _scores(placed["contribution"]),
        "signal": coded(placed["signal"]), "reason": coded(placed["reason"]),
        "kept": len(placed), "all": len(evidence),
    }


VIEW = View(
    title="Pets and cattle",
    doc="Which workloads hold data, which are one of a kind, and what says so?",
    needs=(WORKLOADS, LABELS, EVIDENCE),
    data=data,
)
