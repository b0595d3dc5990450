"""The clock of whoever exported: RVTools writes times without a zone, of the PC that it ran on."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from fleetkit.spreadsheets.cells import Order, as_time
from fleetkit.spreadsheets.workbooks import Cell

_STEP = timedelta(minutes=15)
_SLACK = timedelta(seconds=5)
_WIDEST = timedelta(hours=14)
_AGREEING = 2


def offset_of(pairs: Iterable[tuple[Cell | None, Cell | None]], order: Order) -> timedelta | None:
    """How far the clock was ahead of UTC, where the file gives it away; else None.

    Old versions write the change stamp of a machine in UTC, and starting a machine changes it. Two
    machines whose start and stamp are the same whole number of quarter hours apart agree by more
    than chance.

    Args:
        pairs: time of the last start, as a local time, and change stamp of each machine.
        order: of day and month in the first.
    """
    told = Counter(
        round(apart / _STEP) for started, changed in pairs
        if (apart := _apart(started, changed, order)) is not None
        and abs(apart - round(apart / _STEP) * _STEP) <= _SLACK and abs(apart) <= _WIDEST
    )
    best = told.most_common(2)
    if not best or best[0][1] < _AGREEING or (len(best) > 1 and best[1][1] == best[0][1]):
        return None
    return best[0][0] * _STEP


def _apart(started: Cell | None, changed: Cell | None, order: Order) -> timedelta | None:
    if not isinstance(changed, str) or not changed.rstrip().endswith("Z"):
        return None
    local, stamp = as_time(started, order), as_time(changed, order)
    if local is None or stamp is None:
        return None
    return datetime.fromisoformat(local) - datetime.fromisoformat(stamp)


def shifted(time: str, offset: timedelta) -> str:
    """A time of that clock in UTC, both as ISO 8601."""
    moved = datetime.fromisoformat(time).astimezone(UTC) - offset
    return moved.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def zone(offset: timedelta) -> str:
    """The offset as people write it: UTC+05:30."""
    minutes = abs(offset) // timedelta(minutes=1)
    return f"UTC{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"
