"""Resources of Google Cloud: instances with their disks, images, managed groups, databases.

Ids are formed as the loader of Google Cloud forms them.
"""

import re
from collections.abc import Iterator

from fleetkit.fields import Fields
from fleetkit.loaders.terraform.resources import Resource, Stack, first
from fleetkit.loaders.terraform.things import (
    gib,
    group,
    image,
    known,
    labels,
    link,
    mount,
    service,
    stub,
    total,
    workload,
)
from fleetkit.plugins import Record

_STATES = {
    "RUNNING": "running", "TERMINATED": "stopped", "STOPPED": "stopped", "SUSPENDED": "paused",
    "PROVISIONING": "starting", "STAGING": "starting", "STOPPING": "stopping",
    "SUSPENDING": "stopping", "REPAIRING": "failed",
}
_IMAGE = re.compile(r"projects/([^/]+)/global/images/([^/]+)$")
_PATH = re.compile(r"projects/([^/]+)/(?:zones|regions)/([^/]+)/disks/([^/]+)$")
_ATTACHMENTS = ("google_compute_attached_disk",)
_DISKS = ("google_compute_disk", "google_compute_region_disk")


def instance(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    project, zone, name = (known_as.text(part) for part in ("project", "zone", "name"))
    native = known_as.text("instance_id")
    boot = first(known_as, "boot_disk")
    reference = _boot_image(boot, stack)
    state = known_as.text("current_status")
    scheduling = first(known_as, "scheduling")
    disks = list(_disks(resource, stack))
    cards = list(known_as.parts("network_interface"))
    spot = known_as.text("provisioning_model") or scheduling.text("provisioning_model")
    restart = scheduling.truth("automatic_restart")
    yield from workload(
        resource, stack, f"gcp|{project}|vm|{native}" if project and native else None,
        native_id=native or known_as.text("id"), name=name, hostname=known_as.text("hostname")
        or name, state=_STATES.get(state or "", "unknown"), state_raw=state,
        size_name=_last(known_as.text("machine_type")),
        disk_bytes=total(disk.content["size_bytes"] for disk in disks),
        image_ref=_short(reference), image_id=_image(reference),
        restart_policy=None if restart is None else "always" if restart else "no",
        created_at=known_as.time("creation_timestamp"),
        zone=_last(zone), account=project, region=_region(zone),
        private_ips=known(card.text("network_ip") for card in cards),
        public_ips=known(access.text("nat_ip") for card in cards
                         for access in card.parts("access_config")),
        provider_id=f"gce://{project}/{_last(zone)}/{name}" if project and zone and name else None,
        ephemeral=(scheduling.truth("preemptible") or spot == "SPOT") if scheduling else None,
        protected=known_as.truth("deletion_protection"), notes=known_as.text("description"),
        tags=labels(known_as, "effective_labels", "labels"),
    )
    yield from disks
    yield from _named(reference)


def picture(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    link_of = known_as.text("self_link") or known_as.text("id")
    me, source = _image(link_of), known_as.text("source_image")
    yield from image(
        resource, stack, me, kind="disk_image", name=known_as.text("name"),
        family=known_as.text("family"), owner=known_as.text("project"),
        created_at=known_as.time("creation_timestamp"), size_bytes=gib(known_as, "disk_size_gb"),
        labels=labels(known_as, "effective_labels", "labels"),
    )
    if me and (parent := _image(source)) and parent != me:
        yield link(me, parent, "derived_from", "source image in the state")
        yield from _named(source)
    disk = stack.having(_DISKS, "self_link", known_as.text("source_disk"))
    if me and (parent := _image(disk.text("image"))) and parent != me:
        yield link(me, parent, "derived_from", "image of the source disk in the state")
        yield from _named(disk.text("image"))


def managed_group(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    project, name = known_as.text("project"), known_as.text("name")
    place = _last(known_as.text("zone")) or known_as.text("region")
    version = first(known_as, "version")
    template = version.text("instance_template") or known_as.text("instance_template")
    plan = stack.having(_TEMPLATES, "self_link", template)
    plan = plan or stack.having(_TEMPLATES, "self_link_unique", template)
    boot = next((disk for disk in plan.parts("disk") if disk.truth("boot") is not False), None)
    reference = boot.text("source_image") if boot else None
    yield from group(
        resource, stack, f"gcp|{project}|group|{place}/{name}" if project and place else None,
        controller_kind="managed_group", controller_name=name, version=_last(template),
        image_ref=_short(reference), image_id=_image(reference), account=project,
        replicas=known_as.whole("target_size"),
        region=known_as.text("region") or _region(known_as.text("zone")),
    )
    yield from _named(reference)


def database(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    public = known_as.text("public_ip_address")
    inside = known_as.text("private_ip_address")
    engine = known_as.text("database_version") or ""
    yield from service(
        resource, stack, service_name=known_as.text("name"), host=inside or public,
        port=next((port for word, port in _PORTS.items() if engine.startswith(word)), None),
        version=engine or None, exposure="public" if public else "private" if inside else None,
        account=known_as.text("project"), region=known_as.text("region"),
    )


def _disks(resource: Resource, stack: Stack) -> Iterator[Record]:
    for disk in resource.fields.parts("boot_disk"):
        yield _disk(resource, stack, disk, is_root=True, deletes=disk.truth("auto_delete"))
    for disk in resource.fields.parts("attached_disk"):
        yield _disk(resource, stack, disk, is_root=False, deletes=False)
    for number, disk in enumerate(resource.fields.parts("scratch_disk")):
        yield mount(
            resource, stack, kind="instance_store", driver="local-ssd", is_root=False,
            target_path=disk.text("device_name") or f"scratch-{number}",
            size_bytes=gib(disk, "size"), delete_with_workload=True)
    for name in ("self_link", "id", "name"):
        for disk in stack.all_having(_ATTACHMENTS, "instance", resource.fields.text(name)):
            yield _disk(resource, stack, Fields({**disk.content, "source": disk.text("disk")}),
                        is_root=False, deletes=False)


def _disk(
    resource: Resource, stack: Stack, disk: Fields, *, is_root: bool, deletes: bool | None
) -> Record:
    source = disk.text("source")
    volume = _volume(source, stack)
    made = first(disk, "initialize_params")
    match = _PATH.search(source or "")
    return mount(
        resource, stack, target_path=disk.text("device_name"),
        volume_id=f"{match[1]}/{match[2]}/{match[3]}" if match else source,
        driver=_last(volume.text("type") or made.text("type")),
        read_only=_READ_ONLY.get(disk.text("mode") or ""),
        size_bytes=gib(volume, "size") or gib(made, "size"), is_root=is_root,
        delete_with_workload=deletes, encrypted=True, snapshot_id=volume.text("snapshot"),
    )


def _volume(source: str | None, stack: Stack) -> Fields:
    return stack.having(_DISKS, "self_link", source) or stack.having(_DISKS, "id", source) \
        or stack.having(_DISKS, "name", source)


def _boot_image(boot: Fields, stack: Stack) -> str | None:
    return first(boot, "initialize_params").text("image") \
        or _volume(boot.text("source"), stack).text("image")


def _named(reference: str | None) -> Iterator[Record]:
    yield from stub(_image(reference), "disk_image", _last(reference))


def _image(reference: str | None) -> str | None:
    """Only a full name is an id: a family is another image from day to day."""
    match = _IMAGE.search(reference or "")
    return f"gcp|{match[1]}|image|{match[2]}" if match else None


def _short(reference: str | None) -> str | None:
    match = _IMAGE.search(reference or "")
    return f"{match[1]}/{match[2]}" if match else reference


def _last(path: str | None) -> str | None:
    return path.rstrip("/").rpartition("/")[2] or None if path else None


def _region(zone: str | None) -> str | None:
    return (_last(zone) or "").rpartition("-")[0] or None


_TEMPLATES = ("google_compute_instance_template", "google_compute_region_instance_template")
_READ_ONLY = {"READ_ONLY": True, "READ_WRITE": False}
_PORTS = {"MYSQL": 3306, "POSTGRES": 5432, "SQLSERVER": 1433}

KINDS = {
    "google_compute_instance": instance,
    "google_compute_image": picture,
    "google_compute_instance_group_manager": managed_group,
    "google_compute_region_instance_group_manager": managed_group,
    "google_sql_database_instance": database,
}
PARTS = frozenset({
    "google_compute_disk", "google_compute_region_disk", *_ATTACHMENTS,
    *_TEMPLATES,
})
