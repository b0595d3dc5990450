"""What was placed on clients: allocations, task by task; and deployments, group by group."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import MIB, Fields
from fleetkit.loaders.nomad.recipes import job_records, job_type, ports_of
from fleetkit.loaders.nomad.values import NANO, alloc_state, namespace_of, task_state
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless

_INDEX = re.compile(r"\[(\d+)\]$")
_OVER = ("terminated", "failed")
_ACTIVE = ("running", "paused", "pending", "blocked", "unblocking", "initializing")

Found = Iterator[Record | Problem]


def is_over(alloc: Fields) -> bool:
    """Whether an allocation is history: it has ended, and is not meant to run any more."""
    state = alloc_state(alloc)
    alloc.strange.clear()
    if state == "terminated" or alloc.text("ClientStatus") == "lost":
        return True
    return state == "failed" and (("NextAllocation" in alloc and bool(
        alloc.text("NextAllocation"))) or alloc.text("DesiredStatus") in ("stop", "evict"))


def allocation_records(alloc: Fields) -> Found:
    """A record for each task of an allocation, and those of its job where it holds it whole."""
    key = alloc.text("ID")
    if key is None:
        yield nameless("an allocation")
        return
    if job := alloc.part("Job"):
        yield from job_records(job)
    whole = _whole(alloc, key)
    tasks = alloc.names("TaskStates")
    for name in tasks:
        yield from made("alloc", {**whole, **_task(alloc, name, whole["State"]), "Task": name},
                        alloc)
    if not tasks:
        yield from made("alloc", whole, alloc)


def deployment_records(deployment: Fields) -> Found:
    """A record for each group of a deployment."""
    key = deployment.text("ID")
    if key is None:
        yield nameless("a deployment")
        return
    status = deployment.text("Status")
    said = ": ".join(filter(None, (status, deployment.text("StatusDescription"))))
    for name in deployment.names("TaskGroups"):
        group = deployment.part("TaskGroups").part(name)
        canaries = group.whole("DesiredCanaries")
        placed = group.content.get("PlacedCanaries")
        words = [said] if said else []
        if canaries:
            count = len(placed) if isinstance(placed, list) else 0
            words.append(f"canaries {count} of {canaries} placed,"
                         f" {'' if group.truth('Promoted') else 'not '}promoted")
        words += ["auto-revert"] if group.truth("AutoRevert") else []
        yield from made("deployment", {
            "Id": key, "Namespace": namespace_of(deployment), "Job": deployment.text("JobID"),
            "Group": name, "Version": deployment.whole("JobVersion"),
            "Active": status in _ACTIVE, "Words": "; ".join(words), "Canaries": canaries,
            "Promoted": group.truth("Promoted"), "Desired": group.whole("DesiredTotal"),
            "Placed": group.whole("PlacedAllocs"), "Healthy": group.whole("HealthyAllocs"),
            "Unhealthy": group.whole("UnhealthyAllocs"),
            "Changed": deployment.whole("ModifyIndex"),
        }, deployment)


def _whole(alloc: Fields, key: str) -> dict[str, Any]:
    """What is true of all tasks of an allocation."""
    job, name = alloc.part("Job"), alloc.text("Name") or key
    version = alloc.whole("JobVersion")
    index = _INDEX.search(name)
    health, network = alloc.part("DeploymentStatus"), alloc.part("NetworkStatus")
    shared = alloc.part("AllocatedResources").part("Shared")
    ports = ports_of(iter([Fields({"DynamicPorts": shared.content.get("Ports")}, "", alloc.strange)]
                          ))
    address = network.text("Address")
    return {
        "Id": key, "Namespace": namespace_of(alloc), "Job": alloc.text("JobID"),
        "Type": job_type(Fields({"Type": alloc.text("JobType") or job.text("Type")})),
        "Group": alloc.text("TaskGroup"), "Name": name, "Node": alloc.text("NodeID"),
        "NodeName": alloc.text("NodeName"), "State": alloc_state(alloc),
        "Words": ": ".join(filter(None, (
            alloc.text("ClientStatus"), alloc.text("ClientDescription")))),
        "Version": job.whole("Version") if version is None else version,
        "Created": alloc.time("CreateTime", unit=NANO),
        "Healthy": health.truth("Healthy"), "Canary": health.truth("Canary"),
        "Index": int(index[1]) if index else None, "Over": is_over(alloc),
        "Disk": shared.whole("DiskMB", factor=MIB), "Changed": alloc.whole("ModifyIndex"),
        "Addresses": [address] if address else [],
        "Ports": ports or ports_of(shared.parts("Networks")),
    }


def _task(alloc: Fields, name: str, whole: str) -> dict[str, Any]:
    task = alloc.part("TaskStates").part(name)
    given = alloc.part("AllocatedResources").part("Tasks").part(name)
    cpu, memory = given.part("Cpu"), given.part("Memory")
    state = task_state(task, whole)
    ended = [event for event in task.parts("Events") if event.text("Type") == "Terminated"]
    last = list(task.parts("Events"))[-1:] or [Fields(None)]
    cores = cpu.content.get("ReservedCores")
    found: Mapping[str, Any] = {
        "State": state, "Started": task.time("StartedAt"),
        "Stopped": task.time("FinishedAt") if state in _OVER else None,
        "Restarts": task.whole("Restarts"),
        "ExitCode": ended[-1].whole("ExitCode", least=-256) if ended and state in _OVER else None,
        "Words": ": ".join(filter(None, (
            task.text("State"), last[0].text("DisplayMessage")))) or None,
        "Mhz": cpu.number("CpuShares"),
        "ReservedCores": len(cores) if isinstance(cores, list) and cores else None,
        "Memory": memory.whole("MemoryMB", factor=MIB),
        "MemoryMax": memory.whole("MemoryMaxMB", factor=MIB) or None,
    }
    own = ports_of(given.parts("Networks"))
    return {**found, **({"Ports": own} if own else {})}
