"""Virtual hardware of one machine: disks with their chains, network cards, devices of the host."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleetkit.loaders.vsphere.structures import fields, kind_of, listed, word

_LONGEST_CHAIN = 64
_CONTROLLERS = {
    "ParaVirtualSCSIController": "pvscsi", "VirtualLsiLogicController": "lsilogic",
    "VirtualLsiLogicSASController": "lsilogic-sas", "VirtualBusLogicController": "buslogic",
    "VirtualIDEController": "ide", "VirtualAHCIController": "sata", "VirtualNVMEController": "nvme",
}
_OF_THE_HOST = {
    "VirtualPCIPassthrough": "PCI passthrough", "VirtualSCSIPassthrough": "SCSI passthrough",
    "VirtualSriovEthernetCard": "SR-IOV network card", "VirtualUSB": "USB device of the host",
}
_NO_CONTROLLER: tuple[str, Mapping[str, Any]] = ("", {})
_IGNORED = frozenset((
    "VirtualKeyboard", "VirtualPointingDevice", "VirtualMachineVideoCard", "VirtualPS2Controller",
    "VirtualPCIController", "VirtualSIOController", "VirtualMachineVMCIDevice", "VirtualCdrom",
    "VirtualFloppy",
))


def hardware(devices: Any) -> dict[str, Any]:
    """Disks, hardware addresses and devices of the host, from `config.hardware.device`.

    Those of a machine whose configuration cannot be read are unknown: None.
    """
    if devices is None:
        return {"disks": None, "macs": None, "devices": []}
    known = [
        (kind, device, fields(device)) for device in listed(devices)
        if (kind := kind_of(device)) not in _IGNORED
    ]
    controllers = {found.get("key"): (kind, found) for kind, _, found in known
                   if "busNumber" in found}
    return {
        "disks": [_disk(found, controllers) for kind, _, found in known if _is_disk(kind, found)],
        "macs": [str(found["macAddress"]) for _, _, found in known if found.get("macAddress")],
        "devices": list(_of_the_host(known)),
    }


def _is_disk(kind: str, found: Mapping[str, Any]) -> bool:
    return kind == "VirtualDisk" or (not kind and "capacityInKB" in found)


def _disk(found: Mapping[str, Any], controllers: Mapping[Any, Any]) -> dict[str, Any]:
    backing = fields(found.get("backing"))
    kind, controller = controllers.get(found.get("controllerKey"), _NO_CONTROLLER)
    return {
        "key": found.get("key"),
        "bytes": _capacity(found),
        "file": backing.get("fileName"),
        "uuid": backing.get("uuid"),
        "mode": word(backing.get("diskMode")),
        "thin": backing.get("thinProvisioned"),
        "multi_writer": word(backing.get("sharing")) == "sharingMultiWriter",
        "bus_sharing": word(controller.get("sharedBus")),
        "raw": _is_raw(found.get("backing"), backing),
        "controller": _controller(kind, controller),
        "encrypted": bool(backing.get("keyId")),
        "parents": list(_chain(backing)),
    }


def _capacity(found: Mapping[str, Any]) -> Any:
    exact = found.get("capacityInBytes")
    if exact:
        return exact
    kilobytes = found.get("capacityInKB")
    return kilobytes * 1024 if isinstance(kilobytes, int) else kilobytes


def _is_raw(thing: Any, backing: Mapping[str, Any]) -> bool:
    """Raw device mappings and local raw disks; the first have a mode of compatibility."""
    kind = kind_of(thing)
    return "RawDisk" in kind or (not kind and bool(backing.get("compatibilityMode")))


def _controller(kind: str, controller: Mapping[str, Any]) -> str | None:
    if kind:
        return _CONTROLLERS.get(kind, kind)
    said = fields(controller.get("deviceInfo")).get("summary")
    return None if said is None else str(said)


def _chain(backing: Mapping[str, Any]) -> Iterator[str]:
    """Files that the disk is built on, the nearest first."""
    for _ in range(_LONGEST_CHAIN):
        backing = fields(backing.get("parent"))
        if not backing:
            return
        if backing.get("fileName"):
            yield str(backing["fileName"])


def _of_the_host(known: Sequence[tuple[str, Any, Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    for kind, _, found in known:
        said = _OF_THE_HOST.get(kind)
        if said is None:
            continue
        backing = fields(found.get("backing"))
        name = (backing.get("vgpu") or backing.get("deviceName")
                or fields(found.get("deviceInfo")).get("label"))
        yield {"kind": said, "name": None if name is None else str(name)}

