"""Feeds: what all the paths that were given state, each record once and in its newest form."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.errors import LoadError
from fleetkit.patching.gathering import Gathered, gather, renamed
from fleetkit.patching.intervals import join
from fleetkit.patching.marks import mark
from fleetkit.patching.mirrors import as_address, fetch, masked
from fleetkit.patching.store import recall, remember
from fleetkit.plugins import Exploitation, Problem, Stated, Statement, Support, find, names

STALE = timedelta(days=31)
_NAMED = 200  # problems of one kind and feed that get a row each; the rest is counted

Row = TypeVar("Row", Statement, Exploitation, Support)
Paths = str | Path | Sequence[str | Path] | None


class Feed(NamedTuple):
    """What holds at the moment of the audit.

    Attributes:
        intervals: of all records of flaws.
        statements: judgements of flaws in products, as they were made.
        exploitation: what is known of the use of flaws by attackers.
        support: dates of releases.
        problems: what was met on the way.
    """

    intervals: pd.DataFrame
    statements: list[Statement]
    exploitation: list[Exploitation]
    support: list[Support]
    problems: list[Problem]


def read_feeds(paths: Paths, now: datetime) -> Feed:
    """The intervals of all feeds; withdrawn records are left out, as are those replaced.

    Args:
        paths: files, folders, and addresses of mirrors (http, https); one that is not OSV has the
            name of its advisory source and a colon before it.
        now: moment of the audit.

    Raises:
        LoadError: a path does not exist or is of no form that is read.
    """
    gathered: list[Gathered] = []
    problems: list[Problem] = []
    for given in dict.fromkeys(map(str, _listed(paths))):
        named = _named(given)
        found = _gathered(named)
        gathered.append(found)
        problems.extend(found.problems)
        if len(found.records) or not found.others:
            problems.extend(_age(named.shown, found.records, now))
    others = [row for found in gathered for row in found.others]
    return Feed(
        join(gathered, now), _of(Statement, others), _of(Exploitation, others),
        _of(Support, others), problems,
    )


def _of(kind: type[Row], stated: Iterable[Stated]) -> list[Row]:
    return [row for row in stated if isinstance(row, kind)]


class _Named(NamedTuple):
    """A feed as the user names it: source, path or address, and both as they may be shown."""

    source: str
    place: str
    shown: str
    is_address: bool


def _named(given: str) -> _Named:
    source, _, place = given.partition(":")
    if not place or source not in names("advisories"):
        source, place = "osv", given
    address = as_address(place)
    shown = given.replace(place, masked(address)) if address else given
    return _Named(source, address or place, shown, address is not None)


def _gathered(named: _Named) -> Gathered:
    """What the store holds of a feed, or what is read; that is stored for the next time."""
    doubts = _Notes(named.shown)
    path = fetch(named.place, doubts) if named.is_address else Path(named.place)
    seen = mark(path)
    found = recall(named.source, path, seen, doubts)
    if found is None:
        found = _read(named, path)
        remember(named.source, path, seen, found)
    return found._replace(problems=[*doubts.finish(), *found.problems])


def _read(named: _Named, path: Path) -> Gathered:
    notes = _Notes(named.shown)
    if not named.is_address:
        found = gather(find("advisories", named.source).rows(path, notes), notes)
        return found._replace(problems=notes.finish())
    address = masked(named.place)
    try:
        found = gather(find("advisories", named.source).rows(path, notes), notes)
    except LoadError as error:
        raise LoadError(str(error).replace(str(path), address)) from None
    return renamed(found._replace(problems=notes.finish()), str(path), address)


class _Notes:
    """Problems of one feed; beyond the first few of a kind they are only counted."""

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._problems: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def __call__(self, problem: Problem) -> None:
        self._counts[problem.code] += 1
        if self._counts[problem.code] <= _NAMED:
            self._problems.append(replace(problem, phase="audit"))

    def finish(self) -> list[Problem]:
        """All problems, with one more for each kind that has too many to name."""
        more = [
            Problem(code, "more problems of the same kind were met in one feed", self._feed,
                    f"{count - _NAMED:,} more", phase="audit")
            for code, count in self._counts.items() if count > _NAMED
        ]
        return [*self._problems, *more]


def _listed(paths: Paths) -> list[str | Path]:
    if paths is None:
        return []
    return [paths] if isinstance(paths, str | Path) else list(paths)


def _age(feed: str, records: pa.Table, now: datetime) -> Iterator[Problem]:
    """A feed that nobody touched for a month says too little about today."""
    if not len(records):
        yield Problem("empty_feed", "a feed holds no advisory", feed, phase="audit",
                      hint="name a file or folder of records", severity="error")
        return
    newest = pc.max(records["modified"]).as_py()
    if newest and newest < now - STALE:
        yield Problem(
            "stale_feed", "the newest advisory is older than a month: newer flaws are not seen",
            feed, f"newest record of {newest:%Y-%m-%d}, audit of {now:%Y-%m-%d}",
            "fetch the feed again", phase="audit",
        )
