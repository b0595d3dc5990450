"""Raw records: of an object what its shape names, credentials in commands and labels masked."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pyarrow as pa

from fleetkit.loaders.kubernetes.kinds import Kind
from fleetkit.loaders.kubernetes.manifests import template
from fleetkit.loaders.kubernetes.shapes import SHAPES
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import MASK, is_secret_name, mask_text, mask_tree

_SHOWN = 300
_LARGEST = 2 ** 63 - 1

_Fit = Callable[[Any, str], Any]


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
    elif kind.record in ("service", "autoscaler"):
        yield Record(kind.record, _object(entry, SHAPES[kind.record]))


def _object(entry: Mapping[str, Any], shape: pa.Schema) -> dict[str, Any]:
    fit = _fitting(pa.struct(list(shape)))
    found: dict[str, Any] = fit(entry, "")
    return found


@cache
def _fitting(kind: pa.DataType) -> _Fit:
    """What brings a value into the form that its shape has: other fields are left out."""
    if pa.types.is_struct(kind):
        return _struct_fitting({field.name: _fitting(field.type) for field in kind})
    if pa.types.is_list(kind):
        return _words if pa.types.is_string(kind.value_type) else _list_fitting(
            _fitting(kind.value_type))
    if pa.types.is_map(kind):
        return _labels
    if pa.types.is_boolean(kind):
        return _truth
    return _shown if pa.types.is_string(kind) else _number


def _struct_fitting(fields: Mapping[str, _Fit]) -> _Fit:
    def fit(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _strange(value, "an object", path)
        return {
            name: fields[name](part, f"{path}.{name}")
            for name, part in value.items() if part is not None and name in fields
        }

    return fit


def _list_fitting(inner: _Fit) -> _Fit:
    def fit(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise _strange(value, "a list", path)
        path = f"{path}[]"
        return [None if item is None else inner(item, path) for item in value]

    return fit


def _words(value: Any, path: str) -> Any:
    """Words of a command: the one behind --password is masked too."""
    if not isinstance(value, list):
        raise _strange(value, "a list", path)
    return mask_tree([_text(item, path) for item in value])


def _labels(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise _strange(value, "an object", path)
    return {str(key): _label(str(key), text, path) for key, text in value.items()
            if text is not None}


def _label(key: str, value: Any, path: str) -> str:
    text = _text(value, path)
    return MASK if text and is_secret_name(key) else mask_text(text)


def _truth(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _strange(value, "true or false", path)
    return value


def _number(value: Any, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise _strange(value, "a whole number of 64 bits", path)
    return value


def _shown(value: Any, path: str) -> str:
    return mask_text(_text(value, path))


def _text(value: Any, path: str) -> str:
    """Text; what people write as a number or a truth in its place is spelled as in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise _strange(value, "text", path)


def _strange(value: Any, words: str, path: str) -> _StrangeError:
    return _StrangeError(f"{path.lstrip('.')}: expected {words}, found {type(value).__name__!r}")
