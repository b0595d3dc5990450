"""The events of one OSV range become half-open intervals of version keys.

Keys are hexadecimal text (`fleetkit.versions.text_keys`), so intervals compare as plain text.
Source: OSV schema 1.7, section "Evaluation"; its example algorithm.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Literal, NamedTuple

from fleetkit.versions import HIGHEST, LOWEST

BOTTOM = LOWEST.hex()
TOP = HIGHEST.hex()
ABOVE = "00"  # a key with this behind it lies above the version and below the next one

HiKind = Literal["fixed", "last_affected", "limit", "open", "exact"]
Events = Iterable[tuple[str, str]]
Keys = Mapping[str, str | None]


class Interval(NamedTuple):
    """Versions from `lo` up to, not with, `hi`; `introduced` and `fixed` are the same as text."""

    lo: str
    hi: str
    hi_kind: HiKind
    introduced: str
    fixed: str | None


class _Step(NamedTuple):
    """All events at one version."""

    key: str
    version: str
    kinds: frozenset[str]


def sweep(events: Events, keys: Keys) -> list[Interval] | None:
    """The affected intervals, ascending and disjoint; None where a version cannot be ordered.

    An opening and a closing event at one version leave things as they were: what was affected
    stays so, what was not is affected at that version alone (last_affected) or not at all (fixed).
    Where a range has a fixed event behind its last_affected, the fix counts.

    Args:
        events: (kind, version) in any order.
        keys: version -> key; "0" and "*" need none.
    """
    listed = tuple(events)
    if len(listed) <= 2 and listed[:1] == (("introduced", "0"),):  # nine of ten ranges
        simple = _simple(listed, keys)
        if simple:
            return [simple]
    turns = _steps([event for event in listed if event[0] != "limit"], keys)
    limits = [_key(version, keys) for kind, version in listed if kind == "limit"]
    if turns is None or None in limits:
        return None
    top = max((limit for limit in limits if limit is not None), default=TOP)
    return _clip(_walk(_without_doubt(turns)), top)


def unite(intervals: Iterable[Interval]) -> list[Interval]:
    """The same versions in as few intervals as possible; the highest end names the fix."""
    united: list[Interval] = []
    for interval in sorted(intervals):
        if not united or interval.lo > united[-1].hi:
            united.append(interval)
        elif interval.hi > united[-1].hi:
            last = united[-1]
            united[-1] = interval._replace(lo=last.lo, introduced=last.introduced)
    return united


def _simple(events: tuple[tuple[str, str], ...], keys: Keys) -> Interval | None:
    """The interval of a range from the beginning to a fix, if there is one."""
    if len(events) == 1:
        return Interval(BOTTOM, TOP, "open", "0", None)
    kind, version = events[1]
    key = keys.get(version) if kind == "fixed" else None
    return Interval(BOTTOM, key, "fixed", "0", version) if key and version != "0" else None


def _key(version: str, keys: Keys) -> str | None:
    if version == "0":
        return BOTTOM
    return TOP if version == "*" else keys.get(version)


def _steps(events: list[tuple[str, str]], keys: Keys) -> list[_Step] | None:
    keyed = [(_key(version, keys), kind, version) for kind, version in events]
    known = sorted((key, kind, version) for key, kind, version in keyed if key is not None)
    if len(known) < len(keyed):
        return None
    steps = []
    for key, group in groupby(known, key=lambda event: event[0]):
        turns = list(group)
        steps.append(_Step(key, turns[0][2], frozenset(kind for _, kind, _ in turns)))
    return steps


def _without_doubt(steps: list[_Step]) -> list[_Step]:
    """The steps without the last_affected events that a fix follows."""
    kept: list[_Step] = []
    fix_ahead = False
    for step in reversed(steps):
        if fix_ahead or "fixed" in step.kinds:
            step = step._replace(kinds=step.kinds - {"last_affected"})
        kept.append(step)
        if step.kinds & {"fixed", "introduced"}:
            fix_ahead = "fixed" in step.kinds
    return kept[::-1]


def _walk(steps: list[_Step]) -> list[Interval]:
    found: list[Interval] = []
    opened: _Step | None = None
    for step in steps:
        closes = step.kinds & {"fixed", "last_affected"}
        if "introduced" not in step.kinds:
            if opened and closes:
                found.append(_closed(opened, step))
                opened = None
        elif not closes:
            opened = opened or step
        elif opened is None and "last_affected" in closes:
            found.append(_closed(step, step))
    if opened:
        found.append(Interval(opened.key, TOP, "open", opened.version, None))
    return found


def _closed(opened: _Step, step: _Step) -> Interval:
    if "fixed" in step.kinds:
        return Interval(opened.key, step.key, "fixed", opened.version, step.version)
    return Interval(opened.key, step.key + ABOVE, "last_affected", opened.version, None)


def _clip(intervals: list[Interval], top: str) -> list[Interval]:
    return [
        interval if interval.hi <= top else interval._replace(hi=top, hi_kind="limit", fixed=None)
        for interval in intervals
        if interval.lo < top
    ]
