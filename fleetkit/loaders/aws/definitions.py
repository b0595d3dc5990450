"""ECS task definitions: each container as a record, with its mounts, and without its secrets.

Of the environment only names are kept; what `secrets`, log options and credentials point at is
dropped.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleetkit.loaders.aws.calls import record
from fleetkit.loaders.aws.references import image_fields
from fleetkit.plugins import Record
from fleetkit.redaction import mask_text, mask_tree, secret_values

_MIB = 1 << 20

Fields = Mapping[str, Any]


def definition_records(definition: Fields) -> Iterator[Record]:
    """A record `ecs_definition` for each container of a task definition."""
    platform = definition.get("runtimePlatform") or {}
    whole = {
        "DefinitionArn": definition["taskDefinitionArn"],
        "Family": definition.get("family"),
        "TaskCpu": whole_number(definition.get("cpu")),
        "TaskMemory": whole_number(definition.get("memory")),
        "OsFamily": platform.get("operatingSystemFamily"),
        "Arch": platform.get("cpuArchitecture"),
    }
    containers = definition.get("containerDefinitions") or []
    volumes = {volume.get("name"): volume for volume in definition.get("volumes") or []}
    for container in containers:
        yield record("ecs_definition", {
            **whole, **_container(container),
            "Mounts": list(_mounts(container, containers, volumes)),
        })


def environment_of(container: Fields) -> dict[str, Any]:
    """Names of variables and the command, which is masked where it repeats a secret value."""
    variables = container.get("environment") or []
    pairs = [f"{item.get('name')}={item.get('value')}" for item in variables]
    words = [*(container.get("entryPoint") or []), *(container.get("command") or [])]
    shown = mask_tree([str(word) for word in words], secret_values(pairs))
    named = [*variables, *(container.get("secrets") or [])]
    return {
        "EnvNames": sorted({str(item["name"]) for item in named if item.get("name")}),
        "Command": mask_text(shlex.join(shown)) if shown else None,
    }


def whole_number(value: Any) -> int | None:
    """A count that may come as text; zero means "not set" where this is used."""
    text = str(value).strip() if value is not None else ""
    return int(text) or None if text.isdecimal() and len(text) <= len(str(1 << 62)) else None


def _container(container: Fields) -> dict[str, Any]:
    links = [str(link).partition(":")[0] for link in container.get("links") or []]
    labels = container.get("dockerLabels") or {}
    return {
        "Name": container["name"],
        **image_fields(container.get("image")),
        **environment_of(container),
        "Cpu": whole_number(container.get("cpu")),
        "Memory": whole_number(container.get("memory")),
        "Ports": [
            {"Container": port.get("containerPort"), "Host": port.get("hostPort") or None,
             "Protocol": port.get("protocol") or "tcp"}
            for port in container.get("portMappings") or [] if port.get("containerPort")
        ],
        "Privileged": bool(container.get("privileged")),
        "ReadOnlyRoot": bool(container.get("readonlyRootFilesystem")),
        "Restarts": (container.get("restartPolicy") or {}).get("enabled"),
        "StopSeconds": container.get("stopTimeout"),
        "Hostname": container.get("hostname"),
        "Checked": bool(container.get("healthCheck")),
        "Labels": [{"Key": key, "Value": str(labels[key])} for key in sorted(labels)],
        "DependsOn": sorted({str(item["containerName"])
                             for item in container.get("dependsOn") or []}),
        "Links": sorted(set(links)),
    }


def _mounts(
    container: Fields, containers: Sequence[Fields], volumes: Mapping[Any, Fields]
) -> Iterator[dict[str, Any]]:
    """Its own mounts, those it takes from other containers, and its memory file systems."""
    yield from _mounted(container, volumes, read_only=False)
    for taken in container.get("volumesFrom") or []:
        for other in containers:
            if other.get("name") == taken.get("sourceContainer"):
                yield from _mounted(other, volumes, read_only=bool(taken.get("readOnly")))
    for tmpfs in (container.get("linuxParameters") or {}).get("tmpfs") or []:
        size = whole_number(tmpfs.get("size"))
        yield {"Kind": "tmpfs", "Target": tmpfs.get("containerPath"), "ReadOnly": False,
               "Size": size and size * _MIB, "Gone": True, "Persistence": "ephemeral"}


def _mounted(
    container: Fields, volumes: Mapping[Any, Fields], *, read_only: bool
) -> Iterator[dict[str, Any]]:
    for point in container.get("mountPoints") or []:
        volume = volumes.get(point.get("sourceVolume")) or {}
        yield {
            **_storage(volume), "Volume": _storage(volume).get("Volume", volume.get("name")),
            "Target": point.get("containerPath"),
            "ReadOnly": read_only or bool(point.get("readOnly")),
        }


def _storage(volume: Fields) -> dict[str, Any]:
    """Where a volume of a task definition keeps its data, and what becomes of it."""
    for field, kind in (("efsVolumeConfiguration", "efs"),
                        ("fsxWindowsFileServerVolumeConfiguration", "fsx"),
                        ("s3filesVolumeConfiguration", "s3files")):
        if volume.get(field):
            return _network(volume[field], kind)
    if volume.get("dockerVolumeConfiguration"):
        return _docker(volume["dockerVolumeConfiguration"])
    if volume.get("configuredAtLaunch"):
        return {"Kind": "block", "Driver": "ebs", "Persistence": "unknown"}
    path = (volume.get("host") or {}).get("sourcePath")
    if path:
        return {"Kind": "bind", "Source": path, "Volume": None, "Gone": False,
                "Persistence": "host_state"}
    if not volume:
        return {"Kind": "unknown", "Persistence": "unknown"}
    return {"Kind": "emptydir", "Gone": True, "Persistence": "ephemeral"}


def _network(place: Fields, driver: str) -> dict[str, Any]:
    """A file system that other tasks can mount as well."""
    return {
        "Kind": "nfs", "Driver": driver, "Source": place.get("rootDirectory"),
        "Volume": place.get("fileSystemId") or place.get("fileSystemArn"), "Shared": True,
        "Gone": False, "Persistence": "shared_durable",
    }


def _docker(volume: Fields) -> dict[str, Any]:
    """A volume of the engine: of one task, or left on the host for the next."""
    driver = volume.get("driver") or "local"
    lasts = volume.get("scope") == "shared"
    kept = "host_state" if driver == "local" else "unknown"
    return {"Kind": "named_volume", "Driver": driver, "Shared": lasts or None, "Gone": not lasts,
            "Persistence": kept if lasts else "ephemeral"}
