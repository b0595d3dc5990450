"""Service blocks of groups and tasks: names, ports, checks, and whom they call."""

from collections.abc import Iterator
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.nomad.values import check_of


def services_of(group: Fields, task: Fields) -> Iterator[dict[str, Any]]:
    """The services that a task stands behind: its own, and those of its group that are its."""
    for service in task.parts("Services"):
        yield _service(service)
    for service in group.parts("Services"):
        if owner_of(group, service) == task.text("Name"):
            yield _service(service)


def owner_of(group: Fields, service: Fields) -> str | None:
    """The task behind a service of a group: the one it names, has its port, or is the first."""
    tasks = [task for task in group.parts("Tasks") if _is_main(task)]
    label = service.text("PortLabel")
    holding = [task for task in tasks if label in task.part("Config").texts("ports")]
    found = [task.text("Name") for task in holding or tasks]
    return service.text("TaskName") or next(iter(found), None)


def _is_main(task: Fields) -> bool:
    """Whether a task is what the group is for: others prepare it, accompany it or clean up."""
    return "Lifecycle" not in task and not str(task.text("Kind") or "").startswith("connect-proxy")


def _service(service: Fields) -> dict[str, Any]:
    checks = list(service.parts("Checks"))
    proxy = service.part("Connect").part("SidecarService").part("Proxy")
    return {
        "Name": service.text("Name"), "Port": service.text("PortLabel"),
        "Provider": service.text("Provider") or "consul", "Checked": bool(checks),
        "Check": next(filter(None, (check_of(check.text("Type")) for check in checks)), None),
        "Tags": service.texts("Tags"), "CanaryTags": service.texts("CanaryTags"),
        "Calls": [name for upstream in proxy.parts("Upstreams")
                  if (name := upstream.text("DestinationName"))],
    }
