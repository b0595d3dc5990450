"""Machines written by hand, in the form of today's govc, for what the simulator cannot hold."""

from fleetkit.loaders.vsphere import LOADER
from fleetkit.loading.harvest import Harvest, Part, now
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Problem, Record, Target

VCENTER = "dbed6e0c-bd88-4ef6-b594-21283e1c677f"
ABOUT = {"about": {"instanceUuid": VCENTER, "apiVersion": "8.0.2.0"}}


def reference(kind, value):
    return {"_typeName": "ManagedObjectReference", "type": kind, "value": value}


def machine(number=1, devices=(), *, config=None, **properties):
    """A machine vm-N with the instance UUID uuid-N."""
    return {
        "self": reference("VirtualMachine", f"vm-{number}"), "name": f"m{number}",
        "config": {"instanceUuid": f"uuid-{number}", "template": False,
                   "hardware": {"numCPU": 2, "memoryMB": 4096, "device": list(devices)},
                   **(config or {})},
        "runtime": {"powerState": "poweredOn", "connectionState": "connected"},
        **properties,
    }


def disk(key=2000, file="[ds] m1/m1.vmdk", *, kind="VirtualDiskFlatVer2BackingInfo", **backing):
    return {
        "_typeName": "VirtualDisk", "key": key, "controllerKey": 1000, "unitNumber": key - 2000,
        "capacityInKB": 1024, "capacityInBytes": 1048576,
        "backing": {"_typeName": kind, "fileName": file, "diskMode": "persistent", **backing},
    }


def controller(kind="ParaVirtualSCSIController", sharing="noSharing"):
    return {"_typeName": kind, "key": 1000, "busNumber": 0, "sharedBus": sharing}


def loaded(*documents):
    """The fleet of documents that were each in a file."""
    return tabulate(LOADER, [_harvest(number, document)
                             for number, document in enumerate(documents)])


def _harvest(number, document):
    part = Part("file", status="ok")
    for item in LOADER.parse(document, f"file{number}.json"):
        assert isinstance(item, Record | Problem)
        part.take(item)
    return Harvest("vsphere", Target(f"file{number}.json"), "file", now(), {"file": part})


def fleet_of(*machines):
    """The fleet of machines of one vCenter in one file."""
    return loaded([ABOUT, {"virtualMachines": list(machines)}])
