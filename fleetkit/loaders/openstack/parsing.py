"""Saved documents: answers of the services, and what `openstack … -f json` prints."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.openstack import printed
from fleetkit.loaders.openstack.records import KINDS, is_entry, remarks, stranger
from fleetkit.plugins import Problem, Record

_READS = (
    "an answer with servers, flavors, images, volumes, hypervisors or server_groups, or what"
    " `openstack server list --long -f json` or `openstack server show -f json` prints"
)


def parse(document: Any, where: str) -> Iterator[Record | Problem]:
    """The raw records of a saved document; entries of one id count once.

    Args:
        document: an answer of Nova, Glance or Cinder (a list or one thing), several of them in
            an array, or what the openstack client printed about servers.
        where: its name.

    Raises:
        LoadError: it is none of these.
    """
    seen: set[tuple[str, str]] = set()
    repeated = 0
    for kind, entry in _entries(document, where):
        if not is_entry(entry):
            yield stranger(kind)
            continue
        if (kind, str(entry["id"])) in seen:
            repeated += 1
            continue
        seen.add((kind, str(entry["id"])))
        record = KINDS[kind](entry)
        yield record
        yield from remarks(record)
    if repeated:
        yield Problem(
            code="duplicate_id", message="entries came more than once, and count once",
            severity="info", phase="parse", detail=f"{repeated:,} entries",
        )


def _entries(document: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Kind and entry of each thing in a document."""
    if isinstance(document, list):
        for part in document:
            yield from _entries_of_object(part, where)
    else:
        yield from _entries_of_object(document, where)


def _entries_of_object(part: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Mapping):
        if printed.is_server(part):
            yield "server", printed.server(part)
            return
        lists = [kind for kind in KINDS if isinstance(part.get(f"{kind}s"), list)]
        single = [kind for kind in KINDS if isinstance(part.get(kind), Mapping)]
        for kind in lists:
            yield from ((kind, entry) for entry in part[f"{kind}s"])
        for kind in single:
            yield kind, part[kind]
        if lists or single:
            return
    found = f"an object with {', '.join(map(str, list(part)[:5]))}" if isinstance(
        part, Mapping) else repr(type(part).__name__)
    raise LoadError(f"{where}: expected {_READS}; found {found}")
