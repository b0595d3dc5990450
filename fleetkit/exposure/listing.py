"""Episodes: who was exposed to which flaw, from when to when, over several snapshots."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fleetkit.exposure.counting import count, make_sights
from fleetkit.exposure.histories import Histories, find_histories
from fleetkit.exposure.knowledge import UNKNOWN_TIME, Claims, keep, know_claims, microseconds
from fleetkit.exposure.looks import Look, Snapshots, Words, bit_of, opened, take_looks
from fleetkit.exposure.slots import ATTRIBUTES, Slots, find_slots
from fleetkit.exposure.spells import BLIND, CLEAN, EMPTY, UNSEEN, VULNERABLE, WITHDRAWN, spells
from fleetkit.exposure.tables import EPISODES
from fleetkit.exposure.vocabulary import ABSENT, ranges, spread
from fleetkit.fleet import Fleet

TEAM_TAGS = ("team", "owner", "squad", "owned-by", "owned_by")
_CELLS = 8_000_000
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
_ENDS = {VULNERABLE: "open", CLEAN: "fixed", EMPTY: "gone", WITHDRAWN: "withdrawn",
         BLIND: "unknown"}


def episodes(snapshots: Snapshots, *, team_tags: tuple[str, ...] = TEAM_TAGS) -> pd.DataFrame:
    """Who was exposed to which flaw, from when to when: one row per slot, flaw and episode.

    A slot is the place that a workload fills, so that a replica that replaces another continues
    its history: a share of its controller in one environment, a member of a StatefulSet, a
    container by its name, a machine by its ids. Nobody sees the moments between two snapshots, so
    each end is an interval: an episode began after `not_before` and at `first_seen` at the latest,
    and ended after `last_seen` and by `closed_by`. Where `closed_by` is NA nobody saw the end
    (`status` says why): such a row is censored, never fixed. A snapshot that cannot tell
    (unobservable, without feed, not comparable, source not read) is neither clean nor vulnerable;
    `unknown_snapshots` counts those within an episode. A fix that waits for a restart
    is no end yet. Records that call a flaw unimportant do not count.

    Args:
        snapshots: audited fleets of several moments, in any order: `Fleet`s or folders written by
            `save`, or a mapping of moment to such. Without a moment the newest `observed_at`
            counts. One at a time is in memory.
        team_tags: names of the tags that tell who owns a workload; the first that is known counts.

    Returns:
        The `episodes` table, sorted by its key; times in UTC. A later snapshot adds rows and
        prolongs open ones, and changes none that is fixed or gone.

    Raises:
        SnapshotError: a folder holds no saved fleet, a snapshot says nowhere when it was taken,
            or two were taken at one moment.
        MissingTableError: a fleet was not audited.

    Examples:
        >>> episodes([]).empty
        True
    """
    return list_episodes(opened(snapshots), team_tags)


def list_episodes(
    pairs: Iterable[tuple[pd.Timestamp, Fleet]], team_tags: tuple[str, ...]
) -> pd.DataFrame:
    """The episodes of fleets and their moments; each fleet is looked at once."""
    looks, words = take_looks(pairs, team_tags)
    slots = find_slots(looks, words)
    histories = find_histories(looks, slots)
    claims = know_claims(looks, len(words.claim))
    found = _found(looks, words, histories, claims)
    if found.empty:
        return EPISODES.empty()
    return _written(looks, words, slots, claims, _of_slots(found, histories))


def _found(
    looks: list[Look], words: Words, histories: Histories, claims: Claims
) -> pd.DataFrame:
    """All spells, a block of histories at a time."""
    flaws, total = len(words.flaw), histories.members.shape[1]
    if not flaws or not total:
        return pd.DataFrame()
    sights = make_sights(looks, keep(looks, flaws), len(words.subject))
    bits = np.left_shift(np.int64(1), bit_of(words.claim.column(1)))
    moments = _moments(looks)
    step = max(1, _CELLS // flaws)
    made = []
    for start in range(0, total, step):
        block = range(start, min(start + step, total))
        counts = count(histories, sights, block, flaws, bits)
        made.append(spells(histories, counts, claims, moments))
    return pd.concat(made, ignore_index=True)


def _of_slots(found: pd.DataFrame, histories: Histories) -> pd.DataFrame:
    """The spells of each slot: those of its history."""
    order = np.argsort(histories.of_slot, kind="stable")
    start, length = ranges(histories.of_slot[order], histories.members.shape[1])
    left, right = spread(found["history"].to_numpy(), start, length)
    spelled = found.take(left).reset_index(drop=True)
    return spelled.assign(slot=order[right])


def _written(
    looks: list[Look], words: Words, slots: Slots, claims: Claims, found: pd.DataFrame
) -> pd.DataFrame:
    """The spells in words, sorted."""
    text, moments = words.text.words, _moments(looks)
    tokens = _ranked(words.token.words, slots.token)
    flaws = _ranked(words.flaw.words, np.arange(len(words.flaw)))
    keys = (found["ordinal"], found["first"], flaws[1][found["flaw"]], tokens[1][found["slot"]])
    rows = found.take(np.lexsort(keys)).reset_index(drop=True)
    slot, claim = rows["slot"].to_numpy(), rows["claim"].to_numpy()
    place = [words.claim.column(number)[claim] for number in (1, 2, 3)]
    fix = np.where(_is_late(claims, rows), UNKNOWN_TIME, claims.fixed_at[claim])
    return EPISODES.cast(pd.DataFrame({
        "slot": _words(words.token.words, slots.token[slot]),
        "ordinal": rows["ordinal"].astype("Int64"), "slots": rows["slots"].astype("Int64"),
        **{name: _words(text, slots.attributes[name][rows["last"], slot]) for name in ATTRIBUTES},
        "flaw": _words(words.flaw.words, rows["flaw"].to_numpy()),
        "ecosystem": _words(words.ecosystem.words, place[0]),
        "release": _words(text, place[1]), "source_name": _words(text, place[2]),
        "severity": _words(text, claims.severity[claim]),
        "first_seen": _times(moments[rows["first"]]), "not_before": _seen(moments, rows["before"]),
        "last_seen": _times(moments[rows["last"]]), "closed_by": _seen(moments, rows["closed"]),
        "status": rows["ended"].map(_ENDS).astype(_TEXT),
        "is_reexposure": (rows["again"] == 1).astype("boolean").mask(rows["again"] == UNSEEN),
        "published_at": _times(claims.published[claim]), "fix_known_at": _times(fix),
        "unknown_snapshots": rows["blind"].astype("Int64"),
    }))


def _is_late(claims: Claims, rows: pd.DataFrame) -> np.ndarray:
    """Whether the fix became known after the episode was over."""
    over = rows["ended"].isin([CLEAN, EMPTY]).to_numpy()
    end = np.where(rows["closed"] == ABSENT, rows["last"], rows["closed"])
    late: np.ndarray = over & (claims.fixed_in[rows["claim"]] > end)
    return late


def _moments(looks: list[Look]) -> np.ndarray:
    return np.array([microseconds(look.moment) for look in looks], dtype=np.int64)


def _seen(moments: np.ndarray, number: pd.Series) -> pd.Series:
    return _times(np.where(number == ABSENT, UNKNOWN_TIME, moments[number]))


def _times(microseconds_: np.ndarray) -> pd.Series:
    plain = microseconds_.astype("datetime64[us]")  # the least number is NaT
    return pd.Series(plain).dt.tz_localize("UTC")


def _ranked(words: list[str], numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers, and the place of each in the order of its words."""
    order = np.argsort(np.array(words, dtype=object)[numbers], kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return numbers, rank


def _words(words: list[str], numbers: np.ndarray) -> pd.Series:
    """The text of each number, missing for -1."""
    return pd.Series([*words, None], dtype=_TEXT).take(numbers).reset_index(drop=True)
