"""Docker and podman engines: containers, images with layers and packages, volumes, the host.

Live through the Docker API, or from what `docker inspect` prints, containers and images mixed.
Installed packages are read from a container that is made and removed and never started.
"""

from fleetkit.loaders.docker.containers import workloads
from fleetkit.loaders.docker.endpoints import connect, targets
from fleetkit.loaders.docker.images import changelogs, images, layers, packages
from fleetkit.loaders.docker.inspection import parse
from fleetkit.loaders.docker.reading import RESOURCES, read
from fleetkit.loaders.docker.relations import links, services
from fleetkit.loaders.docker.storage import mounts
from fleetkit.plugins import Loader
from fleetkit.tables import (
    CHANGELOGS,
    IMAGES,
    LAYERS,
    LINKS,
    MOUNTS,
    PACKAGES,
    SERVICES,
    WORKLOADS,
)

LOADER = Loader(
    doc="Docker and podman engines by socket, host or context",
    reads=("docker inspect JSON of containers and images",),
    permissions=(
        "GET on info, version, containers, containers/{id}/changes, images, system/df",
        "POST and DELETE on containers/create and containers/{id}, for packages: never started",
    ),
    resources=RESOURCES,
    targets=targets,
    connect=connect,
    read=read,
    parse=parse,
    rows={
        WORKLOADS: workloads,
        IMAGES: images,
        LAYERS: layers,
        PACKAGES: packages,
        CHANGELOGS: changelogs,
        MOUNTS: mounts,
        SERVICES: services,
        LINKS: links,
    },
    sdk="docker",
)
