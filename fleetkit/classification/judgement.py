"""The verb: a fleet in, the same fleet with `evidence` and `labels` out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl

from fleetkit.classification.engines import Frame, Slice, entered, joined, left, settled, sliced
from fleetkit.classification.facts import READ, gather
from fleetkit.classification.labels import labels
from fleetkit.classification.scoring import Numbered, Weighed, evidence, numbered, weighed
from fleetkit.fleet import Fleet
from fleetkit.learning.tuning import SHIPPED, Tuning, tuned
from fleetkit.plugins import Signal, find, names
from fleetkit.tables import EVIDENCE, LABELS, PROBLEMS

_SLICE = 200_000
"""Workloads that are scored at a time: what lies between facts and labels is large."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Evidence and labels as native frames of the engine that the tables came on."""

    evidence: Any
    labels: Any


def classify(fleet: Fleet) -> Fleet:
    """The fleet with `evidence` and `labels`: pet, cattle or unsure for every workload, and why.

    A column that is not known contributes nothing and lowers `coverage`; it never counts as a no.
    Workloads without an id cannot be labelled and become a row of `problems`.
    """
    tables = {name: fleet[name] for name in READ if name in fleet and len(fleet[name])}
    if "workloads" not in tables:
        return fleet.with_tables(evidence=EVIDENCE.empty(), labels=LABELS.empty())
    judged = score(tables)
    return fleet.with_tables(
        evidence=judged.evidence, labels=judged.labels, problems=_nameless(fleet))


def score(tables: Mapping[str, Any], tuning: Tuning = SHIPPED) -> Judgement:
    """Evidence and labels of the workloads in native frames, on the same engine.

    Args:
        tables: pandas, Polars or PySpark frames or DuckDB relations by table name; `workloads` at
            least. Columns that are missing are unknown.
        tuning: what the fleet taught.
    """
    signals = numbered(tuned(all_signals(), tuning))
    if not isinstance(tables["workloads"], pd.DataFrame):
        return _judged(gather(tables), signals)
    parts = [_typed(part, signals) for part in sliced(gather(entered(tables, READ)), _SLICE)]
    return Judgement(joined([part.evidence for part in parts], EVIDENCE),
                     joined([part.labels for part in parts], LABELS))


def _judged(facts: Frame, signals: Sequence[Numbered]) -> Judgement:
    made = weighed(facts, signals)
    made = Weighed(settled(made.wide), made.signals)
    spoken = settled(evidence(made))
    return Judgement(nw.to_native(spoken.drop("place")), nw.to_native(labels(made.wide, spoken)))


def _typed(part: Slice, signals: Sequence[Numbered]) -> Judgement:
    made = _judged(part.frame, signals)
    spoken, labelled = pl.collect_all([made.evidence, made.labels], engine="in-memory")
    return Judgement(left(spoken, EVIDENCE, part.ids), left(labelled, LABELS, part.ids))


def all_signals() -> Sequence[Signal]:
    """Signals of all files, in the order of their files' names."""
    return tuple(signal for name in names("signals") for signal in find("signals", name))


def _nameless(fleet: Fleet) -> pd.DataFrame:
    count = int(fleet.workloads["workload_id"].isna().sum())
    if not count:
        return PROBLEMS.empty()
    return PROBLEMS.frame([{
        "code": "no_id", "phase": "classify", "severity": "warning",
        "message": "workloads without a workload_id have no label",
        "detail": f"{count} rows", "hint": "give every workload an id of its own",
    }])
