"""Builds of machine and container images by Packer, from its manifests and templates.

A manifest (the file of the manifest post-processor) tells what was built; a template, in JSON or
HCL, tells what a build starts from. Loaded together, a template gives the source of the builds
that bear the type and name of one of its builders, unless the manifest's custom data names it.
"""

from fleetkit.loaders.packer.reading import parse, scan
from fleetkit.loaders.packer.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="Packer: builds of images with their sources, from manifests and templates",
    reads=(
        "manifests of the manifest post-processor, JSON",
        "templates: JSON (.json), HCL (.pkr.hcl, with *.auto.pkrvars.hcl beside it) and .pkr.json",
    ),
    parse=parse,
    scan=scan,
    patterns=("*.pkr.hcl",),
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    extra="packer",
)
