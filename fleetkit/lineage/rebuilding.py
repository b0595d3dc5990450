"""Rebuilding: which images have to be built anew, in which order, and where that mends most."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.errors import UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.lineage.origins import origins
from fleetkit.schema import Column, Table
from fleetkit.tables import FINDINGS
from fleetkit.tables.workloads import RUNNING

ACTIONS = ("patch", "rebuild", "rename")
REBUILDS = Table(
    name="rebuilds",
    doc="one row per image that has to be built anew, wave by wave",
    key=("image_id",),
    columns=(
        Column("wave", "integer", "images of one wave can be built side by side, after those of the"
               " waves before"),
        Column("image_id", "text", "key of images"),
        Column("name", "text", "first of its names"),
        Column("action", "text", "patch: mend it; rebuild: build it on its mended parent; rename:"
               " it has its parent's content", choices=ACTIONS),
        Column("because", "text", "parent that comes before it; NA where it is mended itself"),
        Column("is_inferred", "boolean", "that it is built on that parent is only a guess"),
        Column("running", "integer", "workloads that run it", "workloads"),
        Column("running_below", "integer", "workloads that run it or what is built on it",
               "workloads"),
        Column("is_optional", "boolean", "nothing runs it or what is built on it"),
    ),
)
REMEDIES = Table(
    name="remedies",
    doc="one row per image in which flaws begin, the one that mends most for its price first",
    key=("image_id",),
    columns=(
        Column("image_id", "text", "image that brought packages with flaws: to be patched"),
        Column("name", "text", "first of its names"),
        Column("clears", "integer", "running workloads that lose findings with it", "workloads"),
        Column("frees", "integer", "running workloads without any finding after it and all before"
               " it", "workloads"),
        Column("findings", "integer", "findings of images that end with it", "findings"),
        Column("rebuilds", "integer", "images to build: it, and what runs of those built on it",
               "images"),
        Column("packages", "texts", "source packages with flaws that it brought"),
    ),
)
_ENDS = ("child_id", "parent_id")
_MENDABLE = "vulnerable_fix_available"


class _Forest(NamedTuple):
    """Images and their parents; whole numbers are positions.

    Attributes:
        images: ids.
        edges: rows of `lineage`, one per child.
        child: per edge its child.
        parent: per edge its parent.
        running: per image the workloads that run it.
    """

    images: pd.Index
    edges: pd.DataFrame
    child: np.ndarray
    parent: np.ndarray
    running: np.ndarray


def rebuilds(fleet: Fleet, images: Collection[str]) -> pd.DataFrame:
    """What has to be built anew if images are mended: they, and all that is built on them.

    Args:
        fleet: a traced fleet.
        images: ids of the images that are mended.

    Returns:
        Columns of `REBUILDS`, wave by wave, those with most running workloads first. An inferred
        parent counts, and is marked.

    Raises:
        MissingTableError: the fleet has not been traced.
        UnknownNameError: an image is neither in the fleet nor a parent of one.
    """
    forest = _forest(fleet)
    known, edges = forest.images, forest.edges
    strange = sorted(set(images) - set(known))
    if strange:
        raise UnknownNameError("image", strange[0], known[:5])
    wave = np.full(len(known), -1)
    wave[known.get_indexer(pd.Index(list(images)))] = 0
    _spread(wave, forest)
    edge_of = np.full(len(known), -1)
    edge_of[forest.child] = np.arange(len(edges))
    said = edges.reindex(edge_of).reset_index(drop=True)
    told = pd.DataFrame({
        "wave": wave, "image_id": known, "running": forest.running,
        "name": pd.Series(known).map(fleet.images.set_index("image_id")["name"]),
        "running_below": _summed(forest.running, forest),
    })
    mended = wave == 0
    told["action"] = np.where(mended, "patch", np.where(
        said["relation"].eq("same_content").fillna(value=False), "rename", "rebuild"))
    told["because"] = said["parent_id"].mask(mended)
    told["is_inferred"] = said["is_inferred"].mask(mended)
    told["is_optional"] = told["running_below"].eq(0)
    return REBUILDS.cast(told[wave >= 0]).sort_values(
        ["wave", "running_below", "image_id"], ascending=[True, False, True], ignore_index=True)


def remedies(fleet: Fleet, findings: pd.DataFrame | None = None) -> pd.DataFrame:
    """Which images to patch so that findings disappear from what runs, the best bargain first.

    Each finding is led back to the image that brought the package (`origins`): there one patch
    mends all that is built on it. First come images that clear most running workloads per image
    to build. That a child could upgrade the package itself is not weighed.

    Args:
        fleet: a traced and audited fleet.
        findings: those that shall disappear; without them all of the fleet that have a fix.

    Returns:
        Columns of `REMEDIES`. Findings of machines that have packages of their own are left out:
        no image mends them.

    Raises:
        MissingTableError: the fleet has not been traced or audited.
    """
    asked = fleet["findings"] if findings is None else FINDINGS.cast(findings)
    if findings is None:
        asked = asked[asked["status"] == _MENDABLE]
    running = fleet.workloads.loc[fleet.workloads["state"].isin(RUNNING), "image_id"]
    asked = asked[asked["subject_id"].isin(running) & asked["source_name"].notna()]
    brought = origins(fleet, asked["subject_id"].unique().tolist())
    brought = brought[brought["change"] != "removed"]
    pairs = asked[["subject_id", "source_name", "advisory_id"]].merge(
        brought[["image_id", "source_name", "origin_id"]].drop_duplicates(),
        left_on=["subject_id", "source_name"], right_on=["image_id", "source_name"])
    return _ranked(fleet, pairs, running.value_counts())


def _forest(fleet: Fleet) -> _Forest:
    edges = fleet["lineage"].reset_index(drop=True)
    ids = pd.concat([fleet.images["image_id"], edges["child_id"], edges["parent_id"]])
    images = pd.Index(ids.dropna().unique())
    child, parent = (images.get_indexer(pd.Index(edges[name])) for name in _ENDS)
    runs = fleet.workloads.loc[fleet.workloads["state"].isin(RUNNING), "image_id"].value_counts()
    running = runs.reindex(images).fillna(0).to_numpy(dtype=np.int64)
    return _Forest(images, edges, child, parent, running)


def _spread(wave: np.ndarray, forest: _Forest) -> None:
    """Each image comes after its parent; an image has one parent, so this comes to an end."""
    for _ in range(len(wave)):
        above = wave[forest.parent]
        later = np.where(above >= 0, above + 1, -1)
        if (later <= wave[forest.child]).all():
            return
        wave[forest.child] = np.maximum(wave[forest.child], later)


def _summed(own: np.ndarray, forest: _Forest) -> np.ndarray:
    """The sum of an image and all that is built on it; a generation moves up in each round."""
    total, moving = own.copy(), own
    for _ in range(len(own)):
        moved = np.zeros_like(own)
        np.add.at(moved, forest.parent, moving[forest.child])
        if not moved.any():
            break
        total, moving = total + moved, moved
    return total


def _ranked(fleet: Fleet, pairs: pd.DataFrame, runs: pd.Series) -> pd.DataFrame:
    """Greedy cover: the origin that clears most running workloads per image to build is next."""
    images = {str(origin): set(part["subject_id"]) for origin, part in pairs.groupby("origin_id")}
    clears = {origin: int(runs.reindex(list(held)).sum()) for origin, held in images.items()}
    price = _prices(_forest(fleet))
    order = sorted(images, key=lambda origin: (
        -clears[origin] / price[origin], -clears[origin], origin))
    left = {image: set(part["origin_id"]) for image, part in pairs.groupby("subject_id")}
    names = fleet.images.set_index("image_id")["name"].to_dict()
    rows = []
    for origin in order:
        freed = [image for image in images[origin] if left[image] == {origin}]
        for image in images[origin]:
            left[image].discard(origin)
        mine = pairs[pairs["origin_id"] == origin]
        rows.append({
            "image_id": origin, "name": names.get(origin), "clears": clears[origin],
            "frees": int(runs.reindex(freed).sum()), "rebuilds": price[origin],
            "findings": len(mine[["subject_id", "source_name", "advisory_id"]].drop_duplicates()),
            "packages": sorted(mine["source_name"].unique()),
        })
    return REMEDIES.frame(rows)


def _prices(forest: _Forest) -> dict[str, int]:
    """Images to build if one is patched: it, and those below it that run or carry what runs."""
    needed = (_summed(forest.running, forest) > 0).astype(np.int64)
    prices = np.maximum(_summed(needed, forest), 1)
    return dict(zip(forest.images, prices.tolist(), strict=True))
