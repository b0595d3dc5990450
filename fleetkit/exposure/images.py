"""Images over time: since when a repository has one without a flaw that an older one has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from fleetkit.exposure.instances import TEXT, instances, tokens
from fleetkit.exposure.looks import VULNERABLE
from fleetkit.fleet import Fleet
from fleetkit.references import repository_of

_DEEPEST = 20


@dataclass
class Notes:
    """What was seen of images while the snapshots went by; each frame is one snapshot's.

    Attributes:
        images: `image_id, repository, made`: when it was built, else when it was first seen.
        flaws: `image_id, flaw`.
        judged: `image_id`, of images whose packages were read.
        parents: `image_id, parent_id`.
        ran: `slot, image_id`: what ran in a slot.
        starts: `slot, started_at, boxed`: last start of its workloads, the latest; a container?
    """

    images: list[pd.DataFrame] = field(default_factory=list)
    flaws: list[pd.DataFrame] = field(default_factory=list)
    judged: list[pd.DataFrame] = field(default_factory=list)
    parents: list[pd.DataFrame] = field(default_factory=list)
    ran: list[pd.DataFrame] = field(default_factory=list)
    starts: list[pd.DataFrame] = field(default_factory=list)
    moments: list[pd.Timestamp] = field(default_factory=list)


def noted(
    pairs: Iterable[tuple[pd.Timestamp, Fleet]], notes: Notes
) -> Iterator[tuple[pd.Timestamp, Fleet]]:
    """The pairs as they are; what they say of images is added to the notes."""
    for moment, fleet in pairs:
        _note(moment, fleet, notes)
        yield moment, fleet


def _note(moment: pd.Timestamp, fleet: Fleet, notes: Notes) -> None:
    images = fleet.images
    notes.moments.append(moment)
    notes.images.append(pd.DataFrame({
        "image_id": images["image_id"], "repository": _repositories(images),
        "made": images["created_at"].fillna(moment)}))
    if "findings" in fleet and "patch_levels" in fleet:
        findings = fleet["findings"]
        bad = findings[findings["status"].isin(VULNERABLE) & findings["group_id"].notna()]
        notes.flaws.append(bad[["subject_id", "group_id"]].set_axis(
            ["image_id", "flaw"], axis=1).drop_duplicates())
        blind = findings.loc[
            findings["status"].isin(["unobservable", "no_feed"]), "subject_id"].unique()
        read = pd.Series(fleet["patch_levels"]["subject_id"].unique(), dtype=TEXT)
        notes.judged.append(pd.DataFrame({"image_id": read[~read.isin(blind)]}))
    if "lineage" in fleet:
        notes.parents.append(fleet["lineage"][["child_id", "parent_id"]].set_axis(
            ["image_id", "parent_id"], axis=1))
    found = instances(fleet, pd.Index([]), ())
    names = tokens(found).drop_duplicates("row").set_index("row")["token"]
    slot = names.reindex(found.index).astype(TEXT)
    boxed = found["kind"].isin(["container", "task"]).astype(bool)
    notes.ran.append(pd.DataFrame({"slot": slot, "image_id": found["image_id"]})[boxed]
                     .dropna().drop_duplicates())
    started = fleet.workloads.drop_duplicates("workload_id").set_index("workload_id")["started_at"]
    notes.starts.append(pd.DataFrame({
        "slot": slot, "boxed": boxed,
        "started_at": started.reindex(found["workload_id"]).array}))


def newer_without(notes: Notes) -> pd.DataFrame:
    """`image_id, flaw, own_at, base_at` of each image with a flaw; NA where there is none yet.

    `own_at` is the build of the first image of the same repository that is newer, was read in full
    and has not the flaw; `base_at` the same of the nearest repository that it is built on and that
    has the flaw too, the earliest where there are several.
    """
    images = _joined(notes.images, ["image_id", "repository", "made"])
    images = images.dropna(subset=["image_id"]).groupby("image_id", as_index=False).agg(
        repository=("repository", "last"), made=("made", "min"))
    flaws = _joined(notes.flaws, ["image_id", "flaw"]).drop_duplicates()
    flawed = flaws.merge(images, on="image_id")
    judged = images[images["image_id"].isin(_joined(notes.judged, ["image_id"])["image_id"])]
    since = flawed.dropna(subset=["repository"]).groupby(
        ["repository", "flaw"], as_index=False)["made"].min()
    asked = since.merge(judged, on="repository", suffixes=("_bad", ""))
    asked = asked[asked["made"] > asked["made_bad"]]
    clean = asked.merge(flaws.assign(bad=True), on=["image_id", "flaw"], how="left")
    first = clean[clean["bad"].isna()].groupby(
        ["repository", "flaw"], as_index=False)["made"].min().rename(columns={"made": "own_at"})
    own = flawed.merge(first, on=["repository", "flaw"], how="left")[
        ["image_id", "flaw", "own_at"]]
    above = _ancestors(_joined(notes.parents, ["image_id", "parent_id"]).drop_duplicates())
    bases = above.merge(own.rename(columns={"image_id": "parent_id", "own_at": "base_at"}),
                        on="parent_id")
    base = bases.groupby(["image_id", "flaw"], as_index=False).agg(
        base_at=("base_at", "min"), has_base=("parent_id", "count"))
    return own.merge(base, on=["image_id", "flaw"], how="left")


def _ancestors(parents: pd.DataFrame) -> pd.DataFrame:
    """Each image beside all that it is built on."""
    found, ring = parents, parents
    for _ in range(_DEEPEST):
        ring = ring.merge(parents.rename(columns={"image_id": "parent_id", "parent_id": "next"}),
                          on="parent_id")[["image_id", "next"]].set_axis(
            ["image_id", "parent_id"], axis=1)
        more = pd.concat([found, ring], ignore_index=True).drop_duplicates()
        if len(more) == len(found):
            break
        found = more
    return found


def _repositories(images: pd.DataFrame) -> pd.Series:
    """The repository of each image, without registry's tag; its family where it has no name."""
    names = {name: repository_of(name) for name in images["name"].dropna().unique()}
    return images["name"].map(names).astype(TEXT).fillna(images["family"])


def _joined(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    times = {"made": "datetime64[us, UTC]"}
    return pd.DataFrame({name: pd.Series(dtype=times.get(name, TEXT)) for name in columns})
