"""What is around the machines: the vCenter, hosts, clusters with their rules, datastores, vApps."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.vsphere.structures import (
    fields,
    kind_of,
    listed,
    moment,
    reference,
    walk,
    word,
)
from fleetkit.plugins import Record
from fleetkit.redaction import mask_tree

HOST_PATHS = (
    "name", "parent", "summary.hardware", "config.product", "runtime.powerState",
    "runtime.connectionState", "runtime.inMaintenanceMode", "runtime.bootTime",
)
CLUSTER_PATHS = ("name", "configurationEx")
DATASTORE_PATHS = ("name", "summary")
VAPP_PATHS = ("name",)
_RULES = {
    "ClusterAffinityRuleSpec": "affinity rule",
    "ClusterAntiAffinityRuleSpec": "anti-affinity rule",
    "ClusterVmHostRuleInfo": "host affinity rule",
    "ClusterDependencyRuleInfo": "start order rule",
}


def vcenter(about: Mapping[str, Any]) -> Record:
    """The vCenter, from the description that it gives of itself."""
    return Record("vcenter", mask_tree({
        "vcenter": about.get("instanceUuid"), "name": about.get("fullName"),
        "version": about.get("version"), "build": about.get("build"),
        "api": about.get("apiVersion"),
    }))


def host(scope: str | None, identity: str | None, found: Mapping[str, Any]) -> Record:
    """A hypervisor."""
    hardware, product = fields(found.get("summary.hardware")), fields(found.get("config.product"))
    return Record("host", mask_tree({
        "vcenter": scope, "id": identity, "name": found.get("name"),
        "parent": reference(found.get("parent")),
        "uuid": hardware.get("uuid"), "model": hardware.get("model"),
        "vendor": hardware.get("vendor"), "cores": hardware.get("numCpuCores"),
        "memory_bytes": hardware.get("memorySize"),
        "os": product.get("name"), "version": product.get("version"),
        "build": product.get("build"),
        "power": word(found.get("runtime.powerState")),
        "connection": word(found.get("runtime.connectionState")),
        "maintenance": found.get("runtime.inMaintenanceMode"),
        "booted": moment(found.get("runtime.bootTime")),
    }))


def cluster(scope: str | None, identity: str | None, found: Mapping[str, Any]) -> Iterator[Record]:
    """A cluster, and each rule that says which machines belong together or apart."""
    name = found.get("name")
    yield Record("cluster", mask_tree({"vcenter": scope, "id": identity, "name": name}))
    settings = fields(found.get("configurationEx"))
    members = {
        fields(group).get("name"): [reference(vm) for vm in listed(fields(group).get("vm"))]
        for group in listed(settings.get("group"))
    }
    for rule in listed(settings.get("rule")):
        content = {"vcenter": scope, "cluster": name, **_rule(rule, members)}
        yield Record("rule", mask_tree(content))


def datastore(scope: str | None, identity: str | None, found: Mapping[str, Any]) -> Record:
    """A datastore."""
    summary = fields(found.get("summary"))
    return Record("datastore", mask_tree({
        "vcenter": scope, "id": identity, "name": found.get("name"), "type": summary.get("type"),
        "url": summary.get("url"), "bytes": summary.get("capacity"),
        "free": summary.get("freeSpace"), "shared": summary.get("multipleHostAccess"),
    }))


def vapp(scope: str | None, identity: str | None, found: Mapping[str, Any]) -> Record:
    """A vApp."""
    return Record("vapp", mask_tree(
        {"vcenter": scope, "id": identity, "name": found.get("name")}))


def found_in(document: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """The properties of an object that govc prints whole."""
    found = {path: walk(document, path) for path in paths}
    return {path: value for path, value in found.items() if value is not None}


def _rule(rule: Any, members: Mapping[Any, list[str | None]]) -> dict[str, Any]:
    """One rule with its machines; without types the fields tell which kind it is."""
    known = fields(rule)
    kind = _RULES.get(kind_of(rule), "rule")
    if known.get("antiAffineHostGroupName"):
        kind = "host anti-affinity rule"
    group = members.get(known.get("vmGroupName") or known.get("vmGroup"), [])
    return {
        "key": known.get("key"), "name": known.get("name"), "kind": kind,
        "enabled": known.get("enabled"),
        "vms": [reference(vm) for vm in listed(known.get("vm"))] or group,
        "needed": members.get(known.get("dependsOnVmGroup"), []),
    }
