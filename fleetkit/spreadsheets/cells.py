"""What a cell says, by the kind of its column: a number, a truth, a time, or text."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from fleetkit.spreadsheets.workbooks import Cell, serial

Order = Literal["day", "month", "unknown"]

_TRUE = frozenset(("true", "yes", "1", "ja", "wahr", "oui", "vrai", "sí", "si", "verdadero", "vero",
                   "sim", "verdadeiro", "waar", "y", "on"))
_FALSE = frozenset(("false", "no", "0", "nein", "falsch", "non", "faux", "falso", "não", "nao",
                    "nee", "onwaar", "n", "off"))
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’_]+")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d{1,18}(?:\.\d{1,18})?(?:e[-+]?\d{1,2})?", re.IGNORECASE | re.ASCII)
_COMMA = re.compile(r"([-+]?(?:\d{1,3}(?:\.\d{3})+|\d{1,18})),(\d{1,18})", re.ASCII)
_POINT = re.compile(r"([-+]?\d{1,3}(?:,\d{3})+)\.(\d{1,18})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(.*))?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:,?[T ]+(.*))?", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([AP]\.?M\.?)?(Z|[-+]\d{2}:?\d{2})?",
    re.IGNORECASE | re.ASCII)
_EARLIEST, _LATEST = 20_000, 80_000  # days: 1954 to 2119


def as_text(value: Cell | None) -> str | None:
    """The cell as text without space around it; empty is None."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value).strip() or None


def as_number(value: Cell | None) -> float | int | None:
    """The number in a cell, with whatever separates its thousands; None where there is none.

    Meant for numbers that are whole by nature: one separator before three digits
    separates thousands: "16,384", "16.384" and "16 384" are the same.
    """
    if value is None or isinstance(value, bool | datetime):
        return None
    if isinstance(value, str):
        value = _parsed(_SPACES.sub("", value[:60]))
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else value


def _parsed(said: str) -> float | None:
    match = _COMMA.fullmatch(said) or _POINT.fullmatch(said)
    if _THOUSANDS.fullmatch(said):
        said = _without_signs(said)
    elif match:
        said = f"{_without_signs(match[1])}.{match[2]}"
    return float(said) if _NUMBER.fullmatch(said) else None


def _without_signs(said: str) -> str:
    return said.replace(",", "").replace(".", "")


def as_truth(value: Cell | None) -> bool | None:
    """True or False in any of the languages that a spreadsheet program writes; else None."""
    if isinstance(value, bool):
        return value
    said = str(value).strip().casefold()
    return True if said in _TRUE else False if said in _FALSE else None


def as_time(value: Cell | None, order: Order = "unknown") -> str | None:
    """The time as ISO 8601 in UTC; one without a zone is taken as UTC; None where it is no time.

    Args:
        value: the cell.
        order: what comes first where the year is last and nothing else tells.
    """
    try:
        found = _time(value, order)
    except (ValueError, OverflowError):
        return None
    if found is None or not 1970 <= found.year <= 2200:
        return None
    found = found.astimezone(UTC) if found.tzinfo else found
    return found.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _time(value: Cell | None, order: Order) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return serial(value) if _EARLIEST < value < _LATEST else None
    return _spoken(value.strip()[:60], order) if isinstance(value, str) else None


def _spoken(said: str, order: Order) -> datetime | None:
    match = _YEAR_FIRST.fullmatch(said)
    if match:
        return _joined(int(match[1]), int(match[2]), int(match[3]), match[4])
    match = _YEAR_LAST.fullmatch(said)
    if not match:
        return None
    first, second = int(match[1]), int(match[3])
    leading = _leading(first, second, match[2]) or order
    if leading == "unknown":
        return None
    day, month = (first, second) if leading == "day" else (second, first)
    return _joined(int(match[4]), month, day, match[5])


def _leading(first: int, second: int, sign: str) -> Order | None:
    """What must come first; None where both readings are dates."""
    if sign == "." or first > 12 or first == second:
        return "day"
    return "month" if second > 12 else None


def _joined(year: int, month: int, day: int, clock: str | None) -> datetime | None:
    if not clock:
        return datetime(year, month, day)  # noqa: DTZ001
    match = _CLOCK.fullmatch(clock.strip())
    if not match:
        return None
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4][0] in "pP" else 0)
    zone = f"{(match[5] or '').upper().replace('Z', '+00:00')}"
    return datetime.fromisoformat(
        f"{year:04}-{month:02}-{day:02}T{hour:02}:{match[2]}:{match[3] or '00'}{zone}")


def order_of(cells: Iterable[Cell | None]) -> Order:
    """What comes first in dates whose year is last, as far as any of these tells."""
    told: set[Order] = set()
    for cell in cells:
        match = _YEAR_LAST.fullmatch(cell.strip()[:60]) if isinstance(cell, str) else None
        if match and match[1] != match[3]:
            leading = _leading(int(match[1]), int(match[3]), match[2])
            told |= {leading} if leading else set()
    return told.pop() if len(told) == 1 else "unknown"
