"""EC2: instances and their types, dedicated hosts, interfaces, addresses, security groups."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from fleetkit.loaders.aws.calls import pages
from fleetkit.loaders.aws.listings import Listing, calls_for, once, read_listing
from fleetkit.loaders.aws.shapes import MACHINES as SHAPES
from fleetkit.plugins import Call, Item, Problem, Record

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_MOST = 200  # values that one filter takes
_ALWAYS_PRINTED = ("AmiLaunchIndex", "State", "LaunchTime")

INSTANCES = Listing("instance", "ec2", "describe_instances", "Reservations", "InstanceId", 500)
TYPES = Listing("instance_type", "ec2", "describe_instance_types", "InstanceTypes",
                "InstanceType", 100)
HOSTS = Listing("host", "ec2", "describe_hosts", "Hosts", "HostId", 500)
INTERFACES = Listing("network_interface", "ec2", "describe_network_interfaces",
                     "NetworkInterfaces", "NetworkInterfaceId", 500)
ADDRESSES = Listing("address", "ec2", "describe_addresses", "Addresses", "PublicIp")
SECURITY_GROUPS = Listing("security_group", "ec2", "describe_security_groups", "SecurityGroups",
                          "GroupId", 500)


def read_instances(region: "Region") -> Iterator[Item]:
    """Machines; what they name (types, images) is noted for the resources that need it."""
    ids: list[str] = []
    types: set[str] = set()
    images: set[str] = set()
    for item in instances(pages(region, "ec2", "describe_instances", "Reservations", 500)):
        if isinstance(item, Record):
            ids.append(item.content["InstanceId"])
            types.add(str(item.content.get("InstanceType") or ""))
            images.add(str(item.content.get("ImageId") or ""))
        yield item
    region.seen.update(instances=ids, instance_types=types - {""}, instance_images=images - {""})


def instances(reservations: Iterable[Any]) -> Iterator[Item]:
    """The machines of reservations (or bare ones), each with the account that owns it."""
    return once(_machines(reservations), INSTANCES)


def _machines(reservations: Iterable[Any]) -> Iterator[Any]:
    for entry in reservations:
        if isinstance(entry, Mapping) and isinstance(entry.get("Instances"), list):
            for machine in entry["Instances"]:
                yield _whole(machine, entry.get("OwnerId"))
        else:
            yield entry if isinstance(entry, Call) else _whole(entry, None)


def _whole(machine: Any, owner: Any) -> Any:
    """A machine with its account; EC2 leaves out what is empty, --query what was not wanted."""
    if not isinstance(machine, Mapping):
        return machine
    is_whole = all(name in machine for name in _ALWAYS_PRINTED)
    found = {**machine, "OwnerId": owner or _owner_of(machine), "IsWhole": is_whole}
    if is_whole:
        found.setdefault("Tags", [])
    return found


def _owner_of(machine: Mapping[str, Any]) -> str | None:
    """The account, from what belongs to the machine."""
    owner = machine.get("OwnerId")
    interfaces = machine.get("NetworkInterfaces")
    if not owner and isinstance(interfaces, list):
        owner = next((each["OwnerId"] for each in interfaces
                      if isinstance(each, Mapping) and each.get("OwnerId")), None)
    profile = machine.get("IamInstanceProfile")
    if not owner and isinstance(profile, Mapping):
        owner = ":".join(str(profile.get("Arn")).split(":")[4:5])
    return str(owner) if owner else None


def read_types(region: "Region") -> Iterator[Item]:
    """Types in use."""
    yield from calls_for(region, "instance_types", read_instances)
    yield from read_filtered(region, TYPES, "instance-type",
                             sorted(region.seen["instance_types"]))


def read_filtered(
    region: "Region", listing: Listing, name: str, values: list[str]
) -> Iterator[Item]:
    """Those of a listing that exist among the values; a filter passes over the others."""
    for start in range(0, len(values), _MOST):
        chosen = [{"Name": name, "Values": values[start:start + _MOST]}]
        yield from read_listing(region, listing, Filters=chosen)


def read_addresses(region: "Region") -> Iterator[Item]:
    """Elastic addresses; one that nothing uses is told."""
    for item in read_listing(region, ADDRESSES):
        yield item
        if isinstance(item, Record):
            yield from idle_address(item)


def idle_address(address: Record) -> Iterator[Problem]:
    """What to know about an address that is paid for and used by nothing."""
    used = ("InstanceId", "NetworkInterfaceId", "AssociationId", "ServiceManaged")
    if not any(address.content.get(name) for name in used):
        yield Problem(
            code="unattached_address", message="an elastic address belongs to nothing",
            subject_id=str(address.content["PublicIp"]), severity="info",
        )


READERS: Mapping[str, Callable[["Region"], Iterator[Item]]] = {
    "instances": read_instances,
    "instance_types": read_types,
    "hosts": partial(read_listing, listing=HOSTS),
    "interfaces": partial(read_listing, listing=INTERFACES),
    "addresses": read_addresses,
    "security_groups": partial(read_listing, listing=SECURITY_GROUPS),
}
NEEDS = {"instance_types": ("instances",)}
ACTIONS = tuple(f"ec2:{name}" for name in (
    "DescribeAddresses", "DescribeHosts", "DescribeInstanceTypes", "DescribeInstances",
    "DescribeNetworkInterfaces", "DescribeRegions", "DescribeSecurityGroups",
))
__all__ = ["ACTIONS", "NEEDS", "READERS", "SHAPES"]
