"""Which projects are read: those that are named, else the one of the credentials."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.gcp.sessions import find_credentials
from fleetkit.plugins import Problem, Target

ENDPOINT = "https://compute.googleapis.com"
_PROJECT = re.compile(r"(?:[a-z0-9.-]{1,253}:)?[a-z0-9][a-z0-9-]{1,62}")
_NEAR = ("localhost", "127.0.0.1", "::1")
_DEFAULT = "default project"

Names = str | Iterable[str]


def targets(
    *where: str | Path,
    projects: Names = (),
    zones: Names = (),
    regions: Names = (),
    endpoint: str | None = None,
) -> Iterator[Target]:
    """One target per project.

    Args:
        where: project ids.
        projects: more of them.
        zones: globs of zones, as europe-west1-*; all where none is given. What is in no zone
            (images, snapshots) is read all the same.
        regions: globs of regions, whose zones are read too.
        endpoint: another address of the API, as of a private endpoint.

    Raises:
        LoadError: a project id or the endpoint is not written like one.
    """
    options = {
        "zones": tuple(_listed(zones)),
        "regions": tuple(_listed(regions)),
        "endpoint": _checked(endpoint or ENDPOINT),
    }
    named = [*map(str, where), *_listed(projects)] or _from_environment()
    for project in dict.fromkeys(named):
        if not _PROJECT.fullmatch(project):
            raise LoadError(
                f"gcp: expected the id of a project, found {project!r};"
                " `gcloud projects list` names them"
            )
        yield Target(project, account=project, options=options)
    if not named:
        yield Target(_DEFAULT, options=options)


def split(target: Target, _seconds: float) -> Iterator[Target | Problem]:
    """The target itself; where no project was named, that of the credentials.

    Raises:
        ReadError: there are no credentials, or they name no project.
    """
    if target.account is not None:
        yield target
        return
    _, project = find_credentials()
    if not project:
        raise ReadError(
            "gcp: no project was named, and the credentials name none",
            code="no_project",
            hint="load('gcp', 'my-project'), or set GOOGLE_CLOUD_PROJECT",
        )
    yield Target(project, account=project, options=target.options)


def _from_environment() -> list[str]:
    named = (os.environ.get(name) for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"))
    return [project for project in named if project][:1]


def _listed(names: Names) -> list[str]:
    listed = [names] if isinstance(names, str) else list(names)
    strange = next((name for name in listed if not isinstance(name, str)), None)
    if strange is not None:
        raise LoadError(f"gcp: expected names as text, found {strange!r}")
    return listed


def _checked(endpoint: str) -> str:
    """The endpoint, if a token may be sent there."""
    try:
        parts = urlsplit(endpoint)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _NEAR)
    except ValueError:
        safe = False
    if not safe or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise LoadError(
            f"gcp: expected an endpoint as {ENDPOINT!r}, found {endpoint!r};"
            " http is allowed for this machine only"
        )
    return endpoint.rstrip("/")
