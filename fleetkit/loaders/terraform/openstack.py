"""Resources of OpenStack: servers with their volumes and ports, images, databases.

Ids are formed as the loader of OpenStack forms them.
"""

from collections.abc import Iterator
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.terraform.resources import Resource, Stack
from fleetkit.loaders.terraform.things import (
    gib,
    image,
    known,
    labels,
    mount,
    service,
    stub,
    total,
    workload,
)
from fleetkit.plugins import Record

_STATES = {"active": "running", "shutoff": "stopped", "paused": "paused", "suspended": "paused",
           "error": "failed", "build": "starting", "shelved_offloaded": "stopped"}
_VOLUMES = ("openstack_blockstorage_volume_v3", "openstack_blockstorage_volume_v2")
_ATTACHMENTS = ("openstack_compute_volume_attach_v2",)
_FLOATING = ("openstack_compute_floatingip_associate_v2",)
_FLAVORS = ("openstack_compute_flavor_v2",)


def server(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("id")
    picture = known_as.text("image_id")
    has_image = picture is not None and picture.count("-") == 4  # "Attempt to boot from volume …"
    image_id = f"openstack||image|{picture}" if has_image else None
    flavor = stack.having(_FLAVORS, "id", known_as.text("flavor_id"))
    state = known_as.text("power_state")
    cards = list(known_as.parts("network"))
    disks = list(_disks(resource, stack, native))
    yield from workload(
        resource, stack, f"openstack||vm|{native}" if native else None,
        name=known_as.text("name"),
        state=_STATES.get((state or "").lower(), "unknown"), state_raw=state,
        size_name=known_as.text("flavor_name") or known_as.text("flavor_id"),
        cpu_cores=flavor.number("vcpus"), memory_bytes=flavor.whole("ram", factor=1 << 20),
        disk_bytes=total([*([gib(flavor, "disk")] if has_image else []),
                          *(disk.content["size_bytes"] for disk in disks)]),
        image_ref=known_as.text("image_name") if has_image else None, image_id=image_id,
        created_at=known_as.time("created"), zone=known_as.text("availability_zone"),
        region=known_as.text("region"),
        private_ips=known([address for card in cards for address in (
            card.text("fixed_ip_v4"), (card.text("fixed_ip_v6") or "").strip("[]"))]
            or [known_as.text("access_ip_v4")]),
        public_ips=known([*(card.text("floating_ip") for card in cards),
                          *_floating(stack, native)]),
        macs=known(card.text("mac") for card in cards),
        provider_id=f"openstack:///{native}" if native else None,
        tags=labels(known_as, "all_metadata", "metadata"),
    )
    yield from disks
    yield from stub(image_id, "disk_image", known_as.text("image_name"))


def picture(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("id")
    visible = known_as.text("visibility")
    yield from image(
        resource, stack, f"openstack||image|{native}" if native else None, kind="disk_image",
        name=known_as.text("name"), created_at=known_as.time("created_at"),
        size_bytes=known_as.whole("size_bytes"), owner=known_as.text("owner"),
        is_public=visible in ("public", "community") if visible else None,
        os_name=known_as.part("properties").text("os_distro"),
        os_version=known_as.part("properties").text("os_version"), region=known_as.text("region"),
    )


def database(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    store = next(known_as.parts("datastore"), Fields(None))
    words = (store.text("type"), store.text("version"))
    yield from service(
        resource, stack, service_name=known_as.text("name"),
        host=next(iter(known_as.texts("addresses")), None), port=None,
        version=" ".join(word for word in words if word) or None, region=known_as.text("region"),
    )


def _disks(resource: Resource, stack: Stack, native: str | None) -> Iterator[Record]:
    for disk in resource.fields.parts("block_device"):
        if disk.text("destination_type") == "volume":
            root = disk.number("boot_index", least=-1) == 0
            volume = disk.text("uuid") if disk.text("source_type") == "volume" else None
            yield mount(resource, stack, **_disk(stack, volume, disk), is_root=root,
                        delete_with_workload=disk.truth("delete_on_termination"))
    for attached in stack.all_having(_ATTACHMENTS, "instance_id", native):
        yield mount(resource, stack, **_disk(stack, attached.text("volume_id"), Fields(None)),
                    target_path=attached.text("device"), is_root=False, delete_with_workload=False)


def _disk(stack: Stack, volume: str | None, block: Fields) -> dict[str, Any]:
    found = stack.having(_VOLUMES, "id", volume)
    return {
        "source_path": volume, "volume_id": volume,
        "driver": found.text("volume_type") or block.text("volume_type"),
        "size_bytes": gib(found, "size") or gib(block, "volume_size"),
        "snapshot_id": found.text("snapshot_id"),
    }


def _floating(stack: Stack, native: str | None) -> Iterator[str | None]:
    for one in stack.all_having(_FLOATING, "instance_id", native):
        yield one.text("floating_ip")


KINDS = {
    "openstack_compute_instance_v2": server,
    "openstack_images_image_v2": picture,
    "openstack_db_instance_v1": database,
}
PARTS = frozenset({*_VOLUMES, *_FLAVORS, *_ATTACHMENTS, *_FLOATING})
