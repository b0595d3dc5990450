"""Machines of vSphere, by their BIOS UUID: the state does not name their vCenter.

The loader of vSphere knows them by the instance UUID, so the two meet by `machine_uuid`.
"""

from collections.abc import Iterator

from fleetkit.fields import Fields
from fleetkit.loaders.terraform.resources import Resource, Stack, first
from fleetkit.loaders.terraform.things import gib, known, mount, stub, total, workload
from fleetkit.plugins import Record

_STATES = {"on": "running", "off": "stopped", "suspended": "paused"}
_AGENTS = {"guestToolsRunning": "running", "guestToolsNotRunning": "stopped"}


def machine(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    uuid = known_as.text("uuid") or known_as.text("id")
    clone = first(known_as, "clone").text("template_uuid")
    image_id = f"vsphere||template|{clone}" if clone else None
    state = known_as.text("power_state")
    guest = known_as.text("guest_id")
    disks = list(_disks(resource, stack))
    cards = known_as.parts("network_interface")
    yield from workload(
        resource, stack, None, native_id=known_as.text("moid") or known_as.text("id"),
        name=known_as.text("name"), hostname=_hostname(known_as),
        state=_STATES.get((state or "").lower(), "unknown"),
        state_raw=state, cpu_cores=known_as.number("num_cpus") or known_as.number("vcpu"),
        memory_bytes=known_as.whole("memory", factor=1 << 20),
        disk_bytes=total(disk.content["size_bytes"] for disk in disks),
        os_family=None if guest is None else "windows" if guest.startswith("win") else "linux"
        if any(word in guest.lower() for word in ("linux", "ubuntu", "debian", "rhel", "centos"))
        else None, os_source="config" if guest else None,
        image_ref=_template(stack, clone), image_id=image_id,
        private_ips=known([*known_as.texts("guest_ip_addresses"),
                           known_as.text("default_ip_address"), known_as.text("ip_address")]),
        macs=known((card.text("mac_address") or "").lower() for card in cards),
        machine_uuid=uuid if uuid and len(uuid) == 36 else None,
        provider_id=f"vsphere://{uuid}" if uuid else None,
        guest_agent=_AGENTS.get(known_as.text("vmware_tools_status") or ""),
        notes=known_as.text("annotation"),
    )
    yield from disks
    yield from stub(image_id, "template", _template(stack, clone))


def _disks(resource: Resource, stack: Stack) -> Iterator[Record]:
    for position, disk in enumerate(resource.fields.parts("disk")):
        kept = disk.truth("keep_on_remove")
        unit = disk.number("unit_number")
        yield mount(
            resource, stack, source_path=disk.text("path"),
            volume_id=disk.text("uuid") or disk.text("path") or disk.text("label")
            or f"disk {position}",
            size_bytes=gib(disk, "size"), is_root=unit == 0 if unit is not None else None,
            thin=disk.truth("thin_provisioned"), delete_with_workload=not kept,
            shared=disk.text("disk_sharing") == "sharingMultiWriter", persistence="durable",
        )


def _hostname(known_as: Fields) -> str | None:
    """The name that a clone is given."""
    wanted = first(first(known_as, "clone"), "customize")
    return first(wanted, "linux_options").text("host_name") \
        or first(wanted, "windows_options").text("computer_name")


def _template(stack: Stack, uuid: str | None) -> str | None:
    return stack.having(("vsphere_virtual_machine",), "id", uuid).text("name")


KINDS = {"vsphere_virtual_machine": machine}
PARTS = frozenset({"vsphere_virtual_disk"})
