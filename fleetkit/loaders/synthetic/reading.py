"""How `load` gets the tables: one resource for each, made when it is asked for."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from fleetkit.errors import LoadError
from fleetkit.loaders.synthetic.images import builds, images, layers
from fleetkit.loaders.synthetic.links import links
from fleetkit.loaders.synthetic.listeners import services
from fleetkit.loaders.synthetic.made import Made, prepare
from fleetkit.loaders.synthetic.mounts import mounts
from fleetkit.loaders.synthetic.packages import packages
from fleetkit.loaders.synthetic.wishes import wishes
from fleetkit.loaders.synthetic.workloads import workloads
from fleetkit.plugins import Batch, Target
from fleetkit.schema import Table
from fleetkit.tables import BUILDS, IMAGES, LAYERS, LINKS, MOUNTS, PACKAGES, SERVICES, WORKLOADS

MAKERS: dict[Table, Callable[[Made], pa.Table]] = {
    WORKLOADS: workloads, IMAGES: images, LAYERS: layers, PACKAGES: packages, MOUNTS: mounts,
    SERVICES: services, LINKS: links, BUILDS: builds,
}
_NAME = "synthetic"


def targets(  # noqa: PLR0913 - each is a thing that fleets differ in
    *where: str,
    workloads: int | str = 1_000,
    seed: int | str = 0,
    images: int | str = 0,
    layers: int | str = 15,
    packages: int | str = 40,
    vm_share: float | str = 0.35,
    hostile: float | str = 0.01,
) -> Iterator[Target]:
    """The one target: a fleet of the wished size.

    Args:
        where: nothing; a synthetic fleet is nowhere.
        workloads: rows of `workloads`.
        seed: another seed is another fleet of the same kind.
        images: rows of `images`, 120 or more; 0 for as many as such a fleet has.
        layers: of an image that the company builds, on average.
        packages: of an image, on average; 0 for none.
        vm_share: share of machines, 0 to 1; the rest are containers and tasks.
        hostile: share of names and tags that are meant to do harm, 0 to 1.

    Raises:
        LoadError: an option is out of its bounds, or a place is named.
    """
    if where:
        raise LoadError(f"synthetic: expected options only, as workloads=1000, found"
                        f" {str(where[0])[:40]!r}")
    asked = {"workloads": workloads, "seed": seed, "images": images, "layers": layers,
             "packages": packages, "vm_share": vm_share, "hostile": hostile}
    wishes(asked)
    yield Target(_NAME, options=asked)


def connect(target: Target, _: float) -> Made:
    """The plan of the fleet and the keys that its tables share."""
    return prepare(wishes(target.options))


def read(made: Made, resource: str) -> Iterator[Any]:
    """One table."""
    declared, make = next((found, make) for found, make in MAKERS.items()
                          if found.name == resource)
    with made.turn:
        rows = make(made)
    yield Batch(declared, rows, len(rows))
