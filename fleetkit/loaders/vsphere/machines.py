"""One virtual machine or template as a small record, from the few properties that are asked."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.vsphere.devices import hardware
from fleetkit.loaders.vsphere.structures import fields, listed, moment, reference, walk, word
from fleetkit.redaction import MASK, is_secret_name, mask_tree

PATHS = (
    "name", "parentVApp", "resourcePool", "customValue", "snapshot",
    "config.instanceUuid", "config.uuid", "config.template", "config.guestFullName",
    "config.guestId", "config.annotation", "config.managedBy",
    "config.hardware.numCPU", "config.hardware.memoryMB", "config.hardware.device",
    "guest.hostName", "guest.ipAddress", "guest.net", "guest.disk", "guest.guestFullName",
    "guest.guestFamily", "guest.toolsRunningStatus", "guest.toolsVersionStatus2",
    "config.cpuAffinity", "config.memoryAffinity", "runtime.faultToleranceState",
    "runtime.dasVmProtection", "runtime.powerState", "runtime.connectionState", "runtime.host",
    "runtime.bootTime",
    "summary.storage",
)
CREATED = "config.createDate"
DETAILS = "guest.guestDetailedData"
OLD_DETAILS = 'config.extraConfig["guestInfo.detailed.data"]'
LATER = {CREATED: (6, 7), OLD_DETAILS: (7, 0), DETAILS: (8, 0, 2)}
"""Paths that older servers do not have, with the API version that brought them."""

_MOST_SNAPSHOTS = 10_000
_DETAILS_KEY = "guestinfo.detailed.data"


def later_paths(api_version: str) -> tuple[str, ...]:
    """The properties beside `PATHS` that a server of this API version should have."""
    spoken = tuple(int(part) for part in api_version.split(".") if part.isdecimal())
    later = [path for path, since in LATER.items() if spoken >= since]
    if DETAILS in later:
        later.remove(OLD_DETAILS)
    return tuple(later)


def found_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same properties from a machine as govc prints it whole."""
    found = {path: walk(document, path) for path in (*PATHS, CREATED, DETAILS)}
    settings = listed(walk(document, "config.extraConfig"))
    found[OLD_DETAILS] = next(
        (option for option in settings
         if str(fields(option).get("key", "")).lower() == _DETAILS_KEY), None)
    return {path: value for path, value in found.items() if value is not None}


def machine(
    identity: str | None, found: Mapping[str, Any], names: Mapping[Any, str], *, whole: bool = True
) -> dict[str, Any]:
    """The record of a machine, secrets taken out.

    Args:
        identity: its managed object id.
        found: values by path.
        names: custom fields by key.
        whole: all properties were asked, so one that is not there has no value.

    Raises:
        TypeError: a value is not of the form that the API documents.
    """
    record: dict[str, Any] = mask_tree({
        **_configured(found),
        **_reported(found),
        **hardware(found.get("config.hardware.device")),
        "id": identity,
        "power": word(found.get("runtime.powerState")),
        "connection": word(found.get("runtime.connectionState")),
        "host": reference(found.get("runtime.host")),
        "booted": moment(found.get("runtime.bootTime")),
        "fault_tolerance": word(found.get("runtime.faultToleranceState")),
        "restarted": fields(found.get("runtime.dasVmProtection")).get("dasProtected"),
        "pins": _pins(found) if "config.hardware.device" in found else None,
        "vapp": reference(found.get("parentVApp") or found.get("resourcePool")),
        "snapshots": _snapshots(found.get("snapshot"), whole=whole),
        "tags": _tags(found, names, whole=whole),
    })
    return record


def _configured(found: Mapping[str, Any]) -> dict[str, Any]:
    storage = fields(found.get("summary.storage"))
    return {
        "name": found.get("name"),
        "instance_uuid": found.get("config.instanceUuid"),
        "uuid": found.get("config.uuid"),
        "template": found.get("config.template"),
        "config_os": found.get("config.guestFullName"),
        "guest_id": found.get("config.guestId"),
        "created": moment(found.get(CREATED)),
        "notes": found.get("config.annotation") or None,
        "cpus": found.get("config.hardware.numCPU"),
        "memory_mib": found.get("config.hardware.memoryMB"),
        "managed_by": fields(found.get("config.managedBy")).get("extensionKey"),
        "committed": storage.get("committed"),
    }


def _reported(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the tools inside say; the last word of tools that have stopped since."""
    tools = word(found.get("guest.toolsRunningStatus"))
    ips = list(dict.fromkeys(_addresses(found)))
    return {
        "hostname": found.get("guest.hostName") or None,
        "ips": ips if ips or tools == "guestToolsRunning" else None,
        "tools_os": found.get("guest.guestFullName") or None,
        "family": found.get("guest.guestFamily") or None,
        "details": _details(found.get(DETAILS) or found.get(OLD_DETAILS)),
        "tools": tools,
        "tools_version": word(found.get("guest.toolsVersionStatus2")),
        "partitions": [_partition(fields(disk)) for disk in listed(found.get("guest.disk"))],
    }


def _details(details: Any) -> Any:
    """The text of the detailed data, which is a property or the value of a setting."""
    return details if isinstance(details, str) else fields(details).get("value")


def _addresses(found: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of the machine's own network cards; bridges inside it have no device."""
    main = found.get("guest.ipAddress")
    if main:
        yield str(main)
    for card in listed(found.get("guest.net")):
        known = fields(card)
        if known.get("deviceConfigId") != -1:
            yield from map(str, listed(known.get("ipAddress")))


def _partition(disk: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "path": disk.get("diskPath"), "bytes": disk.get("capacity"), "free": disk.get("freeSpace"),
        "filesystem": disk.get("filesystemType"),
    }


def _pins(found: Mapping[str, Any]) -> list[str]:
    """Processors and memory nodes of the host that the machine is bound to."""
    bound = {"processors": "config.cpuAffinity", "NUMA nodes": "config.memoryAffinity"}
    sets = {what: listed(fields(found.get(path)).get("affinitySet"))
            for what, path in bound.items()}
    return [f"{what} {', '.join(map(str, numbers))}" for what, numbers in sets.items() if numbers]


def _snapshots(snapshot: Any, *, whole: bool) -> int | None:
    """Snapshots in the whole tree."""
    if snapshot is None:
        return 0 if whole else None
    waiting = list(listed(fields(snapshot).get("rootSnapshotList")))
    count = 0
    while waiting and count < _MOST_SNAPSHOTS:
        count += 1
        waiting.extend(listed(fields(waiting.pop()).get("childSnapshotList")))
    return count


def _tags(
    found: Mapping[str, Any], names: Mapping[Any, str], *, whole: bool
) -> list[dict[str, str]] | None:
    """Custom fields; the value of one without a known name may be a secret."""
    if "customValue" not in found:
        return [] if whole else None
    pairs = []
    for value in listed(found["customValue"]):
        known = fields(value)
        name = names.get(known.get("key"))
        hidden = name is None or is_secret_name(name)
        pairs.append({
            "key": name or f"custom field {known.get('key')}",
            "value": MASK if hidden else str(known.get("value") or ""),
        })
    return pairs


def identity_of(record: Mapping[str, Any]) -> str:
    """What tells machines of one vCenter apart; one that cannot be opened has no UUID."""
    return str(record.get("instance_uuid") or record.get("id"))


def names_in(available: Any) -> dict[Any, str]:
    """Custom fields by key, from the definitions that an entity lists."""
    return {
        known.get("key"): str(known.get("name"))
        for known in map(fields, listed(available)) if known.get("name")
    }

