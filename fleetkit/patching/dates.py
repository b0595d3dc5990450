"""Dates of builds: by how many days the newest build of a package is younger than another.

A build is dated by its changelog, which says when it was made; or else by the oldest image that
has it, which says only that it was made no later. Dates of one kind are compared, never one with
the other.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.inventory import Inventory
from fleetkit.plugins import Problem

EVIDENCE = ("changelog", "image")
FIRST = pd.Timestamp("2006-01-01", tz="UTC")
"""No image is older: builds that are reproducible pretend to be of 1970 or 1980."""

_BUILD = ["ecosystem", "release", "source_name", "source_version"]
_UNKNOWN = np.iinfo(np.int64).max
_DAY = 86_400_000_000
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)


def date_builds(fleet: Fleet, inventory: Inventory) -> pd.DataFrame:
    """When each source was made, one column for each of `EVIDENCE`: microseconds since 1970.

    What has no date bears the highest number. Images of before `FIRST` date nothing.
    """
    return pd.DataFrame({
        "changelog": _by_changelog(fleet, inventory.sources),
        "image": _by_image(fleet.images, inventory),
    })


def days_behind(sources: pd.DataFrame, dates: pd.DataFrame | None) -> pd.DataFrame:
    """Per source: `days_behind` (days, NA where unknown), `dated_by` (of `EVIDENCE`), `disagrees`.

    Args:
        sources: of an inventory: `family_id`, `rank`.
        dates: as `date_builds` gives them; None: nothing is known.

    Dates that make the newest build older than the one behind it disagree with the versions: they
    are no days, but counted in `disagrees`.
    """
    days = np.full(len(sources), np.nan)
    by = np.full(len(sources), -1)
    disagrees = np.zeros(len(sources), dtype=bool)
    for number, name in enumerate(EVIDENCE if dates is not None else ()):
        apart = _apart(sources, dates[name].to_numpy())  # type: ignore[index]
        disagrees |= (apart < 0) & (by < 0)
        told = (apart >= 0) & (by < 0)
        days = np.where(told, apart, days)
        by = np.where(told, number, by)
    words = pd.Series([*EVIDENCE, pd.NA], dtype=_TEXT)
    return pd.DataFrame({
        "days_behind": pd.Series(days, dtype="Float64").mask(by < 0),
        "dated_by": words.take(by % len(words)).reset_index(drop=True),
        "disagrees": disagrees & (by < 0),
    })


def doubt_dates(lag: pd.DataFrame) -> Iterator[Problem]:
    """A problem where dates and versions disagree."""
    count = int(lag["disagrees"].sum())
    if count:
        yield Problem(
            "clocks_disagree", "newer builds of packages are dated before older ones: by how many"
            " days those are behind is not said", None, f"{count:,} distinct builds",
            "were images built again from old packages, or is a builder's clock wrong?",
            "info", "audit",
        )


def _apart(sources: pd.DataFrame, date: np.ndarray) -> np.ndarray:
    """Days from each build to the newest of its family; NaN where either has no date."""
    ranked = sources["rank"].notna().to_numpy()
    family = sources["family_id"].to_numpy()
    rank = sources["rank"].fillna(-1).to_numpy(dtype=np.int64)
    build = pd.factorize(family * (rank.max(initial=0) + 2) + rank + 1)[0]
    made = np.full(build.max(initial=-1) + 1, _UNKNOWN)
    np.minimum.at(made, build, date)
    top = np.full(family.max(initial=-1) + 1, -1)
    np.maximum.at(top, family, rank)
    newest = np.full(len(top), _UNKNOWN)
    is_top = rank == top.take(family)
    newest[family[is_top]] = made.take(build[is_top])
    own, theirs = made.take(build), newest.take(family)
    known = ranked & (own < _UNKNOWN) & (theirs < _UNKNOWN)
    return np.where(known, (theirs - own) / _DAY, np.nan)


def _by_changelog(fleet: Fleet, sources: pd.DataFrame) -> np.ndarray:
    date = np.full(len(sources), _UNKNOWN)
    if "changelogs" not in fleet:
        return date
    entries = fleet["changelogs"].drop(columns="source_version", errors="ignore")
    told = entries.rename(columns={"version": "source_version"}).dropna(
        subset=["source_name", "source_version", "changed_at"]
    )
    first = told.groupby(_BUILD, dropna=False)["changed_at"].min().reset_index()
    found = sources[_BUILD].merge(first, on=_BUILD, how="left")["changed_at"]
    known = found.notna().to_numpy()
    date[known] = _microseconds(found[known])
    return date


def _by_image(images: pd.DataFrame, inventory: Inventory) -> np.ndarray:
    made = images.set_index("image_id")["created_at"].dropna()
    made = made[~made.index.duplicated()]
    date = np.full(len(inventory.subjects), _UNKNOWN)
    place = made.index.get_indexer(pd.Index(inventory.subjects))
    date[place >= 0] = _microseconds(made).take(place[place >= 0])
    date[date < FIRST.value // 1000] = _UNKNOWN
    oldest = np.full(len(inventory.sources), _UNKNOWN)
    np.minimum.at(
        oldest, inventory.holdings["source_id"].to_numpy(),
        date.take(inventory.holdings["subject"]),
    )
    return oldest


def _microseconds(times: pd.Series) -> np.ndarray:
    numbers: np.ndarray = times.dt.as_unit("us").astype("int64").to_numpy()
    return numbers
