"""Consul clusters: nodes, services with their health, intentions, proxies and config entries.

Live through the HTTP API, one target per datacenter, or from what its endpoints answer. Ids:

    consul|SCOPE|vm|NODE               a node, by its name: external nodes have no id
    consul|SCOPE|service|NODE/ID       an instance of a service: a row of services
    consul|SCOPE|service|NAME          a service as such, an end of links; * is any

SCOPE is the datacenter, with /PARTITION and /NAMESPACE where these are not the default, or
peer:NAME for what belongs to a peered cluster. Characters that delimit are percent-encoded.
Consul keeps no times of its checks: since when one fails is told by fleets of two moments.
"""

from fleetkit.loaders.consul.permissions import PERMISSIONS, rules
from fleetkit.loaders.consul.places import split, targets
from fleetkit.loaders.consul.reading import RESOURCES, read
from fleetkit.loaders.consul.saved import parse
from fleetkit.loaders.consul.sessions import connect
from fleetkit.loaders.consul.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="Consul datacenters: nodes, services, health, intentions, proxies, config entries",
    reads=(
        "/v1/catalog/nodes, node/NAME, node-services/NAME, service/NAME",
        "/v1/health/service/NAME, state/any, node/NAME, checks/NAME",
        "/v1/connect/intentions; /v1/config/KIND, consul config read",
        "/v1/agent/self, services, checks",
    ),
    permissions=PERMISSIONS,
    policy=rules,
    resources=RESOURCES,
    tries=1,  # the endpoint repeats calls itself, and no service is asked for twice
    targets=targets,
    split=split,
    connect=connect,
    read=read,
    parse=parse,
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    sdk="requests",
)
