"""Subjects: every image and machine that the audit has to answer for, seen or not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.schema import Column, Row, Table
from fleetkit.versions import scheme

SUBJECTS = Table(
    name="subjects",
    doc="one row per image, and per workload that does not merely run an image of the fleet",
    key=("subject_id",),
    columns=(
        Column("subject_id", "text", "image or workload"),
        Column("ecosystem", "text", "of its operating system's packages"),
        Column("release", "text", "release of the ecosystem"),
        Column("os_name", "text", "operating system inside"),
        Column("os_version", "text", "version of the operating system"),
        Column("observable", "boolean", "its packages were found and read; NA: nobody looked"),
        Column("has_packages", "boolean", "the fleet has packages of it"),
    ),
)
_SYSTEMS = ("dpkg", "rpm", "apk")
_SHOWN = ["ecosystem", "release", "os_name", "os_version", "observable"]


def subjects(fleet: Fleet) -> pd.DataFrame:
    """All subjects of the fleet, sorted. A container stands behind its image."""
    images = fleet.images.rename(columns={"image_id": "subject_id"})
    workloads = fleet.workloads.rename(columns={"workload_id": "subject_id"})
    systems = _systems(fleet.packages)
    own = ~workloads["kind"].isin(["container", "task"]) | ~workloads["image_id"].isin(
        images["subject_id"]
    )
    owners = pd.Index(fleet.packages["subject_id"].dropna().unique())
    asked = workloads[own | workloads["subject_id"].isin(owners)]
    known = pd.concat([
        images[["subject_id", *_SHOWN]], asked[["subject_id", "os_name", "os_version"]],
    ], ignore_index=True)
    bare = owners.difference(pd.Index(known["subject_id"]))
    listed = pd.concat([known, pd.DataFrame({"subject_id": bare})], ignore_index=True)
    listed = listed[listed["subject_id"].notna()].drop_duplicates("subject_id")
    joined = listed.merge(systems, on="subject_id", how="left", suffixes=("", "_seen"))
    for column in ("ecosystem", "release"):
        joined[column] = joined[column].fillna(joined[f"{column}_seen"])
    joined["has_packages"] = joined["subject_id"].isin(owners)
    frame = SUBJECTS.cast(joined[list(SUBJECTS.names)])
    return frame.sort_values("subject_id", ignore_index=True)


def newest_look(fleet: Fleet) -> datetime:
    """When the fleet was last looked at; the clock if nothing says."""
    seen = [
        frame["observed_at"].max() for _, frame in fleet
        if "observed_at" in frame.columns and frame["observed_at"].notna().any()
    ]
    newest: datetime = max(seen).to_pydatetime() if seen else datetime.now(UTC)
    return newest


def unobservable(listed: pd.DataFrame) -> Iterator[Row]:
    """A finding for each subject whose packages cannot be seen: it is never clean."""
    unseen = listed["observable"].eq(other=False).fillna(value=False)
    unasked = listed["observable"].isna() & ~listed["has_packages"]
    for subject in listed[unseen | unasked].to_dict("records"):
        looked = subject["observable"] is not pd.NA
        yield {
            "subject_id": subject["subject_id"], "ecosystem": subject["ecosystem"],
            "release": subject["release"], "status": "unobservable", "evidence": "observation",
            "why": "it has no package database that can be read: its packages cannot be seen, so"
                   " it is never clean" if looked else
                   "nobody looked at its packages, so it is never clean",
        }


def _systems(packages: pd.DataFrame) -> pd.DataFrame:
    """Ecosystem and release of each subject's system packages."""
    places = packages[["subject_id", "ecosystem", "release"]].drop_duplicates()
    named = places["ecosystem"].dropna().unique()
    kinds = pd.Series([scheme(name) in _SYSTEMS for name in named], index=named, dtype=bool)
    system = places["ecosystem"].isin(kinds.index[kinds])
    return places[system].drop_duplicates("subject_id")
