"""What is asked of a vCenter: the login and calls that read; nothing is ever changed."""

from collections.abc import Callable, Iterator
from typing import Any

from fleetkit.loaders.vsphere import inventory
from fleetkit.loaders.vsphere.collecting import Collection, Make
from fleetkit.loaders.vsphere.endpoints import VCenter
from fleetkit.loaders.vsphere.faults import read_error
from fleetkit.loaders.vsphere.lineage import read_events
from fleetkit.loaders.vsphere.machines import (
    PATHS,
    identity_of,
    later_paths,
    machine,
    names_in,
)
from fleetkit.plugins import Call, Item, Problem, Record

RESOURCES = {
    "vcenter": (), "custom_fields": ("vcenter",), "clusters": ("custom_fields",),
    "hosts": ("clusters",), "datastores": ("hosts",), "vapps": ("datastores",),
    "vms": ("vapps",), "events": ("vms",),
}
"""One after another: a session of the SDK is one connection."""


def read(vcenter: VCenter, resource: str) -> Iterator[Item]:
    """The raw records of one resource, secrets taken out.

    Raises:
        ReadError: the server refuses, or the connection broke.
    """
    try:
        yield from _READERS[resource](vcenter)
    except Exception as error:
        raise read_error(resource, error) from error


def machine_records(scope: str | None, content: dict[str, Any]) -> Iterator[Record | Problem]:
    """A machine, and a problem for each device of its host that it is bound to."""
    record = {"vcenter": scope, **content}
    yield Record("vm", record)
    for device in record["devices"]:
        yield Problem(
            code="passthrough_device", message="a machine uses a device of its host",
            subject_id=f"vsphere|{scope or ''}|vm|{identity_of(record)}",
            detail=": ".join(filter(None, (device["kind"], device["name"]))), severity="info",
            hint="plan for it: it cannot move to another host while it runs",
        )


def _vcenter(vcenter: VCenter) -> Iterator[Item]:
    yield Call()
    yield inventory.vcenter(vcenter.about)
    if not vcenter.verified:
        yield Problem(
            code="tls_not_verified", message="the certificate of a vCenter was not verified",
            severity="info", phase="connect",
            hint="name the authority that signed it with ca= and leave insecure= out",
        )


def _custom_fields(vcenter: VCenter) -> Iterator[Item]:
    manager = vcenter.content.customFieldsManager
    vcenter.fields = names_in(list(manager.field)) if manager else {}
    yield Call()
    for key, name in sorted(vcenter.fields.items()):
        yield Record("custom_field", {"vcenter": vcenter.scope, "key": key, "name": name})


def _machines(vcenter: VCenter) -> Iterator[Item]:
    def make(identity: str, found: dict[str, Any]) -> Iterator[Record | Problem]:
        content = machine(identity, found, vcenter.fields)
        return machine_records(vcenter.scope, content)

    later = later_paths(str(vcenter.about.get("apiVersion") or ""))
    return Collection(vcenter, "VirtualMachine", PATHS, make, later).read()


def _objects(kind: str, paths: tuple[str, ...], make: Any) -> Callable[[VCenter], Iterator[Item]]:
    def reader(vcenter: VCenter) -> Iterator[Item]:
        return Collection(vcenter, kind, paths, _scoped(vcenter, make)).read()

    return reader


def _scoped(vcenter: VCenter, make: Any) -> Make:
    def records(identity: str, found: dict[str, Any]) -> Iterator[Record | Problem]:
        made = make(vcenter.scope, identity, found)
        return iter((made,)) if isinstance(made, Record) else made

    return records


_READERS: dict[str, Callable[[VCenter], Iterator[Item]]] = {
    "vcenter": _vcenter,
    "custom_fields": _custom_fields,
    "clusters": _objects(
        "ClusterComputeResource", inventory.CLUSTER_PATHS, inventory.cluster),
    "hosts": _objects("HostSystem", inventory.HOST_PATHS, inventory.host),
    "datastores": _objects("Datastore", inventory.DATASTORE_PATHS, inventory.datastore),
    "vapps": _objects("VirtualApp", inventory.VAPP_PATHS, inventory.vapp),
    "vms": _machines,
    "events": read_events,
}
