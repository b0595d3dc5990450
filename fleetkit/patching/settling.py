"""Settling: the verdicts once it is known which channel's fixes each machine gets.

A flaw that everyone's record still names is mended where a channel that the machine reaches has a
fix at or below the installed build. A fix that only others get is told, and is none.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.patching.hearing import (
    FLAWED,
    Heard,
    answers_to,
    hear,
    is_fork,
    spoken_of,
    with_flaws,
)
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.reach import Reach
from fleetkit.patching.verdicts import RANK, Verdicts
from fleetkit.plugins import Problem


class Settled(NamedTuple):
    """What holds for each machine.

    Attributes:
        verdicts: with `note` in their hits: words about a fix that the machine does not get.
        intervals: everyone's, then those of channels, then the same with fixes out of reach.
        problems: what is not known about whom.
    """

    verdicts: Verdicts
    intervals: pd.DataFrame
    problems: list[Problem]


def settle(
    inventory: Inventory, verdicts: Verdicts, spoken: pd.DataFrame, special: pd.DataFrame,
    reach: Reach,
) -> Settled:
    """The verdicts on everyone's intervals (`spoken`), with the intervals of channels heard."""
    hits = verdicts.hits.assign(note=pd.Series(pd.NA, index=verdicts.hits.index,
                                               dtype="string[pyarrow]"))
    if special.empty and not is_fork(inventory.things).any():
        return Settled(verdicts._replace(hits=hits), spoken, [])
    heard = hear(inventory, special, reach)
    foreign = heard.forks[hits["thing_id"]][verdicts.open["hit"]]
    opened = verdicts.open[~foreign].reset_index(drop=True)
    reached = _Reached(inventory, reach)
    base = with_flaws(hits[hits["status"].isin(FLAWED)].assign(hit=hits.index), spoken)
    gone, moved = _mend(opened, answers_to(base, heard), reached)
    own = _own(inventory, heard, spoken, reached)
    added = pd.concat([moved, own], ignore_index=True)
    number, new = _distinct(added, heard)
    new["interval_id"] += len(spoken) + np.where(new["out_of_reach"], len(special), 0)
    every = pd.concat([spoken, heard.intervals[spoken.columns], _far(heard, spoken)],
                      ignore_index=True)
    unheard = _unheard(heard, reach)
    final = _rebuild(verdicts._replace(hits=hits, open=opened[~gone]), new, every, (
        added["holding_id"].to_numpy(), number))
    touched = np.unique(np.concatenate([
        verdicts.open["holding_id"][foreign], opened["holding_id"][gone]])).astype(np.int64)
    final = _rank(inventory, final, every, touched, heard)
    return Settled(final, every, list(_doubts(inventory, added, heard, unheard)))


class _Reached:
    """Answers whether the subjects of holdings reach channels."""

    def __init__(self, inventory: Inventory, reach: Reach) -> None:
        self._subject = inventory.holdings["subject"].to_numpy()
        self._known = reach.known

    def __call__(self, holdings: pd.Series, channels: pd.Series) -> np.ndarray:
        known: np.ndarray = self._known[self._subject[holdings], channels.to_numpy(dtype=np.int64)]
        return known


def _mend(
    opened: pd.DataFrame, answers: pd.DataFrame, reached: _Reached
) -> tuple[np.ndarray, pd.DataFrame]:
    """Which findings go, and those that come in their place with the channel's fix."""
    spoken = np.zeros(int(opened["hit"].max() if len(opened) else 0) + 1, dtype=bool)
    spoken[answers["hit"][answers["hit"] < len(spoken)]] = True
    asked = np.flatnonzero(spoken[opened["hit"]])
    plain = answers[["hit", "thing_id", "interval_id", "channel_id", "is_mended", "fixable"]]
    plain = plain.assign(  # text is compared before the rows are many
        stream=answers["kind"].ne("extends").to_numpy(dtype=bool),
        fixless=answers["status"].eq("vulnerable_no_fix").to_numpy(dtype=bool))
    pairs = pick(opened[["holding_id", "hit"]], asked).assign(row=asked).merge(plain, on="hit")
    known = reached(pairs["holding_id"], pairs["channel_id"])
    stream, fixless = pairs["stream"].to_numpy(), pairs["fixless"].to_numpy()
    row = pairs["row"].to_numpy()
    gone = np.zeros(len(opened), dtype=bool)
    gone[row[pairs["is_mended"].to_numpy(dtype=bool) & ((known == 1) | ~stream)]] = True
    offered = ~gone[row] & pairs["fixable"].to_numpy(dtype=bool) & (
        ((known == 1) & (fixless | stream)) | ((known != 1) & fixless & ~stream))
    moved = pairs[offered].assign(known=known[offered])
    moved = moved.sort_values("known", ascending=False, kind="stable").drop_duplicates("row")
    gone[moved["row"]] = True
    return gone, _added(moved)


def _own(
    inventory: Inventory, heard: Heard, spoken: pd.DataFrame, reached: _Reached
) -> pd.DataFrame:
    """Flaws that only the records of channels tell of."""
    said = heard.said[heard.said["status"].isin(FLAWED)]
    flawed = with_flaws(said, heard.intervals)
    told = spoken_of(inventory, flawed, spoken)
    alone = ~pd.MultiIndex.from_frame(flawed[["thing_id", "flaw"]]).isin(told)
    pairs = inventory.installed.merge(
        flawed[alone].drop(columns=["flaw", "flaws"]).drop_duplicates(), on="thing_id")
    known = reached(pairs["holding_id"], pairs["channel_id"])
    meant = (known == 1) | pairs["kind"].eq("extends").to_numpy(dtype=bool)
    found = pairs[meant].assign(
        known=known[meant], fixable=pairs.loc[meant, "status"].eq("vulnerable_fix_available"))
    record, _ = pd.factorize(heard.intervals["osv_id"])
    found["record"] = record[found["interval_id"]]
    found = found.sort_values(["known", "interval_id"], ascending=[False, True])
    return _added(found.drop_duplicates(["holding_id", "record"]))


def _added(pairs: pd.DataFrame) -> pd.DataFrame:
    """New findings: `holding_id, thing_id, interval_id, out_of_reach, known, status`."""
    far = (pairs["known"].ne(1) & pairs["fixable"]).to_numpy(dtype=bool)
    status = np.where(pairs["fixable"] & ~far, *FLAWED)
    return pd.DataFrame({
        "holding_id": pairs["holding_id"], "thing_id": pairs["thing_id"],
        "interval_id": pairs["interval_id"], "out_of_reach": far, "known": pairs["known"],
        "status": status,
    }).reset_index(drop=True)


def _far(heard: Heard, spoken: pd.DataFrame) -> pd.DataFrame:
    """The intervals as they are for who does not reach their channel: without a fix."""
    far = heard.intervals[spoken.columns]
    nothing = pd.Series(pd.NA, index=far.index, dtype=spoken["fixed_version"].dtype)
    return far.assign(fixed_version=nothing)


def _unheard(heard: Heard, reach: Reach) -> int:
    """Records of streams and forks that no subject is known to reach."""
    used = (reach.known == 1).any(axis=0)[heard.intervals["channel_id"]]
    aside = heard.intervals[~used & heard.intervals["kind"].ne("extends")]
    return int(aside["osv_id"].nunique())


def _distinct(added: pd.DataFrame, heard: Heard) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of each finding's hit, and these hits with their words."""
    code = added["thing_id"].to_numpy(dtype=np.int64) * (len(heard.intervals) + 1)
    code = (code + added["interval_id"].to_numpy(dtype=np.int64)) * 8
    code += (added["known"].to_numpy(dtype=np.int64) + 1) * 2 + added["out_of_reach"].to_numpy()
    number, _ = pd.factorize(code)
    first = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    new = pick(added, first).drop(columns="holding_id")
    return number, new.assign(note=_notes(new, heard))


def _notes(new: pd.DataFrame, heard: Heard) -> pd.Series:
    """What is said of a fix that the machine does not get; NA of others."""
    record = pick(heard.intervals, new["interval_id"])
    enrolled = np.where(new["known"].eq(0), "; whether this one is, is not known",
                        ", and this one is not")
    note = "fixed in " + record["fixed_version"].fillna("") + " for machines enrolled in "
    note = note + record["title"].astype("string[pyarrow]")
    note = note + pd.Series(enrolled, dtype="string[pyarrow]")
    return note.mask(~new["out_of_reach"])


def _rebuild(
    verdicts: Verdicts, new: pd.DataFrame, every: pd.DataFrame,
    added: tuple[np.ndarray, np.ndarray],
) -> Verdicts:
    """The verdicts with the hits that are still used, and the new ones behind them.

    Args:
        verdicts: what stays open.
        new: hits to add.
        every: all intervals.
        added: holdings with a new finding, and the number of its hit among the new.
    """
    kept, hits = verdicts.open, verdicts.hits
    used = np.unique(kept["hit"])
    more = new[["thing_id", "interval_id", "status", "note"]].astype(
        {name: hits[name].dtype for name in ("thing_id", "interval_id", "status", "note")})
    both: pd.DataFrame = pd.concat([pick(hits, used), more], ignore_index=True)
    both["rank"] = both["status"].map(RANK).astype("int64")
    both["record"] = pd.factorize(every["osv_id"], sort=True)[0].take(both["interval_id"])
    opened = pd.DataFrame({
        "holding_id": np.concatenate([kept["holding_id"], added[0]]),
        "hit": np.concatenate([np.searchsorted(used, kept["hit"]), added[1] + len(used)]),
    }).astype("int64")
    opened["record"] = both["record"].to_numpy()[opened["hit"]]
    return verdicts._replace(hits=both, open=opened)


def _rank(
    inventory: Inventory, verdicts: Verdicts, every: pd.DataFrame, touched: np.ndarray,
    heard: Heard,
) -> Verdicts:
    """The ranks of the holdings that lost or gained a finding, and of forked builds."""
    sources = inventory.sources
    places = heard.intervals.loc[heard.intervals["kind"].eq("extends"), ["ecosystem", "release"]]
    spoken = pd.MultiIndex.from_frame(sources[["base", "place"]]).isin(
        pd.MultiIndex.from_frame(places.drop_duplicates()))
    judged = np.zeros(len(inventory.things), dtype=bool)
    judged[heard.said["thing_id"]] = True
    forked = heard.forks[:len(sources)]  # the first things are the sources
    covered = np.where(forked, judged[:len(sources)], verdicts.covered | spoken)
    source = inventory.holdings["source_id"].to_numpy()
    rank = verdicts.rank.copy()
    heard_now = (rank == RANK["no_feed"]) & covered[source]
    rank[heard_now] = RANK["current"]
    floor = np.where(sources["key"].isna(), RANK["uncomparable"],
                     np.where(covered, RANK["fixed"], RANK["no_feed"]))[source]
    floor = np.where(verdicts.late, RANK["behind_fleet"], floor)
    again = np.union1d(touched, np.flatnonzero(forked[source]))
    rank[again] = floor[again]
    hint = pick(every["status_hint"], verdicts.hits["interval_id"])
    important = hint.ne("unimportant").fillna(value=True).to_numpy(dtype=bool)
    opened = verdicts.open[important[verdicts.open["hit"]]]
    worst = verdicts.hits["rank"].to_numpy()[opened["hit"]]
    np.minimum.at(rank, opened["holding_id"].to_numpy(), worst)
    return verdicts._replace(rank=rank, covered=pd.Series(covered, index=sources.index))


def _doubts(
    inventory: Inventory, added: pd.DataFrame, heard: Heard, unheard: int
) -> Iterator[Problem]:
    doubtful = added[added["out_of_reach"] & added["known"].eq(0)]
    subjects = pick(inventory.holdings["subject"], doubtful["holding_id"]).nunique()
    if subjects:
        yield Problem(
            "enrolment_unknown", "flaws have a fix for enrolled machines only, and who is enrolled"
            " is not known", None, f"{len(doubtful):,} findings in {subjects:,} subjects",
            "say it: channels={'name-*': ['pro']}", phase="audit")
    silent = np.flatnonzero(heard.forks)
    silent = silent[~np.isin(silent, heard.said["thing_id"])]
    if len(silent):
        thing = inventory.things.iloc[silent[0]]
        yield Problem(
            "fork_without_feed", "builds of forked lines (FIPS) are meant by no record given", None,
            f"{len(silent):,} distinct builds, as {thing['name']} {thing['version']}",
            "give the records of their line", phase="audit")
    if unheard:
        yield Problem(
            "channel", "fixes of channels that no subject is known to reach are left out", None,
            f"{unheard:,} records", severity="info", phase="audit")
