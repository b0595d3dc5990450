"""ECS clusters, services, tasks and container instances as records; their ARNs taken apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.aws.calls import record
from fleetkit.loaders.aws.definitions import environment_of, whole_number
from fleetkit.loaders.aws.moments import moment
from fleetkit.loaders.aws.references import image_fields
from fleetkit.plugins import Record

_ACCOUNT = 4  # place in an ARN
_ARCH, _OS = "ecs.cpu-architecture", "ecs.os-type"

Fields = Mapping[str, Any]


def cluster_records(cluster: Fields) -> Iterator[Record]:
    """A record `ecs_cluster`."""
    arn = str(cluster["clusterArn"])
    yield record("ecs_cluster", {
        "Arn": arn, **_place(arn), "Name": last_of(arn),
        "Status": cluster.get("status"), "Tags": tags_of(cluster),
    })


def service_records(service: Fields) -> Iterator[Record]:
    """A record `ecs_service`; what was told of its deployments is left out."""
    arn, cluster = str(service["serviceArn"]), service.get("clusterArn")
    network = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    yield record("ecs_service", {
        "Arn": arn,
        **_place(arn),
        "Cluster": cluster and last_of(cluster),
        "Name": service["serviceName"],
        "Desired": service.get("desiredCount"),
        "Strategy": service.get("schedulingStrategy"),
        "PublicIp": network.get("assignPublicIp"),
        "Balancers": [
            {"TargetGroup": item.get("targetGroupArn"), "Container": item.get("containerName"),
             "Port": item.get("containerPort")}
            for item in service.get("loadBalancers") or [] if item.get("targetGroupArn")
        ],
        "Tags": tags_of(service),
    })


def host_records(instance: Fields) -> Iterator[Record]:
    """A record `ecs_host`; the machine is one of EC2, or elsewhere with an id of mi-…."""
    arn = str(instance["containerInstanceArn"])
    attributes = _attributes(instance)
    yield record("ecs_host", {
        "Arn": arn, **_place(arn), "Machine": instance.get("ec2InstanceId"),
        "Zone": attributes.get("ecs.availability-zone"), "Status": instance.get("status"),
        "Os": attributes.get(_OS), "Arch": attributes.get(_ARCH),
    })


def task_records(task: Fields) -> Iterator[Record]:
    """A record `ecs_container` for each container of a task.

    A task that is only being made has none yet: one record without a name stands for those that
    its definition names.
    """
    whole = _task(task)
    changes = {change.get("name"): change
               for change in (task.get("overrides") or {}).get("containerOverrides") or []}
    containers = task.get("containers") or []
    whole["Containers"] = len(containers)
    for container in containers:
        changed = changes.get(container.get("name")) or {}
        yield record("ecs_container", {**whole, **_container(container, changed)})
    if not containers:
        yield record("ecs_container", {**whole, "Name": None})


def _task(task: Fields) -> dict[str, Any]:
    arn, cluster = str(task["taskArn"]), str(task["clusterArn"])
    kind, _, group = str(task.get("group") or "").partition(":")
    attributes = _attributes(task)
    return {
        "TaskArn": arn,
        **_place(arn),
        "Cluster": last_of(cluster),
        "Task": last_of(arn),
        "DefinitionArn": task.get("taskDefinitionArn"),
        "Service": group if kind == "service" else None,
        "Group": task.get("group"),
        "StartedBy": task.get("startedBy"),
        "HostArn": task.get("containerInstanceArn"),
        "LaunchType": task.get("launchType"),
        "Provider": task.get("capacityProviderName"),
        "Zone": task.get("availabilityZone"),
        "Platform": task.get("platformFamily"),
        "Arch": attributes.get(_ARCH),
        "TaskState": task.get("lastStatus"),
        "StopCode": task.get("stopCode"),
        "TaskCpu": whole_number(task.get("cpu")),
        "TaskMemory": whole_number(task.get("memory")),
        **{name: moment(task.get(field)) for name, field in (
            ("Created", "createdAt"), ("Started", "startedAt"), ("Stopped", "stoppedAt"))},
        **_network(task),
        "Tags": tags_of(task),
    }


def _container(container: Fields, changed: Fields) -> dict[str, Any]:
    """What runs; `changed` is what the task asked for in place of the definition's words."""
    told = environment_of(changed)
    return {
        "Name": container["name"],
        "RuntimeId": container.get("runtimeId"),
        **image_fields(container.get("image"), container.get("imageDigest")),
        "State": container.get("lastStatus"),
        "Health": container.get("healthStatus"),
        "ExitCode": container.get("exitCode"),
        "Cpu": whole_number(container.get("cpu")),
        "Memory": whole_number(container.get("memory")),
        "EnvNames": told["EnvNames"],
        "Command": told["Command"],
        "Bindings": [
            {"Ip": bound.get("bindIP"), "Container": bound.get("containerPort"),
             "Host": bound.get("hostPort"), "Protocol": bound.get("protocol") or "tcp"}
            for bound in container.get("networkBindings") or [] if bound.get("hostPort")
        ],
        "Addresses": sorted({
            str(face[field]) for face in container.get("networkInterfaces") or []
            for field in ("privateIpv4Address", "ipv6Address") if face.get(field)
        }),
    }


def _network(task: Fields) -> dict[str, Any]:
    """Addresses of the task's own interface, which its containers share."""
    details = [
        (detail.get("name"), str(detail.get("value")))
        for attachment in task.get("attachments") or []
        if attachment.get("type") in ("ElasticNetworkInterface", "eni")
        for detail in attachment.get("details") or []
    ]
    return {
        "TaskAddresses": sorted({value for name, value in details
                                 if name in ("privateIPv4Address", "ipv6Address")}),
        "Macs": sorted({value for name, value in details if name == "macAddress"}),
    }


def tags_of(thing: Fields) -> list[dict[str, str]]:
    """Tags as pairs that queries can read."""
    return [{"Key": str(tag["key"]), "Value": str(tag.get("value") or "")}
            for tag in thing.get("tags") or []]


def _place(arn: str) -> dict[str, str | None]:
    """Region and account that an ARN belongs to."""
    parts = arn.split(":")
    if len(parts) <= _ACCOUNT:
        return {"Region": None, "Account": None}
    return {"Region": parts[_ACCOUNT - 1] or None, "Account": parts[_ACCOUNT] or None}


def last_of(arn: str) -> str:
    """The name at the end of an ARN."""
    return arn.rpartition("/")[2]


def _attributes(thing: Fields) -> dict[Any, Any]:
    return {item.get("name"): item.get("value") for item in thing.get("attributes") or []}
