"""Systems Manager: machines with its agent, in EC2 and outside of it."""

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.calls import pages, record
from fleetkit.loaders.aws.moments import with_moments
from fleetkit.loaders.aws.platforms import naming_of, word
from fleetkit.plugins import Call, Item, Problem, Record

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

MACHINE, DETAIL = "AWS:InstanceInformation", "AWS:InstanceDetailedInformation"
NOTE = "managed_instances"
PAGE = 50
_LIVING = [{"Key": "AWS:InstanceInformation.InstanceStatus", "Values": ["Terminated"],
            "Type": "NotEqual"}]
_TIMES = ("LastPingDateTime", "RegistrationDate")

Entries = list[Mapping[str, Any]]


def managed_instances(region: "Region") -> Iterator[Item]:
    """Machines whose agent is heard, then those that stand still: only inventory names these."""
    kernels = yield from _told(region, DETAIL)
    still = yield from _told(region, MACHINE)
    heard: set[str] = set()
    for item in pages(region, "ssm", "describe_instance_information", "InstanceInformationList",
                      PAGE):
        if isinstance(item, Call):
            yield item
            continue
        identity = str(item.get("InstanceId"))
        if identity in heard:
            yield Problem("duplicate_id", "a managed instance came twice in one list", identity,
                          detail="the first one is kept", severity="info")
            continue
        heard.add(identity)
        yield machine_record(item, kernels.get(identity, []))
    for identity in sorted(set(still) - heard):
        for facts in still[identity][:1]:
            yield machine_record({**facts, "InstanceId": identity}, kernels.get(identity, []))
    region.seen[NOTE] = heard | set(still)


def entities(region: "Region", type_name: str) -> Iterator[Call | tuple[str, Entries]]:
    """Machines with what inventory holds of a type; those of which it holds nothing are left out.

    Terminated machines stay in inventory for some weeks; they are left out as well.
    """
    for item in pages(region, "ssm", "get_inventory", "Entities", PAGE, Filters=_LIVING,
                      ResultAttributes=[{"TypeName": type_name}]):
        if isinstance(item, Call):
            yield item
        elif type_name in (item.get("Data") or {}):
            yield str(item.get("Id")), list(item["Data"][type_name].get("Content") or [])


def machine_record(facts: Mapping[str, Any], details: Entries) -> Record:
    """A record `managed_instance` from either call; they spell one field differently.

    Args:
        facts: of DescribeInstanceInformation or of AWS:InstanceInformation.
        details: entries of AWS:InstanceDetailedInformation; newer agents tell the kernel there.
    """
    kernel = next((word(entry, "KernelVersion") for entry in details), None)
    return record("managed_instance", {
        "IPAddress": facts.get("IpAddress"), "KernelVersion": kernel,
        **with_moments(facts, _TIMES),
        **naming_of(word(facts, "PlatformName"), word(facts, "PlatformVersion")),
    })


def _told(region: "Region", type_name: str) -> Generator[Item, None, dict[str, Entries]]:
    """What inventory knows of each machine; that it does not answer is a problem, not the end."""
    found: dict[str, Entries] = {}
    try:
        for item in entities(region, type_name):
            if isinstance(item, Call):
                yield item
            else:
                found[item[0]] = item[1]
    except ReadError as error:
        yield Problem(
            code=error.code or error.status, message=f"inventory does not tell {type_name}",
            detail=str(error), hint=error.hint, retryable=error.retryable,
            severity="info" if error.code in ("refused", "unsupported") else "warning",
        )
    return found
