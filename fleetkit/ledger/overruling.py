"""Overruling: labels of the evidence -> labels in which a person's word holds.

Scores, probabilities, role and reasons stay what the evidence says; `label`, `quadrant` and
`override` say what the person says.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.entries import FITTING
from fleetkit.ledger.problems import problems_of
from fleetkit.ledger.standing import standing
from fleetkit.tables import LABELS


def apply(
    ledger: Ledger, fleet: Fleet, labels: pd.DataFrame, evidence: pd.DataFrame,
    today: date | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels in which the entries of a ledger hold, and the problems met on the way.

    Args:
        ledger: from `Ledger.read`.
        fleet: `workloads` and `images` are read.
        labels: what the evidence says, a row per workload; rows that no entry is for stay as they
            are. Labels that were overruled before give the same again.
        evidence: of the fleet, to say what speaks against an entry by now.
        today: the day (UTC) on which the entries must hold; None is today.

    Returns:
        The labels in their order, and rows of `problems`: override_expired, override_unmatched,
        override_invalid (not applied), override_contradicted, evidence_moved, override_agreed
        (applied) and override_conflict (the newer is applied).
    """
    found = standing(ledger, fleet, labels, _day(today))
    ids = fleet.workloads["workload_id"].take(found.heard["row"].to_numpy())
    overruled = _overruled(labels, ids, found.heard["entry"].to_numpy(), ledger)
    return overruled, problems_of(ledger, found, fleet, evidence)


def overrides(
    fleet: Fleet, ledger: Ledger | str | Path, today: date | None = None
) -> pd.DataFrame:
    """Every entry of a ledger and what has become of it in a classified fleet.

    Args:
        fleet: classified, with or without this ledger.
        ledger: or the path of one.
        today: the day (UTC) on which the entries must hold; None is today.

    Returns:
        A row per entry in the order of the file, blocks with an error behind them. `state` is
        applied, agreed, moved, contradicted, superseded, expired, unmatched or invalid; `told`
        says why; `workloads` counts those whose label the entry decides.

    Raises:
        LoadError: the ledger cannot be read.
        MissingTableError: the fleet is not classified.
    """
    read = ledger if isinstance(ledger, Ledger) else Ledger.read(ledger)
    return standing(read, fleet, fleet.labels, _day(today)).frame


def labelled(ledger: Ledger, fleet: Fleet, today: date | None = None) -> pd.DataFrame:
    """Workloads of the fleet that a person labelled: `workload_id` and `label`, sorted by id.

    Entries that have ended are left out; of several about one workload the newest counts.

    Args:
        ledger: from `Ledger.read`.
        fleet: `workloads` and `images` are read, and `labels` where there are any.
        today: the day (UTC) on which the entries must hold; None is today.
    """
    everybody = fleet.workloads[["workload_id"]].dropna()
    judged = fleet.labels if "labels" in fleet else LABELS.cast(everybody)
    heard = standing(ledger, fleet, judged, _day(today)).heard
    words = pd.Series([entry.label for entry in ledger.entries], dtype=judged["label"].dtype)
    found = pd.DataFrame({
        "workload_id": fleet.workloads["workload_id"].take(heard["row"].to_numpy()).array,
        "label": words.take(heard["entry"].to_numpy()).array,
    })
    return found.sort_values("workload_id", ignore_index=True)


def _day(today: date | None) -> date:
    return today or datetime.now(UTC).date()


def _overruled(labels: pd.DataFrame, ids: pd.Series, numbers: Any, ledger: Ledger) -> pd.DataFrame:
    entry_of = pd.Series(numbers, index=ids.to_numpy())
    hit = labels["workload_id"].isin(ids).to_numpy().nonzero()[0]
    entries = [ledger.entries[entry_of[name]] for name in labels["workload_id"].take(hit)]
    quadrants = labels["quadrant"].take(hit)
    said = {
        "label": [entry.label for entry in entries],
        "quadrant": [
            entry.quadrant or (quadrant if quadrant in FITTING[entry.label] else "unsure")
            for entry, quadrant in zip(entries, quadrants.fillna("unsure"), strict=True)],
        "override": [entry.says for entry in entries],
    }
    return labels.assign(**{
        name: _replaced(labels[name], hit, values) for name, values in said.items()})


def _replaced(column: pd.Series, hit: Any, values: list[str]) -> pd.Series:
    new = column.copy()
    new.iloc[hit] = values
    return new
