"""OpenStack clouds: servers with their disks and addresses, images, volumes, hypervisors, groups.

Live, one target per region of a cloud in clouds.yaml, over all projects where the login may; or
from saved answers of the services and what the openstack client prints about servers.
"""

from fleetkit.loaders.openstack.clouds import connect, split, targets
from fleetkit.loaders.openstack.parsing import parse
from fleetkit.loaders.openstack.reading import RESOURCES, read
from fleetkit.loaders.openstack.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="OpenStack clouds: servers, images, volumes, flavors, hypervisors and server groups",
    reads=(
        "answers of Nova, Glance and Cinder: servers, images, volumes, flavors, hypervisors",
        "openstack server list --long -f json; openstack server show -f json",
    ),
    permissions=(
        "reader in a project; for all projects and hypervisors a role that the policies let"
        " list them, which is admin unless the cloud changed it",
        "os_compute_api:servers:detail:get_all_tenants",
        "os_compute_api:os-hypervisors:list-detail",
    ),
    resources=RESOURCES,
    tries=1,  # the SDK's session repeats what is throttled or not answered
    targets=targets,
    split=split,
    connect=connect,
    read=read,
    parse=parse,
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    sdk="openstack",
    extra="openstack",
)
