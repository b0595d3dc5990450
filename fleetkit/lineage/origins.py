"""Origins: which image brought a package, in which layer, by which command; whose job the fix is.

Two images are compared by what they hold, which needs no layers: what the parent holds in the very
same build is inherited, anything else is this image's own doing. Where the layers of the packages
are known, they name the layer and its command.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.lineage.holdings import (
    BUILD,
    Holdings,
    counterparts,
    directions,
    hold,
    lacking,
)
from fleetkit.schema import Column, Table

CHANGES = ("inherited", "added", "upgraded", "downgraded", "changed", "removed", "unknown")

ORIGINS = Table(
    name="origins",
    doc="one row per image and package build in it, or that its parent has and it has not",
    key=("image_id", "ecosystem", "name", "arch", "version"),
    columns=(
        Column("image_id", "text", "key of images"),
        Column("ecosystem", "text", "named as in OSV"),
        Column("name", "text", "binary package"),
        Column("source_name", "text", "source package that it was built from"),
        Column("arch", "text", "architecture of the package"),
        Column("version", "text", "installed version; of a removed package that of the parent"),
        Column("change", "text", "what this image did: inherited it as it is, added, upgraded,"
               " downgraded or changed it (other builds without order), removed it; unknown where"
               " the packages of its parent are not known", choices=CHANGES),
        Column("origin_id", "text", "image that brought this very build: there it has to be fixed"),
        Column("parent_version", "text", "version in the parent, where that is another"),
        Column("first_layer", "integer", "lowest layer in which the package appears"),
        Column("current_layer", "integer", "layer since which this build is there"),
        Column("command", "text", "build step that made that layer, credentials masked"),
    ),
)


def origins(fleet: Fleet, images: Sequence[str] | None = None) -> pd.DataFrame:
    """Which image brought each package, and what each image did to those of its parent.

    Args:
        fleet: a traced fleet with packages.
        images: ids of the images that are asked for; without them all that have packages.

    Returns:
        Columns of `ORIGINS`, sorted by its key. Base or application: the fix is the job of whoever
        builds `origin_id`; where that is the image itself, nobody else can do it. The parent is
        that of `lineage`, inferred parents left out.

    Raises:
        MissingTableError: the fleet has not been traced.

    Examples:
        >>> from fleetkit.lineage import trace
        >>> held = [("base", "libc"), ("app", "libc"), ("app", "nginx")]
        >>> packages = pd.DataFrame(held, columns=["subject_id", "name"]).assign(version="1")
        >>> links = pd.DataFrame({"from_id": ["app"], "to_id": ["base"],
        ...                       "relation": ["derived_from"]})
        >>> images = pd.DataFrame({"image_id": ["app", "base"], "name": ["app", "base"]})
        >>> fleet = trace(Fleet(images=images, packages=packages, links=links))
        >>> origins(fleet, ["app"])[["name", "change", "origin_id"]].to_numpy().tolist()
        [['libc', 'inherited', 'base'], ['nginx', 'added', 'app']]
    """
    parent_of = _parents(fleet)
    asked = None if images is None else _with_ancestors(images, parent_of)
    held = hold(_installed(fleet, asked), parent_of)
    above, before = counterparts(held)
    bereft = held.ids.isin(parent_of.index) & (held.base < 0)
    told = held.rows.assign(
        change=_changes(held, above, before, bereft[held.holder]),
        origin_id=held.rows["holder_id"].take(_followed(above)).to_numpy(),
        parent_version=held.rows["version"].reindex(np.where(above < 0, before, -1)).to_numpy(),
    )
    found = pd.concat([_layered(told, fleet.layers), _removed(held)], ignore_index=True)
    found = found.rename(columns={"holder_id": "image_id"})
    if images is not None:
        found = found[found["image_id"].isin(list(images))]
    return ORIGINS.cast(found).sort_values(list(ORIGINS.key), ignore_index=True)


def _with_ancestors(images: Sequence[str], parent_of: pd.Series) -> list[str]:
    above, found = parent_of.to_dict(), dict.fromkeys(images)
    waiting = list(found)
    while waiting:
        parent = above.get(waiting.pop())
        if parent is not None and parent not in found:
            found[parent] = None
            waiting.append(parent)
    return list(found)


def _installed(fleet: Fleet, wanted_images: list[str] | None) -> pd.DataFrame:
    packages = fleet.packages
    asked = fleet.images["image_id"] if wanted_images is None else wanted_images
    mine = packages["subject_id"].isin(asked) & packages["name"].notna()
    wanted = ["subject_id", *BUILD, "source_name", "first_layer", "current_layer"]
    return packages.loc[mine, wanted].rename(columns={"subject_id": "holder_id"})


def _parents(fleet: Fleet) -> pd.Series:
    """Child -> parent, as far as it is known and not only inferred."""
    lineage = fleet["lineage"]
    known = lineage[~lineage["is_inferred"].fillna(value=False)]
    return known.set_index(known["child_id"].astype(object))["parent_id"]


def _followed(above: np.ndarray) -> np.ndarray:
    """The row at the end of each chain; each round doubles the steps that were taken."""
    here = np.arange(len(above))
    step = np.where(above < 0, here, above)
    while (step[step] != step).any():
        step = step[step]
    return step


def _changes(
    held: Holdings, above: np.ndarray, before: np.ndarray, bereft: np.ndarray
) -> np.ndarray:
    words = np.where(bereft, "unknown", "added").astype(object)
    other = np.flatnonzero((above < 0) & (before >= 0))
    words[other] = directions(held.rows.take(other), held.rows["version"].take(before[other]))
    words[above >= 0] = "inherited"
    return words


def _removed(held: Holdings) -> pd.DataFrame:
    """What a parent has and its child has not."""
    holder, row = lacking(held)
    said = held.rows[[*BUILD, "source_name"]].take(row).reset_index(drop=True)
    child = held.ids.take(holder)
    return said.assign(
        holder_id=child, change="removed", origin_id=child, parent_version=said["version"])


def _layered(told: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    steps = layers[["image_id", "position", "command"]].rename(
        columns={"image_id": "holder_id", "position": "current_layer"})
    return told.merge(steps, on=["holder_id", "current_layer"], how="left")
