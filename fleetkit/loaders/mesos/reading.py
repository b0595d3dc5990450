"""What is asked of a cluster: GET only; of an app that changes, its versions, too."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from fleetkit.errors import ReadError
from fleetkit.fields import Fields
from fleetkit.loaders.mesos.apps import app_records
from fleetkit.loaders.mesos.deployments import (
    deployment_records,
    marathon_record,
    waiting_records,
)
from fleetkit.loaders.mesos.groups import group_records
from fleetkit.loaders.mesos.masters import master_records
from fleetkit.loaders.mesos.pods import pod_records
from fleetkit.loaders.mesos.sessions import Cluster, Marathon
from fleetkit.plugins import Call, Item, Problem

RESOURCES: dict[str, tuple[str, ...]] = {
    "state": (), "apps": (), "pods": (), "groups": (), "queue": (),
    "deployments": ("apps",), "versions": ("deployments",),
}
_EMBEDDED = ("apps.tasks", "apps.counts", "apps.deployments", "apps.readiness",
             "apps.lastTaskFailure")
_STATES = ("/state", "/master/state", "/master/state.json")
_MOST_MOVING = 200
_MOST_TRIED = 3

Found = Iterator[Item]


def read(cluster: Cluster, resource: str) -> Found:
    """The raw records of one resource, secrets taken out.

    Raises:
        ReadError: a call failed, or the cluster has nothing that could be asked.
    """
    if resource == "state":
        yield from _state(cluster)
        return
    if not cluster.marathons:
        raise ReadError(
            f"{cluster.name}: is a Mesos master; of Marathon's {resource} it knows nothing",
            "unsupported", code="no_marathon", hint="name its Marathon: marathon='http://…:8080'")
    for marathon in cluster.marathons:
        yield from _READERS[resource](marathon)


def _state(cluster: Cluster) -> Found:
    if cluster.master is None:
        raise ReadError(
            f"{cluster.name}: is a Marathon; agents and other frameworks are told by a master",
            "unsupported", code="no_master", hint="load the master, too: 'http://…:5050'")
    for place, path in enumerate(_STATES):
        try:
            answer = cluster.master.get(path)
        except ReadError as error:
            if error.code != "not_found" or place == len(_STATES) - 1:
                raise
            continue
        yield Call(answer.retries)
        if not isinstance(answer.body, dict):
            raise _misshapen(cluster.master.name, path)
        yield from master_records(answer.body, completed=cluster.completed)
        return


def _apps(marathon: Marathon) -> Found:
    yield from marathon_record(Fields(marathon.info))
    query = "&".join(f"embed={name}" for name in _EMBEDDED)
    answer = marathon.endpoint.get(f"/v2/apps?{query}")
    yield Call(answer.retries)
    listed = answer.body.get("apps") if isinstance(answer.body, dict) else None
    if not isinstance(listed, list):
        raise _misshapen(marathon.endpoint.name, "/v2/apps")
    for app in Fields({"apps": listed}).parts("apps"):
        path = app.text("id")
        if path and list(app.parts("deployments")):
            marathon.moving[path] = app.part("versionInfo").text("lastConfigChangeAt")
        yield from app_records(app, marathon.framework)
    marathon.known = True


def _pods(marathon: Marathon) -> Found:
    for pod in _listed(marathon, "/v2/pods/::status"):
        if isinstance(pod, Call | Problem):
            yield pod
        else:
            yield from pod_records(pod, marathon.framework)


def _groups(marathon: Marathon) -> Found:
    answer = marathon.endpoint.get("/v2/groups?embed=group.groups")
    yield Call(answer.retries)
    yield from group_records(Fields(answer.body), marathon.framework, only_groups=True)


def _queue(marathon: Marathon) -> Found:
    answer = marathon.endpoint.get("/v2/queue")
    yield Call(answer.retries)
    for entry in Fields(answer.body).parts("queue"):
        yield from waiting_records(entry, marathon.framework)


def _deployments(marathon: Marathon) -> Found:
    for deployment in _listed(marathon, "/v2/deployments"):
        if isinstance(deployment, Call | Problem):
            yield deployment
            continue
        for path in deployment.texts("affectedApps"):
            marathon.moving.setdefault(path, None)
        yield from deployment_records(deployment, marathon.framework)
    marathon.known = True


def _versions(marathon: Marathon) -> Found:
    """Of apps that change, the config that ran before."""
    if not marathon.known:
        raise ReadError(f"{marathon.endpoint.name}: neither apps nor deployments were read, so"
                        " nobody knows which apps change", code="not_asked")
    chosen = sorted(marathon.moving)
    for path in chosen[:_MOST_MOVING]:
        where = f"/v2/apps{quote(path)}/versions"
        try:
            answer = marathon.endpoint.get(where)
            yield Call(answer.retries)
            listed = sorted(Fields(answer.body).texts("versions"), reverse=True)
            yield from _before(marathon, where, listed, marathon.moving[path])
        except ReadError as error:
            if error.code != "not_found":
                raise
            yield _forgotten(path, error)
    if len(chosen) > _MOST_MOVING:
        yield Problem(
            code="too_many_deployments", message="more apps change than are asked for versions",
            detail=f"{len(chosen):,} apps; the first {_MOST_MOVING} were asked", phase="detail")


def _before(marathon: Marathon, where: str, listed: list[str], config: str | None) -> Found:
    """The newest version of another config than the present one."""
    older = [version for version in listed if config is None or version < config]
    for version in older[1 if config is None else 0:][:_MOST_TRIED]:
        try:
            answer = marathon.endpoint.get(f"{where}/{quote(version, safe=':')}")
        except ReadError as error:
            if error.code != "not_found":
                raise
            yield _forgotten(f"{where}/{version}", error)
            continue
        yield Call(answer.retries)
        yield from app_records(Fields(answer.body), marathon.framework)
        return


def _listed(marathon: Marathon, path: str) -> Iterator[Any]:
    """The objects of a list."""
    answer = marathon.endpoint.get(path)
    yield Call(answer.retries)
    if not isinstance(answer.body, list):
        raise _misshapen(marathon.endpoint.name, path)
    yield from Fields({"list": answer.body}).parts("list")


def _forgotten(path: str, error: ReadError) -> Problem:
    return Problem(
        code="version_gone", message="an older version of an app is not kept any more",
        subject_id=path[:300], detail=str(error), severity="info",
        hint="Marathon keeps as many as --zk_max_versions says",
    )


def _misshapen(name: str, path: str) -> ReadError:
    return ReadError(f"{name}{path}: the answer does not have the expected form",
                     code="unreadable", hint="does a proxy answer in its place?")


_READERS: dict[str, Callable[[Marathon], Found]] = {
    "apps": _apps, "pods": _pods, "groups": _groups, "queue": _queue,
    "deployments": _deployments, "versions": _versions,
}
