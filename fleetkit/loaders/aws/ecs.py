"""ECS: clusters, services, tasks with their containers, task definitions, container instances.

A container is a workload: what runs comes from its task, what was asked for from the definition.
Tasks that were stopped on purpose are not listed: nothing of them is left but their name.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.calls import answers, counted, pages
from fleetkit.loaders.aws.definitions import definition_records
from fleetkit.loaders.aws.ecs_shapes import SHAPES
from fleetkit.loaders.aws.entries import Make, Parsed, each, failures
from fleetkit.loaders.aws.listings import calls_for
from fleetkit.loaders.aws.tasks import (
    cluster_records,
    host_records,
    service_records,
    task_records,
)
from fleetkit.plugins import Call, Item, Problem

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_CLUSTERS_AT_ONCE, _SERVICES_AT_ONCE, _TASKS_AT_ONCE = 100, 10, 100
_PAGE = 100
_TAGS = ["TAGS"]
_CLUSTERS, _DEFINITIONS = "ecs_clusters", "ecs_definitions"


def clusters(region: "Region") -> Iterator[Item]:
    """Clusters of the region, also those that nothing runs in."""
    found: list[str] = []
    yield from _listed(region, "list_clusters", "clusterArns", found.append)
    region.seen[_CLUSTERS] = found
    for chunk in _chunks(found, _CLUSTERS_AT_ONCE):
        yield from _described(region, "describe_clusters", "clusters", cluster_records,
                              clusters=chunk, include=_TAGS)


def services(region: "Region") -> Iterator[Item]:
    """Services of all clusters."""
    yield from calls_for(region, _CLUSTERS, clusters)
    for cluster in region.seen[_CLUSTERS]:
        yield from _of_cluster(region, cluster, _services_of)


def tasks(region: "Region") -> Iterator[Item]:
    """Tasks that are to run, with their containers."""
    used: set[str] = set()
    yield from calls_for(region, _CLUSTERS, clusters)
    for cluster in region.seen[_CLUSTERS]:
        for item in _of_cluster(region, cluster, _tasks_of):
            if not isinstance(item, Call | Problem):
                used.add(str(item.content["DefinitionArn"]))
            yield item
    region.seen[_DEFINITIONS] = used


def container_instances(region: "Region") -> Iterator[Item]:
    """Machines that tasks run on; Fargate has none."""
    yield from calls_for(region, _CLUSTERS, clusters)
    for cluster in region.seen[_CLUSTERS]:
        yield from _of_cluster(region, cluster, _hosts_of)


def task_definitions(region: "Region") -> Iterator[Item]:
    """Definitions that tasks were made from, each once."""
    yield from calls_for(region, _DEFINITIONS, tasks)
    for arn in sorted(region.seen[_DEFINITIONS]):
        try:
            for answer in answers(region, "ecs", "describe_task_definition", taskDefinition=arn):
                yield counted(answer)
                yield from each([answer["taskDefinition"]], "task definition", definition_records)
        except ReadError as error:
            if error.code != "refused":
                raise
            yield _vanished(arn, error)


def _services_of(region: "Region", cluster: str) -> Iterator[Item]:
    found: list[str] = []
    yield from _listed(region, "list_services", "serviceArns", found.append, cluster=cluster)
    for chunk in _chunks(found, _SERVICES_AT_ONCE):
        yield from _described(region, "describe_services", "services", service_records,
                              cluster=cluster, services=chunk, include=_TAGS)


def _tasks_of(region: "Region", cluster: str) -> Iterator[Item]:
    found: list[str] = []
    yield from _listed(region, "list_tasks", "taskArns", found.append, cluster=cluster)
    for chunk in _chunks(found, _TASKS_AT_ONCE):
        yield from _described(region, "describe_tasks", "tasks", task_records,
                              cluster=cluster, tasks=chunk, include=_TAGS)


def _hosts_of(region: "Region", cluster: str) -> Iterator[Item]:
    found: list[str] = []
    yield from _listed(region, "list_container_instances", "containerInstanceArns",
                       found.append, cluster=cluster)
    for chunk in _chunks(found, _TASKS_AT_ONCE):
        yield from _described(region, "describe_container_instances", "containerInstances",
                              host_records, cluster=cluster, containerInstances=chunk)


def _of_cluster(
    region: "Region", cluster: str, read: Callable[["Region", str], Iterator[Item]]
) -> Iterator[Item]:
    """What a cluster holds; that it was deleted in the meantime ends only its own part."""
    try:
        yield from read(region, cluster)
    except ReadError as error:
        if error.code != "refused":
            raise
        yield _vanished(cluster, error)


def _listed(
    region: "Region", operation: str, key: str, note: Callable[[str], None], **arguments: Any
) -> Iterator[Call]:
    """The calls of a list; `note` takes the names that it gives."""
    for item in pages(region, "ecs", operation, key, _PAGE, **arguments):
        if isinstance(item, Call):
            yield item
        else:
            note(str(item))


def _described(
    region: "Region", operation: str, key: str, make: Make, **arguments: Any
) -> Iterator[Item]:
    for answer in answers(region, "ecs", operation, **arguments):
        yield counted(answer)
        yield from each(answer.get(key) or [], _KINDS[key], make)
        yield from failures(answer, _KINDS[key])


def _chunks(names: list[str], size: int) -> Iterator[list[str]]:
    return (names[start:start + size] for start in range(0, len(names), size))


def _vanished(name: str, error: ReadError) -> Problem:
    return Problem("vanished", "what was listed was gone when it was asked for", name,
                   detail=str(error), severity="info")


def _saved(key: str, make: Make) -> Callable[[Mapping[str, Any], str], Parsed]:
    """The reader of what `aws ecs describe-…` prints."""
    def parse(document: Mapping[str, Any], _: str) -> Parsed:
        yield from each(document[key], _KINDS[key], make)
        yield from failures(document, _KINDS[key])

    return parse


def _definition_saved(document: Mapping[str, Any], _: str) -> Parsed:
    """From `aws ecs describe-task-definition`."""
    return each([document["taskDefinition"]], "task definition", definition_records)


_KINDS = {"clusters": "cluster", "services": "service", "tasks": "task",
          "containerInstances": "container instance"}
READERS: Mapping[str, Callable[["Region"], Iterator[Item]]] = {
    "ecs_clusters": clusters,
    "ecs_services": services,
    "ecs_container_instances": container_instances,
    "ecs_tasks": tasks,
    "ecs_task_definitions": task_definitions,
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "ecs_clusters": (), "ecs_services": ("ecs_clusters",),
    "ecs_container_instances": ("ecs_clusters",),
    # rows of tasks join these: whoever reads tasks, or reads them again, reads both
    "ecs_tasks": ("ecs_clusters", "ecs_services", "ecs_container_instances"),
    "ecs_task_definitions": ("ecs_tasks",),
}
ACTIONS: tuple[str, ...] = (
    "ecs:ListClusters", "ecs:DescribeClusters", "ecs:ListServices", "ecs:DescribeServices",
    "ecs:ListTasks", "ecs:DescribeTasks", "ecs:ListContainerInstances",
    "ecs:DescribeContainerInstances", "ecs:DescribeTaskDefinition",
)
TOP_LEVEL: Mapping[str, Callable[[Mapping[str, Any], str], Parsed]] = {
    "clusters": _saved("clusters", cluster_records),
    "services": _saved("services", service_records),
    "tasks": _saved("tasks", task_records),
    "containerInstances": _saved("containerInstances", host_records),
    "taskDefinition": _definition_saved,
}
__all__ = ["ACTIONS", "NEEDS", "READERS", "SHAPES", "TOP_LEVEL"]
