"""What a container mounts, and what its image declares as data and nobody mounted."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.docker.names import measured, workload_id
from fleetkit.plugins import Record
from fleetkit.schema import Row

_PERSISTENCE = {
    "named_volume": "durable", "anonymous_volume": "host_state", "bind": "host_state",
    "tmpfs": "ephemeral",
}


def mounts(record: Record) -> Iterator[Row]:
    if record.kind != "container":
        return
    inspected = record.content
    me = workload_id(inspected["Id"])
    host = inspected.get("HostConfig") or {}
    declared = set((inspected.get("Config") or {}).get("Volumes") or ())
    listed = inspected.get("Mounts") or ()
    seen = {mount.get("Destination") for mount in listed}
    in_memory = {
        path: options for path, options in (host.get("Tmpfs") or {}).items() if path not in seen
    }
    for mount in listed:
        yield {"workload_id": me, **_mount(mount, declared, removed=bool(host.get("AutoRemove")))}
    for path, options in in_memory.items():
        yield {
            "workload_id": me, "kind": "tmpfs", "target_path": path,
            "read_only": "ro" in str(options).split(","), "declared_by_image": path in declared,
            "delete_with_workload": True, "persistence": "ephemeral",
        }
    for path in sorted(declared - seen - set(in_memory)):
        yield {
            "workload_id": me, "kind": "unknown", "target_path": path, "declared_by_image": True,
            "delete_with_workload": True, "persistence": "writable_layer",
        }


def _mount(mount: Mapping[str, Any], declared: set[str], *, removed: bool) -> Row:
    kind = _mount_kind(mount)
    usage = mount.get("UsageData") or {}
    writable = mount.get("RW")
    references = usage.get("RefCount")
    return {
        "kind": kind,
        "source_path": mount.get("Source") or None,
        "target_path": mount.get("Destination"),
        "volume_id": mount.get("Name") or None,
        "driver": mount.get("Driver") or None,
        "read_only": None if writable is None else not writable,
        "used_bytes": measured(usage.get("Size")),
        "delete_with_workload": kind == "tmpfs" or (kind == "anonymous_volume" and removed),
        "shared": None if references is None or references < 0 else references > 1,
        "declared_by_image": mount.get("Destination") in declared,
        "persistence": _PERSISTENCE.get(kind, "unknown"),
    }


def _mount_kind(mount: Mapping[str, Any]) -> str:
    kind = str(mount.get("Type") or "").lower()
    if kind == "volume":
        return "anonymous_volume" if _is_generated(mount.get("Name")) else "named_volume"
    return {"bind": "bind", "tmpfs": "tmpfs", "nfs": "nfs", "image": "unknown"}.get(kind, "unknown")


def _is_generated(name: Any) -> bool:
    """Engines name a volume that nobody named by 64 hexadecimal digits."""
    return isinstance(name, str) and len(name) == 64 and set(name) <= set("0123456789abcdef")
