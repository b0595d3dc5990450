"""Raw records: of an object what its shape names, credentials in commands and labels masked."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from fleetkit.loaders.kubernetes.kinds import Kind
from fleetkit.loaders.kubernetes.manifests import template
from fleetkit.loaders.kubernetes.shapes import SHAPES
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import MASK, is_secret_name, mask_text, mask_tree

_SHOWN = 300
_LARGEST = 2 ** 63 - 1


class _StrangeError(ValueError):
    """A field does not hold what it should."""


def record_of(entry: Mapping[str, Any], kind: Kind) -> Iterator[Record | Problem]:
    """The record of an object; of one that no cluster has seen yet, of the pods that it asks for.

    Args:
        entry: the object.
        kind: its kind.
    """
    try:
        if _is_seen(entry):
            yield Record(kind.record, _object(entry, SHAPES[kind.record]))
            return
        yield from _declared(entry, kind)
    except (_StrangeError, RecursionError) as error:
        yield Problem(
            code="unreadable_record", message="an object does not have the expected form",
            subject_id=name_of(entry), detail=f"{kind.word}: {error}"[:_SHOWN],
            hint="was the file edited, or written by a newer version of Kubernetes?",
            phase="parse", severity="error",
        )


def name_of(entry: Mapping[str, Any]) -> str:
    """Kind, namespace and name of an object, as far as it tells."""
    metadata = entry.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    parts = (entry.get("kind"), named.get("namespace"), named.get("name"))
    return mask_text("/".join(str(part) for part in parts if part))[:_SHOWN]


def _is_seen(entry: Mapping[str, Any]) -> bool:
    """Whether a cluster holds the object: it has given it an id."""
    metadata = entry.get("metadata")
    return isinstance(metadata, Mapping) and bool(metadata.get("uid"))


def _declared(entry: Mapping[str, Any], kind: Kind) -> Iterator[Record]:
    found = template(entry, kind.word)
    if found is not None:
        yield Record("template", _object(found, SHAPES["template"]))
    elif kind.record == "service":
        yield Record(kind.record, _object(entry, SHAPES[kind.record]))


def _object(entry: Mapping[str, Any], shape: pa.Schema) -> dict[str, Any]:
    named = {field.name: _fitted(entry.get(field.name), field.type, field.name) for field in shape}
    return {name: value for name, value in named.items() if value is not None}


def _fitted(value: Any, kind: pa.DataType, path: str) -> Any:
    """The value as the shape has it: fields that it does not name are left out."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return _struct(_checked(value, Mapping, "an object", path), kind, path)
    if pa.types.is_list(kind):
        items = _checked(value, list, "a list", path)
        if pa.types.is_string(kind.value_type):
            return mask_tree([_text(item, f"{path}[]") for item in items])  # words of a command
        return [_fitted(item, kind.value_type, f"{path}[]") for item in items]
    if pa.types.is_map(kind):
        pairs = _checked(value, Mapping, "an object", path).items()
        return {str(key): _labelled(str(key), label, path) for key, label in pairs
                if label is not None}
    return _single(value, kind, path)


def _struct(value: Mapping[str, Any], kind: pa.StructType, path: str) -> dict[str, Any]:
    named = {field.name: _fitted(value.get(field.name), field.type, f"{path}.{field.name}")
             for field in kind}
    return {name: part for name, part in named.items() if part is not None}


def _labelled(key: str, label: Any, path: str) -> str:
    text = _text(label, path)
    return MASK if text and is_secret_name(key) else mask_text(text)


def _single(value: Any, kind: pa.DataType, path: str) -> Any:
    if pa.types.is_string(kind):
        return mask_text(_text(value, path))
    if pa.types.is_boolean(kind):
        return _checked(value, bool, "true or false", path)
    number = _checked(value, int, "a whole number", path)
    if isinstance(number, bool) or abs(number) > _LARGEST:
        raise _StrangeError(f"{path}: expected a whole number, found {str(value)[:40]}")
    return number


def _text(value: Any, path: str) -> str:
    """Text; what people write as a number or a truth in its place is spelled as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    found: str = _checked(value, str, "text", path)
    return found


def _checked(value: Any, kind: type, words: str, path: str) -> Any:
    if not isinstance(value, kind):
        raise _StrangeError(f"{path}: expected {words}, found {type(value).__name__!r}")
    return value
