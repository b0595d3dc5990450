"""Mesos clusters with Marathon: agents, tasks, apps, pods, deployments; jobs of Metronome.

Live from masters and Marathons, or from what their endpoints answer, the dcos command prints, or
definition files of apps, pods and groups. A task is one workload whichever of them tells of it:
its id is made of its agent's id, which no other cluster has, and its own.
"""

from fleetkit.loaders.mesos.permissions import PERMISSIONS, acls
from fleetkit.loaders.mesos.places import targets
from fleetkit.loaders.mesos.reading import RESOURCES, read
from fleetkit.loaders.mesos.saved import parse
from fleetkit.loaders.mesos.sessions import connect
from fleetkit.loaders.mesos.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="Mesos masters and Marathon: agents, tasks, apps, pods, deployments",
    reads=(
        "answers of a Mesos master: state, state-summary, slaves, frameworks, tasks, operator API",
        "answers of Marathon: apps, groups, tasks, pods, deployments, queue, info",
        "definitions of apps, pods and groups, as `marathon app add` takes them",
        "answers of Metronome: jobs",
    ),
    permissions=PERMISSIONS,
    policy=acls,
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
