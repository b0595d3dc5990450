"""Volumes of apps and pods: of a host, persistent ones of an agent, external ones, secrets.

A persistent volume is kept on its agent for the instance that made it, and for no other. Of the
options of an external one only the driver's name is read: others may be credentials.
"""

from collections.abc import Iterator
from typing import Any

from fleetkit.fields import MIB, Fields

_GIB = 1024 * MIB
_DRIVERS = ("dvdi/driver", "dvdi/volumetype")
_MOST_DOCKER_PARTS = 3

Mount = dict[str, Any]


def volumes_of(container: Fields) -> list[Mount]:
    """The volumes of an app's container."""
    return [_volume(volume) for volume in container.parts("volumes")] + list(
        _docker_volumes(container.part("docker")))


def pod_volumes(pod: Fields, container: Fields) -> list[Mount]:
    """The volumes of a pod that one of its containers mounts."""
    known = {volume.text("name"): volume for volume in pod.parts("volumes")}
    mounts = []
    for mount in container.parts("volumeMounts"):
        name = mount.text("name")
        found = known.get(name) or Fields(None)
        mounts.append({
            "Volume": name, **_pod_volume(found), "Target": mount.text("mountPath"),
            "ReadOnly": mount.truth("readOnly") or False,
        })
    return mounts


def _volume(volume: Fields) -> Mount:
    common = {"Target": volume.text("containerPath"), "ReadOnly": _read_only(volume)}
    if "persistent" in volume:
        return {**common, **_persistent(volume.part("persistent"))}
    if "external" in volume:
        return {**common, **_external(volume.part("external"))}
    if "secret" in volume:
        return {**common, "Kind": "secret", "Persistence": "config", "ReadOnly": True}
    return {**common, **_of_host(volume.text("hostPath"))}


def _read_only(volume: Fields) -> bool | None:
    return {"RO": True, "RW": False}.get(str(volume.text("mode")).upper())


def _of_host(path: str | None) -> Mount:
    """A path of the host; one that is relative lies in the task's sandbox and goes with it."""
    if path and path.startswith("/"):
        return {"Kind": "bind", "Source": path, "Persistence": "host_state", "Gone": False}
    return {"Kind": "emptydir", "Source": path, "Persistence": "ephemeral", "Gone": True}


def _persistent(held: Fields) -> Mount:
    return {
        "Kind": "claim", "Driver": "/".join(filter(None, (
            "persistent", held.text("type"), held.text("profileName")))),
        "Size": held.whole("size", factor=MIB), "Persistence": "durable", "Shared": False,
        "Gone": False,
    }


def _external(held: Fields) -> Mount:
    """A volume of a provider outside; its size is in GiB."""
    options = held.part("options")
    driver = next((text for name in _DRIVERS if (text := options.text(name))), None)
    shared = held.truth("shared")
    return {
        "Kind": "named_volume", "Volume": held.text("name"),
        "Driver": "/".join(filter(None, (
            held.text("provider"), driver or options.text("pluginName")))) or None,
        "Size": held.whole("size", factor=_GIB), "Shared": shared, "Gone": False,
        "Persistence": "shared_durable" if shared else "durable",
    }


def _pod_volume(found: Fields) -> Mount:
    if "persistent" in found:
        return _persistent(found.part("persistent"))
    if "secret" in found:
        return {"Kind": "secret", "Persistence": "config"}
    if not found:
        return {"Kind": "unknown", "Persistence": "unknown"}
    return _of_host(found.text("host"))


def _docker_volumes(docker: Fields) -> Iterator[Mount]:
    """Volumes that are given to Docker as options of its command line."""
    listed = [(parameter.text("key"), parameter.text("value") or "")
              for parameter in docker.parts("parameters")]
    driver = next((value for key, value in listed if key == "volume-driver"), None)
    for key, value in listed:
        parts = value.split(":", _MOST_DOCKER_PARTS - 1)
        if key in ("volume", "v") and len(parts) > 1:
            is_path = parts[0].startswith("/")
            options = parts[2].split(",") if len(parts) == _MOST_DOCKER_PARTS else []
            yield {
                "Kind": "bind" if is_path else "named_volume", "Target": parts[1],
                "Source": parts[0] if is_path else None, "Volume": None if is_path else parts[0],
                "Driver": None if is_path else driver or "local", "ReadOnly": "ro" in options,
                "Persistence": "durable" if driver and not is_path else "host_state",
                "Gone": False,
            }
        elif key == "tmpfs":
            yield {"Kind": "tmpfs", "Target": parts[0], "Persistence": "ephemeral", "Gone": True}
