"""Spells: when each slot of a history was vulnerable to each flaw, in whole numbers.

Replicas of a group have no names that last, so its slots are numbered anew in every snapshot:
those with the flaw first, then those of which nothing is known, then the clean ones. A slot
closes when a clean workload stands where a vulnerable one stood; a slot beyond the number of
replicas is empty. Slots of one group and flaw whose spell is the same are one row.
"""

import numpy as np
import pandas as pd

from fleetkit.exposure.counting import Counts
from fleetkit.exposure.histories import Histories
from fleetkit.exposure.knowledge import UNKNOWN_TIME, Claims
from fleetkit.exposure.vocabulary import ABSENT

NO, YES, UNSEEN = 0, 1, -1
VULNERABLE, CLEAN, EMPTY, BLIND, WITHDRAWN = range(5)
"""States of a slot; the last: the build that was called vulnerable is there, and no longer is."""
COLUMNS = ("history", "flaw", "claim", "first", "before", "last", "closed", "ended", "blind",
           "again")


def spells(
    histories: Histories, counts: Counts, claims: Claims, moments: np.ndarray
) -> pd.DataFrame:
    """One row per history, flaw and episode, with `ordinal` and `slots`: how many had just this.

    Columns: `first, before, last, closed`, numbers of looks, -1 where there is none; `ended`, the
    state that ended it or in which it was left; `blind`, looks in it that cannot tell; `again`:
    1, 0 or -1 for re-exposure, none, and where nobody saw it.
    """
    watch = _Watch(histories, counts, claims, moments)
    for at in range(len(moments)):
        watch.see(at)
    watch.leave()
    return watch.listed()


class _Watch:
    """Goes through the looks, with one unit per pair and range of slots of one state."""

    def __init__(
        self, histories: Histories, counts: Counts, claims: Claims, moments: np.ndarray
    ) -> None:
        self.histories, self.counts = histories, counts
        self.claims, self.moments = claims, moments
        self.pair, self.low, self.high = _units(histories, counts)
        count = len(self.pair)
        self.open = np.zeros(count, bool)
        self.closed_once = np.zeros(count, bool)
        self.safe, self.first, self.before, self.last, self.claim = (
            np.full(count, ABSENT, np.int32) for _ in range(5))
        self.blind, self.again, self.state = (np.zeros(count, np.int32) for _ in range(3))
        self.made: list[dict[str, np.ndarray]] = []

    def see(self, at: int) -> None:
        """Takes in one look."""
        self.state = state = self._states(at)
        flawed, blind = state == VULNERABLE, state >= BLIND
        self._start(np.flatnonzero(flawed & ~self.open), at)
        self.last[flawed] = at
        self.blind[blind & self.open] += 1
        clean, empty = self.open & (state == CLEAN), self.open & (state == EMPTY)
        self._end(np.flatnonzero(clean), at, CLEAN)
        self._end(np.flatnonzero(empty), ABSENT, EMPTY)
        self.closed_once |= clean
        self.open &= ~(clean | empty)
        self.safe[(state == CLEAN) | (state == EMPTY)] = at

    def leave(self) -> None:
        """Writes down what is still open, and in which state it was seen last."""
        unit = np.flatnonzero(self.open)
        self._end(unit, ABSENT, self.state[unit])

    def listed(self) -> pd.DataFrame:
        """All spells; those that differ in their slots only are one row."""
        joined = {name: np.concatenate([part[name] for part in self.made])
                  for name in (*COLUMNS, "ordinal", "slots")}
        frame = pd.DataFrame(joined)
        several = self.histories.members.max(axis=0, initial=0)[frame["history"]] > 1
        single, shared = frame[~several], frame[several]
        merged: pd.DataFrame = shared.groupby(list(COLUMNS), as_index=False, sort=False).agg(
            ordinal=("ordinal", "min"), slots=("slots", "sum"))
        found: pd.DataFrame = pd.concat([single, merged], ignore_index=True)
        return found

    def _states(self, at: int) -> np.ndarray:
        counts, history = self.counts, self.counts.history.take(self.pair)
        flawed = counts.vulnerable[at].take(self.pair)
        unsure = flawed + counts.blind[at].take(self.pair)
        there = self.histories.members[at].take(history)
        hidden = self.histories.hidden[at].take(history)
        empty = np.where(hidden, BLIND, EMPTY)
        excused = np.where(counts.excused[at].take(self.pair), WITHDRAWN, BLIND)
        return np.select(
            [self.high <= flawed, self.high <= unsure, self.high <= there],
            [VULNERABLE, excused, CLEAN], empty,
        ).astype(np.int32)

    def _start(self, unit: np.ndarray, at: int) -> None:
        self.open[unit] = True
        self.first[unit], self.before[unit], self.blind[unit] = at, self.safe[unit], 0
        always = self._was_there(unit, at)
        self.before[unit[always]] = ABSENT
        self.claim[unit] = self.counts.claim[at].take(self.pair[unit])
        self.again[unit] = np.where(always, NO, self._again(unit, at))

    def _was_there(self, unit: np.ndarray, at: int) -> np.ndarray:
        """Whether the look before had the same build, and only did not know better."""
        if at == 0:
            return np.zeros(len(unit), dtype=bool)
        same = self.counts.foreknown[at - 1].take(self.pair[unit])
        there: np.ndarray = same & ~self.closed_once[unit] & (self.safe[unit] == at - 1)
        return there

    def _again(self, unit: np.ndarray, at: int) -> np.ndarray:
        """Whether a flaw came back, or came although its fix was known."""
        claim, before = self.claim[unit], self.before[unit]
        fixed_at = self.claims.fixed_at[claim]
        known = (self.claims.fixed_in[claim] <= at) & (fixed_at != UNKNOWN_TIME)
        began = self.moments[before]
        late = np.where(known & (fixed_at <= began), YES, np.where(known, UNSEEN, NO))
        again: np.ndarray = np.where(
            self.closed_once[unit], YES, np.where(before == ABSENT, UNSEEN, late))
        return again

    def _end(self, unit: np.ndarray, closed: int, ended: int | np.ndarray) -> None:
        pair = self.pair[unit]
        self.made.append({
            "history": self.counts.history[pair], "flaw": self.counts.flaw[pair],
            "claim": self.claim[unit], "first": self.first[unit], "before": self.before[unit],
            "last": self.last[unit], "closed": np.full(len(unit), closed, np.int32),
            "ended": np.broadcast_to(np.asarray(ended, np.int32), unit.shape),
            "blind": self.blind[unit], "again": self.again[unit],
            "ordinal": self.low[unit] + 1, "slots": self.high[unit] - self.low[unit],
        })


def _units(histories: Histories, counts: Counts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair, and the slots after `low` up to `high` whose state is always the same."""
    several = histories.members.max(axis=0, initial=0)[counts.history] > 1
    single, shared = np.flatnonzero(~several), np.flatnonzero(several)
    flawed = counts.vulnerable[:, shared]
    marks = np.concatenate([
        flawed, flawed + counts.blind[:, shared],
        histories.members[:, counts.history[shared]], np.zeros((1, len(shared)), np.int32),
    ])
    marks.sort(axis=0)
    place, pair = np.nonzero(marks[1:] > marks[:-1])
    low = np.concatenate([np.zeros(len(single), np.int32), marks[place, pair]])
    high = np.concatenate([np.ones(len(single), np.int32), marks[place + 1, pair]])
    return np.concatenate([single, shared[pair]]), low, high
