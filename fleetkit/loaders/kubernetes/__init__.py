"""Kubernetes: containers and nodes, with who controls them, what they mount and who calls them.

Live through the API of each context; or from what kubectl prints, as JSON or YAML, and from
manifests that no cluster has seen yet: of those a row is what they ask for, its origin `declared`.
"""

from fleetkit.loaders.kubernetes.clusters import connect
from fleetkit.loaders.kubernetes.contexts import targets
from fleetkit.loaders.kubernetes.kinds import RESOURCES
from fleetkit.loaders.kubernetes.reading import read
from fleetkit.loaders.kubernetes.role import PERMISSIONS, role
from fleetkit.loaders.kubernetes.saved import listing, parse, scan
from fleetkit.loaders.kubernetes.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="Kubernetes clusters: containers of pods, nodes, controllers, claims, services",
    reads=(
        "kubectl get … -o json or -o yaml: any kinds, one list or several files, JSON lines",
        "kubectl cluster-info dump --output-directory; lists of the API",
        "manifests: YAML of one or several documents, or JSON",
    ),
    permissions=PERMISSIONS,
    policy=role,
    resources=RESOURCES,
    targets=targets,
    connect=connect,
    read=read,
    listing=listing,
    parse=parse,
    scan=scan,
    patterns=("*.yaml", "*.yml"),
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    sdk="kubernetes",
    extra="kubernetes",
)
