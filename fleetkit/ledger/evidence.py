"""What the evidence says about the workloads of an entry; of a group, what it says of most.

An image is known by its repository and a system by its name, both without version. Of what is not
known, nothing is said.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.ledger.entries import Outvoted, plain
from fleetkit.odds import CERTAIN, DECIDED
from fleetkit.references import full_reference, reference_parts
from fleetkit.tables import IMAGES

_BARE_ID = re.compile(r"(?:sha\d+:)?[0-9a-f]{12,128}")
_AXES = ("state", "uniqueness")
_SCORES = ("state_score", "uniqueness_score")
_TEXTS = ("label", "software", "image", "os")
_STRONGEST = 5


@dataclass(frozen=True, slots=True)
class Sight:
    """The workloads of an entry as they are today.

    Args:
        evidence: what an entry that is made today would outvote, reasons apart.
        machine: whether most of them are virtual machines.
        first: the least id among them.
    """

    evidence: Outvoted
    machine: bool
    first: str


def seen(caught: pd.DataFrame, fleet: Fleet, labels: pd.DataFrame) -> dict[int, Sight]:
    """The workloads of each entry that is for somebody.

    Args:
        caught: positions of workloads (`row`) by position of the entry (`entry`).
        fleet: `workloads` and `images` are read.
        labels: of the fleet; one in which a person outvotes the evidence counts by its scores.
    """
    rows = _described(fleet, pd.Index(caught["row"].unique()))
    rows = rows.join(_judged(labels, rows["workload_id"]), on="workload_id")
    found = caught.join(rows, on="row")
    groups = found.groupby("entry")
    medians = groups[list(_SCORES)].median().round(2)
    common = {name: _commonest(found, name) for name in (*_TEXTS, "kind")}
    summed = medians.assign(**common, size=groups.size(), first=groups["workload_id"].min())
    return {int(row["entry"]): _sight(row) for row in summed.reset_index().to_dict("records")}


def strongest(evidence: pd.DataFrame, workload_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The strongest reasons for the label of each workload in words, the strongest first."""
    mine = evidence[evidence["workload_id"].isin(workload_ids)]
    said = mine[mine["axis"].isin(_AXES)].assign(size=mine["contribution"].abs())
    said = said.sort_values(["workload_id", "size", "signal", "axis"],
                            ascending=[True, False, True, True])
    few = said.groupby("workload_id", sort=False).head(_STRONGEST)
    told: dict[str, list[str]] = {}
    for row in few[["workload_id", "reason", "axis", "contribution"]].to_dict("records"):
        words = plain(f"{row['reason']} ({row['axis']} {row['contribution']:+.2f})")
        told.setdefault(row["workload_id"], []).append(words)
    return {workload: tuple(words) for workload, words in told.items()}


def lean(evidence: Outvoted) -> str | None:
    """The label that scores speak for, whatever they cover; without scores the label itself."""
    state, unique = evidence.state_score, evidence.uniqueness_score
    if state is None or unique is None:
        return evidence.label
    if abs(state) <= DECIDED:
        return "unsure"
    return "pet" if state > 0 or unique > CERTAIN else "cattle"


def _sight(row: Mapping[Any, Any]) -> Sight:
    known = {str(name): value for name, value in row.items() if not pd.isna(value)}
    kept: dict[str, Any] = {name: float(known[name]) for name in _SCORES if name in known}
    kept |= {name: plain(str(known[name])) for name in _TEXTS if name in known}
    evidence = Outvoted(**kept, workloads=int(known["size"]))
    evidence = replace(evidence, label=evidence.label or lean(evidence))
    return Sight(evidence, machine=known.get("kind") == "vm", first=str(known["first"]))


def _described(fleet: Fleet, positions: pd.Index) -> pd.DataFrame:
    """Id, kind, image and system of workloads, by their positions."""
    names = ["workload_id", "kind", "image_ref", "image_id", "os_name"]
    rows = fleet.workloads[names].take(positions.to_numpy()).set_axis(positions)
    machine = rows["kind"].eq("vm").fillna(value=False)
    dtype = IMAGES.column("family").dtype
    references = rows["image_ref"].map(_repositories(rows["image_ref"])).astype(dtype)
    families = rows["image_id"].map(_families(fleet.images, rows["image_id"])).astype(dtype)
    return rows[["workload_id", "kind"]].assign(
        image=references.where(~machine, families), os=rows["os_name"])


def _repositories(references: pd.Series) -> dict[str, str | None]:
    return {text: _repository(text) for text in references.dropna().unique()}


def _repository(reference: str) -> str | None:
    """Where the image comes from, without its version; None of an image known by its digest."""
    if _BARE_ID.fullmatch(reference):
        return None
    registry, repository, _ = reference_parts(full_reference(reference))
    return f"{registry}/{repository}"


def _families(images: pd.DataFrame, wanted: pd.Series) -> dict[str, str]:
    known = images.loc[images["image_id"].isin(wanted.dropna().unique()), ["image_id", "family"]]
    return dict(known.dropna().itertuples(index=False))


def _judged(labels: pd.DataFrame, workload_ids: pd.Series) -> pd.DataFrame:
    """Labels of the evidence alone, scores and software."""
    mine = labels[labels["workload_id"].isin(workload_ids)].set_index("workload_id")
    own = mine["label"].where(mine["override"].isna())
    return mine[[*_SCORES, "software"]].assign(label=own)


def _commonest(found: pd.DataFrame, name: str) -> pd.Series:
    """The value that most workloads of each entry have; of equals, the first in the alphabet."""
    counts = found.groupby(["entry", name], sort=True).size().rename("count").reset_index()
    ordered = counts.sort_values(["entry", "count"], ascending=[True, False], kind="stable")
    series: pd.Series = ordered.drop_duplicates("entry").set_index("entry")[name]
    return series
