"""Raw records from inspect output: secrets out, nothing else changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_step, mask_tree, names_only, secret_values

_ENGINE = (
    "ID", "Name", "OperatingSystem", "OSType", "OSVersion", "KernelVersion", "Architecture",
    "NCPU", "MemTotal", "ServerVersion", "Driver", "Labels", "SystemTime",
)
_CONTAINER = (
    "Id", "Name", "Created", "Path", "Args", "State", "Image", "ImageName", "RestartCount",
    "Config", "HostConfig", "Mounts", "NetworkSettings", "SizeRw", "SizeRootFs", "Platform",
    "Driver", "Namespace", "Pod",
)
_IMAGE = (
    "Id", "RepoTags", "RepoDigests", "Parent", "Created", "DockerVersion", "Author", "Config",
    "Architecture", "Variant", "Os", "OsVersion", "Size", "RootFS", "History", "Labels",
    "Descriptor", "NamesHistory",
)


def engine_record(info: Mapping[str, Any], version: Mapping[str, Any]) -> Record:
    """The engine and its host, from /info and /version."""
    known = {name: info[name] for name in _ENGINE if name in info}
    components = [part.get("Name") for part in version.get("Components") or ()]
    return Record("engine", mask_tree({
        **known, "ID": info.get("ID") or info.get("Name"), "Components": components,
    }))


def container_record(
    inspected: Mapping[str, Any], usage: Mapping[str, Mapping[str, Any]], engine_id: str | None
) -> Record:
    """A container, with the size of what it wrote and of its volumes, and its engine."""
    content = _without_secrets(inspected, _CONTAINER)
    written = usage["containers"].get(str(content.get("Id")))
    if written is not None:
        content["SizeRw"] = written
    mounts = content.get("Mounts")
    for mount in mounts if isinstance(mounts, list) else ():
        if isinstance(mount, dict) and mount.get("Name") in usage["volumes"]:
            mount["UsageData"] = dict(usage["volumes"][mount["Name"]])
    return Record("container", {**content, "EngineID": engine_id})


def image_record(
    inspected: Mapping[str, Any], history: list[Any], *, is_dangling: bool | None = None
) -> Record:
    """An image with its history, newest step first as the engine lists it."""
    content = _without_secrets(inspected, _IMAGE)
    steps = history or inspected.get("History") or []
    content["History"] = [_step(step) for step in steps if isinstance(step, Mapping)]
    content["Dangling"] = is_dangling
    return Record("image", content)


def parse(document: Any, where: str) -> Iterator[Record | Problem]:
    """Records from what `docker inspect` printed: a list, or a single object.

    Raises:
        LoadError: nothing in the document is the output of an inspect call.
    """
    listed = document if isinstance(document, list) else [document]
    found = 0
    for position, item in enumerate(listed):
        record = _recognised(item)
        if record is None:
            yield _unknown(position, where)
        else:
            found += 1
            yield record
    if listed and not found:
        raise LoadError(
            f"{where}: expected what `docker inspect` prints, a list of containers or images,"
            f" found {_described(listed[0])}"
        )


def _recognised(item: Any) -> Record | None:
    if not isinstance(item, Mapping) or not isinstance(item.get("Id"), str) or not item["Id"]:
        return None
    if isinstance(item.get("State"), Mapping):
        return container_record(item, {"containers": {}, "volumes": {}}, None)
    if "RootFS" in item or "RepoTags" in item:
        return image_record(item, [])
    return None


def _unknown(position: int, where: str) -> Problem:
    return Problem(
        code="unknown_record",
        message="an entry is no container and no image that inspect prints",
        subject_id=f"{where}[{position}]",
        phase="parse",
        hint="`docker ps` and `docker images` list; `docker inspect` gives what is needed",
    )


def _described(item: Any) -> str:
    if isinstance(item, Mapping):
        return f"an object with the keys {sorted(map(str, item))[:6]!r}"
    return repr(type(item).__name__)


def _without_secrets(inspected: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    config = inspected.get("Config")
    environment = config.get("Env") if isinstance(config, Mapping) else None
    listed = environment if isinstance(environment, list) else []
    known = {name: inspected[name] for name in names if name in inspected}
    content: dict[str, Any] = mask_tree(_without_logs(known), secret_values(listed))
    if isinstance(config, Mapping):
        content["Config"]["Env"] = names_only(listed)
    return content


def _without_logs(content: dict[str, Any]) -> dict[str, Any]:
    """Outputs of health checks say what the checked program prints, which may be anything."""
    state = content.get("State")
    if isinstance(state, Mapping):
        health = state.get("Health") or state.get("Healthcheck")
        kept = dict(state)
        kept.pop("Health", None)
        kept.pop("Healthcheck", None)
        if isinstance(health, Mapping):
            kept["Health"] = {
                "Status": health.get("Status"), "FailingStreak": health.get("FailingStreak"),
            }
        return {**content, "State": kept}
    return content


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step of the history, in the engine's form or in that of an image's own config."""
    command = step.get("CreatedBy", step.get("created_by"))
    created = step.get("Created", step.get("created"))
    size = step.get("Size")
    empty = step.get("empty_layer")
    return {
        "CreatedBy": mask_step(str(command)) if command else None,
        "Created": created,
        "Size": size,
        "Empty": bool(empty) if empty is not None else None,
    }
