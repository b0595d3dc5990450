"""Why a workload has its label, what would change it, and what to ask: `explain_workload`.

Reads `labels` and `evidence`, and the tables that they were made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from fleetkit.errors import MissingTableError, UnknownWorkloadError
from fleetkit.explaining.asking import Asked, asked, question_frame
from fleetkit.explaining.card import card_html, card_text
from fleetkit.explaining.cases import case_of
from fleetkit.explaining.counterfactual import WhatIf, what_if_frame, what_ifs
from fleetkit.explaining.verdicts import judged, records
from fleetkit.fleet import Fleet
from fleetkit.identities.additions import with_additions_of
from fleetkit.identities.software import Catalogue
from fleetkit.learning.tuning import SHIPPED, Tuning
from fleetkit.tables import EVIDENCE, LABELS
from fleetkit.tables.derived import AXES

_CHANCES = {"state": "p_state", "uniqueness": "p_unique", "disposability": "p_disposable"}
_NEAR = 5
_MOVED = (
    "what if and questions have other scores than the label: the fleet has changed since it was"
    " classified, so classify it again, or it was taught or had another catalogue, so pass these"
)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why one workload has its label; shows itself as text and as HTML.

    Args:
        workload_id: key of workloads.
        name: its name, None where unknown.
        label: pet, cattle or unsure.
        quadrant: state × uniqueness.
        override: a person's word that outvotes the evidence, None without one.
        evidence_label: label by the evidence alone; another than `label` where it is outvoted.
        scores: log-odds by axis; each the sum of the contributions in `evidence`.
        chances: the same as probabilities.
        coverage: share of the signals' weight that could be judged.
        what_ifs: the smallest sets of changes with another outcome.
        asked: the questions whose answers would move it most.
        notes: what a reader should know beside.
    """

    workload_id: str
    name: str | None
    label: str
    quadrant: str
    override: str | None
    evidence_label: str
    scores: Mapping[str, float]
    chances: Mapping[str, float]
    coverage: float
    what_ifs: tuple[WhatIf, ...]
    asked: tuple[Asked, ...]
    notes: tuple[str, ...]
    _evidence: pd.DataFrame = field(repr=False)

    @property
    def evidence(self) -> pd.DataFrame:
        """What speaks for and against, the strongest of each axis first.

        Columns: `axis, signal, family, weight, contribution, reason`.
        """
        return self._evidence.copy(deep=False)

    @property
    def what_if(self) -> pd.DataFrame:
        """One row per set of changes: what would be otherwise, and scores and label then."""
        return what_if_frame(self.what_ifs)

    @property
    def questions(self) -> pd.DataFrame:
        """One row per question and answer: how far it moves each axis, and the label with it."""
        return question_frame(self.asked)

    def __repr__(self) -> str:
        return card_text(self)

    def _repr_html_(self) -> str:
        return card_html(self)


def explain_workload(
    fleet: Fleet, workload: str, *, tuning: Tuning = SHIPPED,
    catalogue: Catalogue | str | Path | None = None,
) -> Explanation:
    """Why a workload has its label, what would change it, and what to ask about it.

    Args:
        fleet: a classified fleet.
        workload: a `workload_id`, or the name of one workload only.
        tuning: what the fleet was classified with, if it was taught: `learn(…).tuning`.
        catalogue: what it was classified with, if that was not the shipped one.

    Raises:
        MissingTableError: the fleet has not been classified.
        UnknownWorkloadError: there is no such workload, several have the name, or it is a host.

    Examples:
        >>> import pandas as pd
        >>> from fleetkit.classification import classify
        >>> fleet = Fleet(workloads=pd.DataFrame({"workload_id": ["a"], "name": ["db"]}))
        >>> explain_workload(classify(fleet), "db").label
        'unsure'
    """
    for table in (LABELS, EVIDENCE):
        if table.name not in fleet:
            raise MissingTableError(table.name, "classify")
    workload_id = _resolved(fleet.workloads, workload)
    labels = fleet.labels
    labelled = labels[labels["workload_id"].eq(workload_id).fillna(value=False)]
    case = case_of(fleet, workload_id, with_additions_of(catalogue)[0])
    if case is None or labelled.empty:
        raise UnknownWorkloadError(
            f"workload {_shown(workload_id)} has no label: hosts are neither pets nor cattle, and"
            " what was loaded later waits for classify")
    row = labelled.iloc[0]
    now = records(judged(case.table, tuning))[0]
    scores = {axis: float(row[f"{axis}_score"]) for axis in AXES}
    moved = any(now[f"{axis}_score"] != score for axis, score in scores.items())
    return Explanation(
        workload_id=workload_id, name=case.facts["name"], label=str(row["label"]),
        quadrant=str(row["quadrant"]), override=_known(row["override"]),
        evidence_label=str(now["label"]), scores=scores,
        chances={axis: float(row[name]) for axis, name in _CHANCES.items()},
        coverage=float(row["coverage"]), what_ifs=what_ifs(case, tuning),
        asked=asked(case, tuning),
        notes=(_MOVED,) if moved else (), _evidence=_evidence(fleet.evidence, workload_id),
    )


def _evidence(evidence: pd.DataFrame, workload_id: str) -> pd.DataFrame:
    own = evidence[evidence["workload_id"].eq(workload_id).fillna(value=False)]
    ordered = own.assign(
        place=own["axis"].map({axis: place for place, axis in enumerate(AXES)}),
        size=own["contribution"].abs(),
    ).sort_values(["place", "size", "signal"], ascending=[True, False, True], ignore_index=True)
    return ordered[["axis", "signal", "family", "weight", "contribution", "reason"]]


def _known(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _resolved(workloads: pd.DataFrame, wanted: str) -> str:
    """The id of the workload that has this id, or alone has this name."""
    ids, names = workloads["workload_id"], workloads["name"]
    if ids.eq(wanted).fillna(value=False).any():
        return wanted
    found = ids[names.eq(wanted).fillna(value=False)].dropna().tolist()
    if len(found) == 1:
        return str(found[0])
    if found:
        raise UnknownWorkloadError(
            f"{len(found):,} workloads are named {_shown(wanted)}: {_some(found)}; pass the"
            " workload_id of one of them")
    near = ids[names.str.contains(str(wanted), case=False, regex=False).fillna(value=False)
               | ids.str.contains(str(wanted), case=False, regex=False).fillna(value=False)]
    hint = f"; like it are {_some(near.dropna().tolist())}" if len(near) else ""
    raise UnknownWorkloadError(
        f"none of {len(workloads):,} workloads has the workload_id or name {_shown(wanted)}{hint};"
        " look for it in fleet.workloads")


def _some(names: Sequence[Any]) -> str:
    more = f" and {len(names) - _NEAR:,} more" if len(names) > _NEAR else ""
    return ", ".join(_shown(name) for name in names[:_NEAR]) + more


def _shown(name: Any) -> str:
    text = str(name)
    return repr(text if len(text) <= 80 else f"{text[:77]}…")
