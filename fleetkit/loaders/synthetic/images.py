"""The tables of images, of their layers and of the builds that made them."""

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.gallery import CASES, FORMS, Gallery
from fleetkit.loaders.synthetic.made import Made, constant, since, table
from fleetkit.loaders.synthetic.members import Plan
from fleetkit.loaders.synthetic.pictures import (
    KINDS,
    digests,
    image_ids,
    is_machine,
    platforms,
    references,
    repositories,
)
from fleetkit.loaders.synthetic.stacks import SYSTEMS, stacks
from fleetkit.loaders.synthetic.texts import Texts, hexes, joined, known, picked
from fleetkit.tables import BUILDS, IMAGES, LAYERS

_DAY = 86_400
_TEXTS = pa.list_(pa.string())
_STEPS = (
    "COPY . /app", "RUN apt-get update && apt-get install -y --no-install-recommends curl",
    "RUN pip install -r requirements.txt", "RUN npm ci --omit=dev", "COPY target/app.jar /app/",
    "RUN adduser --system app", "COPY entrypoint.sh /", "RUN mkdir -p /var/cache/app",
)


def images(made: Made) -> pa.Table:
    """One row per image of containers or machines."""
    plan, shown = made.plan, made.plan.gallery
    rows, machine = len(shown), is_machine(shown)
    number = np.arange(rows)
    release = picked(("12", "9", "v3.20", None), shown.system)
    version = picked(("12", "9.5", "3.20", "2022"), shown.system)
    return table(IMAGES, {
        "image_id": made.images, "name": references(plan),
        "kind": picked(KINDS, np.take([1, 2, 3, 3, 0], platforms(shown))),
        "tags": _ones(references(plan), ~machine), "digests": _ones(digests(plan), ~machine),
        "family": repositories(plan),
        "os_family": picked(("linux", "windows"), (shown.system == 3).astype(int)),
        "os_name": picked(("debian", "rhel", "alpine", "windows"), shown.system),
        "os_version": version, "ecosystem": picked([*SYSTEMS[:3], None], shown.system),
        "release": release, "observable": known(shown.system < 3, np.ones(rows, dtype=bool)),
        "arch": picked(("x86_64", "arm64"), np.zeros(rows, dtype=np.int64)),
        "created_at": since(shown.age * _DAY + number % 7_919), "is_dangling": np.zeros(rows, bool),
        "size_bytes": plan.draws.sizes("image size", number, 250_000_000, 3),
        "owner": picked(("acme", "docker.io"), (shown.form == FORMS.index("bought")).astype(int)),
        "is_public": shown.form == FORMS.index("bought"), "is_stub": np.zeros(rows, bool),
        "build_id": known(_is_built(shown), _build_ids(plan, number)),
        "revision": known(_is_built(shown), hexes(plan.draws, "revision", number, 40)),
        **_settings(plan), **_from(made, machine), **constant(rows),
    })


def layers(made: Made) -> pa.Table:
    """One row per image of containers and layer; those of a parent come first, and are the same."""
    plan, shown = made.plan, made.plan.gallery
    image, position, layer = stacked(shown)
    total = int(shown.added.sum())
    owner = np.repeat(np.arange(len(shown)), shown.added)
    diffs = joined("sha256:", hexes(plan.draws, "layer", np.arange(total), 64))
    size = plan.draws.sizes("layer size", np.arange(total), 9_000_000, 7)
    first = pa.array(layer)
    chains = pa.array(_chains(shown, diffs.to_pylist()), pa.string())
    steps = picked(_STEPS, plan.draws.below("step", np.arange(total), len(_STEPS)))
    return table(LAYERS, {
        "image_id": made.image(image), "position": position, "diff_id": diffs.take(first),
        "chain_id": chains.take(first), "size_bytes": size[layer], "command": steps.take(first),
        "created_at": since(shown.age[owner] * _DAY)
        .take(first), "source": pa.repeat(pa.scalar("oci"), len(image)), **constant(len(image)),
    })


def builds(made: Made) -> pa.Table:
    """One row per build of an image of the company's own."""
    plan, shown = made.plan, made.plan.gallery
    number = np.flatnonzero(_is_built(shown))
    few = pa.array(number)
    machine = is_machine(shown)[number]
    started = shown.age[number] * _DAY + 600 + number % 7_919
    return table(BUILDS, {
        "build_id": _build_ids(plan, number), "image_id": made.image(number),
        "builder": picked(("kaniko", "packer.amazon-ebs"), machine.astype(int)),
        "source_image": references(plan).take(pa.array(
            shown.parent[number], mask=shown.parent[number] < 0)),
        "started_at": since(started), "finished_at": since(started - 590),
        "name": repositories(plan).take(few), "is_latest": shown.build[number] == 3,
        "revision": hexes(plan.draws, "revision", number, 40),
        "template": picked(("Dockerfile", "machine.pkr.hcl"), machine.astype(int)),
        "source": picked(("oci", "packer"), machine.astype(int)), **constant(len(number)),
    })


def stacked(shown: Gallery) -> tuple[Numbers, Numbers, Numbers]:
    """For each image and layer, the lowest first: the image, the position, the layer's number.

    Layers are numbered in the order of the images that added them.
    """
    image = np.repeat(np.arange(len(shown)), shown.depth)
    position = np.arange(len(image)) - np.repeat(np.cumsum(shown.depth) - shown.depth, shown.depth)
    above = _layered_parents(shown)
    owner = image.copy()
    while True:
        lower = position < (shown.depth - shown.added)[owner]
        if not lower.any():
            break
        owner = np.where(lower, above[owner], owner)
    start = np.cumsum(shown.added) - shown.added
    return image, position, start[owner] + position - (shown.depth - shown.added)[owner]


def _layered_parents(shown: Gallery) -> Numbers:
    return np.where(shown.case == CASES.index("flattened"), -1, shown.parent)


def _chains(shown: Gallery, diffs: list[str]) -> list[str]:
    """Chain id of each layer by OCI's rule: the digest of the chain below and the layer's own."""
    above = _layered_parents(shown)
    ends: list[str] = []
    found: list[str] = []
    taken = 0
    for parent, added in zip(above.tolist(), shown.added.tolist(), strict=True):
        chain = ends[parent] if parent >= 0 else ""
        for diff in diffs[taken:taken + added]:
            said = f"{chain} {diff}".encode()
            chain = f"sha256:{hashlib.sha256(said).hexdigest()}" if chain else diff
            found.append(chain)
        taken += added
        ends.append(chain)
    return found


def _is_built(shown: Gallery) -> Numbers:
    return np.isin(shown.form, [FORMS.index(name) for name in ("golden", "machine", "own")])


def _build_ids(plan: Plan, number: Numbers) -> Texts:
    return joined("build", hexes(plan.draws, "build id", number, 12), between="-")


def _settings(plan: Plan) -> dict[str, Any]:
    """What images of containers declare: data only where the project itself declares it."""
    shown = plan.gallery
    box = ~is_machine(shown)
    sold = shown.form == FORMS.index("bought")
    ports = [list(one.ports) for one in stacks()]
    volumes = [[one.path] if one.path and one.image else [] for one in stacks()]
    place = np.where(box & (shown.stack >= 0), shown.stack, -1)
    plain = box & (shown.stack < 0)
    return {
        "command": known(sold, picked([one.command or None for one in stacks()], shown.stack)),
        "exposed_ports": _lists(ports, place, plain),
        "declared_volumes": _lists(volumes, place, plain),
        "labels": _labels(plan),
        "parent_ref": known(is_machine(shown), references(plan).take(pa.array(
            shown.parent, mask=shown.parent < 0))),
        "builder": picked((None, "kaniko", "packer"), np.where(
            is_machine(shown), 2, np.where(_is_built(shown), 1, 0))),
    }


def _labels(plan: Plan) -> Texts:
    """Labels of the image-spec that name the base, where somebody wrote them."""
    shown = plan.gallery
    has = shown.named >= 0
    base = pa.array(shown.named, mask=~has)
    name, digest = references(plan).take(base), image_ids(plan).take(base)
    said = joined('{"org.opencontainers.image.base.digest":"', digest,
                  '","org.opencontainers.image.base.name":"', name, '"}')
    return known(~is_machine(shown), said.fill_null("{}"))


def _from(made: Made, machine: Numbers) -> dict[str, Any]:
    place = np.where(machine, platforms(made.plan.gallery), 4)
    return {"source": picked(("aws", "vsphere", "openstack", "gcp", "oci"), place)}


def _lists(listed: list[list[str]], place: Numbers, plain: Numbers) -> Any:
    return picked([*listed, []], np.where(plain, len(listed), place), _TEXTS)


def _ones(texts: Any, where: Numbers) -> Any:
    offsets = pa.array(np.arange(len(texts) + 1, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, texts, mask=pa.array(~where))


