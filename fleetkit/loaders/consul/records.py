"""Raw records: what an entry says in the fields that are read, credentials masked.

Names and ids stay as they are: masked, two of them could become one. Values of fields that hold
other things (a proxy's own settings, definitions of checks, headers in permissions) never enter.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pyarrow as pa

from fleetkit.loaders.consul.shapes import SHAPES
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import MASK, is_secret_name, mask_text, mask_tree

_NAMES = {
    "ID", "Node", "Name", "CheckID", "ServiceID", "Service", "ServiceSubset", "Datacenter",
    "NodeName", "NodeID", "DestinationName", "DestinationServiceName", "DestinationServiceID",
    "SourceName", "Namespace", "Partition", "SourceNS", "DestinationNS",
}
_SHOWN = 300

Secrets = tuple[str, ...]
Fit = Callable[[Any, Secrets], Any]


def record(kind: str, entry: Any, secrets: Secrets = ()) -> Record | Problem:
    """The record of an entry, or the problem that it cannot be one.

    Args:
        kind: of the record.
        entry: as the API gives it.
        secrets: values that are masked wherever they stand.
    """
    if not isinstance(entry, Mapping):
        return stranger(entry)
    try:
        return Record(kind, _fit(kind)(entry, secrets))
    except RecursionError:
        return stranger(None, "it is nested deeper than anything real")


def from_catalog(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of /v1/catalog/service as one of /v1/health/service; it tells of no checks."""
    node = {name: entry.get(name) for name in (
        "ID", "Node", "Address", "Datacenter", "Partition", "PeerName", "TaggedAddresses")}
    service = {
        name.removeprefix("Service"): value for name, value in entry.items()
        if name.startswith("Service")
    }
    return {
        "Node": {**node, "Meta": entry.get("NodeMeta"), "Locality": entry.get("NodeLocality")},
        "Service": {
            **service, "Service": entry.get("ServiceName"),
            "Proxy": service.get("Proxy") or _proxy(entry.get("ServiceProxyDestination")),
            **{name: entry.get(name) for name in ("Namespace", "Partition", "PeerName")},
        },
    }


def _proxy(destination: Any) -> dict[str, Any] | None:
    """What servers before 1.3 say of a proxy."""
    return {"DestinationServiceName": destination} if destination else None


def stranger(entry: Any, why: str | None = None) -> Problem:
    """The problem that an entry is nothing that is read."""
    named = {name: value for name, value in list(entry.items())[:3] if isinstance(value, str)} \
        if isinstance(entry, Mapping) else type(entry).__name__
    return Problem(
        code="unknown_entry",
        message="an entry is nothing that is read from Consul",
        detail=mask_text(why or f"found {mask_tree(named)!r}")[:_SHOWN],
        phase="parse",
        hint="was it printed in full, by one of the endpoints that `fleetkit sources` names?",
    )


@cache
def _fit(kind: str) -> Fit:
    return _fit_struct({field.name: field.type for field in SHAPES[kind]})


def _fit_of(name: str, kind: pa.DataType) -> Fit:
    if pa.types.is_struct(kind):
        return _fit_struct({field.name: field.type for field in kind.fields})
    if pa.types.is_list(kind):
        part = kind.value_type
        is_map = pa.types.is_struct(part) and {field.name for field in part.fields} == {
            "Key", "Value"}
        return _fit_map(part.field("Value").type) if is_map else _fit_list(_fit_of("", part))
    return _as_name if name in _NAMES else mask_tree


def _fit_struct(kinds: Mapping[str, pa.DataType]) -> Fit:
    fits = {name: _fit_of(name, kind) for name, kind in kinds.items()}

    def fit(value: Any, secrets: Secrets) -> Any:
        if not isinstance(value, dict):
            return mask_tree(value, secrets)
        return {name: fit(value[name], secrets) for name, fit in fits.items()
                if value.get(name) is not None}

    return fit


def _fit_list(part: Fit) -> Fit:
    def fit(value: Any, secrets: Secrets) -> Any:
        if not isinstance(value, list):
            return mask_tree(value, secrets)
        return [part(item, secrets) for item in value]

    return fit


def _fit_map(kind: pa.DataType) -> Fit:
    part = _fit_of("", kind) if pa.types.is_struct(kind) else _text

    def fit(value: Any, secrets: Secrets) -> Any:
        if not isinstance(value, dict):
            return mask_tree(value, secrets)
        return list(_pairs(value, part, secrets))

    return fit


def _pairs(found: Mapping[str, Any], part: Fit, secrets: Secrets) -> Iterator[dict[str, Any]]:
    for key, value in found.items():
        hidden = isinstance(value, str) and bool(value) and is_secret_name(str(key))
        yield {"Key": mask_text(str(key), secrets),
               "Value": MASK if hidden else part(value, secrets)}


def _text(value: Any, secrets: Secrets) -> str | None:
    return None if value is None else mask_text(str(mask_tree(value)), secrets)


def _as_name(value: Any, secrets: Secrets) -> Any:
    return MASK if value in secrets else value if isinstance(value, str) else mask_tree(value)
