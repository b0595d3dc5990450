"""Marathon's and Mesos' spellings: states, health checks, names of apps in ids of tasks."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import MIB, Fields
from fleetkit.plugins import Problem
from fleetkit.references import image_id_of

STATES = {
    "TASK_SCHEDULED": "starting", "TASK_STAGING": "starting", "TASK_STARTING": "starting",
    "TASK_STARTED": "running", "TASK_RUNNING": "running", "TASK_KILLING": "stopping",
    "TASK_FINISHED": "terminated", "TASK_KILLED": "terminated", "TASK_GONE": "terminated",
    "TASK_GONE_BY_OPERATOR": "terminated", "TASK_FAILED": "failed", "TASK_ERROR": "failed",
    "TASK_LOST": "failed", "TASK_DROPPED": "failed", "TASK_UNREACHABLE": "unknown",
    "TASK_UNREACHABLE_INACTIVE": "unknown", "TASK_UNKNOWN": "unknown",
}
OVER = ("terminated", "failed")
_CHECKS = {
    "HTTP": "http", "HTTPS": "http", "MESOS_HTTP": "http", "MESOS_HTTPS": "http", "TCP": "tcp",
    "MESOS_TCP": "tcp", "COMMAND": "command", "MESOS_COMMAND": "command",
}
_MARATHON_TASK = re.compile(
    r"(?P<path>.+)\.(?P<pod>(?:instance-|marathon-)?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"(?:\.(?P<container>[A-Za-z_][\w-]*?))?(?:\.\d+)?"
)
_CHRONOS_TASK = re.compile(r"ct:\d+:\d+:(?P<job>[^:]+):")
_SCHEDULERS = ("metronome", "chronos")
_BLOB = re.compile(r"DCOS_(?:PACKAGE|SERVICE)_(?:OPTIONS|METADATA|COMMAND|DEFINITION)")
_BLOB_SHOWN = "[encoded, left out]"


def state_of(fields: Fields, name: str) -> str:
    """What a task does now; a word that nobody knows is noted."""
    word = str(fields.text(name) or "")
    known = STATES.get(word) or STATES.get(f"TASK_{word}")
    if known is None and word:
        fields.strange.append(f"{name}: expected a state of Mesos, found {word[:40]!r}")
    return known or "unknown"


def check_of(protocol: str | None) -> str | None:
    """How a health check asks; None for a protocol that nobody knows."""
    return _CHECKS.get(str(protocol).upper())


def controller_of(task_id: str, framework: str | None) -> dict[str, str | None]:
    """What Mesos alone tells of what started a task: the id and its framework's name."""
    scheduler = str(framework or "").lower()
    if found := _CHRONOS_TASK.match(task_id):
        return {"Kind": "cronjob", "Controller": found["job"]}
    if scheduler.startswith(_SCHEDULERS):
        return {"Kind": "cronjob", "Controller": task_id.partition(".")[0].partition("_")[0]}
    found = _MARATHON_TASK.fullmatch(task_id)
    if found and (scheduler.startswith("marathon") or found["pod"]):
        path = "/" + found["path"].replace("_", "/")  # no part of a path holds an underscore
        container = found["container"]
        return {"Kind": "app", "Controller": path,
                "Container": None if container in (None, "_app") else container}
    return {"Kind": "unknown", "Controller": framework}


def image_fields(reference: str | None) -> dict[str, Any]:
    """The image of a container; without one it is known to be a container all the same."""
    return {"Image": reference, "ImageId": image_id_of(reference) if reference else None}


def command_of(fields: Fields) -> str | None:
    """What is run: a line for a shell, or words."""
    return fields.text("cmd") or shlex.join(fields.texts("args")) or None


def resources_of(fields: Fields) -> dict[str, Any]:
    """Cpus, memory and disk in bytes, from an object or the operator API's list."""
    content: Any = fields.content
    listed = content.get("resources")
    if isinstance(listed, list):
        found = Fields({
            item.get("name"): (item.get("scalar") or {}).get("value")
            for item in listed if isinstance(item, Mapping) and item.get("type") == "SCALAR"
            and isinstance(item.get("scalar") or {}, Mapping)
        }, "resources", fields.strange)
    else:
        found = fields.part("resources")
    return sizes_of(found)


def sizes_of(fields: Fields) -> dict[str, Any]:
    """Cpus, memory and disk, which are in MiB."""
    return {"Cpus": fields.number("cpus"), "Memory": fields.whole("mem", factor=MIB),
            "Disk": fields.whole("disk", factor=MIB)}


def labels_of(fields: Fields, name: str = "labels") -> list[dict[str, str]]:
    """Labels; encoded options of packages, which may hold anything, are left out."""
    return [
        {**pair, "Value": _BLOB_SHOWN} if _BLOB.fullmatch(pair["Key"]) else pair
        for pair in fields.pairs(name)
    ]




def identity(fields: Fields, *names: str) -> str | None:
    """An id: text, or the operator API's object around it."""
    for name in names:
        value = fields.content.get(name)
        if isinstance(value, Mapping):
            return fields.part(name).text("value")
        if value is not None:
            return fields.text(name)
    return None


def repeated(what: str, ids: list[str | None]) -> Iterator[Problem]:
    """A problem for each id that comes more than once; one row is made of it."""
    for key, count in Counter(ids).items():
        if key is not None and count > 1:
            yield Problem(
                code="duplicate_record", message=f"{what} is listed more than once",
                subject_id=key[:300], detail=f"{count} times; one row is made", phase="parse",
            )


def time_of(fields: Fields, name: str) -> str | None:
    """A time, in seconds since 1970; the operator API has nanoseconds in an object."""
    if isinstance(fields.content.get(name), Mapping):
        return fields.part(name).time("nanoseconds", unit=1e-9)
    return fields.time(name, unit=1.0)
