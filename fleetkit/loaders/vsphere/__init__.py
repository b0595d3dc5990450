"""vCenters: machines, templates, hosts, disks, rules and where machines come from.

Live through pyVmomi's property collector, few properties page by page, or from what govc prints
as JSON (`vm.info`, `host.info`, `about`, `object.collect`). A machine's id holds the id of its
vCenter: of files it is known where `govc about -json` lies beside them.
"""

from fleetkit.loaders.vsphere.endpoints import connect, targets
from fleetkit.loaders.vsphere.reading import RESOURCES, read
from fleetkit.loaders.vsphere.saved import parse
from fleetkit.loaders.vsphere.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="VMware vCenters, by name or URL",
    reads=(
        "govc vm.info, host.info, about, object.collect: JSON (-json)",
        "property collector results as JSON",
    ),
    permissions=("role Read-only (System.Read, System.View) on the vCenter, with its children",),
    resources=RESOURCES,
    targets=targets,
    connect=connect,
    read=read,
    parse=parse,
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    sdk="pyVmomi",
    extra="vsphere",
)
