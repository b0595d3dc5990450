"""Kernels: of several that are installed one runs, and only a restart makes the newest that one.

A container has no kernel of its own, whatever is installed in it. Headers and tools that are built
from the kernel's source are no kernel either.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.verdicts import RANK, Verdicts
from fleetkit.plugins import Problem
from fleetkit.schema import Row
from fleetkit.versions import key, scheme

_SOURCE = re.compile(
    r"linux(?:-signed(?:-.+)?|-(?:aws|azure|gcp|gke|gkeop|oracle|ibm|kvm|lowlatency|hwe|oem|raspi"
    r"|nvidia|intel|realtime|fips|bluefield|xilinx|riscv|lts|virt|edge|rpi|cloud)[\w.+-]*)?"
    r"|kernel(?:-(?:rt|uek|default|azure|lts|lt|ml|aws)[\w.+-]*)?"
)
_IMAGES = (
    ("dpkg", re.compile(r"linux-image-(?:unsigned-)?(\d[\w.+~-]*?)(?P<debug>-dbg(?:sym)?)?")),
    ("rpm", re.compile(
        r"kernel(?:-(?:core|default|default-base|azure|rt|rt-core|uek|uek-core|lt|ml|64k"
        r"|64k-core|PAE))?")),
    ("apk", re.compile(r"linux-(?:lts|virt|edge|rpi\d*)")),
)
_ARCH = re.compile(
    r"\.(?:x86_64|aarch64|i[3-6]86|ppc64le|s390x|armv\w+)(?:[+.]\w+)*$|-(?:default|azure|rt)$")
_UNAME = re.compile(r"\d+(?:\.\d+)+[\w.+~-]*")
_ALPINE = re.compile(r"^([^-]+)-(\d+)(?:-.*)?$")


class Kernels(NamedTuple):
    """What is known of the kernels.

    Attributes:
        verdicts: with what a restart would mend, what does not run and what is no kernel.
        said: what is said of holdings: `holding_id`, and columns of `findings`.
        rows: findings about whole subjects.
        problems: what was passed over.
    """

    verdicts: Verdicts
    said: pd.DataFrame
    rows: list[Row]
    problems: list[Problem]


class _Kernel(NamedTuple):
    """One installed kernel, with the name that it bears when it runs."""

    holding: int
    ecosystem: str
    release: str
    build: str

    @property
    def key(self) -> bytes:
        """Orders kernels of one system."""
        return _order(self.ecosystem, self.release) or b""


class _Machine(NamedTuple):
    """A machine whose running kernel is known."""

    subject: str
    running: str
    kernels: list[_Kernel]
    is_installed: bool

    @property
    def newest(self) -> _Kernel:
        return max(self.kernels, key=lambda kernel: kernel.key)

    @property
    def waits(self) -> bool:
        """Whether a newer kernel than the running one is installed."""
        running = _order(self.newest.ecosystem, self.running)
        return running is not None and running < self.newest.key


def judge_kernels(fleet: Fleet, inventory: Inventory, verdicts: Verdicts) -> Kernels:
    """Findings of machines that wait for a restart (pending_restart), and what it changes.

    A flaw of the running kernel that the newest installed one has not is pending_restart too; one
    of a kernel that does not run says so.
    """
    kernels, others = _installed(inventory)
    running, inside = _running(fleet)
    machines = list(_machines(kernels, running))
    waiting = [machine for machine in machines if machine.waits]
    runs = {kernel.holding for machine in machines for kernel in machine.kernels
            if kernel.release == machine.running}
    idle = [kernel.holding for machine in machines if machine.is_installed
            for kernel in machine.kernels if kernel.holding not in runs]
    contained = [kernel.holding for subject in kernels.keys() & inside
                 for kernel in kernels[subject]]
    changed = _drop(verdicts, others)
    changed = _mend(changed, waiting)
    changed = _tell(changed, idle, "; this kernel is installed and does not run")
    changed = _tell(changed, contained, "; in a container runs the kernel of its host, not this")
    said = pd.DataFrame([_restart(machine) for machine in waiting],
                        columns=["holding_id", "status", "evidence", "fixed_version", "why"])
    ready = np.array([machine.newest.holding for machine in waiting], dtype=np.int64)
    rank = changed.rank.copy()
    rank[ready] = np.minimum(rank[ready], RANK["pending_restart"])
    return Kernels(changed._replace(rank=rank), said, list(_patched(fleet)),
                   list(_doubts(machines, len(others))))


def _installed(inventory: Inventory) -> tuple[dict[str, list[_Kernel]], np.ndarray]:
    """Kernels by subject; and holdings of the kernel's source without any kernel."""
    sources = inventory.sources
    match = sources["source_name"].map(lambda name: bool(_SOURCE.fullmatch(name)))
    source_ids = np.flatnonzero(match.to_numpy(dtype=bool))
    holding = np.flatnonzero(np.isin(inventory.holdings["source_id"], source_ids))
    held = pick(inventory.holdings, holding)
    build = pick(sources, held["source_id"])
    kernels: dict[str, list[_Kernel]] = {}
    others: list[int] = []
    for number, subject, ecosystem, name, version, names in zip(
        holding, pick(inventory.subjects, held["subject"]), build["base"].fillna(""),
        build["source_name"], build["source_version"].fillna(""), held["package_names"],
        strict=True,
    ):
        found = [_Kernel(int(number), ecosystem, release, f"{name} {version}")
                 for release in sorted(set(_releases(names, version)))]
        kernels.setdefault(subject, []).extend(found)
        if not found:
            others.append(int(number))
    return {subject: found for subject, found in kernels.items() if found}, np.array(
        others, dtype=np.int64)


def _releases(names: Iterable[str], version: str) -> Iterator[str]:
    """What `uname -r` says of each kernel among the binary packages, without the architecture."""
    plain = version.partition(":")[2] if re.match(r"\d+:", version) else version
    for name in names:
        for kind, pattern in _IMAGES:
            found = pattern.fullmatch(name)
            if found and kind == "dpkg" and not found["debug"]:
                yield found[1]
            elif found and kind == "rpm":
                yield plain
            elif found and kind == "apk":
                yield plain.replace("-r", "-", 1)


def _order(ecosystem: str, release: str) -> bytes | None:
    """The key of what `uname -r` says; Alpine's has no `r` before the build."""
    if scheme(ecosystem) == "apk":
        release = _ALPINE.sub(r"\1-r\2", release)
    return key(ecosystem, release)


def _running(fleet: Fleet) -> tuple[dict[str, str], set[str]]:
    """Running kernels of machines; and the subjects that have none of their own."""
    workloads = fleet.workloads
    contained = workloads["kind"].isin(["container", "task"])
    own = workloads[~contained & workloads["kernel_version"].notna()]
    found = {subject: match[0] for subject, said in zip(
        own["workload_id"], own["kernel_version"], strict=True) if (match := _UNAME.search(said))}
    images = fleet.images
    inside = [*workloads.loc[contained, "workload_id"],
              *images.loc[images["kind"].eq("container").fillna(value=False), "image_id"]]
    return found, set(inside)


def _machines(
    kernels: dict[str, list[_Kernel]], running: dict[str, str]
) -> Iterator[_Machine]:
    for subject in sorted(kernels.keys() & running.keys()):
        said = _ARCH.sub("", running[subject])
        found = kernels[subject]
        # rpm of SUSE counts rebuilds that the running kernel does not tell
        same = [kernel.release for kernel in found
                if kernel.release == said or kernel.release.startswith(f"{said}.")
                or kernel.release.startswith(f"{said}-") or said.startswith(f"{kernel.release}-")]
        release = same[0] if same else said
        yield _Machine(subject, release, found, bool(same))


def _restart(machine: _Machine) -> Row:
    newest = machine.newest
    rest = "" if machine.is_installed else ", of which no package is left"
    return {
        "holding_id": newest.holding, "status": "pending_restart", "evidence": "observation",
        "fixed_version": newest.build.partition(" ")[2],
        "why": f"{machine.running} runs{rest}; {newest.release} ({newest.build}) is installed and"
               " waits for a restart",
    }


def _patched(fleet: Fleet) -> Iterator[Row]:
    """Machines whose patch manager says that patches wait for a restart."""
    patches = fleet.patches[fleet.patches["state"].eq("pending_restart").fillna(value=False)]
    count = patches["count"].fillna(1).groupby(patches["workload_id"]).sum()
    for subject, number in count[count > 0].items():
        noun = "patch is" if number == 1 else "patches are"
        wait = "waits" if number == 1 else "wait"
        yield {"subject_id": subject, "status": "pending_restart", "evidence": "observation",
               "why": f"{int(number):,} {noun} installed and {wait} for a restart, says its patch"
                      " manager"}


def _drop(verdicts: Verdicts, others: np.ndarray) -> Verdicts:
    """The verdicts without flaws of holdings that have no kernel in them."""
    none = np.isin(verdicts.open["holding_id"], others)
    if not none.any():
        return verdicts
    rank = verdicts.rank.copy()
    touched = np.unique(verdicts.open["holding_id"][none])
    rank[touched] = np.where(verdicts.late[touched], RANK["behind_fleet"], RANK["not_affected"])
    return verdicts._replace(open=verdicts.open[~none].reset_index(drop=True), rank=rank)


def _mend(verdicts: Verdicts, waiting: list[_Machine]) -> Verdicts:
    """The verdicts where a flaw that the newest installed kernel has not waits for a restart."""
    older = {kernel.holding: machine.newest.holding for machine in waiting
             for kernel in machine.kernels
             if kernel.release == machine.running and kernel.holding != machine.newest.holding}
    opened = verdicts.open
    place = np.flatnonzero(np.isin(opened["holding_id"], list(older)))
    if not len(place):
        return verdicts
    there = pd.MultiIndex.from_frame(opened[["holding_id", "record"]])
    mine = opened.iloc[place]
    same = pd.MultiIndex.from_arrays([mine["holding_id"].map(older), mine["record"]])
    flawed = verdicts.hits["status"].to_numpy()[mine["hit"]] != "uncomparable"
    mended = place[flawed & ~same.isin(there)]
    changed = _clone(verdicts, mended, "; a build with the fix is installed and waits for a"
                     " restart", "pending_restart")
    rank = changed.rank.copy()
    touched = np.unique(opened["holding_id"].to_numpy()[mended])
    rows = changed.open[np.isin(changed.open["holding_id"], touched)]
    rank[touched] = RANK["pending_restart"]
    np.minimum.at(rank, rows["holding_id"].to_numpy(),
                  changed.hits["rank"].to_numpy()[rows["hit"]])
    return changed._replace(rank=rank)


def _tell(verdicts: Verdicts, holdings: list[int], words: str) -> Verdicts:
    """The verdicts with words behind what is said of the holdings."""
    return _clone(verdicts, np.flatnonzero(np.isin(verdicts.open["holding_id"], holdings)), words)


def _clone(
    verdicts: Verdicts, place: np.ndarray, words: str, status: str | None = None
) -> Verdicts:
    """The verdicts where the findings at some places of `open` say more, and another status."""
    hits = verdicts.hits
    if "aside" not in hits:
        hits = hits.assign(aside=pd.Series(pd.NA, index=hits.index, dtype="string[pyarrow]"))
    if not len(place):
        return verdicts._replace(hits=hits)
    used, number = np.unique(verdicts.open["hit"].to_numpy()[place], return_inverse=True)
    more = pick(hits, used)
    more["aside"] = more["aside"].fillna("") + words
    if status:
        more = more.assign(rank=RANK[status], status=pd.Series(
            status, index=more.index, dtype=hits["status"].dtype))
    hit = verdicts.open["hit"].to_numpy().copy()
    hit[place] = number + len(hits)
    return verdicts._replace(hits=pd.concat([hits, more], ignore_index=True),
                             open=verdicts.open.assign(hit=hit))


def _doubts(machines: list[_Machine], others: int) -> Iterator[Problem]:
    strange = [machine for machine in machines if not machine.is_installed]
    if strange:
        yield Problem(
            "kernel_unknown", "the kernel that runs is none of those that are installed", None,
            f"{len(strange):,} machines, as {strange[0].subject}: {strange[0].running}",
            severity="info", phase="audit")
    if others:
        yield Problem(
            "no_kernel", "headers and tools built from the kernel's source are not the kernel:"
            " its flaws are not theirs", None, f"{others:,} builds in subjects", severity="info",
            phase="audit")
