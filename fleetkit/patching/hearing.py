"""Hearing: what the records of channels say of builds, and of flaws that other records name."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.patching.channels import kind_of, title_of
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.matching import INTERVAL_COLUMNS, THING_COLUMNS, match
from fleetkit.patching.reach import Reach

FLAWED = ("vulnerable_fix_available", "vulnerable_no_fix")
_SAID = [*FLAWED, "fixed"]


class Heard(NamedTuple):
    """The intervals of channels, and what they say of the fleet's builds.

    Attributes:
        intervals: with `channel_id`, `kind` and `title`.
        said: `thing_id, interval_id, status` with the interval's `channel_id`, `kind`.
        forks: per thing: it is a build of a forked line.
    """

    intervals: pd.DataFrame
    said: pd.DataFrame
    forks: np.ndarray


def hear(inventory: Inventory, special: pd.DataFrame, reach: Reach) -> Heard:
    """What the intervals of channels (`special`) say; of forked lines to their builds only."""
    forks = is_fork(inventory.things)
    number = {channel: index for index, channel in enumerate(reach.channels)}
    places = list(zip(special["ecosystem"], special["channel"], strict=True))
    listed = special.reset_index(drop=True).assign(
        channel_id=[number[place] for place in places],
        kind=[kind_of(*place) for place in places], title=[title_of(*place) for place in places],
    )
    named = listed.rename(columns={"package": "name"}).assign(interval_id=listed.index)
    things = inventory.things.rename(columns={"base": "ecosystem", "place": "release"})
    things = things.assign(thing_id=things.index)[list(THING_COLUMNS)]
    matched = match(things, named[list(INTERVAL_COLUMNS)])
    matched = matched[matched["status"].isin(_SAID)]
    about = pick(listed[["channel_id", "kind", "channel"]], matched["interval_id"])
    said = pd.concat([matched.reset_index(drop=True), about], axis=1)
    fips = said["channel"].str.contains("fips", regex=False).to_numpy(dtype=bool)
    said = said[fips == forks[said["thing_id"]]].reset_index(drop=True)
    return Heard(listed, said, forks)


def is_fork(things: pd.DataFrame) -> np.ndarray:
    """Whether each thing is a build of a forked line, which the release's records do not mean."""
    version = things["version"].fillna("")
    ubuntu = things["base"].eq("Ubuntu").fillna(value=False)
    return (ubuntu & version.str.contains("fips", regex=False)).to_numpy(dtype=bool)


def with_flaws(rows: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """The rows once per flaw that their interval is about, with the number of these."""
    ids = rows["interval_id"].unique()
    about = intervals[["group_id", "aliases"]].take(ids)
    flaws = pd.Series([_flaws(group, aliases) for group, aliases in zip(
        about["group_id"], about["aliases"], strict=True)], index=ids, dtype=object)
    listed = rows.assign(flaw=flaws.reindex(rows["interval_id"]).to_numpy())
    return listed.assign(flaws=listed["flaw"].map(len).astype("int64")).explode("flaw")


def _flaws(group: str, aliases: object) -> list[str]:
    named = [group, *(aliases if isinstance(aliases, Iterable) else ())]
    return sorted({name for name in named if name.startswith("CVE-")}) or [group]


def answers_to(base: pd.DataFrame, heard: Heard) -> pd.DataFrame:
    """What channels say of everyone's open flaws: `hit, channel_id, kind, interval_id, is_mended`.

    A record of several flaws is mended where each of them is.
    """
    said = heard.said[heard.said["thing_id"].isin(base["thing_id"])]
    cells = ["thing_id", "flaw", "channel_id", "kind", "interval_id", "status"]
    both = base[["hit", "thing_id", "status", "flaw", "flaws"]].merge(
        with_flaws(said, heard.intervals)[cells], on=["thing_id", "flaw"], suffixes=("", "_said"))
    both["mended"] = both["status_said"].eq("fixed").to_numpy(dtype=bool)
    both["fixable"] = both["status_said"].eq("vulnerable_fix_available").to_numpy(dtype=bool)
    one = both.groupby(["hit", "flaw", "channel_id"], as_index=False).agg(
        status=("status", "first"), thing_id=("thing_id", "first"), flaws=("flaws", "first"),
        kind=("kind", "first"), mended=("mended", "all"), fixable=("fixable", "any"),
        interval_id=("interval_id", "max"))
    answer = one.groupby(["hit", "channel_id"], as_index=False).agg(
        status=("status", "first"), thing_id=("thing_id", "first"), flaws=("flaws", "first"),
        kind=("kind", "first"), mended=("mended", "all"), fixable=("fixable", "any"),
        interval_id=("interval_id", "max"), count=("flaw", "size"))
    answer["is_mended"] = answer["mended"] & answer["count"].eq(answer["flaws"])
    return answer


def spoken_of(inventory: Inventory, flawed: pd.DataFrame, spoken: pd.DataFrame) -> pd.MultiIndex:
    """The builds and flaws that records for everyone speak of, whatever they say."""
    wanted = set(flawed["flaw"])
    package = inventory.things["name"].take(flawed["thing_id"].unique())
    near = spoken[spoken["package"].isin(package)].reset_index(drop=True)
    near = with_flaws(near.assign(interval_id=near.index), near)
    near = near[near["flaw"].isin(wanted)].reset_index(drop=True)
    named = near.rename(columns={"package": "name"}).assign(interval_id=near.index)
    ids = flawed["thing_id"].unique()
    things = pick(inventory.things, ids).assign(thing_id=ids)
    things = things.rename(columns={"base": "ecosystem", "place": "release"})
    matched = match(things[list(THING_COLUMNS)], named[list(INTERVAL_COLUMNS)])
    return pd.MultiIndex.from_arrays([
        matched["thing_id"], near["flaw"].to_numpy()[matched["interval_id"]]])
