"""What is asked of an engine: list and inspect calls only, and one archive per file system."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.loaders.docker.divergence import read_diverged
from fleetkit.loaders.docker.endpoints import Engine
from fleetkit.loaders.docker.filesystems import PROBE, read_filesystems
from fleetkit.loaders.docker.inspection import container_record, engine_record, image_record
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text

RESOURCES = {
    "engine": (), "containers": ("engine",), "images": ("containers",), "packages": ("images",),
}


def read(engine: Engine, resource: str) -> Iterator[Record | Problem]:
    """The raw records of one resource, secrets taken out.

    Raises:
        ReadError: the engine refuses the list call, or the connection broke.
    """
    from docker.errors import APIError, DockerException
    from requests.exceptions import RequestException

    try:
        yield from _READERS[resource](engine)
    except APIError as error:
        status = "denied" if error.status_code in (401, 403) else "failed"
        raise ReadError(_said(resource, error), status, retryable=status == "failed") from error
    except (DockerException, RequestException, OSError, ValueError) as error:
        raise ReadError(_said(resource, error), retryable=True) from error


def _said(resource: str, error: Exception) -> str:
    return f"the engine did not answer for its {resource}: {mask_text(str(error))[:500]}"


def _engine(engine: Engine) -> Iterator[Record | Problem]:
    record = engine_record(engine.api.info(), engine.api.version())
    engine.identity = record.content["ID"]
    yield record


def _containers(engine: Engine) -> Iterator[Record | Problem]:
    usage = engine.aside.submit(_usage, engine)  # the engine walks its disk; inspect meanwhile
    inspected = [
        _inspected(engine.api.inspect_container, listed["Id"], "container")
        for listed in engine.api.containers(all=True)
        if PROBE not in (listed.get("Labels") or {})
    ]
    for found in inspected:
        if isinstance(found, Problem):
            yield found
        else:
            engine.used.add(found.get("Image", ""))
            if usage.result()["containers"].get(found["Id"]) != 0:
                engine.writers.append(found["Id"])
            yield container_record(found, usage.result(), engine.identity)


def _images(engine: Engine) -> Iterator[Record | Problem]:
    """Images that the engine's client lists or a container runs; steps of builds are left out."""
    shown = engine.api.images()
    dangling = {listed["Id"] for listed in shown if _is_nameless(listed)}
    visible = {listed["Id"] for listed in shown} | engine.used
    parents = {listed["Id"]: listed.get("ParentId") for listed in engine.api.images(all=True)}
    for identity in (identity for identity in parents if identity in visible):
        found = _inspected(engine.api.inspect_image, identity, "image")
        if isinstance(found, Problem):
            yield found
            continue
        engine.layers[identity] = (found.get("RootFS") or {}).get("Layers") or []
        history = _inspected(engine.api.history, identity, "image")
        steps = [] if isinstance(history, Problem) else history
        parent = _visible_parent(identity, parents, visible)
        yield image_record({**found, "Parent": parent}, steps, is_dangling=identity in dangling)


def _is_nameless(listed: Mapping[str, Any]) -> bool:
    names = [*(listed.get("RepoTags") or ()), *(listed.get("RepoDigests") or ())]
    return all(name.startswith("<none>") for name in names)


def _visible_parent(
    identity: str, parents: dict[str, str | None], visible: set[str]
) -> str | None:
    """The nearest recorded parent that is no step of a build, or one that is not here any more."""
    parent = parents.get(identity)
    for _ in range(len(parents)):
        if not parent or parent in visible or parent not in parents:
            return parent or None
        parent = parents[parent]
    return None


def _packages(engine: Engine) -> Iterator[Record | Problem]:
    if engine.reads_packages:
        yield from read_filesystems(engine)
        yield from read_diverged(engine)


def _usage(engine: Engine) -> dict[str, dict[str, Any]]:
    """Bytes that containers wrote and that volumes hold, where the engine can tell."""
    from docker.errors import APIError

    try:
        used = engine.api.df()
    except APIError:
        return {"containers": {}, "volumes": {}}
    volumes = {
        volume["Name"]: volume.get("UsageData") or {} for volume in used.get("Volumes") or ()
    }
    # a size of zero is left out of the answer, so a container without one wrote nothing
    written = {listed["Id"]: listed.get("SizeRw", 0) for listed in used.get("Containers") or ()}
    return {"containers": written, "volumes": volumes}


def _inspected(call: Callable[[str], Any], identity: str, kind: str) -> Any:
    """The answer to one detail call, or the problem that the thing has gone meanwhile."""
    from docker.errors import NotFound

    try:
        return call(identity)
    except NotFound:
        return Problem(
            code="vanished",
            message=f"a {kind} was removed between list and inspect",
            subject_id=identity,
            severity="info",
            hint="nothing to do: load again to see the present state",
        )


_READERS: dict[str, Callable[[Engine], Iterator[Record | Problem]]] = {
    "engine": _engine, "containers": _containers, "images": _images, "packages": _packages,
}
