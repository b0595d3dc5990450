"""Images where they lie: registries, archives (`docker save`) and OCI layouts.

Live through the distribution API, or from files, which are read as streams and never unpacked.
Packages are read layer by layer, so that each says in which layer it came.
"""

from fleetkit.loaders.oci.builds import builds, links
from fleetkit.loaders.oci.images import changelogs, images, layers, packages
from fleetkit.loaders.oci.listing import RESOURCES, read
from fleetkit.loaders.oci.places import targets
from fleetkit.loaders.oci.registries import connect
from fleetkit.loaders.oci.saved import scan
from fleetkit.plugins import Loader
from fleetkit.tables import BUILDS, CHANGELOGS, IMAGES, LAYERS, LINKS, PACKAGES

LOADER = Loader(
    doc="registries of images, archives of images and OCI layouts",
    reads=("archives of docker save and skopeo (tar, gzip or zstd)", "OCI layouts"),
    permissions=(
        "pull on the repositories that are read (GET and HEAD only)",
        "registry:catalog:* where a whole registry is named",
        "POST to the registry's token service alone, where docker keeps an identity token",
    ),
    resources=RESOURCES,
    tries=1,
    targets=targets,
    connect=connect,
    read=read,
    scan=scan,
    patterns=("oci-layout", "*.tar", "*.tar.gz", "*.tgz", "*.tar.zst"),
    rows={
        IMAGES: images, LAYERS: layers, PACKAGES: packages, CHANGELOGS: changelogs,
        BUILDS: builds, LINKS: links,
    },
    sdk="requests",
)
