"""What a reader of the labels should know about the entries of a ledger."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.entries import Entry
from fleetkit.ledger.evidence import strongest
from fleetkit.ledger.standing import Standing
from fleetkit.schema import Row
from fleetkit.tables import PROBLEMS

_AGAIN = "look again; say it again with override, or delete the block"
_MET = {  # state: code, severity, message, hint
    "expired": ("override_expired", "warning",
                "an override has ended, by its day, its image or its system, and is not applied",
                "say it again with override, or delete the block"),
    "unmatched": ("override_unmatched", "warning",
                  "an override is for nobody in this fleet",
                  "correct what stands under `for`, or delete the block"),
    "contradicted": ("override_contradicted", "warning",
                     "the evidence has turned against an override, which is still applied", _AGAIN),
    "moved": ("evidence_moved", "warning",
              "the evidence has changed since an override was made, which is still applied",
              _AGAIN),
    "agreed": ("override_agreed", "info", "the evidence says the same as an override",
               "the block may go, unless the classifier is to learn from it"),
    "invalid": ("override_invalid", "error",
                "a block of the ledger has an error and is not applied", "correct the line"),
}
_SPOKEN = 3


def problems_of(
    ledger: Ledger, found: Standing, fleet: Fleet, evidence: pd.DataFrame
) -> pd.DataFrame:
    """Rows of `problems`, one per entry that is not simply applied, in the order of the ledger."""
    where = str(ledger.path or "ledger")
    look_again = found.frame["state"].isin(["moved", "contradicted"])
    now = strongest(evidence, found.frame.loc[look_again, "workload_id"].tolist())
    rows = found.frame.astype(object).where(found.frame.notna(), None).to_dict("records")
    absent = _absent(ledger, fleet)
    met = [_problem(row, where, now, elsewhere=number in absent)
           for number, row in enumerate(rows) if row["state"] in _MET]
    shared = {"phase": "classify", "resource": "ledger", "retryable": False}
    return PROBLEMS.frame(
        [{**row, **shared} for row in (*met, *_conflicts(ledger, found, where))])


def _problem(
    row: Mapping[Any, Any], where: str, now: Mapping[str, tuple[str, ...]], *, elsewhere: bool
) -> Row:
    code, severity, message, hint = _MET[row["state"]]
    reasons = "; ".join(now.get(row["workload_id"], ())[:_SPOKEN])
    parts = (_words(row), row["told"], reasons and f"now {reasons}")
    return {
        "code": code, "severity": "info" if elsewhere and severity == "warning" else severity,
        "subject_id": row["workload_id"] or where, "message": message, "hint": hint,
        "detail": f"{where}, line {row['line']}: {'; '.join(part for part in parts if part)}",
    }


def _words(row: Mapping[Any, Any]) -> str | None:
    return row["whom"] and f"{row['whom']}: {row['label']}, says {row['by']}"


def _conflicts(ledger: Ledger, found: Standing, where: str) -> Iterator[Row]:
    for older, newer in found.disputed:
        one, other = ledger.entries[older], ledger.entries[newer]
        yield {
            "code": "override_conflict", "severity": "warning", "subject_id": where,
            "message": "two overrides say otherwise about a workload; the newer one is applied",
            "detail": f"{where}, line {one.line}: {_said(one)}; line {other.line}: {_said(other)}",
            "hint": "agree, and delete one of the blocks",
        }


def _said(entry: Entry) -> str:
    return f"{entry.whom}: {entry.label}, says {entry.by} since {entry.made}"


def _absent(ledger: Ledger, fleet: Fleet) -> set[int]:
    """Positions of entries about sources of which this fleet has nothing: nobody to be missed."""
    sources = set(fleet.workloads["source"].dropna().unique())
    named = [dict(entry.subject).get("source") for entry in ledger.entries]
    return {number for number, source in enumerate(named) if source and source not in sources}
