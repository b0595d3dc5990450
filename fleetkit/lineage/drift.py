"""Drift: what machines and containers hold that their image does not, and the other way round."""

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

CHANGES = ("added", "removed", "upgraded", "downgraded", "changed")
CAUSES = ("shared", "alone", "unknown")
SHARED = 0.6  # of the siblings: a configuration management works on all, a hand on one

DRIFT = Table(
    name="drift",
    doc="one row per workload and package in which it differs from its image",
    key=("workload_id", "ecosystem", "name", "arch", "version", "change"),
    columns=(
        Column("workload_id", "text", "key of workloads"),
        Column("image_id", "text", "image that it runs: key of images"),
        Column("ecosystem", "text", "named as in OSV"),
        Column("name", "text", "binary package"),
        Column("source_name", "text", "source package that it was built from"),
        Column("arch", "text", "architecture of the package"),
        Column("change", "text", "since the start from the image; changed: other builds without"
               " order", choices=CHANGES),
        Column("version", "text", "version that it has; of a removed package that of the image"),
        Column("image_version", "text", "version in the image; NA where it has none"),
        Column("siblings", "integer", "other workloads of the image whose packages were read",
               "workloads"),
        Column("shared_by", "integer", "of these, with the very same change", "workloads"),
        Column("cause", "text", "a guess: shared by 60 % of the siblings or more, as configuration"
               " management does it; alone, as by hand; unknown without siblings", choices=CAUSES),
    ),
)


def drift(fleet: Fleet) -> pd.DataFrame:
    """What workloads hold that their image does not, and what they lack of it.

    Args:
        fleet: workloads with packages of their own (an inventory, a list of packages, a container
            that changed its database), and images with packages.

    Returns:
        Columns of `DRIFT`, sorted by its key. A workload that is not in it has not drifted, or
        its packages or those of its image are not known: compare `packages`. An image of another
        system or release than the workload is compared as well.

    Examples:
        >>> workloads = pd.DataFrame({"workload_id": ["vm"], "image_id": ["golden"]})
        >>> packages = pd.DataFrame({"subject_id": ["golden", "vm", "vm"], "version": "1",
        ...                          "name": ["libc", "libc", "strace"]})
        >>> fleet = Fleet(workloads=workloads, packages=packages)
        >>> drift(fleet)[["workload_id", "name", "change"]].to_numpy().tolist()
        [['vm', 'strace', 'added']]
    """
    runs = _runs(fleet)
    image_of = runs.set_index(runs["workload_id"].astype(object))["image_id"]
    held = hold(_installed(fleet, runs), image_of)
    found = pd.concat([_changed(held), _removed(held)], ignore_index=True)
    found = found.rename(columns={"holder_id": "workload_id"})
    found["image_id"] = found["workload_id"].map(image_of)
    told = DRIFT.cast(_with_siblings(found, runs))
    return told.sort_values(list(DRIFT.key), ignore_index=True)


def _runs(fleet: Fleet) -> pd.DataFrame:
    """Workloads and their images, both with packages."""
    known = fleet.packages["subject_id"].dropna().unique()
    workloads = fleet.workloads[["workload_id", "image_id"]]
    both = workloads["workload_id"].isin(known) & workloads["image_id"].isin(known)
    return workloads[both & workloads["workload_id"].ne(workloads["image_id"])]


def _installed(fleet: Fleet, runs: pd.DataFrame) -> pd.DataFrame:
    packages = fleet.packages.rename(columns={"subject_id": "holder_id"})
    asked = packages["holder_id"].isin(pd.concat([runs["workload_id"], runs["image_id"]]))
    return packages.loc[asked & packages["name"].notna(), ["holder_id", *BUILD, "source_name"]]


def _changed(held: Holdings) -> pd.DataFrame:
    """Builds that the image has not: of packages that it lacks, or has in another version."""
    same, before = counterparts(held)
    mine = np.flatnonzero((held.base[held.holder] >= 0) & (same < 0))
    new = held.rows.take(mine).reset_index(drop=True)
    old = held.rows["version"].reindex(before[mine]).reset_index(drop=True)
    change = np.where(before[mine] < 0, "added", directions(new, old))
    return new.assign(change=change, image_version=old)


def _removed(held: Holdings) -> pd.DataFrame:
    """Packages of the image that the workload has in no version."""
    holder, row = lacking(held)
    said = held.rows.take(row).reset_index(drop=True)
    return said.assign(
        holder_id=held.ids.take(holder), change="removed", image_version=said["version"])


def _with_siblings(found: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    alike = found.groupby(["image_id", *BUILD, "change"], dropna=False)["workload_id"]
    siblings = found["image_id"].map(runs["image_id"].value_counts()) - 1
    shared_by = alike.transform("size") - 1
    cause = np.where(shared_by >= SHARED * siblings, "shared", "alone")
    return found.assign(siblings=siblings, shared_by=shared_by,
                        cause=np.where(siblings == 0, "unknown", cause))
