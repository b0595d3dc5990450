"""Drift: what machines and containers hold that their image does not, and the other way round."""

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.lineage.holdings import THING, directions, numbers, places
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
_BUILD = [*THING, "version"]


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
    rows = _installed(fleet, runs)
    subject, ids = pd.factorize(rows["subject_id"])
    image_of = pd.Series(runs["image_id"].to_numpy(), runs["workload_id"].astype(object))
    subjects = pd.Index(ids, dtype=object)
    image = subjects.get_indexer(pd.Index(image_of.reindex(subjects).astype(object)))
    thing = numbers(rows[THING])
    build = numbers(rows[["version"]].assign(thing=thing))
    mine = np.flatnonzero(image[subject] >= 0)
    wanted = image[subject[mine]]
    before = places(subject, thing, wanted, thing[mine])
    other = places(subject, build, wanted, build[mine]) < 0
    found = pd.concat([
        _changed(rows, mine[other], before[other]),
        _removed(rows, pd.DataFrame({"subject": subject, "thing": thing}), image, subjects),
    ], ignore_index=True)
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
    packages = fleet.packages
    asked = packages["subject_id"].isin(pd.concat([runs["workload_id"], runs["image_id"]]))
    rows = packages.loc[asked & packages["name"].notna(), ["subject_id", "source_name", *_BUILD]]
    return rows.drop_duplicates(["subject_id", *_BUILD]).reset_index(drop=True)


def _changed(rows: pd.DataFrame, mine: np.ndarray, before: np.ndarray) -> pd.DataFrame:
    """Builds that the image has not: of packages that it lacks, or has in another version."""
    new = rows.take(mine).reset_index(drop=True)
    old = rows["version"].reindex(before).reset_index(drop=True)
    change = np.where(before < 0, "added", directions(new["ecosystem"], new["version"], old))
    return new.rename(columns={"subject_id": "workload_id"}).assign(
        change=change, image_version=old)


def _removed(
    rows: pd.DataFrame, held: pd.DataFrame, image: np.ndarray, subjects: pd.Index
) -> pd.DataFrame:
    """Packages of the image that the workload has in no version."""
    runs = pd.DataFrame({"workload": np.flatnonzero(image >= 0), "subject": image[image >= 0]})
    expected = runs.merge(held.reset_index(names="row"), on="subject")
    here = places(held["subject"].to_numpy(), held["thing"].to_numpy(),
                  *expected[["workload", "thing"]].to_numpy().T)
    gone = expected[here < 0]
    said = rows.take(gone["row"].to_numpy()).reset_index(drop=True)
    return said.drop(columns="subject_id").assign(
        workload_id=subjects.take(gone["workload"].to_numpy()), change="removed",
        image_version=said["version"])


def _with_siblings(found: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    alike = found.groupby(["image_id", *_BUILD, "change"], dropna=False)["workload_id"]
    siblings = found["image_id"].map(runs["image_id"].value_counts()) - 1
    shared_by = alike.transform("size") - 1
    cause = np.where(shared_by >= SHARED * siblings, "shared", "alone")
    return found.assign(siblings=siblings, shared_by=shared_by,
                        cause=np.where(siblings == 0, "unknown", cause))
