"""The table of packages: those of images, and of the machines of herds that lag or have drifted.

A build is as old as the layer that brought it: of the base, of the golden image, or of the image
itself. OpenSSL is renewed by each build of the company's own images.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.gallery import BUILDS_KEPT, CASES, FORMS, Gallery
from fleetkit.loaders.synthetic.made import Made, constant, table
from fleetkit.loaders.synthetic.members import Plan
from fleetkit.loaders.synthetic.names import SOURCES
from fleetkit.loaders.synthetic.pictures import is_machine
from fleetkit.loaders.synthetic.stock import MOST, stock
from fleetkit.loaders.synthetic.texts import picked
from fleetkit.tables import PACKAGES

_OF_BASE, _OF_GOLDEN = 15, 25  # packages that came with the base, and with a golden image
_DAYS_OF_BUILD = 130


def packages(made: Made) -> pa.Table:
    """One row per subject and package."""
    plan, shown = made.plan, made.plan.gallery
    listed = np.flatnonzero(shown.system < 3)
    machines = own_lists(plan)
    subject = np.concatenate([listed, len(shown) + machines])
    image = np.concatenate([listed, plan.image[machines]])
    size = _counts(plan)[image]
    row = np.repeat(np.arange(len(subject)), size)
    place = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    member = np.where(subject >= len(shown), subject - len(shown), -1)
    row, place = _ordered(row, place, shown.system[image])
    build = _builds(plan, image[row], place, member[row])
    keys = pa.concat_arrays([made.images, made.workloads])
    rows = stock().rows.take(pa.array(stock().first[shown.system[image[row]], place] + build))
    return table(PACKAGES, {
        "subject_id": keys.take(pa.array(subject[row])),
        **{name: rows[name] for name in rows.column_names},
        **_layers(shown, image[row], place), "source": _sources(plan, member[row]),
        **constant(len(row)),
    })


def own_lists(plan: Plan) -> Numbers:
    """Machines whose own packages are listed: all of the herds that lag or have drifted."""
    planted = plan.groups.lags | plan.groups.drifted
    here = plan.is_machine & planted[plan.group] & (plan.original == plan.number)
    return np.flatnonzero(here & (plan.image >= 0)) if plan.wishes.packages else np.array([], int)


def content(shown: Gallery) -> Numbers:
    """The image whose content each image has: another's for one that was named again."""
    again = shown.case == CASES.index("retagged")
    return np.where(again, shown.parent, np.arange(len(shown)))


def _counts(plan: Plan) -> Numbers:
    wished = plan.wishes.packages
    number = content(plan.gallery)
    counted = plan.draws.between("packages", number, wished - wished // 2, wished + wished // 2)
    return np.minimum(counted, MOST)


def _ordered(row: Numbers, place: Numbers, system: Numbers) -> tuple[Numbers, Numbers]:
    """Rows in the order of names, so that equal wishes give rows in equal order."""
    rank = stock().order[system[row], place]
    order = np.argsort(row * MOST + rank)
    return row[order], place[order]


def _builds(plan: Plan, image: Numbers, place: Numbers, member: Numbers) -> Numbers:
    """The build of each package, 0 for the oldest."""
    shown, known = plan.gallery, stock()
    owner = _owners(shown)[np.select([place < _OF_BASE, place < _OF_GOLDEN], [0, 1], 2), image]
    system = shown.system[image]
    newest = known.builds[system, place] - 1
    late = plan.draws.happens("late build", owner * MOST + place, 0.12)
    build = np.maximum(newest - shown.age[owner] // _DAYS_OF_BUILD - late, 0)
    vital = known.vital[system, place]
    own = shown.form[image] == FORMS.index("own")
    renewed = np.select([shown.build[image] == BUILDS_KEPT - 1, shown.build[image] == 0],
                        [newest, 0], newest - 1)
    build = np.where(vital & own, renewed, build)
    listed = member >= 0
    lags, drifted = (np.append(found, False)[member] for found in (plan.lags, plan.drifted))
    build = np.where(vital & listed, np.where(lags, 0, newest), build)
    odd = drifted & ~vital & plan.draws.happens(
        "drift", member.clip(0) * MOST + place, 0.4)
    return np.where(odd, (build + 1) % (newest + 1), build)


def _owners(shown: Gallery) -> Numbers:
    """For each image that of its base, its golden image, and itself, as far as it has them."""
    itself = content(shown)
    parent = np.where(shown.parent[itself] >= 0, shown.parent[itself], itself)
    above = np.where(shown.parent[parent] >= 0, shown.parent[parent], parent)
    machine = is_machine(shown)
    return np.stack([np.where(machine, itself, above), np.where(machine, itself, parent), itself])


def _layers(shown: Gallery, image: Numbers, place: Numbers) -> dict[str, Any]:
    """The layer that brought each package; unknown for machines."""
    owners = _owners(shown)
    tops = np.where(owners >= 0, shown.depth[owners] - shown.added[owners], 0)
    brought = np.select([place < _OF_BASE, place < _OF_GOLDEN], [0, 1], 2)
    flattened = shown.case[image] == CASES.index("flattened")
    layer = np.where(flattened, 0, tops[brought, image])
    known = pa.array(layer, mask=is_machine(shown)[image])
    return {"first_layer": known, "current_layer": known}


def _sources(plan: Plan, member: Numbers) -> Any:
    return picked([*SOURCES, "oci"], np.append(plan.platform, len(SOURCES))[member])
