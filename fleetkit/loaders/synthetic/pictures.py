"""Names and ids of images, and references to them."""

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.gallery import FORMS, Gallery
from fleetkit.loaders.synthetic.groups import AWS, GCP, OPENSTACK, VSPHERE
from fleetkit.loaders.synthetic.members import Plan
from fleetkit.loaders.synthetic.names import services, teams, woven
from fleetkit.loaders.synthetic.stacks import LANGUAGES, column, stacks
from fleetkit.loaders.synthetic.texts import (
    Texts,
    decimals,
    either,
    hexes,
    joined,
    known,
    picked,
    uuids,
)
from fleetkit.loaders.synthetic.words import REGISTRY

BASES = ("debian", "redhat/ubi9", "alpine")
KINDS = ("container", "ami", "template", "disk_image")
_TAGS = ("12", "9.5", "3.20")
_MACHINES = ("debian-12", "rhel-9", "windows-2022")


def is_machine(shown: Gallery) -> Numbers:
    """Whether an image is one of machines."""
    return np.asarray(shown.form == FORMS.index("machine"))


def platforms(shown: Gallery) -> Numbers:
    """The platform of each machine image; -1 for images of containers."""
    return np.where(is_machine(shown), shown.repository % 4, -1)


def image_ids(plan: Plan) -> Texts:
    """The key of each image: a digest, or the id on its platform."""
    draws, shown = plan.draws, plan.gallery
    return woven(platforms(shown), {
        -1: lambda few: joined("sha256:", hexes(draws, "image", few, 64)),
        AWS: lambda few: joined("ami-", hexes(draws, "image", few, 17)),
        VSPHERE: lambda few: joined("vsphere|vcenter|template|vm-", decimals(few + 90_000_000)),
        OPENSTACK: lambda few: uuids(draws, "image", few),
        GCP: lambda few: joined("projects/acme-images/global/images/", decimals(few + 10**18)),
    })


def repositories(plan: Plan) -> Texts:
    """The name of each image without its tag."""
    shown = plan.gallery
    return woven(shown.form, {
        FORMS.index("base"): lambda few: picked(BASES, shown.repository[few]),
        FORMS.index("golden"): lambda few: picked(
            [f"{REGISTRY}/golden/{name}" for name in LANGUAGES], shown.repository[few]),
        FORMS.index("machine"): lambda few: joined(
            "golden", picked(_MACHINES, shown.repository[few] // 4), between="-"),
        FORMS.index("bought"): lambda few: picked(
            [one.image for one in stacks()], shown.stack[few]),
        FORMS.index("own"): lambda few: _own(shown, few),
    })


def tags(plan: Plan) -> Texts:
    """The tag of each image, the newest build's the highest."""
    shown = plan.gallery
    build = shown.build
    sold = np.where(shown.form == FORMS.index("bought"), shown.stack, 0)
    newest = np.zeros(len(stacks()), dtype=np.int64)
    np.maximum.at(newest, sold, np.where(shown.form == FORMS.index("bought"), build, 0))
    return woven(shown.form, {
        FORMS.index("base"): lambda few: joined(
            picked(_TAGS, shown.repository[few]), _dates(shown.age[few]), between="-"),
        FORMS.index("golden"): lambda few: _dates(shown.age[few]),
        FORMS.index("machine"): lambda few: joined("v", decimals(build[few] + 1)),
        FORMS.index("bought"): lambda few: _bought_tags(shown, few, newest),
        FORMS.index("own"): lambda few: joined(
            "v", decimals(shown.repository[few] % 7 + 1), ".", decimals(
                shown.repository[few] // 7 % 20), ".", decimals(build[few])),
    })


def references(plan: Plan) -> Texts:
    """How each image is asked for."""
    plain = repositories(plan)
    named = joined(plain, tags(plan), between=":")
    return either(is_machine(plan.gallery), joined(plain, tags(plan), between="-"), named)


def digests(plan: Plan) -> Texts:
    """The digest of each image of containers in its repository."""
    numbers = np.arange(len(plan.gallery))
    said = joined(repositories(plan), joined("sha256:", hexes(plan.draws, "manifest", numbers, 64)),
                  between="@")
    return known(~is_machine(plan.gallery), said)


def _own(shown: Gallery, few: Numbers) -> Texts:
    nicks = picked([str(nick) for nick in column("nick")], shown.stack[few])
    number = shown.repository[few]
    return joined(REGISTRY, teams(number), services(number, nicks), between="/")


def _dates(age: Numbers) -> Texts:
    days = np.datetime64("2026-11-22") - age.astype("timedelta64[D]")
    return pa.array(np.datetime_as_string(days)).cast(pa.string())


def _bought_tags(shown: Gallery, few: Numbers, newest: Numbers) -> Texts:
    """The tags that the project gave, the newest for the newest build; older ones count down."""
    listed = [one.tags or ("",) for one in stacks()]
    width = max(len(found) for found in listed)
    flat = [found[min(place, len(found) - 1)] for found in listed for place in range(width)]
    stack = shown.stack[few]
    behind = newest[stack] - shown.build[few]
    counts = np.array([len(found) for found in listed])[stack]
    tag = picked(flat, stack * width + np.minimum(behind, width - 1))
    older = behind - counts + 1
    rebuilt = [""] + [f"-r{place}" for place in range(1, int(older.max(initial=0)) + 1)]
    return joined(tag, picked(rebuilt, np.maximum(older, 0)))
