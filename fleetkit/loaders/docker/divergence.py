"""Containers whose packages are no longer those of their image: somebody installed into them."""

from collections.abc import Iterator

from fleetkit.installed import PATHS
from fleetkit.loaders.docker.endpoints import Engine
from fleetkit.loaders.docker.filesystems import faults_of, hindrance, read_files
from fleetkit.loaders.docker.names import workload_id
from fleetkit.plugins import Problem, Record

_DATABASES = tuple(f"/{place.path.rstrip('/')}" for place in PATHS)


def read_diverged(engine: Engine) -> Iterator[Record | Problem]:
    """One record per container that wrote to its package database, with the files of it.

    The engine compares a container with its image, which costs a walk over what it wrote: those
    that are known to have written nothing are not asked.
    """
    from docker.errors import APIError, NotFound

    for container in engine.writers:
        subject = workload_id(container)
        try:
            changes = engine.api.diff(container) or ()
            if not any(is_database(str(change.get("Path"))) for change in changes):
                continue
            files, hindrances = read_files(engine, container, subject)
        except NotFound:
            continue  # removed meanwhile
        except APIError as error:
            yield hindrance(subject, error)
            continue
        yield from hindrances
        yield Record("diverged", {"WorkloadId": subject, "Files": files})
        yield from faults_of(subject, files)


def is_database(path: str) -> bool:
    """Whether a changed path is one that tells packages, or lies in a folder that does."""
    return any(path == place or path.startswith(f"{place}/") for place in _DATABASES)
