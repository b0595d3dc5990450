"""EC2: volumes and snapshots, images owned and referenced, the ancestors of images."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.calls import answers, counted, record
from fleetkit.loaders.aws.compute import read_filtered, read_instances
from fleetkit.loaders.aws.listings import Listing, calls_for, read_listing
from fleetkit.loaders.aws.scaling import read_versions
from fleetkit.loaders.aws.shapes import DISKS as SHAPES
from fleetkit.plugins import Item, Problem, Record

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_MOST_GAPS = 100

VOLUMES = Listing("volume", "ec2", "describe_volumes", "Volumes", "VolumeId", 500)
SNAPSHOTS = Listing("snapshot", "ec2", "describe_snapshots", "Snapshots", "SnapshotId", 1000,
                    {"OwnerIds": ["self"]})
IMAGES = Listing("image", "ec2", "describe_images", "Images", "ImageId", 1000,
                 {"IncludeDeprecated": True})
ANCESTORS = Listing("image_ancestor", "ec2", "get_image_ancestry", "ImageAncestryEntries",
                    "ImageId")


def read_volumes(region: "Region") -> Iterator[Item]:
    """Volumes; one that no machine uses is told."""
    for item in read_listing(region, VOLUMES):
        yield item
        if isinstance(item, Record):
            yield from idle_volume(item, region.target.account)


def idle_volume(volume: Record, account: str | None) -> Iterator[Problem]:
    """What to know about a volume that is paid for and used by no machine."""
    content = volume.content
    if content.get("State") != "available" or content.get("Attachments"):
        return
    facts = (("Size", "GiB"), ("VolumeType", ""), ("CreateTime", "made"))
    owner = content.get("OwnerId") or account or ""
    yield Problem(
        code="unattached_volume", message="a volume is attached to no machine",
        subject_id=f"aws|{owner}|volume|{content['VolumeId']}", severity="info",
        detail=", ".join(f"{content[name]} {word}".strip() for name, word in facts
                         if content.get(name) is not None),
        hint="keep its data in a snapshot and delete it, or find out who needs it",
    )


def read_images(region: "Region") -> Iterator[Item]:
    """Images of the account, then those that machines, templates and groups name."""
    known: set[str] = set()
    gaps: set[str] = set()
    for item in read_listing(region, IMAGES, Owners=["self"]):
        if isinstance(item, Record):
            known.add(item.content["ImageId"])
            if not item.content.get("SourceImageId"):
                gaps.add(item.content["ImageId"])
        yield item
    yield from calls_for(region, "instance_images", read_instances)
    yield from calls_for(region, "template_images", read_versions)
    named = {*region.seen["instance_images"], *region.seen["template_images"]}
    named = {name for name in named if name.startswith("ami-")}
    region.seen["image_gaps"] = gaps & named
    yield from read_filtered(region, IMAGES, "image-id", sorted(named - known))


def read_ancestors(region: "Region") -> Iterator[Item]:
    """Ancestors of the images in use of which EC2 records no source; none where it cannot say."""
    yield from calls_for(region, "image_gaps", read_images)
    gaps = sorted(region.seen["image_gaps"])
    if len(gaps) > _MOST_GAPS:
        yield Problem(
            code="not_asked", message="the ancestors of some images were not asked",
            detail=f"{len(gaps) - _MOST_GAPS} of {len(gaps)} images", severity="info",
        )
    met: set[str] = set()
    for image in gaps[:_MOST_GAPS]:
        try:
            found = next(answers(region, "ec2", "get_image_ancestry", ImageId=image))
        except ReadError as error:
            if error.code != "refused":
                raise
            yield Problem(
                code="unknown_ancestors", message="the ancestors of an image are not known",
                subject_id=f"aws||ami|{image}", detail=str(error), severity="info",
            )
            continue
        yield counted(found)
        yield from _new(found, met)


def _new(answer: Mapping[str, Any], met: set[str]) -> Iterator[Record]:
    """Ancestors that no other image has told of."""
    for entry in answer.get(ANCESTORS.key) or ():
        if entry.get("ImageId") not in met:
            met.add(entry["ImageId"])
            yield record(ANCESTORS.kind, entry)


READERS: Mapping[str, Callable[["Region"], Iterator[Item]]] = {
    "images": read_images,
    "image_ancestors": read_ancestors,
    "volumes": read_volumes,
    "snapshots": partial(read_listing, listing=SNAPSHOTS),
}
NEEDS = {
    "images": ("instances", "launch_templates"),
    "image_ancestors": ("images",),
}
ACTIONS = tuple(f"ec2:{name}" for name in (
    "DescribeImages", "DescribeSnapshots", "DescribeVolumes", "GetImageAncestry",
))
__all__ = ["ACTIONS", "NEEDS", "READERS", "SHAPES"]
