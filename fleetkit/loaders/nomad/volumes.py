"""What tasks mount: volumes of their group, what their driver binds, the disk of the allocation.

The disk of an allocation goes with it unless it is sticky: then its data is there again where the
next one comes to the same client, and with migrate it is carried to another one.
"""

from collections.abc import Iterator
from typing import Any

from fleetkit.fields import MIB, Fields
from fleetkit.loaders.nomad.values import namespace_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless

_BIND_PARTS = 3
_SHARED = "multi-node"
_DATA, _WHOLE = "/alloc/data", "/alloc"

Mount = dict[str, Any]


def mounts_of(group: Fields, task: Fields) -> list[Mount]:
    """What a task of a group mounts."""
    config = task.part("Config")
    driver = config.text("volume_driver")
    return [
        *_of_group(group, task),
        *(_bound(text, driver) for text in config.texts("volumes") if ":" in text),
        *(_mounted(mount) for name in ("mounts", "mount") for mount in config.parts(name)),
        _own_disk(group.part("EphemeralDisk")),
    ]


def volume_records(volume: Fields) -> Iterator[Record | Problem]:
    """The record of a CSI volume or of a host volume; secrets and parameters are left out."""
    key = volume.text("ID")
    if key is None:
        yield nameless("a volume")
        return
    is_host = volume.text("Type") == "host" or ("HostPath" in volume and "NodeID" in volume)
    mode = volume.text("AccessMode") or next(
        (one.text("AccessMode") for one in volume.parts("RequestedCapabilities")), None)
    size = volume.whole("Capacity") or volume.whole("CapacityBytes")
    yield from made("volume", {
        "Namespace": namespace_of(volume), "Id": key, "Name": volume.text("Name"),
        "Type": "host" if is_host else "csi",
        "Driver": volume.text("PluginID") or volume.text("Provider"),
        "Path": volume.text("HostPath"), "Node": volume.text("NodeID"), "Size": size or None,
        "Shared": mode.startswith(_SHARED) if mode else None,
        "ReadOnly": mode.endswith("reader-only") if mode else None,
    }, volume)
    readers, writers = volume.number("CurrentReaders"), volume.number("CurrentWriters")
    if readers == 0 and writers == 0:
        yield Problem(
            code="unattached_volume", message="a volume is attached to no allocation",
            subject_id=f"nomad|{namespace_of(volume)}|volume|{key}"[:300],
            detail=f"{volume.text('Name') or key} of {volume.text('PluginID')}", severity="info",
            hint="is its data still needed?",
        )


def _of_group(group: Fields, task: Fields) -> Iterator[Mount]:
    known = {name: group.part("Volumes").part(name) for name in group.names("Volumes")}
    for mount in task.parts("VolumeMounts"):
        volume = known.get(mount.text("Volume") or "", Fields(None))
        kind = volume.text("Type")
        read_only = bool(mount.truth("ReadOnly") or volume.truth("ReadOnly"))
        yield {
            "Kind": {"csi": "claim", "host": "named_volume"}.get(str(kind), "unknown"),
            "Type": kind, "Target": mount.text("Destination"), "ReadOnly": read_only,
            "Volume": volume.text("Source") or mount.text("Volume"), "Gone": False,
            "Driver": kind, "PerAlloc": volume.truth("PerAlloc"),
            "Persistence": {"csi": "shared_durable" if str(volume.text("AccessMode")).startswith(
                _SHARED) else "durable", "host": "host_state"}.get(str(kind), "unknown"),
        }


def _bound(text: str, driver: str | None) -> Mount:
    """A volume in Docker's short form; a path that is relative lies in the allocation."""
    source, target, *options = text.split(":", _BIND_PARTS - 1)
    read_only = "ro" in ",".join(options).split(",")
    if source.startswith("/"):
        return {"Kind": "bind", "Source": source, "Target": target, "ReadOnly": read_only,
                "Persistence": "host_state", "Gone": False}
    if driver and "/" not in source:
        return {"Kind": "named_volume", "Volume": source, "Target": target, "Driver": driver,
                "ReadOnly": read_only, "Gone": False,
                "Persistence": "host_state" if driver == "local" else "durable"}
    return {"Kind": "emptydir", "Source": source, "Target": target, "ReadOnly": read_only,
            "Persistence": "ephemeral", "Gone": True}


def _mounted(mount: Fields) -> Mount:
    kind, source = mount.text("type") or "volume", mount.text("source")
    driver = next((one.text("name") for options in _blocks(mount, "volume_options")
                   for one in _blocks(options, "driver_config")), None)
    common = {"Target": mount.text("target"), "ReadOnly": mount.truth("readonly") or False}
    if kind == "tmpfs":
        return {**common, "Kind": "tmpfs", "Persistence": "ephemeral", "Gone": True}
    if kind == "bind":
        return {**common, **_bound(f"{source}:{mount.text('target')}", None), **common}
    return {**common, "Kind": "named_volume" if source else "anonymous_volume", "Volume": source,
            "Driver": driver or "local", "Gone": False,
            "Persistence": "durable" if driver else "host_state"}


def _blocks(fields: Fields, name: str) -> Iterator[Fields]:
    """A block of a driver's configuration, which HCL makes a list of one."""
    held = fields.content.get(name)
    if isinstance(held, list):
        yield from fields.parts(name)
    elif held is not None:
        yield fields.part(name)


def _own_disk(disk: Fields) -> Mount:
    size = disk.whole("SizeMB", factor=MIB)
    if disk.truth("Sticky"):
        words = ["ephemeral_disk", "sticky", *(["migrate"] if disk.truth("Migrate") else [])]
        return {"Kind": "bind", "Target": _DATA, "Driver": " ".join(words), "Size": size,
                "ReadOnly": False, "Persistence": "host_state", "Gone": False}
    return {"Kind": "emptydir", "Target": _WHOLE, "Driver": "ephemeral_disk", "Size": size,
            "ReadOnly": False, "Persistence": "ephemeral", "Gone": True}
