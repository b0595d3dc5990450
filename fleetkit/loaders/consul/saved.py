"""Saved payloads: what Consul's endpoints answer, each told by its shape."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.consul.records import from_catalog, record, stranger
from fleetkit.plugins import Problem, Record

_TELLING = {"CheckID": "check", "ServiceName": "catalog", "Address": "node"}

Found = Iterator[Record | Problem]


def parse(document: Any, where: str) -> Found:
    """The raw records of a saved document.

    Args:
        document: an answer of the catalog, health, agent, intention or config endpoints.
        where: its name.

    Raises:
        LoadError: it is nothing that Consul answers.
    """
    if isinstance(document, list):
        if document and not any(_kind_of(entry) for entry in document):
            raise LoadError(_strange(where, f"a list of {_shown(document[0])}"))
        for entry in document:
            yield from _entry(entry)
    elif isinstance(document, Mapping):
        yield from _object(document, where)
    else:
        raise LoadError(_strange(where, repr(type(document).__name__)))


def _entry(entry: Any) -> Found:
    kind = _kind_of(entry)
    if kind == "catalog":
        yield record("instance", from_catalog(entry))
    elif kind == "held":
        yield record(kind, {"Service": entry})
    elif kind:
        yield record(kind, entry)
    else:
        yield stranger(entry)


def _kind_of(entry: Any) -> str | None:
    """The kind of an entry; "catalog" for the flat form of an instance."""
    if not isinstance(entry, Mapping):
        return None
    if isinstance(entry.get("Node"), Mapping):
        return "instance" if isinstance(entry.get("Service"), Mapping) else None
    if "SourceName" in entry and "DestinationName" in entry:
        return "intention"
    if "Node" in entry:
        return next((kind for name, kind in _TELLING.items() if name in entry), None)
    if "ID" in entry and isinstance(entry.get("Service"), str):
        return "held"
    return "config" if isinstance(entry.get("Kind"), str) and "Name" in entry else None


def _object(document: Mapping[str, Any], where: str) -> Found:
    values = list(document.values())
    if isinstance(document.get("Config"), Mapping) and {"Member", "DebugConfig"} & set(document):
        yield record("agent", document)
    elif isinstance(document.get("Node"), Mapping) and "Services" in document:
        yield from _node_and_services(document["Node"], document["Services"])
    elif _kind_of(document):
        yield from _entry(document)
    elif any(map(_kind_of, values)):  # services or checks of an agent, by id
        for value in values:
            yield from _entry(value)
    elif all(map(_is_tags, values)):
        yield from _names_only(len(values))
    else:
        raise LoadError(_strange(where, _shown(document)))


def _node_and_services(node: Mapping[str, Any], services: Any) -> Found:
    """A node with its services, in a list or by id."""
    yield record("node", node)
    listed = list(services.values()) if isinstance(services, Mapping) else services
    for service in listed if isinstance(listed, list) else [listed] if listed else ():
        if isinstance(service, Mapping):
            yield record("instance", {"Node": node, "Service": service})
        else:
            yield stranger(service)


def _names_only(count: int) -> Found:
    if count:
        yield Problem(
            code="names_only", message="a list of services names them and tells of no instance",
            detail=f"{count:,} services", severity="info", phase="parse",
            hint="save /v1/health/service/NAME of each, too",
        )


def _is_tags(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(tag, str) for tag in value)


def _shown(found: Any) -> str:
    names = ", ".join(map(str, list(found)[:5])) if isinstance(found, Mapping) else ""
    return f"an object with {names[:200]!r}" if names else repr(type(found).__name__)


def _strange(where: str, found: str) -> str:
    return (
        f"{where}: expected an answer of Consul's catalog, health, agent, intention or config"
        f" endpoints, found {found}; save one as `curl …/v1/health/service/NAME` prints it"
    )
