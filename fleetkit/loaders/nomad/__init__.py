"""Nomad clusters: nodes, jobs, allocations, deployments, volumes.

Live from a server's API, region by region and through all namespaces, or from what that API
answered, the nomad command prints as JSON, or job files in JSON. A workload is one task of one
allocation, or a task of a job of which nothing is placed.
"""

from fleetkit.loaders.nomad.permissions import PERMISSIONS, rules
from fleetkit.loaders.nomad.places import targets
from fleetkit.loaders.nomad.reading import RESOURCES, read
from fleetkit.loaders.nomad.saved import parse
from fleetkit.loaders.nomad.sessions import connect
from fleetkit.loaders.nomad.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="Nomad clusters: nodes, jobs, allocations, deployments, volumes",
    reads=(
        "answers of Nomad's API: nodes, jobs, versions, allocations, deployments, volumes",
        "nomad job inspect; alloc, node, deployment and volume status -json",
        "job files in JSON, as `nomad job run -json` takes them",
    ),
    permissions=PERMISSIONS,
    policy=rules,
    resources=RESOURCES,
    targets=targets,
    connect=connect,
    read=read,
    parse=parse,
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    sdk="requests",
)
