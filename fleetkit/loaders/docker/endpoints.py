"""Where engines are: sockets, DOCKER_HOST, docker contexts, podman; and how to reach one."""

import math
import os
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError, ReadError
from fleetkit.plugins import Target
from fleetkit.redaction import mask_text

_SCHEMES = ("unix://", "tcp://", "ssh://", "http://", "https://", "npipe://")
_OLDEST = "1.24"
_SOCKETS = ("/var/run/docker.sock", "/run/podman/podman.sock")
_WHAT_TO_TRY = (
    "start Docker or podman, set DOCKER_HOST, name a context, or give a file that"
    " `docker inspect` printed"
)


def targets(*where: str | Path, packages: bool = True) -> Iterator[Target]:
    """The engines that were named; without a name the one that the docker client would use.

    Args:
        where: endpoints (unix://, tcp://, ssh://), sockets, or docker contexts by name or glob.
        packages: read the packages of images, which makes and removes a container per image.

    Raises:
        LoadError: no engine is configured here, or no context matches.
    """
    options = {"packages": packages}
    for place in where or (_default(),):
        for name, host, tls in _resolved(str(place)):
            yield Target(name, options={**options, "host": host, "tls": tls})


@dataclass
class Engine:
    """A client and what earlier answers of the engine told.

    Args:
        client: of the docker SDK.
        reads_packages: whether the user wants packages.
        identity: id of the engine, once asked.
        used: images that containers run, once asked.
        layers: layer digests of each image, once asked.
        writers: containers that are not known to have written nothing, once asked.
        aside: runs a slow call of the engine beside quick ones.
    """

    client: Any
    reads_packages: bool
    identity: str | None = None
    used: set[str] = field(default_factory=set)
    layers: dict[str, list[str]] = field(default_factory=dict)
    writers: list[str] = field(default_factory=list)
    aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    @property
    def api(self) -> Any:
        """The calls themselves."""
        return self.client.api

    def close(self) -> None:
        """Closes the connection."""
        self.aside.shutdown(cancel_futures=True)
        self.client.close()


def connect(target: Target, seconds: float) -> Engine:
    """The engine that a target names.

    Raises:
        ReadError: nothing answers in time, or it is no container engine.
    """
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    try:
        return Engine(_client(target.options, math.ceil(seconds)), target.options["packages"])
    except (DockerException, RequestException, OSError, ValueError) as error:
        raise ReadError(_unreachable(target.name, error), retryable=True) from error


def _client(options: Mapping[str, Any], seconds: int) -> Any:
    """A client that speaks the engine's own version; asked first, for a failure has to close."""
    import docker

    _knock(options["host"], seconds)
    where = {"base_url": options["host"], "tls": options["tls"] or False, "timeout": seconds}
    asking = docker.DockerClient(**where, version=_OLDEST)
    try:
        spoken = asking.version(api_version=False)["ApiVersion"]
    finally:
        asking.close()
    return docker.DockerClient(**where, version=spoken)


def _knock(host: str, seconds: int) -> None:
    """Fails where no socket listens; the SDK would leave a socket open behind such a failure."""
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.settimeout(seconds)
            knocking.connect(host.removeprefix("unix://"))


def _unreachable(name: str, error: Exception) -> str:
    found = mask_text(str(error)).lower()
    if "permission denied" in found:
        return f"{name}: this user may not open the engine's socket; join its group or use sudo"
    if "timed out" in found:
        return f"{name}: a container engine does not answer in time; {_WHAT_TO_TRY}"
    return f"{name}: no container engine answers here; {_WHAT_TO_TRY}"


def _default() -> str:
    """The engine that the docker client would use, else a podman socket that exists."""
    if os.environ.get("DOCKER_HOST"):
        return os.environ["DOCKER_HOST"]
    context = os.environ.get("DOCKER_CONTEXT") or _current_context()
    if context and context != "default":
        return context
    user_socket = Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere")) / "podman/podman.sock"
    found = next((path for path in (*_SOCKETS, str(user_socket)) if Path(path).exists()), None)
    if found is None:
        raise LoadError(f"no container engine runs here; {_WHAT_TO_TRY}")
    return f"unix://{found}"


def _current_context() -> str | None:
    from docker.context.config import get_current_context_name

    return str(get_current_context_name())


def _resolved(place: str) -> Iterator[tuple[str, str, Any]]:
    """Name, host and TLS settings of each engine that a place names."""
    if place.startswith(_SCHEMES):
        yield _short(place), place, None
    elif place.startswith("/"):
        yield place, f"unix://{place}", None
    else:
        yield from _contexts(place)


def _contexts(pattern: str) -> Iterator[tuple[str, str, Any]]:
    from docker.context import ContextAPI

    known = {context.name: context for context in ContextAPI.contexts()}
    matching = [name for name in sorted(known) if fnmatchcase(name, pattern)]
    if not matching:
        raise LoadError(f"docker: no context matches {pattern!r}; there are {', '.join(known)}")
    for name in matching:
        yield name, str(known[name].Host), known[name].TLSConfig


def _short(endpoint: str) -> str:
    """The endpoint as it may be shown: without a user's credentials."""
    return mask_text(endpoint).removeprefix("unix://")
