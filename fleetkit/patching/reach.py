"""Reach: which channels each subject gets fixes from, by what is seen and what is said.

What proves it: builds that only a channel has; tags, notes and image names that say so. Nothing of
that is proof of the contrary: who shows no sign is not known to be enrolled, nor not to be.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.channels import Said, belongs, programme, said_of, title_of
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.plugins import Problem

_ESM = r"[+~.]esm\d"
_MINOR = r"\.el(\d{1,3})_(\d{1,3})"
_WORDS = {
    ("Ubuntu", "pro"): r"ubuntu[-_ ]?pro\b|\bubuntu[-_ ]advantage\b",
    **{("Red Hat", f"rhel_{word}"): rf"\b(?:rhel|redhat|red hat)[-_ ]?(?:\d\S*[-_ ])?{word}\b"
       for word in ("eus", "aus", "tus", "e4s", "els")},
    ("SUSE", "ltss"): r"\bltss\b",
}
_REFUSED = r'"[^"]*(?:{})[^"]*":"(?:false|no|off|none|disabled|detached|unattached|0)"'


class Reach(NamedTuple):
    """Who reaches what.

    Attributes:
        channels: (ecosystem, channel) of the records, and the programmes of support, sorted.
        known: subjects of the inventory × channels: 1 reaches it, -1 does not, 0 is not known.
        enrolled: subject -> enrolled for extended support; absent where that is not known.
        problems: what proves it, counted.
    """

    channels: list[tuple[str, str]]
    known: np.ndarray
    enrolled: dict[str, bool]
    problems: list[Problem]


class _Signs:
    """Evidence, subject by subject."""

    def __init__(self) -> None:
        self.words: dict[tuple[str, str, str], str] = {}
        self.refused: set[tuple[str, str, str]] = set()

    def add(self, subject: str, ecosystem: str, name: str, words: str) -> None:
        self.words.setdefault((subject, ecosystem, name), words)


def find_reach(
    fleet: Fleet, inventory: Inventory, asked: pd.DataFrame, intervals: pd.DataFrame, said: Said
) -> Reach:
    """Who reaches which channel of the intervals.

    Args:
        fleet: names, tags and notes of the subjects.
        inventory: what is installed.
        asked: all subjects.
        intervals: of all records.
        said: what the user says; for who is named there nothing else counts.
    """
    enrolling = intervals[intervals["channel"].notna()]
    channels = sorted({
        ("Ubuntu", "pro"), ("Red Hat", "rhel_els"), ("SUSE", "ltss"),
        *enrolling[["ecosystem", "channel"]].drop_duplicates().itertuples(index=False, name=None),
    })
    texts = _texts(fleet)
    signs = _Signs()
    _see_builds(inventory, signs)
    _see_proofs(inventory, intervals, signs)
    _see_words(texts, signs)
    minors = _minors(inventory, asked)
    reached = _reached(channels, signs, minors)
    if said:
        for subject, names in _named(fleet, asked):
            told = said_of(said, *names)
            if told is not None:
                reached[subject] = {
                    number: 1 if any(belongs(name, ecosystem, channel, minors.get(subject))
                                     for name in told) else -1
                    for number, (ecosystem, channel) in enumerate(channels)}
    return Reach(channels, _matrix(inventory, reached, len(channels)),
                 _enrolled(channels, reached, asked), list(_tell(signs)))


def _reached(
    channels: list[tuple[str, str]], signs: _Signs, minors: dict[str, str]
) -> dict[str, dict[int, int]]:
    """Subject -> number of a channel -> 1 where a sign speaks for it, -1 where against it."""
    reached: dict[str, dict[int, int]] = defaultdict(dict)
    for value, spoken in ((-1, signs.refused), (1, set(signs.words))):
        for subject, whose, name in spoken:
            for number, (ecosystem, channel) in enumerate(channels):
                if whose == ecosystem and belongs(name, ecosystem, channel, minors.get(subject)):
                    reached[subject][number] = value
    return reached


def _see_builds(inventory: Inventory, signs: _Signs) -> None:
    """Builds whose version says that only a channel has them."""
    sources = inventory.sources
    version = sources["source_version"].fillna("")
    ubuntu = sources["base"].eq("Ubuntu").fillna(value=False)
    fips = ubuntu & version.str.contains("fips", regex=False)
    realtime = ubuntu & sources["source_name"].str.contains("realtime", regex=False)
    for name, which in (("pro", (ubuntu & version.str.contains(_ESM)) | fips | realtime),
                        ("fips", fips), ("realtime", realtime)):
        _hold(inventory, np.flatnonzero(which.to_numpy(dtype=bool)), "Ubuntu", name, signs)


def _hold(
    inventory: Inventory, source_ids: np.ndarray, ecosystem: str, name: str, signs: _Signs
) -> None:
    """One sign for each subject that holds any of the builds."""
    holding = np.flatnonzero(np.isin(inventory.holdings["source_id"], source_ids))
    held = pick(inventory.holdings, holding).drop_duplicates("subject")
    build = pick(inventory.sources, held["source_id"])
    for subject, source, version in zip(
        pick(inventory.subjects, held["subject"]), build["source_name"], build["source_version"],
        strict=True,
    ):
        signs.add(subject, ecosystem, name, f"{source} {version} is installed")


def _see_proofs(inventory: Inventory, intervals: pd.DataFrame, signs: _Signs) -> None:
    """Builds that are the very fix of a stream, and of no record for everyone."""
    fixes = intervals[intervals["hi_kind"].eq("fixed").fillna(value=False)]
    cells = ["ecosystem", "release", "package", "hi"]
    streams = fixes[fixes["channel"].fillna("").str.startswith("rhel_")]
    if not len(streams):
        return
    everyone = pd.MultiIndex.from_frame(fixes.loc[fixes["channel"].isna(), cells])
    alone = streams[~pd.MultiIndex.from_frame(streams[cells]).isin(everyone)]
    things = inventory.things.rename(columns={
        "base": "ecosystem", "place": "release", "name": "package", "key": "hi"})
    things = things[things["hi"].notna()].assign(thing_id=things.index)
    found = things[[*cells, "version", "thing_id"]].merge(
        alone[[*cells, "channel"]].drop_duplicates(), on=cells)
    held = inventory.installed.merge(found, on="thing_id")
    held["subject"] = pick(inventory.holdings["subject"], held["holding_id"]).to_numpy()
    held = held.drop_duplicates(["subject", "channel"])
    for subject, ecosystem, channel, name, version in zip(
        pick(inventory.subjects, held["subject"]), held["ecosystem"], held["channel"],
        held["package"], held["version"], strict=True,
    ):
        signs.add(subject, ecosystem, channel, f"{name} {version} is installed")


def _see_words(texts: pd.Series, signs: _Signs) -> None:
    for (ecosystem, name), pattern in _WORDS.items():
        for subject in texts.index[texts.str.contains(_REFUSED.format(pattern))]:
            signs.refused.add((subject, ecosystem, name))
        for subject, word in texts.str.extract(f"({pattern})", expand=False).dropna().items():
            if (subject, ecosystem, name) not in signs.refused:
                signs.add(str(subject), ecosystem, name, f"its name, tags or notes say {word!r}")


def _texts(fleet: Fleet) -> pd.Series:
    """All that is said of each subject, in lower case."""
    parts = []
    for frame, key, columns in (
        (fleet.workloads, "workload_id", ("name", "image_ref", "notes", "tags")),
        (fleet.images, "image_id", ("name", "labels")),
    ):
        text = frame[columns[0]].fillna("")
        for column in columns[1:]:
            text = text + " " + frame[column].fillna("")
        parts.append(pd.Series(text.str.lower().to_numpy(), index=frame[key].to_numpy(),
                               dtype="string[pyarrow]"))
    joined: pd.Series = pd.concat(parts)
    first: pd.Series = joined[joined.index.notna() & ~joined.index.duplicated()]
    return first


def _minors(inventory: Inventory, asked: pd.DataFrame) -> dict[str, str]:
    """The minor release of each subject: as it says, or of its newest build."""
    said = asked.set_index("subject_id")["os_version"].str.extract(r"^(\d+\.\d+)", expand=False)
    told = {str(subject): str(minor) for subject, minor in said.dropna().items()}
    found = inventory.sources["source_version"].fillna("").str.extract(_MINOR).dropna()
    if not len(found):
        return told
    number = pd.Series(-1, index=inventory.sources.index)
    number[found.index] = found[0].astype("int64") * 1000 + found[1].astype("int64")
    held = pick(number, inventory.holdings["source_id"])
    highest = held.groupby(inventory.holdings["subject"].to_numpy()).max()
    seen = {inventory.subjects.iloc[int(row)]: f"{value // 1000}.{value % 1000}"
            for row, value in zip(highest.index, highest, strict=True) if value >= 0}
    return {**seen, **told}


def _named(fleet: Fleet, asked: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each subject with the names that a user may mean it by."""
    workloads = fleet.workloads.set_index("workload_id")[["name", "hostname", "environment"]]
    images = fleet.images.set_index("image_id")[["name"]]
    known = pd.concat([workloads, images])
    known = known[~known.index.duplicated()].fillna("").reindex(asked["subject_id"], fill_value="")
    for subject, cells in zip(known.index, known.itertuples(index=False, name=None), strict=True):
        yield str(subject), (str(subject), *cells)


def _matrix(
    inventory: Inventory, reached: dict[str, dict[int, int]], width: int
) -> np.ndarray:
    known = np.zeros((len(inventory.subjects), width), dtype=np.int8)
    number = {name: row for row, name in enumerate(inventory.subjects)}
    for subject, cells in reached.items():
        if subject in number:
            known[number[subject], list(cells)] = list(cells.values())
    return known


def _enrolled(
    channels: list[tuple[str, str]], reached: dict[str, dict[int, int]], asked: pd.DataFrame
) -> dict[str, bool]:
    """Whether a subject is enrolled for extended support of its own system."""
    systems = asked.set_index("subject_id")["ecosystem"].dropna().to_dict()
    support = {number for number, channel in enumerate(channels)
               if (found := programme(*channel)) and found.is_support}
    answers: dict[str, bool] = {}
    for subject, cells in reached.items():
        told = {value for number, value in cells.items() if number in support
                and systems.get(subject, channels[number][0]) == channels[number][0]}
        if told:
            answers[subject] = 1 in told
    return answers


def _tell(signs: _Signs) -> Iterator[Problem]:
    """How many subjects show that they reach a channel, and by what, as of one."""
    shown: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for (subject, ecosystem, name), words in sorted(signs.words.items()):
        shown[ecosystem, name].append((subject, words))
    for (ecosystem, name), subjects in shown.items():
        subject, words = subjects[0]
        title = next((title for title in [title_of(ecosystem, name)] if title != name), name)
        yield Problem("enrolment_seen", f"subjects show that they get fixes of {title}", None,
                      f"{len(subjects):,} subjects, as {subject}: {words}", severity="info",
                      phase="audit")
