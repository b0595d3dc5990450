"""Clients of Nomad: machines with what their agents found out about them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import MIB, Fields
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless

_STATES = {"ready": "running", "initializing": "starting", "down": "unknown",
           "disconnected": "unknown"}
_AWS, _GCE, _AZURE = "unique.platform.aws.", "unique.platform.gce.", "unique.platform.azure."
_PRIVATE = ("unique.network.ip-address", f"{_AWS}local-ipv4", f"{_AZURE}local-ipv4")
_PUBLIC = (f"{_AWS}public-ipv4", f"{_AZURE}public-ipv4")
_GCE_PRIVATE = re.compile(r"unique\.platform\.gce\.network\.[^.]+\.ip")
_GCE_PUBLIC = re.compile(r"unique\.platform\.gce\.network\.[^.]+\.external-ip\.\d+")
_SIZES = ("platform.aws.instance-type", "platform.gce.machine-type", "platform.azure.vm-size")
_ZONES = ("platform.aws.placement.availability-zone", "platform.gce.zone", "platform.azure.zone")
_ENVIRONMENTS = ("environment", "env", "stage")
_TOLD = {"nomad.version": "nomad version", "unique.consul.name": "consul node",
         "consul.datacenter": "consul datacenter", "driver.docker.version": "docker version"}
_FAMILIES = ("linux", "windows", "darwin", "freebsd")


def node_records(node: Fields) -> Iterator[Record | Problem]:
    """The record of a client, of its whole description or of what the list says of it."""
    key = node.text("ID")
    if key is None:
        yield nameless("a node")
        return
    told = {pair["Key"]: pair["Value"] for pair in node.pairs("Attributes")}
    status = node.text("Status")
    if status is not None and status not in _STATES:
        node.strange.append(f"Status: expected a status of a node, found {status[:40]!r}")
    kernel = told.get("kernel.name", "").lower()
    name = told.get("os.name")
    yield from made("node", {
        "Id": key, "Name": node.text("Name"), "Hostname": told.get("unique.hostname"),
        "Status": ", ".join(filter(None, (
            status, node.text("StatusDescription"), _scheduling(node)))),
        "State": _STATES.get(str(status), "unknown"), "Datacenter": node.text("Datacenter"),
        "Size": _first(told, _SIZES), "Zone": _last(_first(told, _ZONES)),
        "OsFamily": kernel if kernel in _FAMILIES else None, "OsName": name,
        "OsVersion": told.get("os.version"), "Kernel": told.get("kernel.version"),
        "Arch": told.get("cpu.arch") or told.get("kernel.arch"), "Whole": "Attributes" in node,
        **_platform(told), **_sizes(node, told), **_addresses(node, told),
        "Environment": next((pair["Value"] for pair in node.pairs("Meta")
                             if pair["Key"].lower() in _ENVIRONMENTS), None),
        "Volumes": [
            {"Name": volume.text("Name"), "Path": volume.text("Path"),
             "ReadOnly": volume.truth("ReadOnly")} for volume in node.parts("HostVolumes")],
        "Tags": _tags(node, told),
    }, node)


def _scheduling(node: Fields) -> str | None:
    if node.truth("Drain"):
        return "draining"
    said = node.text("SchedulingEligibility")
    return said if said == "ineligible" else None


def _first(told: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((told[name] for name in names if told.get(name)), None)


def _last(place: str | None) -> str | None:
    return place.rpartition("/")[2] or None if place else None


def _platform(told: Mapping[str, str]) -> dict[str, str | None]:
    """The machine as its cloud names it."""
    zone = _last(_first(told, _ZONES)) or ""
    if machine := told.get(f"{_AWS}instance-id"):
        return {"ProviderId": f"aws:///{zone}/{machine}"}
    if machine := told.get(f"{_GCE}id"):
        return {"ProviderId": f"gce:///{zone}/{machine}"}
    return {"MachineUuid": told.get(f"{_AZURE}id")}


def _sizes(node: Fields, told: Mapping[str, str]) -> dict[str, Any]:
    """Cores, speed and sizes as the agent measured them, else as the scheduler counts them."""
    seen = Fields(told, "Attributes", node.strange)
    now, old = node.part("NodeResources"), node.part("Resources")
    cpu = now.part("Cpu")
    memory = now.part("Memory").whole("MemoryMB", factor=MIB) or old.whole("MemoryMB", factor=MIB)
    disk = now.part("Disk").whole("DiskMB", factor=MIB) or old.whole("DiskMB", factor=MIB)
    return {
        "Cores": seen.number("cpu.numcores") or cpu.number("TotalCpuCores") or None,
        "Mhz": cpu.number("CpuShares") or seen.number("cpu.totalcompute") or old.number("CPU")
        or None,
        "Memory": seen.whole("memory.totalbytes") or memory,
        "Disk": seen.whole("unique.storage.bytestotal") or disk,
    }


def _addresses(node: Fields, told: Mapping[str, str]) -> dict[str, list[str]]:
    """Addresses of the machine itself: those of its bridges are the same on every machine."""
    private = {told[name] for name in _PRIVATE if told.get(name)}
    private |= {text for name, text in told.items() if _GCE_PRIVATE.fullmatch(name)}
    if address := node.text("Address"):
        private.add(address)
    public = {told[name] for name in _PUBLIC if told.get(name)}
    public |= {text for name, text in told.items() if _GCE_PUBLIC.fullmatch(name)}
    macs = {
        network.text("MacAddress") for network in node.part("NodeResources").parts("NodeNetworks")
        for address in network.parts("Addresses") if address.text("Address") in private
    }
    macs.add(told.get(f"{_AWS}mac"))
    return {"PrivateIps": sorted(private), "PublicIps": sorted(public),
            "Macs": sorted(filter(None, macs))}


def _tags(node: Fields, told: Mapping[str, str]) -> list[dict[str, str]]:
    own = {shown: told[name] for name, shown in _TOLD.items() if told.get(name)}
    if version := node.text("Version"):
        own.setdefault("nomad version", version)
    own |= {shown: text for name, shown in (
        ("Datacenter", "nomad datacenter"), ("NodeClass", "nomad class"),
        ("NodePool", "nomad pool")) if (text := node.text(name))}
    drivers = sorted(name for name in node.names("Drivers")
                     if node.part("Drivers").part(name).truth("Healthy"))
    if drivers:
        own["nomad drivers"] = ", ".join(drivers)
    return [*node.pairs("Meta"), *({"Key": name, "Value": own[name]} for name in sorted(own))]
