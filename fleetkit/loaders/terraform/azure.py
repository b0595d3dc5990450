"""Machines, images, scale sets and databases of Azure; ids are those of its Resource Manager."""

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

_ATTACHMENTS = ("azurerm_virtual_machine_data_disk_attachment",)
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433, "redis": 6380}


def machine(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("id")
    source = _source(known_as)
    disks = list(_disks(resource, stack, native))
    system = _system(resource)
    spot = known_as.text("priority")
    yield from workload(
        resource, stack, None, name=known_as.text("name"),
        hostname=known_as.text("computer_name")
        or first(known_as, "os_profile").text("computer_name"), state="unknown",
        size_name=known_as.text("size") or known_as.text("vm_size"),
        disk_bytes=total(disk.content["size_bytes"] for disk in disks),
        os_family=system, os_source="config" if system else None,
        image_ref=source, image_id=_image(source), zone=known_as.text("zone"),
        account=_subscription(native), region=known_as.text("location"),
        private_ips=known([*known_as.texts("private_ip_addresses"),
                           known_as.text("private_ip_address")]),
        public_ips=known([*known_as.texts("public_ip_addresses"),
                          known_as.text("public_ip_address")]),
        machine_uuid=known_as.text("virtual_machine_id"),
        provider_id=f"azure://{native}" if native else None,
        ephemeral=spot == "Spot" if spot else None, tags=labels(known_as, "tags"),
    )
    yield from disks
    yield from stub(_image(source), "disk_image", source)


def picture(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("id")
    me = _image(native)
    system = first(known_as, "os_disk")
    family = system.text("os_type")
    yield from image(
        resource, stack, me, kind="disk_image", name=known_as.text("name"),
        os_family=family.lower() if family else None, size_bytes=gib(system, "size_gb"),
        owner=_subscription(native), region=known_as.text("location"),
        labels=labels(known_as, "tags"),
    )
    parent = _image(known_as.text("managed_image_id"))
    if me and parent and parent != me:
        yield link(me, parent, "derived_from", "source image in the state")
        yield from stub(parent, "disk_image")


def scale_set(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native, source = known_as.text("id"), _source(known_as)
    yield from group(
        resource, stack, controller_kind="managed_group", controller_name=known_as.text("name"),
        version=None, image_ref=source, image_id=_image(source),
        replicas=known_as.whole("instances"), account=_subscription(native),
        region=known_as.text("location"),
    )
    yield from stub(_image(source), "disk_image", source)


def database(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    shown = known_as.truth("public_network_access_enabled")
    port = known_as.whole("ssl_port") or next(
        (port for word, port in _PORTS.items() if word in resource.kind), None)
    yield from service(
        resource, stack, service_name=known_as.text("name"),
        host=known_as.text("fqdn") or known_as.text("fully_qualified_domain_name")
        or known_as.text("hostname"), port=port,
        version=known_as.text("version") or known_as.text("redis_version"),
        exposure=None if shown is None else "public" if shown else "private",
        account=_subscription(known_as.text("id")), region=known_as.text("location"),
        meta=labels(known_as, "tags"),
    )


def _disks(resource: Resource, stack: Stack, native: str | None) -> Iterator[Record]:
    known_as = resource.fields
    for name in ("os_disk", "storage_os_disk", "storage_data_disk"):
        for disk in known_as.parts(name):
            yield _disk(resource, stack, disk, disk.text("managed_disk_id") or disk.text("name"),
                        is_root=name != "storage_data_disk")
    for attached in stack.all_having(_ATTACHMENTS, "virtual_machine_id", native):
        volume = attached.text("managed_disk_id")
        yield _disk(resource, stack, stack.having(("azurerm_managed_disk",), "id", volume),
                    volume, is_root=False)


def _disk(
    resource: Resource, stack: Stack, disk: Fields, volume: str | None, *, is_root: bool
) -> Record:
    return mount(
        resource, stack, source_path=volume, volume_id=volume, target_path=disk.text("name"),
        driver=disk.text("storage_account_type") or disk.text("managed_disk_type"),
        size_bytes=gib(disk, "disk_size_gb"), is_root=is_root, encrypted=True,
        delete_with_workload=None, persistence="durable",
    )


def _system(resource: Resource) -> str | None:
    """What the type of the resource says, else its disk."""
    told = next((word for word in ("windows", "linux") if word in resource.kind), None)
    disk = first(resource.fields, "storage_os_disk").text("os_type")
    return told or (disk.lower() if disk else None)


def _source(known_as: Fields) -> str | None:
    if own := known_as.text("source_image_id"):
        return own
    for name in ("source_image_reference", "storage_image_reference"):
        block = first(known_as, name)
        parts = [block.text(part) for part in ("publisher", "offer", "sku", "version")]
        if block.text("id") or all(parts):
            return block.text("id") or ":".join(part or "" for part in parts)
    return None


def _image(reference: str | None) -> str | None:
    return f"azure||image|{reference.lower()}" if reference else None


def _subscription(native: str | None) -> str | None:
    parts = (native or "").split("/")
    return parts[2] if len(parts) > 2 and parts[1].lower() == "subscriptions" else None


KINDS = {
    "azurerm_linux_virtual_machine": machine,
    "azurerm_windows_virtual_machine": machine,
    "azurerm_virtual_machine": machine,
    "azurerm_image": picture,
    "azurerm_shared_image_version": picture,
    "azurerm_linux_virtual_machine_scale_set": scale_set,
    "azurerm_windows_virtual_machine_scale_set": scale_set,
    "azurerm_postgresql_server": database,
    "azurerm_postgresql_flexible_server": database,
    "azurerm_mysql_server": database,
    "azurerm_mysql_flexible_server": database,
    "azurerm_mariadb_server": database,
    "azurerm_mssql_server": database,
    "azurerm_redis_cache": database,
}
PARTS = frozenset({"azurerm_managed_disk", *_ATTACHMENTS})
