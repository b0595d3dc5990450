"""Setbacks: an image with an older build of a package than the one whose place it took.

A pinned base, a second mirror or a rolled back recipe takes a fix away without a word: the newer
image is the less patched one. No advisory is needed to see it; where there are some, the flaws
that are back are named.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.laggards import is_system, outdone
from fleetkit.patching.successions import Step, replaced, succeed
from fleetkit.patching.verdicts import Verdicts
from fleetkit.plugins import Problem

_SHOWN = 5
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)


class _Builds(NamedTuple):
    """Of one image or of a line so far: family, rank and holding, sorted by family."""

    family: np.ndarray
    rank: np.ndarray
    holding: np.ndarray


def find_setbacks(
    fleet: Fleet, inventory: Inventory, verdicts: Verdicts, intervals: pd.DataFrame
) -> tuple[pd.DataFrame, list[Problem]]:
    """What is said of each holding that is older than before: `holding_id` and finding columns.

    A line remembers the newest build that it had: an image stays older than before until it has
    that build again. Only builds of one package in one release of one system are compared.
    """
    steps, undated = succeed(fleet, inventory.subjects)
    extra = replaced(fleet, inventory.subjects)
    pairs = pd.DataFrame(
        list(_compared(inventory, steps, extra)), columns=["holding_id", "before_id", "line"]
    )
    return _said(fleet, inventory, verdicts, intervals, _highest(inventory, pairs)), list(
        _doubts(undated))


def _doubts(undated: int) -> Iterator[Problem]:
    if undated:
        yield Problem(
            "undated_image", "images that do not tell when they were built are not compared with"
            " those whose place they took", None, _images(undated), severity="info",
            phase="audit",
        )


def _images(count: int) -> str:
    return f"{count:,} image" if count == 1 else f"{count:,} images"


def _compared(
    inventory: Inventory, steps: list[Step], extra: list[Step]
) -> Iterator[tuple[int, int, str]]:
    numbers = {image_id: number for number, image_id in enumerate(inventory.subjects)}
    held = _held(inventory)
    waiting = pd.Series([step.before_id for step in steps], dtype=object).value_counts().to_dict()
    known: dict[str, _Builds] = {}
    for image_id, before_id, line in steps:
        before = known.get(before_id) or held[numbers[before_id]]
        own = held[numbers[image_id]]
        for pair in _older(own, before):
            yield *pair, line
        if image_id in waiting:
            known[image_id] = _united(before, own)
        waiting[before_id] -= 1
        if not waiting[before_id]:
            known.pop(before_id, None)
    for image_id, before_id, line in extra:
        for pair in _older(held[numbers[image_id]], held[numbers[before_id]]):
            yield *pair, line


class _Held(dict[int, _Builds]):
    """The comparable builds of each subject, sliced when asked for."""

    def __init__(self, bounds: np.ndarray, builds: _Builds) -> None:
        self._bounds, self._builds = bounds, builds

    def __missing__(self, subject: int) -> _Builds:
        part = slice(self._bounds[subject], self._bounds[subject + 1])
        return _Builds(*(column[part] for column in self._builds))


def _held(inventory: Inventory) -> _Held:
    sources = inventory.sources
    source = inventory.holdings["source_id"].to_numpy()
    family = sources["family_id"].to_numpy()
    rank = sources["rank"].fillna(-1).to_numpy(dtype=np.int64)
    several = sources[sources["rank"].notna()].groupby("family_id")["rank"].nunique().gt(1)
    counts = is_system(sources) & np.isin(family, several.index[several]) & (rank >= 0)
    holding = np.flatnonzero(counts.take(source) & ~outdone(inventory))
    subject = inventory.holdings["subject"].to_numpy().take(holding)
    order = np.argsort(
        subject * (family.max(initial=0) + 1) + family.take(source.take(holding)), kind="stable"
    )
    holding, subject = holding[order], subject[order]
    of = family.take(source.take(holding))
    # two spellings of one version are one build
    first = np.ones(len(of), dtype=bool)
    first[1:] = (of[1:] != of[:-1]) | (subject[1:] != subject[:-1])
    holding, subject, of = holding[first], subject[first], of[first]
    bounds = np.searchsorted(subject, np.arange(len(inventory.subjects) + 1))
    return _Held(bounds, _Builds(of, rank.take(source.take(holding)), holding))


def _older(own: _Builds, before: _Builds) -> Iterator[tuple[int, int]]:
    """Holdings whose build is older, each with the one that was newer."""
    if not len(before.family):
        return
    place = np.searchsorted(before.family, own.family).clip(max=len(before.family) - 1)
    older = (before.family[place] == own.family) & (before.rank[place] > own.rank)
    for number in np.flatnonzero(older):
        yield int(own.holding[number]), int(before.holding[place[number]])


def _united(before: _Builds, own: _Builds) -> _Builds:
    """The newest build of each package that the line has had; of equal ones the latest."""
    family = np.concatenate([before.family, own.family])
    rank = np.concatenate([before.rank, own.rank])
    order = np.lexsort([rank, family])
    last = np.append(family[order][1:] != family[order][:-1], True)[:len(order)]
    kept = order[last]
    holding = np.concatenate([before.holding, own.holding])
    return _Builds(family[kept], rank[kept], holding[kept])


def _highest(inventory: Inventory, pairs: pd.DataFrame) -> pd.DataFrame:
    """Of several that were newer, the newest."""
    source = pick(inventory.holdings["source_id"], pairs["before_id"])
    ranked = pairs.assign(rank=pick(inventory.sources["rank"], source))
    ordered = ranked.sort_values(["holding_id", "rank"], ascending=[True, False], kind="stable")
    return ordered.drop_duplicates("holding_id", ignore_index=True)


def _said(
    fleet: Fleet, inventory: Inventory, verdicts: Verdicts, intervals: pd.DataFrame,
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    shown = _shown(fleet.images)
    own, before = (
        pick(inventory.holdings[["subject", "source_id"]], pairs[name].to_numpy(dtype=np.int64))
        for name in ("holding_id", "before_id")
    )
    mine, theirs = (pick(inventory.sources, held["source_id"]) for held in (own, before))
    here, there = (
        pick(inventory.subjects, held["subject"]).map(shown).astype(_TEXT)
        for held in (own, before)
    )
    return pd.DataFrame({
        "holding_id": pairs["holding_id"].to_numpy(dtype=np.int64),
        "status": "older_than_before", "fixed_version": theirs["source_version"],
        "evidence": "fleet",
        "why": here + " has " + mine["source_name"] + " " + mine["source_version"] + "; " + there
               + " had " + theirs["source_version"] + " before it ("
               + pairs["line"].astype(_TEXT) + ")" + _back(pairs, verdicts, intervals),
    })


def _shown(images: pd.DataFrame) -> pd.Series:
    """Name and date of each image, by id."""
    named = images["name"].fillna(images["image_id"])
    date = images["created_at"].dt.strftime("%Y-%m-%d %H:%M").astype(_TEXT)
    text = named + (" of " + date).fillna("")
    shown = pd.Series(text.to_numpy(dtype=object), index=images["image_id"])
    return shown[~shown.index.duplicated()]


def _back(pairs: pd.DataFrame, verdicts: Verdicts, intervals: pd.DataFrame) -> pd.Series:
    """The flaws that the image before did not have."""
    listed = verdicts.hits["status"].ne("uncomparable").to_numpy(dtype=bool)
    opened = verdicts.open[listed.take(verdicts.open["hit"])]
    mine = opened[opened["holding_id"].isin(pairs["holding_id"])].merge(pairs, on="holding_id")
    theirs = opened.loc[opened["holding_id"].isin(pairs["before_id"]), ["holding_id", "record"]]
    both = mine.merge(
        theirs.rename(columns={"holding_id": "before_id"}), on=["before_id", "record"],
        how="left", indicator="side",
    )
    new = both[both["side"] == "left_only"]
    flaw = pick(intervals["group_id"], pick(verdicts.hits["interval_id"], new["hit"])).dropna()
    named: dict[int, set[str]] = defaultdict(set)
    holdings = new["holding_id"].to_numpy()[flaw.index]
    for holding, name in zip(holdings.tolist(), flaw.tolist(), strict=True):
        named[holding].add(name)
    said = {holding: _listed(flaws) for holding, flaws in named.items()}
    return pairs["holding_id"].map(said).astype(_TEXT).fillna("")


def _listed(flaws: set[str]) -> str:
    names = sorted(flaws)
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"; back: {', '.join(names[:_SHOWN])}{more}"
