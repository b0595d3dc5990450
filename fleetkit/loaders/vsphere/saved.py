"""Records from what govc prints as JSON, in the spelling of any of its versions."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.vsphere import inventory
from fleetkit.loaders.vsphere.collecting import unreadable
from fleetkit.loaders.vsphere.lineage import KINDS, event_record
from fleetkit.loaders.vsphere.machines import found_in, machine, names_in
from fleetkit.loaders.vsphere.reading import machine_records
from fleetkit.loaders.vsphere.structures import fields, listed, plain, reference
from fleetkit.plugins import Problem, Record

_LISTS = ("virtualMachines", "hostSystems", "datastores", "clusters", "objects", "elements")
_BY_TYPE = {
    "VirtualMachine": "vm", "HostSystem": "host", "ClusterComputeResource": "cluster",
    "Datastore": "datastore", "VirtualApp": "vapp",
}
_EXPECTED = (
    "what govc prints with -json: vm.info, host.info, datastore.info, about, or object.collect"
)

Found = Iterator[Record | Problem]


def parse(document: Any, where: str) -> Found:
    """Records from what govc printed: one answer, or a list of them.

    Raises:
        LoadError: nothing in the document is of govc.
    """
    try:
        entries = list(_entries(plain(document)))
    except (TypeError, ValueError) as error:
        raise LoadError(f"{where}: {error}; give {_EXPECTED}") from error
    scope = next((fields(entry["about"]).get("instanceUuid") for entry in entries
                  if isinstance(entry, dict) and isinstance(entry.get("about"), dict)), None)
    met = 0
    for position, entry in enumerate(entries):
        kind = _recognised(entry)
        met += kind is not None
        yield from _unknown(position, where) if kind is None else _read(
            kind, entry, scope, f"{where}[{position}]")
    if entries and not met:
        raise LoadError(f"{where}: expected {_EXPECTED}, found {_described(entries[0])}")


def _entries(document: Any) -> Iterator[Any]:
    """The objects of a document, out of the lists that govc puts them in."""
    for item in document if isinstance(document, list) else [document]:
        lists = [name for name in _LISTS if isinstance(item, dict) and name in item]
        if isinstance(item, dict) and isinstance(item.get("about"), dict):
            yield {"about": item["about"]}
        elif not lists:
            yield item
        for name in lists:
            yield from map(_opened, listed(item[name]))


def _opened(item: Any) -> Any:
    """The object behind an entry of `govc ls`."""
    return item.get("object", item) if isinstance(item, dict) and "path" in item else item


def _recognised(entry: Any) -> str | None:
    """What kind of record an entry makes."""
    if not isinstance(entry, dict):
        return None
    if "about" in entry:
        return "vcenter"
    if isinstance(entry.get("obj"), dict):
        return _BY_TYPE.get(str(entry["obj"].get("type")), "other")
    if str(entry.get("_typeName")) in KINDS:
        return "event"
    if isinstance(entry.get("self"), dict):
        return _BY_TYPE.get(str(entry["self"].get("type")), "other")
    return "config" if "instanceUuid" in entry and "hardware" in entry else None


def _read(kind: str, entry: dict[str, Any], scope: str | None, place: str) -> Found:
    try:
        yield from _records(kind, entry, scope, place)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        yield unreadable(kind, place, error)


def _records(kind: str, entry: dict[str, Any], scope: str | None, place: str) -> Found:
    if kind == "vcenter":
        yield inventory.vcenter(fields(entry["about"]))
    elif kind == "event":
        yield event_record(scope, entry)
    elif kind == "config":
        yield from _machine(scope, None, {"name": entry.get("name"), "config": entry}, whole=False)
    elif kind == "other":
        yield _unused(entry, place)
    else:
        whole = isinstance(entry.get("self"), dict)
        content = entry if whole else _assembled(entry)
        yield from _object(kind, scope, reference(entry.get("self") or entry["obj"]), content)


def _object(kind: str, scope: str | None, identity: str | None, content: dict[str, Any]) -> Found:
    if kind == "vm":
        yield from _machine(scope, identity, content, whole="runtime" in content)
    elif kind == "cluster":
        found = inventory.found_in(content, inventory.CLUSTER_PATHS)
        yield from inventory.cluster(scope, identity, found)
    else:
        make, paths = _MAKERS[kind]
        yield make(scope, identity, inventory.found_in(content, paths))


def _machine(
    scope: str | None, identity: str | None, content: Mapping[str, Any], *, whole: bool
) -> Found:
    names = names_in(content.get("availableField"))
    record = machine(identity, found_in(content), names, whole=whole)
    yield from machine_records(scope, record)


def _assembled(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The object that single properties by path describe: config.name is name in config."""
    content: dict[str, Any] = {}
    for change in listed(entry.get("propSet") or entry.get("changeSet")):
        known = fields(change)
        *parents, last = str(known.get("name")).split(".")
        inner = content
        for name in parents:
            inner = inner.setdefault(name, {})
        inner[last] = known.get("val")
    return content


def _unknown(position: int, where: str) -> Found:
    yield Problem(
        code="unknown_record", message="an entry is nothing that is known of govc",
        subject_id=f"{where}[{position}]", phase="parse", hint=f"give {_EXPECTED}",
    )


def _unused(entry: Mapping[str, Any], place: str) -> Problem:
    kind = fields(entry.get("obj") or entry.get("self")).get("type")
    return Problem(
        code="unused_record", message="an object is of a kind that no table holds",
        subject_id=place, detail=f"found a {kind!s:.60}", severity="info", phase="parse",
        hint="nothing to do",
    )


def _described(item: Any) -> str:
    if isinstance(item, Mapping):
        return f"an object with the keys {sorted(map(str, item))[:6]!r}"
    return repr(type(item).__name__)


_MAKERS: dict[str, Any] = {
    "host": (inventory.host, inventory.HOST_PATHS),
    "datastore": (inventory.datastore, inventory.DATASTORE_PATHS),
    "vapp": (inventory.vapp, inventory.VAPP_PATHS),
}
