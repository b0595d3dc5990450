"""Marathon's pods: containers that live and move together, and their instances."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.doors import balancers_of
from fleetkit.loaders.mesos.recipes import path_of, pod_recipes, strategy_of
from fleetkit.loaders.mesos.values import OVER, labels_of, sizes_of, state_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless, noted

_VERSION = re.compile(r"::versions/(\S+)$")

Found = Iterator[Record | Problem]


def pod_records(pod: Fields, framework: str | None = None, base: str = "/") -> Found:
    """A pod: its status with its instances, or what it was asked to be."""
    spec = pod.part("spec") if "spec" in pod else pod
    path = path_of(pod, base) or path_of(spec, base)
    if path is None:
        yield nameless("a pod")
        return
    version, scheduling = spec.time("version"), spec.part("scheduling")
    head = {"Framework": framework, "Controller": path, "Kind": "app", "Version": version,
            "ConfigAt": version}
    instances = list(pod.parts("instances"))
    stable = sum(one.text("status") == "STABLE" for one in instances)
    yield from made("crew", {
        **head, "Wanted": spec.part("scaling").whole("instances"),
        "Origin": "declared" if version is None and "spec" not in pod else None,
        "Words": "; ".join(filter(None, (
            pod.text("status"), pod.text("message"), strategy_of(scheduling.part("upgrade"))))),
        "Running": stable if "spec" in pod else None, "Balancers": balancers_of(labels_of(spec)),
    }, spec)
    yield from pod_recipes(spec, head)
    for instance in instances:
        yield from _instance(instance, head)
    yield from noted(pod, path)


def _instance(instance: Fields, head: Mapping[str, Any]) -> Found:
    said = _VERSION.search(instance.text("specReference") or "")
    version = Fields({"it": said[1]}).time("it") if said else head["Version"]
    addresses = {address for network in instance.parts("networks")
                 for address in network.texts("addresses")}
    offered = 0
    for container in instance.parts("containers"):
        key, name = instance.text("id"), container.text("name")
        told = container.text("containerId")
        task_id = told if told and key and told.startswith(key) else f"{key}.{name}"
        state = state_of(container, "status")
        endpoints = list(container.parts("endpoints"))
        ports = [one.whole("allocatedHostPort") for one in endpoints if "allocatedHostPort" in one]
        healthy = [one.truth("healthy") for one in endpoints if "healthy" in one]
        ended = container.part("termination")
        yield from made("task", {
            "View": "marathon", "Task": task_id, "Agent": instance.text("agentId"),
            "Framework": head["Framework"], "Controller": head["Controller"], "Kind": "app",
            "Container": name, "Version": version, "State": state,
            "Words": container.text("status"), "Hostname": instance.text("agentHostname"),
            "Started": container.time("statusSince") if state == "running" else None,
            "Stopped": container.time("statusSince") if state in OVER else None,
            "ExitCode": ended.whole("exitCode", least=-256),
            "Health": ("passing" if all(healthy) else "critical") if healthy else None,
            "Addresses": sorted(addresses), "Ports": [None] * offered + ports,
            "Volumes": [{"Target": one.text("containerPath"), "Volume": one.text("persistenceId")}
                        for one in instance.parts("localVolumes")],
            **sizes_of(container.part("resources")),
        }, container)
        offered += len(ports)
    yield from noted(instance, str(instance.text("id")))
