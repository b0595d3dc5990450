"""A cluster that is read: its master and its Marathons, found by what answers at an address."""

import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fleetkit.endpoints import Endpoint
from fleetkit.errors import ReadError
from fleetkit.plugins import Target

_DENIED = "sign in: ~/.netrc for passwords; DCOS_URL and DCOS_ACS_TOKEN for a DC/OS"
_UNVERIFIED = ("false", "0", "no")


@dataclass
class Marathon:
    """A Marathon, and what earlier answers told.

    Args:
        endpoint: its API.
        framework: id that it has in its cluster.
        info: what it says of itself.
        moving: apps that change, each with the version of its present config.
        known: whether anything was read that tells which apps change.
    """

    endpoint: Endpoint
    framework: str | None
    info: Any = None
    moving: dict[str, str | None] = field(default_factory=dict)
    known: bool = False


@dataclass
class Cluster:
    """What answers at a place.

    Args:
        name: the place.
        master: the Mesos master, if one answers.
        marathons: Marathons that answer, or were named.
        completed: whether tasks that are over are wanted.
    """

    name: str
    master: Endpoint | None = None
    marathons: list[Marathon] = field(default_factory=list)
    completed: bool = False

    def close(self) -> None:
        """Ends the sessions."""
        for endpoint in filter(None, (self.master, *(one.endpoint for one in self.marathons))):
            endpoint.close()


def connect(target: Target, seconds: float) -> Cluster:
    """The cluster at a place; what it is told by its answers.

    Raises:
        ReadError: nothing answers, or nothing of Mesos, Marathon or DC/OS.
    """
    cluster = Cluster(target.name, completed=bool(target.options.get("completed")))
    try:
        _find(cluster, target, seconds)
    except BaseException:
        cluster.close()
        raise
    return cluster


def _find(cluster: Cluster, target: Target, seconds: float) -> None:
    failures: list[ReadError] = []
    for root, prefix in ((target.name, ""), (target.name, "/mesos")):
        if cluster.master is None and not cluster.marathons:
            cluster.master = _master(_endpoint(root + prefix, target, seconds), failures)
            service = "/service/marathon" if prefix else ""
            if cluster.master is None or prefix:
                _add(cluster, _endpoint(root + service, target, seconds), failures)
    if cluster.master is None and not cluster.marathons:
        raise next((one for one in failures if one.status == "denied" or one.retryable), ReadError(
            f"{target.name}: no Mesos master, Marathon or DC/OS answers here",
            "unsupported", code="not_mesos", hint="is the port right? 5050 is usual for a master,"
            " 8080 for Marathon"))
    known = {one.endpoint.root for one in cluster.marathons}
    for root in sorted(set(target.options.get("marathons") or ()) - known):
        refused: list[ReadError] = []
        _add(cluster, _endpoint(root, target, seconds), refused)
        if refused:
            raise refused[0]


def _endpoint(root: str, target: Target, seconds: float) -> Endpoint:
    home = urlsplit(os.environ.get("DCOS_URL") or "")
    token = os.environ.get("DCOS_ACS_TOKEN")
    is_home = bool(home.netloc) and (home.scheme, home.netloc) == urlsplit(root)[:2]
    said = os.environ.get("DCOS_SSL_VERIFY", "") if is_home else ""
    verify = target.options.get("ca") or (False if said.lower() in _UNVERIFIED else said or True)
    headers = {"Authorization": f"token={token}"} if token and is_home else {}
    return Endpoint(root, seconds, headers, verify, denied=_DENIED)


def _master(endpoint: Endpoint, failures: list[ReadError]) -> Endpoint | None:
    """The endpoint, if a master answers there."""
    said = _answer(endpoint, "/version", failures)
    if isinstance(said, dict) and "version" in said and ("build_date" in said or "git_sha" in said):
        return endpoint
    endpoint.close()
    return None


def _add(cluster: Cluster, endpoint: Endpoint, failures: list[ReadError]) -> None:
    """Adds the Marathon that answers at an endpoint, if there is one."""
    info = _answer(endpoint, "/v2/info", failures)
    if isinstance(info, dict) and "frameworkId" in info:
        framework = info["frameworkId"]
        cluster.marathons.append(Marathon(
            endpoint, framework if isinstance(framework, str) else None, info))
    else:
        endpoint.close()


def _answer(endpoint: Endpoint, path: str, failures: list[ReadError]) -> Any:
    try:
        return endpoint.get(path).body
    except ReadError as error:
        failures.append(error)
        return None
