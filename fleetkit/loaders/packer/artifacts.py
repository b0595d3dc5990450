"""The images that an artifact id names, by the type of the builder that made it.

An id is formed as the loader of the platform forms it, so that both speak of one image. Builders
that leave files behind (file, null, vagrant, virtualbox, qemu, docker export) give ids that name
nothing: "File", "VM". A Google image is named without its project, which is filled in later.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fleetkit.references import image_id_of

GOOGLE = "googlecompute"
_AMI = re.compile(r"ami-[0-9a-f]{8,17}")
_IN_REGION = re.compile(r"([a-z0-9-]{2,30}):([A-Za-z0-9-]{1,100})")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_GOOGLE_URL = re.compile(r"projects/([^/\s]{1,100})/global/images/([^/\s]{1,100})$")
_AZURE = re.compile(r"/subscriptions/[^\s]{1,500}/(?:images|galleries)/[^\s]{1,300}", re.IGNORECASE)
_BY_REGION = {"digitalocean": "digitalocean", "linode": "linode", "hcloud": "hcloud"}
_CONTAINER_FILE = ("container", "")


@dataclass(frozen=True, slots=True)
class Image:
    """An image by its id; one of a vCenter, or of Google without a project, is only named."""

    id: str
    kind: str
    name: str | None = None
    region: str | None = None


def images_of(builder_type: str, artifact_id: str) -> Iterator[Image]:
    """The images that a build left behind; none for files, volumes and ids that name nothing."""
    platform = builder_type.partition("-")[0]
    if platform == "amazon":
        yield from _amazon(artifact_id)
    elif platform == "docker":
        if artifact_id.lower() not in _CONTAINER_FILE:
            yield container(artifact_id)
    elif platform in _BY_REGION:
        region, _, native = artifact_id.rpartition(":")
        yield Image(f"{_BY_REGION[platform]}||image|{native}", "disk_image", None, region or None)
    else:
        found = named(builder_type, artifact_id)
        if found:
            yield found


def named(builder_type: str, text: str, project: str | None = None) -> Image | None:
    """The image that a text names on the platform of a builder; None if it names none."""
    platform = builder_type.partition("-")[0]
    if _AMI.fullmatch(text):
        return Image(f"aws||ami|{text}", "ami", text)
    if match := _GOOGLE_URL.search(text):
        return Image(f"gcp|{match[1]}|image|{match[2]}", "disk_image", match[2])
    if _AZURE.fullmatch(text):
        return Image(f"azure||image|{text.lower()}", "disk_image", text.rpartition("/")[2])
    if platform == GOOGLE and re.fullmatch(r"[a-z][a-z0-9-]{0,62}", text):
        return Image(f"gcp|{project or ''}|image|{text}", "disk_image", text)
    if platform == "openstack" and _UUID.fullmatch(text):
        return Image(f"openstack||image|{text.lower()}", "disk_image")
    if platform == "vsphere" and text:
        return Image(f"vsphere||template|{text}", "template", text)
    return container(text) if platform == "docker" and text else None


def container(reference: str) -> Image:
    """A container image by its content digest, or by its name."""
    by_digest = reference.startswith(("sha256:", "sha512:"))
    return Image(image_id_of(reference), "container", None if by_digest else reference)


def kind_on(builder_type: str) -> str:
    """The kind of image that a builder starts from."""
    kinds = {"amazon": "ami", "docker": "container", "vsphere": "template"}
    return kinds.get(builder_type.partition("-")[0], "disk_image")


def _amazon(artifact_id: str) -> Iterator[Image]:
    for part in artifact_id.split(","):
        match = _IN_REGION.fullmatch(part.strip())
        if match and _AMI.fullmatch(match[2]):
            yield Image(f"aws||ami|{match[2]}", "ami", match[2], match[1])
