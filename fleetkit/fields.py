"""Fields of a raw record, each read as the kind that it should be.

A value of another kind is unknown and noted; it costs the record nothing else.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fleetkit.redaction import MASK, is_secret_name, mask_text

_LARGEST = 2.0 ** 62
_LONGEST = 20_000
_MOST_NOTED = 20
_NEVER = "0001-01-01"
_SAID: dict[type, str] = {str: "text", dict: "an object", list: "a list"}
"""What a value is called that may hold what is not for the eye."""
MIB = 1 << 20


class Fields:
    """A record's fields; those of its parts note what is strange in the same list."""

    def __init__(self, content: Any, path: str = "", strange: list[str] | None = None) -> None:
        self.content: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
        self.path = path
        self.strange: list[str] = [] if strange is None else strange
        if content is not None and not isinstance(content, Mapping):
            self._note("", content, "an object")

    def __contains__(self, name: str) -> bool:
        return self.content.get(name) is not None

    def __bool__(self) -> bool:
        return bool(self.content)

    def text(self, name: str) -> str | None:
        """Text that is not empty; a number is its digits."""
        value = self.content.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)[:_LONGEST]
        self._note(name, value, "text")
        return None

    def number(self, name: str, *, least: float = 0.0) -> float | None:
        """A finite number, not below the least."""
        value = self.content.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                self._note(name, value, "a number")
                return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._note(name, value, "a number")
            return None
        if not math.isfinite(value) or not least <= value <= _LARGEST:
            self._note(name, value, f"a number from {least:g}")
            return None
        return float(value)

    def whole(self, name: str, *, factor: int = 1, least: float = 0.0) -> int | None:
        """A whole number, times a factor: a size in its unit."""
        found = self.number(name, least=least)
        if found is None:
            return None
        total = found * factor
        if total > _LARGEST:
            self._note(name, found, "a real size")
            return None
        return round(total)

    def truth(self, name: str) -> bool | None:
        """True or false."""
        value = self.content.get(name)
        if value is None or isinstance(value, bool):
            return value
        self._note(name, value, "true or false")
        return None

    def time(self, name: str, *, unit: float | None = None) -> str | None:
        """A time as ISO 8601 text with milliseconds, UTC; None for the times that mean never.

        Args:
            name: of the field.
            unit: seconds that one stands for, where it is a number since 1970.
        """
        value = self.content.get(name)
        if value in (None, "", 0) or str(value).startswith(_NEVER):
            return None
        try:
            if unit is not None:
                return moment(datetime.fromtimestamp(float(value) * unit, UTC))
            return moment(datetime.fromisoformat(str(value)))
        except (ValueError, TypeError, OverflowError, OSError):
            self._note(name, value, "a time")
            return None

    def part(self, name: str) -> "Fields":
        """The fields of an object in the record; none where it is absent."""
        return Fields(self.content.get(name), self._named(name), self.strange)

    def parts(self, name: str) -> Iterator["Fields"]:
        """The fields of each object in a list, or of each in an object by name."""
        for position, item in self._listed(name):
            if isinstance(item, Mapping):
                yield Fields(item, f"{self._named(name)}[{position}]", self.strange)
            elif item is not None:
                self._note(f"{name}[{position}]", item, "an object")

    def texts(self, name: str) -> list[str]:
        """The texts in a list."""
        found = []
        for position, item in self._listed(name):
            if isinstance(item, str | int | float) and not isinstance(item, bool):
                found.append(str(item)[:_LONGEST])
            elif item is not None:
                self._note(f"{name}[{position}]", item, "text")
        return found

    def pairs(self, name: str) -> list[dict[str, str]]:
        """Labels as pairs of Key and Value, sorted, credentials masked.

        They are an object, or a list of objects with key and value.
        """
        found: dict[str, str] = {}
        value = self.content.get(name)
        if isinstance(value, list):
            value = {str(item.get("key")): item.get("value")
                     for item in value if isinstance(item, Mapping) and item.get("key")}
        if isinstance(value, Mapping):
            found = {str(key): "" if text is None else str(text) for key, text in value.items()}
        elif value is not None:
            self._note(name, value, "labels")
        return [
            {"Key": key, "Value": MASK if found[key] and is_secret_name(key)
             else mask_text(found[key])}
            for key in sorted(found)
        ]

    def names(self, name: str) -> list[str]:
        """The sorted names of an object's members; what they hold is not looked at."""
        value = self.content.get(name)
        if value is None or isinstance(value, Mapping):
            return sorted(map(str, value or ()))
        self._note(name, value, "an object")
        return []

    def _listed(self, name: str) -> Iterator[tuple[Any, Any]]:
        value = self.content.get(name)
        if isinstance(value, list):
            yield from enumerate(value)
        elif isinstance(value, Mapping):
            yield from value.items()
        elif value is not None:
            self._note(name, value, "a list")

    def _named(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _note(self, name: str, value: Any, wanted: str) -> None:
        if len(self.strange) < _MOST_NOTED:
            where = self._named(name) if name else self.path or "record"
            shown = _SAID.get(type(value)) or f"{value!r:.40}"
            self.strange.append(f"{where}: expected {wanted}, found {shown}")


def moment(time: datetime) -> str:
    """ISO 8601 text, UTC, with milliseconds: two spellings of one time become one."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
