"""Feeds: what all the paths that were given state, each record once and in its newest form."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd

from fleetkit.patching.intervals import intervals
from fleetkit.plugins import (
    Affected,
    Exploitation,
    Problem,
    Stated,
    Statement,
    Support,
    find,
    names,
)

STALE = timedelta(days=31)
_NAMED = 200  # problems of one kind and feed that get a row each; the rest is counted
_TIMES = ("modified", "published", "withdrawn")

Row = TypeVar("Row", Affected, Statement, Exploitation, Support)
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
        paths: files and folders; one that is not OSV has the name of its advisory source and a
            colon before it.
        now: moment of the audit.

    Raises:
        LoadError: a path does not exist or is of no form that is read.
    """
    rows: list[Affected] = []
    others: list[Stated] = []
    problems: list[Problem] = []
    for given in _listed(paths):
        notes = _Notes(str(given))
        stated = list(_read(given, notes))
        read = list(_dated(_of(Affected, stated), notes))
        rows.extend(read)
        others.extend(row for row in stated if not isinstance(row, Affected))
        problems.extend(notes.finish())
        problems.extend(_age(str(given), read, now) if read or not stated else ())
    valid = [row for row in _newest(rows) if not _is_past(row.withdrawn, now)]
    return Feed(
        intervals(valid), _of(Statement, others), _of(Exploitation, others), _of(Support, others),
        problems,
    )


def _of(kind: type[Row], stated: Iterable[Stated]) -> list[Row]:
    return [row for row in stated if isinstance(row, kind)]


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


def _read(given: str | Path, note: _Notes) -> Iterable[Stated]:
    source, _, rest = str(given).partition(":")
    if not rest or source not in names("advisories"):
        source, rest = "osv", str(given)
    rows: Iterator[Stated] = find("advisories", source).rows(Path(rest), note)
    return rows


def _dated(rows: Iterable[Affected], note: _Notes) -> Iterator[Affected]:
    """The rows with times that sort as text; a time that is none becomes unknown."""
    told: set[str] = set()
    for row in rows:
        times = {name: _moment(getattr(row, name)) for name in _TIMES}
        bad = [name for name in _TIMES if getattr(row, name) and times[name] is None]
        if bad and row.where not in told:
            told.add(row.where)
            note(Problem("broken_record", "a record states a time that is none", row.where,
                         f"{row.osv_id}: {bad[0]} {str(getattr(row, bad[0]))[:80]!r}"))
        yield replace(row, modified=times["modified"], published=times["published"],
                      withdrawn=times["withdrawn"])


def _moment(text: str | None) -> str | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="microseconds")


def _newest(rows: list[Affected]) -> list[Affected]:
    """The rows of each id's newest record; of two equally new ones the one read last."""
    best: dict[str, tuple[str, str]] = {}
    for row in rows:
        if (row.modified or "") >= best.get(row.osv_id, ("", ""))[0]:
            best[row.osv_id] = (row.modified or "", row.where)
    return [row for row in rows if best[row.osv_id][1] == row.where]


def _is_past(moment: str | None, now: datetime) -> bool:
    return moment is not None and datetime.fromisoformat(moment) <= now


def _age(feed: str, rows: list[Affected], now: datetime) -> Iterator[Problem]:
    """A feed that nobody touched for a month says too little about today."""
    if not rows:
        yield Problem("empty_feed", "a feed holds no advisory", feed, phase="audit",
                      hint="name a file or folder of records", severity="error")
        return
    newest = max(row.modified or "" for row in rows)
    if newest and datetime.fromisoformat(newest) < now - STALE:
        yield Problem(
            "stale_feed", "the newest advisory is older than a month: newer flaws are not seen",
            feed, f"newest record of {newest[:10]}, audit of {now:%Y-%m-%d}",
            "fetch the feed again", phase="audit",
        )
