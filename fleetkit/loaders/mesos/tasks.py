"""Tasks as a Mesos master tells of them: resources, container, addresses, how they fare."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.values import (
    OVER,
    controller_of,
    identity,
    image_fields,
    labels_of,
    repeated,
    resources_of,
    state_of,
    time_of,
)
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made

_LIVING = ("tasks", "unreachable_tasks", "orphan_tasks", "pending_tasks")
_DONE = "completed_tasks"
_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})")
_MOST_PORTS = 100
_HEALTH = {True: "passing", False: "critical"}

Found = Iterator[Record | Problem]
Names = Mapping[str | None, str | None]


def task_records(
    holders: Sequence[Fields], home: Mapping[str, Any], names: Names, *, completed: bool
) -> Found:
    """A record for each task.

    Args:
        holders: what lists tasks: a framework, or the answer itself.
        home: what is known of the master.
        names: framework id -> its name.
        completed: whether tasks that are over are wanted; without them they are counted.
    """
    living: list[str | None] = []
    over: list[str] = []
    for holder in holders:
        for task in (task for name in _LIVING for task in holder.parts(name)):
            living.append(_place(task))
            yield from task_record(task, home, names)
        for task in holder.parts(_DONE):
            over.append(_place(task))
            if completed:
                yield from task_record(task, home, names)
    yield from repeated("a task", living)
    if over:
        yield from _over(over, living) if completed else [Problem(
            code="completed_tasks", message="tasks that are over are left out",
            detail=f"{len(over):,} tasks", severity="info", phase="parse",
            hint="completed=True loads them",
        )]


def _over(over: Sequence[str], living: Sequence[str | None]) -> Iterator[Problem]:
    """Some schedulers name a task by its place, and so the next one there alike."""
    again = len(over) - len(set(over) - set(living))
    if again:
        yield Problem(
            code="reused_ids", message="tasks that are over bear the id of a later one",
            detail=f"{again:,} tasks; the last of each id makes a row", severity="info",
            phase="parse",
        )


def task_record(task: Fields, home: Mapping[str, Any], names: Names) -> Found:
    """The record of one task; without an id it is a problem."""
    key, framework = identity(task, "id", "task_id"), identity(task, "framework_id")
    if key is None:
        yield Problem(code="unreadable_record", message="a task has no id", phase="parse",
                      detail=f"of framework {framework}"[:300], severity="error")
        return
    state = state_of(task, "state")
    statuses = list(task.parts("statuses"))
    last = statuses[-1] if statuses else Fields(None)
    ran = next((one for one in statuses if one.text("state") == "TASK_RUNNING"), None)
    healthy = next((one.truth("healthy") for one in reversed(statuses) if "healthy" in one), None)
    yield from made("task", {
        "View": "mesos", "Task": key, "Agent": identity(task, "slave_id", "agent_id"),
        "Framework": framework, "Name": task.text("name"),
        **controller_of(key, names.get(framework)),
        "State": state, "Words": _words(task, last),
        "Started": time_of(ran, "timestamp") if ran else None,
        "Stopped": time_of(last, "timestamp") if state in OVER else None,
        "Health": _HEALTH[healthy] if healthy is not None else None,
        "Labels": labels_of(task), "Ports": _ports(task), "User": task.text("user"),
        **resources_of(task), **_container(task), **_network(statuses), **_discovery(task), **home,
    }, task)


def _place(task: Fields) -> str:
    return f"{identity(task, 'slave_id', 'agent_id')} {identity(task, 'id', 'task_id')}"


def _words(task: Fields, last: Fields) -> str | None:
    words = (task.text("state"), last.text("reason"), last.text("message"))
    return ": ".join(word for word in words if word) or None


def _ports(task: Fields) -> list[int]:
    """Ports of the host that the task was given: "[31000-31001, 31005-31005]"."""
    resources = task.content.get("resources")
    said = str(resources.get("ports")) if isinstance(resources, Mapping) else ""
    if isinstance(resources, list):
        held = next((item for item in resources
                     if isinstance(item, Mapping) and item.get("name") == "ports"), {})
        said = str(held.get("ranges"))
        listed = held.get("ranges", {})
        spans = listed.get("range") if isinstance(listed, Mapping) else None
        if isinstance(spans, list):
            said = str([f"{span.get('begin')}-{span.get('end')}" for span in spans
                        if isinstance(span, Mapping)])
    ports = [port for first, last in _RANGE.findall(said)
             for port in range(int(first), min(int(last), int(first) + _MOST_PORTS) + 1)]
    return ports[:_MOST_PORTS]


def _container(task: Fields) -> dict[str, Any]:
    """What the task runs in, as newer masters tell."""
    container = task.part("container")
    docker, image = container.part("docker"), container.part("mesos").part("image")
    reference = docker.text("image") or image.part("docker").text("name")
    if not reference:
        return {}
    network = docker.text("network")
    return {
        "IsContainer": True, **image_fields(reference), "Privileged": docker.truth("privileged"),
        "Namespaces": ["network"] if network == "HOST" else [],
        "Mounts": [
            {"Kind": "bind", "Source": path, "Target": volume.text("container_path"),
             "ReadOnly": volume.text("mode") == "RO", "Persistence": "host_state", "Gone": False}
            for volume in container.parts("volumes") if (path := volume.text("host_path"))
        ],
    }


def _network(statuses: Sequence[Fields]) -> dict[str, Any]:
    """Addresses of the container, and the id that its agent knows it by."""
    for status in reversed(statuses):
        held = status.part("container_status")
        addresses = [
            address.text("ip_address")
            for network in held.parts("network_infos") for address in network.parts("ip_addresses")
        ]
        found = {"Addresses": sorted({text for text in addresses if text}),
                 "ContainerId": identity(held, "container_id")}
        if any(found.values()):
            return found
    return {}


def _discovery(task: Fields) -> dict[str, Any]:
    """Ports that the task announces by name."""
    discovery = task.part("discovery")
    listed = discovery.part("ports").parts("ports")
    return {"Doors": [
        {"Index": index, "Name": port.text("name") or discovery.text("name"),
         "Port": port.whole("number"), "Protocol": port.text("protocol") or "tcp", "Vips": [],
         "Tags": []}
        for index, port in enumerate(listed)
    ]}
