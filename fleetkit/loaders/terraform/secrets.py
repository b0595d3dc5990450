"""What must not enter: values that Terraform marks, and those whose names say secret.

Terraform marks paths of attributes, and keeps their values in plain text; the same value may stand
elsewhere without a mark (the output of terraform_data, a command, a tag). So it is removed where it
is marked, and masked wherever else it is found.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.redaction import MASK, is_secret_name, mask_tree

_HEAD = 6  # a shorter value would mask ordinary words
_SHORTEST_NAMED = 8
_DEEPEST = 100
_DYNAMIC = {"value", "type"}  # how a state writes an attribute of any type
IDS = frozenset({"workload_id", "service_id", "controller_id", "from_id", "to_id", "host_id",
                 "address"})


def without_paths(attributes: Any, paths: Any, found: set[str]) -> Any:
    """The attributes without what `sensitive_attributes` of a state point at."""
    for path in paths if isinstance(paths, list) else ():
        steps = [step.get("value") for step in path if isinstance(step, Mapping)] \
            if isinstance(path, list) else []
        keys = [_key(step) for step in steps]
        attributes = _cut(attributes, keys, found) if keys else attributes
    return attributes


def without_marks(values: Any, marks: Any, found: set[str]) -> Any:
    """The values without what the tree of `sensitive_values` beside them marks."""
    if marks is True:
        found.update(_texts(values))
        return None
    if isinstance(values, Mapping) and isinstance(marks, Mapping):
        return {name: without_marks(value, marks.get(name), found)
                for name, value in values.items()}
    if isinstance(values, list) and isinstance(marks, list):
        padded = [*marks, *[None] * len(values)]
        return [without_marks(value, mark, found)
                for value, mark in zip(values, padded, strict=False)]
    return values


def named_secrets(attributes: Any) -> Iterator[str]:
    """Texts under names that say secret, where they look like one: letters and other signs."""
    waiting = [attributes]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                if is_secret_name(str(name)):
                    yield from (text for text in _texts(inner)
                                if len(text) >= _SHORTEST_NAMED and not text.isalpha())
                else:
                    waiting.append(inner)


class Mask:
    """Hides known values in the text of records; its cost does not depend on their number."""

    def __init__(self, values: frozenset[str]) -> None:
        self._by_head: dict[str, list[str]] = {}
        for value in values:
            if len(value) >= _HEAD:
                self._by_head.setdefault(value[:_HEAD], []).append(value)

    def record(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """A record with credentials masked; ids stay, as they are made of addresses."""
        shown = {name: value for name, value in content.items() if name not in IDS}
        ids = {name: value for name, value in content.items() if name in IDS}
        return {**ids, **mask_tree(self._hidden(shown) if self._by_head else shown)}

    def text(self, text: str) -> str:
        """A text with known values masked, the longest first."""
        met = {
            value for start in range(len(text) - _HEAD + 1)
            for value in self._by_head.get(text[start:start + _HEAD], ())
            if text.startswith(value, start)
        }
        for value in sorted(met, key=len, reverse=True):
            text = text.replace(value, MASK)
        return text

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self._hidden(item) for name, item in value.items()}
        return [self._hidden(item) for item in value] if isinstance(value, list) else value


def _key(step: Any) -> str | int | None:
    """A name or position; of a position the state also tells the type."""
    key = step.get("value") if isinstance(step, Mapping) else step
    return key if isinstance(key, str | int) else None


def _cut(value: Any, keys: list[Any], found: set[str], depth: int = 0) -> Any:
    """The value without what lies at the end of a path.

    A path that cannot be followed costs all that it could mean: sets have no positions.
    """
    if not keys or depth > _DEEPEST:
        found.update(_texts(value))
        return None
    key, *rest = keys
    if isinstance(value, Mapping) and key not in value and value.keys() == _DYNAMIC:
        return {**value, "value": _cut(value["value"], keys, found, depth + 1)}
    if isinstance(value, Mapping) and isinstance(key, str) and key in value:
        return {**value, key: _cut(value[key], rest, found, depth + 1)}
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        inner = _cut(value[key], rest, found, depth + 1)
        return [*value[:key], inner, *value[key + 1:]]
    return _cut(value, [], found) if depth else value


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, Mapping):
            waiting.extend(item.values())
