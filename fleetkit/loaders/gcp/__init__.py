"""Google Cloud's virtual machines with their disks, images, machine types and managed groups.

Live through the Compute Engine REST API, one target per project and all zones in one list; or
from what `gcloud compute … list --format=json` prints, saved API answers, and asset exports.
The API is spoken through Google's own session (google-auth): its JSON is that of the saved forms,
int64 as text and camelCase, which the typed client would turn into another.
"""

from fleetkit.loaders.gcp.permissions import PERMISSIONS, role
from fleetkit.loaders.gcp.projects import split, targets
from fleetkit.loaders.gcp.reading import RESOURCES, read
from fleetkit.loaders.gcp.saved import parse
from fleetkit.loaders.gcp.sessions import connect
from fleetkit.loaders.gcp.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="Google Cloud projects: instances, disks, images, machine types, managed groups, snapshots",
    reads=(
        "gcloud compute instances, disks, images, machine-types, snapshots list --format=json",
        "gcloud compute instance-groups managed list --format=json",
        "answers of the Compute Engine API v1, lists and aggregated lists",
        "gcloud asset export --content-type=resource, JSON lines; gcloud asset list",
    ),
    permissions=PERMISSIONS,
    policy=role,
    resources=RESOURCES,
    tries=2,  # the session repeats single calls; an answer cut short, or a 403 that throttles, not
    targets=targets,
    split=split,
    connect=connect,
    read=read,
    parse=parse,
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    sdk="google.auth",
    extra="gcp",
)
