"""Clean values out of documents of strangers: what has the wrong type or form is None or empty."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from fleetkit.plugins import Problem

LONGEST = 1024
_NOTHING = frozenset({"", "NOASSERTION", "NONE"})  # SPDX's words for "not said"
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


def text(value: Any) -> str | None:
    """One line of printable text, or a whole number as text.

    A number with a point is None: `1.10` without quotes came as 1.1, which is another version.
    """
    if type(value) is int:
        return str(value) if abs(value) < 1 << 63 else None
    if not isinstance(value, str):
        return None
    found = value.strip()
    return None if found in _NOTHING or len(found) > LONGEST or not found.isprintable() else found


def texts(value: Any) -> list[str]:
    """The texts of a list, in order."""
    return [found for item in value if (found := text(item))] if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list."""
    listed = value if isinstance(value, list) else []
    return (item for item in listed if isinstance(item, dict))


def whole(value: Any) -> int | None:
    """A count or size; it may be written as text."""
    if type(value) is int:
        return value if 0 <= value < 1 << 63 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        return int(value)
    return None


def digest(value: Any) -> str | None:
    """A SHA-256 digest with its algorithm, in lower case."""
    match = _DIGEST.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"sha256:{match[1].lower()}" if match else None


def moment(value: Any) -> str | None:
    """A time as ISO 8601 has it; None for the zero time that means "never"."""
    found = text(value)
    try:
        when = datetime.fromisoformat(found) if found else None
    except ValueError:
        return None
    return found if when and when.year > 1 and when.tzinfo else None


def pairs(value: Any) -> dict[str, list[str]]:
    """Properties given as a list of name and value; a name may have several values."""
    found: dict[str, list[str]] = {}
    for item in mappings(value):
        name, said = item.get("name"), text(item.get("value"))
        if said and isinstance(name, str):
            found.setdefault(name, []).append(said)
    return found


def first(found: Mapping[str, list[str]], *names: str) -> str | None:
    """The first value of the first name that has any."""
    for name in names:
        if name in found:
            return found[name][0]
    return None


def info(code: str, message: str, detail: str | None = None, hint: str | None = None) -> Problem:
    """A remark on what was left out on purpose."""
    return Problem(code, message, detail=detail, hint=hint, severity="info", phase="parse")


def warning(code: str, message: str, detail: str | None = None, hint: str | None = None) -> Problem:
    """A doubt that a reader of the numbers should know of."""
    return Problem(code, message, detail=detail, hint=hint, phase="parse")
