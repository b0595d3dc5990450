"""Times as AWS and its command line write them: objects, ISO text, or seconds since 1970."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

_LATEST = 32_503_680_000  # the year 3000, in seconds


def with_moments(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The fields, those that are named and there as ISO text; what is no time is left as it is."""
    return {**fields, **{name: moment(fields[name]) for name in names if name in fields}}


def moment(value: Any) -> Any:
    """ISO text of a number of seconds since 1970, the form of version 1 of the command line."""
    if isinstance(value, datetime):
        return value.isoformat()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and 0 <= value < _LATEST:
        return datetime.fromtimestamp(value, UTC).isoformat()
    return str(value) if is_number else value
