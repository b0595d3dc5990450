"""The verb: a fleet in, the same fleet with `evidence` and `labels` out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl

from fleetkit.classification.engines import Frame, Slice, entered, joined, left, settled, sliced
from fleetkit.classification.facts import READ, gather
from fleetkit.classification.labels import labels
from fleetkit.classification.scoring import Numbered, Weighed, evidence, numbered, weighed
from fleetkit.fleet import Fleet
from fleetkit.identities.additions import with_additions_of
from fleetkit.identities.software import Catalogue
from fleetkit.learning.learned import Fitted, fit
from fleetkit.learning.tuning import SHIPPED, Tuning, tuned
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.hearing import Told, heard, told
from fleetkit.ledger.overruling import apply
from fleetkit.plugins import Signal, find, names
from fleetkit.schema import Row
from fleetkit.tables import EVIDENCE, LABELS, PROBLEMS

_LEARNED = "learned"
_SLICE = 200_000
"""Workloads that are scored at a time: what lies between facts and labels is large."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Evidence and labels as native frames of the engine that the tables came on."""

    evidence: Any
    labels: Any


def classify(
    fleet: Fleet, *, ledger: Ledger | str | Path | None = None, learn: Told | None = None,
    catalogue: Catalogue | str | Path | None = None,
) -> Fleet:
    """The fleet with `evidence` and `labels`: pet, cattle or unsure for every workload, and why.

    A column that is not known contributes nothing and lowers `coverage`; it never counts as a no.
    Workloads without an id cannot be labelled and become a row of `problems`, as does each entry
    of a ledger or a catalogue that cannot be read or no longer holds.

    Args:
        fleet: any fleet; what else was loaded or made beside `workloads` is evidence.
        ledger: overrides, from `override`: a person's word is the label, the scores stay.
        learn: a ledger, or a frame of `workload_id` and `label`, that the fleet's own intercept
            and weights are fitted to, with labels enough; a ledger is applied, too.
        catalogue: a YAML file that adds to the software that is known, or a whole catalogue.

    Raises:
        LoadError: a file cannot be read.
        MissingExtraError: to learn needs `fleetkit[learn]`.
    """
    tables = {name: fleet[name] for name in READ if name in fleet and len(fleet[name])}
    book, said = heard(ledger, learn)
    known, problems = with_additions_of(catalogue)
    if "workloads" not in tables:
        return fleet.with_tables(
            evidence=EVIDENCE.empty(), labels=LABELS.empty(), problems=PROBLEMS.frame(problems))
    judged, taught = _taught(fleet, tables, known, said)
    labels, met = (judged.labels, PROBLEMS.empty()) if book is None else apply(
        book, fleet, judged.labels, judged.evidence)
    made = PROBLEMS.frame([*problems, *_nameless(fleet), *taught])
    return fleet.with_tables(evidence=judged.evidence, labels=labels, problems=made).with_tables(
        problems=met)


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

    Raises:
        LoadError: a file cannot be read.
        MissingExtraError: there are labels enough, and `fleetkit[learn]` is not installed.
    """
    plain = "labels" in fleet and not fleet.problems["code"].eq(_LEARNED).any()
    made = fleet if plain else classify(fleet, catalogue=catalogue)
    return fit(made.evidence, made.labels, told(made, ledger), made.workloads)


def score(
    tables: Mapping[str, Any], tuning: Tuning = SHIPPED, catalogue: Catalogue | None = None
) -> Judgement:
    """Evidence and labels of the workloads in native frames, on the same engine.

    Args:
        tables: pandas, Polars or PySpark frames or DuckDB relations by table name; `workloads` at
            least. Columns that are missing are unknown.
        tuning: what the fleet taught.
        catalogue: the software that is known; None is the catalogue that is shipped.
    """
    signals = numbered(tuned(all_signals(), tuning))
    if not isinstance(tables["workloads"], pd.DataFrame):
        return _judged(gather(tables, catalogue), signals)
    facts = gather(entered(tables, READ), catalogue)
    parts = [_typed(part, signals) for part in sliced(facts, _SLICE)]
    return Judgement(joined([part.evidence for part in parts], EVIDENCE),
                     joined([part.labels for part in parts], LABELS))


def _taught(
    fleet: Fleet, tables: Mapping[str, Any], known: Catalogue | None, said: Told | None
) -> tuple[Judgement, list[Row]]:
    """The judgement by what people said, if that teaches anything, and the story of it."""
    judged = score(tables, catalogue=known)
    if said is None:
        return judged, []
    fitted = fit(judged.evidence, judged.labels, told(fleet, said), fleet.workloads)
    story = {"code": _LEARNED, "phase": "classify", "severity": "info",
             "message": "labels that people gave were learned from", "detail": fitted.words,
             "hint": "fleetkit.learn gives the report"}
    if fitted.tuning == SHIPPED:
        return judged, [story]
    return score(tables, fitted.tuning, known), [story]


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


def _nameless(fleet: Fleet) -> list[Row]:
    count = int(fleet.workloads["workload_id"].isna().sum())
    return [{
        "code": "no_id", "phase": "classify", "severity": "warning",
        "message": "workloads without a workload_id have no label",
        "detail": f"{count} rows", "hint": "give every workload an id of its own",
    }] if count else []
