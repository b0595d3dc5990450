"""The labelled set: one fleet, and what a person says of its workloads.

`labelled()` gives a `Labelled`; of its labels `half` is "tune" or "final", by a stable hash of the
software, so that no software is in both.
"""

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.loading import load
from fleetkit.tables import MOUNTS, PACKAGES, WORKLOADS
from tests.classification.labelled import written

RECORDED = Path(__file__).parents[3] / "../shared/data"
STATEFUL_KINDS = ("statefulset",)
STATELESS_KINDS = ("deployment", "daemonset", "replicaset", "job", "cronjob")
KEPT = ("claim", "claim_template", "named_volume", "nfs")
UNCLEAR = ("bind", "hostpath", "anonymous_volume", "unknown")


@dataclass(frozen=True)
class Labelled:
    """The fleet, and labels by workload_id.

    Labels: file, kind, software, half; state, sure, unique, disposable as judged (True, False or
    NA); declared and mounted as computed from the facts; strong; why.
    """

    fleet: Fleet
    labels: pd.DataFrame


@cache
def labelled():
    """The whole set; recorded rows only where their exports are at hand."""
    lines = [(file, line) for file in written.FILES for line in written.read(file)]
    fleet = Fleet(
        workloads=WORKLOADS.frame(written.workload(*one) for one in lines),
        mounts=MOUNTS.frame(row for one in lines for row in written.mounts(*one)),
        packages=PACKAGES.frame(row for one in lines for row in written.packages(*one)),
    )
    said = [{"workload_id": written.workload_id(file, line), "file": file, **judged(line)}
            for file, line in lines]
    recorded, also_said = _recorded()
    fleet = fleet + recorded if recorded else fleet
    return Labelled(fleet, _completed(fleet, [*said, *also_said]))


def half(software):
    """Which half a software belongs to, now and for ever."""
    return ("tune", "final")[hashlib.sha256(software.encode()).digest()[0] % 2]


def judged(line):
    """The judgement of a line."""
    answers = {"yes": True, "no": False, "": pd.NA}
    return {"software": line["software"], "why": line["why"]} | {
        name: answers[line[name]] for name in ("state", "sure", "unique", "disposable")}


def _recorded():
    """Workloads of recorded exports, and labels of the first of each pattern."""
    lines = written.read("recorded")
    total, said = None, []
    for loader, folder in dict.fromkeys((line["loader"], line["folder"]) for line in lines):
        if not (RECORDED / folder).is_dir():
            continue
        fleet = load(loader, str(RECORDED / folder))
        total = total + fleet if total else fleet
        named = fleet.workloads.sort_values("workload_id")[["workload_id", "name"]].dropna()
        for line in lines:
            if (line["loader"], line["folder"]) == (loader, folder):
                said.append({"workload_id": _first(named, line["name"]), "file": "recorded",
                             **judged(line)})
    return total, said


def _first(named, pattern):
    found = [key for key, name in named.itertuples(index=False) if fnmatchcase(name, pattern)]
    if not found:
        raise LookupError(f"recorded.csv: no workload is named {pattern!r}")
    return found[0]


def _completed(fleet, said):
    labels = pd.DataFrame(said).set_index("workload_id")
    if not labels.index.is_unique:
        raise ValueError(f"labelled twice: {sorted(labels.index[labels.index.duplicated()])}")
    for name in ("state", "sure", "unique", "disposable"):
        labels[name] = labels[name].astype("boolean")
    workloads = fleet.workloads.set_index("workload_id").loc[labels.index]
    labels["kind"] = workloads["kind"].astype("object")
    labels["half"] = labels["software"].map(half)
    labels["declared"] = _declared(workloads["controller_kind"])
    labels["mounted"] = _mounted(fleet.mounts, labels)
    agree = (labels["mounted"] == labels["state"]).fillna(value=True)
    labels["strong"] = (labels["sure"] & agree).astype(bool)
    return labels


def _declared(kinds):
    answers = {**dict.fromkeys(STATEFUL_KINDS, True), **dict.fromkeys(STATELESS_KINDS, False)}
    return kinds.map(answers).astype("boolean")


def _mounted(mounts, labels):
    """True: mounts a claim or named volume; NA: binds only, or a machine; else False."""
    writable = mounts[~mounts["read_only"].fillna(value=False).astype(bool)]
    kept = set(writable.loc[writable["kind"].isin(KEPT), "workload_id"])
    unclear = set(writable.loc[writable["kind"].isin(UNCLEAR), "workload_id"])
    answers = [True if key in kept else pd.NA if key in unclear or kind == "vm" else False
               for key, kind in labels["kind"].items()]
    return pd.array(answers, dtype="boolean")
