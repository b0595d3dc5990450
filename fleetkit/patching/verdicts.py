"""Verdicts: what the records say about each holding, as whole numbers; the words come later."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.patching.changelogs import told_by_changelogs
from fleetkit.patching.dates import days_behind
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.lag import SOURCE_COLUMNS, lag
from fleetkit.patching.laggards import late_holdings
from fleetkit.patching.matching import INTERVAL_COLUMNS, THING_COLUMNS, match

WORST_FIRST = (
    "vulnerable_fix_available", "vulnerable_no_fix", "pending_restart", "behind_fleet",
    "end_of_life", "uncomparable", "no_feed", "fixed", "not_affected", "current",
)
RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}
_LISTED = ("vulnerable_fix_available", "vulnerable_no_fix", "uncomparable")


class Verdicts(NamedTuple):
    """Whole numbers between the frames are row numbers.

    Attributes:
        hits: one row per thing, record and status that a finding is made of: `thing_id,
            interval_id, status`.
        open: one row per holding and record: `holding_id, hit`.
        lag: per source: `builds_behind, newest_version, days_behind, dated_by, disagrees`.
        late: per holding: it is behind the fleet.
        covered: per source: the feeds have a record of its ecosystem and release.
        rank: per holding: the worst status, as a position in `WORST_FIRST`; records that call the
            flaw unimportant do not count.
        matched: every answer of the records: `thing_id, interval_id, status`.
    """

    hits: pd.DataFrame
    open: pd.DataFrame
    lag: pd.DataFrame
    late: np.ndarray
    covered: pd.Series
    rank: np.ndarray
    matched: pd.DataFrame


def judge(
    inventory: Inventory, intervals: pd.DataFrame, dates: pd.DataFrame | None = None
) -> Verdicts:
    """What the intervals and the fleet itself say about each holding; `dates` of its builds."""
    named = intervals.rename(columns={"package": "name"}).assign(interval_id=intervals.index)
    things = inventory.things.rename(columns={"base": "ecosystem", "place": "release"})
    things = things.assign(thing_id=things.index)[list(THING_COLUMNS)]
    matched = match(things, named[list(INTERVAL_COLUMNS)])
    hits = _hits(matched, intervals)
    behind = lag(inventory.sources[list(SOURCE_COLUMNS)])
    behind = behind.sort_values("source_id", ignore_index=True).join(
        days_behind(inventory.sources, dates)
    )
    late = late_holdings(inventory, behind)
    covered = _covered(inventory.sources, intervals)
    rank = np.minimum(_source_rank(inventory, late, covered),
                      _record_rank(inventory, _important(matched, intervals)))
    return Verdicts(hits, _open(inventory, hits, intervals), behind, late, covered, rank, matched)


def settled_rank(inventory: Inventory, verdicts: Verdicts, intervals: pd.DataFrame) -> np.ndarray:
    """The worst status of each holding if it had none of its open records."""
    settled = verdicts.matched[~verdicts.matched["status"].isin(_LISTED)]
    rank: np.ndarray = np.minimum(_source_rank(inventory, verdicts.late, verdicts.covered),
                                  _record_rank(inventory, _important(settled, intervals)))
    return rank


def worsen(verdicts: Verdicts, holdings: np.ndarray, status: str) -> Verdicts:
    """The verdicts where the holdings of the given numbers are at least as bad as the status."""
    rank = verdicts.rank.copy()
    rank[holdings] = np.minimum(rank[holdings], RANK[status])
    return verdicts._replace(rank=rank)


def _important(matched: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """The answers of records that do not call the flaw unimportant."""
    hint = pick(intervals["status_hint"], matched["interval_id"])
    kept: pd.DataFrame = matched[hint.ne("unimportant").fillna(value=True).to_numpy(dtype=bool)]
    return kept


def _hits(matched: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """The worst answer of each record about each thing, where it is worth a finding."""
    listed = matched[matched["status"].isin(_LISTED)]
    order = listed.assign(
        record=pd.factorize(intervals["osv_id"], sort=True)[0].take(listed["interval_id"]),
        rank=listed["status"].map(RANK).astype("int64"),
    ).sort_values(["thing_id", "record", "rank", "interval_id"])
    return order.drop_duplicates(["thing_id", "record"], ignore_index=True)


def _open(inventory: Inventory, hits: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """Each record once per holding, by the binary package that needs the highest fix."""
    tops = pd.factorize(pick(intervals["hi"], hits["interval_id"]), sort=True)[0]
    # missing keys are -1: they sort behind all others, for an answer is better than none
    weighed = hits[["thing_id", "record", "rank"]].assign(hit=hits.index, top=-tops)
    pairs = inventory.installed.merge(weighed, on="thing_id")
    if inventory.things["name_kind"].eq("source").all():
        return pairs[["holding_id", "hit", "record"]]
    ordered = pairs.sort_values(["holding_id", "record", "rank", "top"])
    return ordered.drop_duplicates(["holding_id", "record"])[["holding_id", "hit", "record"]]


def _covered(sources: pd.DataFrame, intervals: pd.DataFrame) -> pd.Series:
    """Whether the feeds speak of the ecosystem and release of each source at all.

    Changelogs do not count: they tell what older builds have, never that a newest build is clean.
    """
    by_feeds = intervals[told_by_changelogs(intervals).isna()]
    said = by_feeds[["ecosystem", "release"]].drop_duplicates()
    everywhere = set(said.loc[said["release"].isna(), "ecosystem"])
    places = set(said.dropna().itertuples(index=False, name=None))
    pairs = pd.MultiIndex.from_frame(sources[["base", "place"]])
    known = pairs.isin(places) if places else False
    return sources["base"].isin(everywhere) | known


def _source_rank(inventory: Inventory, late: np.ndarray, covered: pd.Series) -> np.ndarray:
    """The worst of what is known without any record, per holding."""
    rank = np.where(covered, RANK["current"], RANK["no_feed"])
    rank = np.where(inventory.sources["key"].isna(), RANK["uncomparable"], rank)
    return np.where(late, RANK["behind_fleet"], rank.take(inventory.holdings["source_id"]))


def _record_rank(inventory: Inventory, matched: pd.DataFrame) -> np.ndarray:
    best = np.full(len(inventory.things), RANK["current"])
    said = matched["status"].map(RANK).to_numpy(dtype=np.int64)
    np.minimum.at(best, matched["thing_id"].to_numpy(dtype=np.int64), said)
    rank = np.full(len(inventory.holdings), RANK["current"])
    pairs = inventory.installed
    np.minimum.at(rank, pairs["holding_id"].to_numpy(), best.take(pairs["thing_id"]))
    return rank
