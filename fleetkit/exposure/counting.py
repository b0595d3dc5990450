"""Counting: in how many of its workloads each history has each flaw, look by look."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fleetkit.exposure.histories import Histories
from fleetkit.exposure.knowledge import Kept
from fleetkit.exposure.looks import ALL, Look
from fleetkit.exposure.vocabulary import ABSENT, ranges, spread


@dataclass
class Listing:
    """Pairs of subject and flaw, ready to be joined with what stands in a slot.

    Attributes:
        flaw: of each pair; pairs of one subject stand together.
        claim: of each pair, where it is a finding.
        start, length: subject -> its pairs; one more subject, without pairs, is the unknown one.
    """

    flaw: np.ndarray
    claim: np.ndarray
    start: np.ndarray
    length: np.ndarray


@dataclass
class Sight:
    """One look, ready to be joined."""

    flagged: Listing
    doubted: Listing
    excused: Listing
    foreknown: Listing
    masks: np.ndarray


@dataclass
class Counts:
    """Pairs of a history and a flaw that it ever had; the rest is looks × pairs.

    Attributes:
        history, flaw: of each pair, sorted.
        vulnerable: workloads with the flaw.
        blind: workloads of which that cannot be told.
        excused: a build that was called vulnerable is no longer.
        foreknown: a build that is not called vulnerable yet will be in the next look.
        claim: what the look says, of several claims the first; -1 where it says nothing.
    """

    history: np.ndarray
    flaw: np.ndarray
    vulnerable: np.ndarray
    blind: np.ndarray
    excused: np.ndarray
    foreknown: np.ndarray
    claim: np.ndarray


def make_sights(looks: list[Look], kept: list[Kept], subjects: int) -> list[Sight]:
    """All looks, ready to be joined with any block of histories."""
    sights = []
    for look, more in zip(looks, kept, strict=True):
        masks = np.full(subjects + 1, ALL)
        masks[look.masks.index.to_numpy()] = look.masks.to_numpy()
        found = look.flagged.drop_duplicates(["subject", "flaw"])
        flagged, doubted, excused, foreknown = (
            _listing(frame, subjects)
            for frame in (found, more.doubted, more.excused, more.foreknown))
        sights.append(Sight(flagged, doubted, excused, foreknown, masks))
    return sights


def count(
    histories: Histories, sights: list[Sight], block: range, flaws: int, bits: np.ndarray
) -> Counts:
    """The counts of a block of histories.

    Args:
        histories: all of them.
        sights: the looks.
        block: numbers of the histories to count.
        flaws: how many there are; at least one.
        bits: claim -> bit of its ecosystem.
    """
    counting = _Counting(histories, sights, block, flaws)
    counting.judge_all(bits)
    return counting.counts


class _Join:
    """Each part of a history beside each pair of its subject: where both are, and the cell."""

    def __init__(self, part: pd.DataFrame, listing: Listing, flaws: int) -> None:
        left, self.right = spread(part["subject"].to_numpy(), listing.start, listing.length)
        self.weight = part["count"].to_numpy().take(left)
        self.subject = part["subject"].to_numpy().take(left)
        self.cell = part["history"].to_numpy().take(left) * flaws + listing.flaw.take(self.right)


class _Counting:
    """The work on one block."""

    def __init__(
        self, histories: Histories, sights: list[Sight], block: range, flaws: int
    ) -> None:
        self.sights, self.flaws = sights, flaws
        self.parts = [_part(rows, block) for rows in histories.parts]
        self.met = [_Join(part, sight.flagged, flaws)
                    for part, sight in zip(self.parts, sights, strict=True)]
        self.number = np.full(len(block) * flaws, ABSENT, dtype=np.int32)
        for join in self.met:
            self.number[join.cell] = 0
        pairs = np.flatnonzero(self.number == 0)
        self.number[pairs] = np.arange(len(pairs))
        history, flaw = np.divmod(pairs, flaws)
        self.of_history = ranges(history, len(block))
        shape = (len(sights), len(pairs))
        self.counts = Counts(
            history + block.start, flaw, np.zeros(shape, np.int32), np.zeros(shape, np.int32),
            np.zeros(shape, bool), np.zeros(shape, bool), np.full(shape, ABSENT, np.int32))

    def judge_all(self, bits: np.ndarray) -> None:
        """Fills the counts, look by look; what later looks know is not used for earlier ones."""
        told = [self._ecosystems(at, bits) for at in range(len(self.sights))]
        judged_by = np.zeros(len(self.counts.flaw), dtype=np.int64)
        for seen in told:
            judged_by = np.where(judged_by == 0, seen, judged_by)
        for at, seen in enumerate(told):
            judged_by |= seen
            self._judge(at, judged_by)

    def _ecosystems(self, at: int, bits: np.ndarray) -> np.ndarray:
        """The ecosystems whose feeds call each pair vulnerable in a look."""
        join = self.met[at]
        found = np.zeros(len(self.counts.flaw), dtype=np.int64)
        np.bitwise_or.at(
            found, self.number[join.cell], bits[self.sights[at].flagged.claim[join.right]])
        return found

    def _judge(self, at: int, judged_by: np.ndarray) -> None:
        counts, sight, join = self.counts, self.sights[at], self.met[at]
        pair = self.number[join.cell]
        counts.vulnerable[at] = self._sum(pair, join.weight)
        counts.claim[at, pair[::-1]] = sight.flagged.claim[join.right][::-1]
        counts.blind[at] = self._unseen(at, judged_by)
        also = (sight.masks.take(join.subject) & judged_by[pair]) != 0
        counts.blind[at] -= self._sum(pair[also], join.weight[also])
        pair, weight = self._others(at, sight.doubted, judged_by)
        counts.blind[at] += self._sum(pair, weight)
        counts.excused[at, self._others(at, sight.excused, judged_by)[0]] = True
        counts.foreknown[at, self._others(at, sight.foreknown, judged_by)[0]] = True

    def _unseen(self, at: int, judged_by: np.ndarray) -> np.ndarray:
        """Workloads whose feed is missing, or whose packages nobody saw."""
        part = self.parts[at]
        masks = self.sights[at].masks.take(part["subject"])
        some = np.flatnonzero(masks)
        left, pair = spread(part["history"].to_numpy()[some], *self.of_history)
        unseen = (masks[some].take(left) & judged_by[pair]) != 0
        return self._sum(pair[unseen], part["count"].to_numpy()[some].take(left)[unseen])

    def _others(
        self, at: int, listing: Listing, judged_by: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pairs and weights of a listing, without those that nobody can see anyway."""
        join = _Join(self.parts[at], listing, self.flaws)
        pair = self.number[join.cell]
        masks = self.sights[at].masks.take(join.subject)
        kept = (pair != ABSENT) & ((masks & judged_by[pair]) == 0)
        return pair[kept], join.weight[kept]

    def _sum(self, pair: np.ndarray, weight: np.ndarray) -> np.ndarray:
        total = np.bincount(pair, weight, minlength=len(self.counts.flaw))
        return total.astype(np.int32)


def _listing(pairs: pd.DataFrame, subjects: int) -> Listing:
    claim = pairs["claim"].to_numpy() if "claim" in pairs else np.full(len(pairs), ABSENT)
    return Listing(pairs["flaw"].to_numpy(), claim,
                   *ranges(pairs["subject"].to_numpy(), subjects + 1))


def _part(rows: pd.DataFrame, block: range) -> pd.DataFrame:
    first, last = rows["history"].searchsorted([block.start, block.stop])
    part = rows.iloc[first:last].reset_index(drop=True)
    return part.assign(history=part["history"] - block.start)
