"""Systems Manager: the packages on the machines that it manages, and all that is read of it.

Packages come from GetInventory, 50 machines a page. The service's model names no result attribute
but AWS:InstanceInformation; where it takes or gives no other, ListInventoryEntries asks machine by
machine. dpkg lists packages of which only the configuration is left, and the agent lists them too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fleetkit.errors import ReadError
from fleetkit.loaders.aws import patches
from fleetkit.loaders.aws.calls import answers, counted, record
from fleetkit.loaders.aws.entries import Parsed, each
from fleetkit.loaders.aws.listings import calls_for
from fleetkit.loaders.aws.machines import (
    DETAIL,
    MACHINE,
    NOTE,
    PAGE,
    Entries,
    entities,
    machine_record,
    managed_instances,
)
from fleetkit.loaders.aws.platforms import is_cut, package_of, word
from fleetkit.plugins import Call, Item, Problem, Record

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_APPLICATION = "AWS:Application"
_MOST_PAGES = 10_000
_MOST_ENTRIES = 10_000  # that the service keeps of one machine


def inventory(region: "Region") -> Iterator[Item]:
    """Packages of the machines that `managed_instances` named."""
    yield from calls_for(region, NOTE, managed_instances)
    known: set[str] = region.seen[NOTE]
    answered: set[str] = set()
    try:
        for item in entities(region, _APPLICATION):
            if isinstance(item, Call):
                yield item
            else:
                answered.add(item[0])
                yield from _packages(*item)
    except ReadError as error:
        if answered or error.code not in ("refused", "unsupported"):
            raise
    if not answered:
        for identity in sorted(known):
            yield from _one_by_one(region, identity, answered.add)
    if known - answered:
        yield _without_inventory(len(known - answered), len(known))


def _one_by_one(
    region: "Region", identity: str, note: Callable[[str], None]
) -> Iterator[Item]:
    """The packages of one machine; `note` is told of it if there are any."""
    entries: Entries = []
    try:
        for item in _listed(region, identity):
            if isinstance(item, Call):
                yield item
            else:
                entries.append(item)
    except ReadError as error:
        if error.code != "refused":
            raise
        yield Problem("vanished", "a machine was gone when its inventory was asked for",
                      identity, detail=str(error), severity="info")
    if entries:
        note(identity)
        yield from _packages(identity, entries)


def _listed(region: "Region", identity: str) -> Iterator[Call | Mapping[str, Any]]:
    """ListInventoryEntries, page by page: the SDK has no paginator for it."""
    token: str | None = None
    tokens: set[str | None] = set()
    while token not in tokens and len(tokens) < _MOST_PAGES:
        tokens.add(token)
        more: dict[str, Any] = {"NextToken": token} if token else {}
        for answer in answers(region, "ssm", "list_inventory_entries", InstanceId=identity,
                              TypeName=_APPLICATION, MaxResults=PAGE, **more):
            yield counted(answer)
            yield from answer.get("Entries") or ()
            token = answer.get("NextToken")
        if not token:
            return
    raise ReadError(f"{region.name}: ssm:ListInventoryEntries of {identity}: a page token came"
                    " twice; the list would not end", code="repeated_page", retryable=True)


def _packages(identity: str, entries: Iterable[Any]) -> Parsed:
    """Records `application`, and what a reader of their number should know."""
    count = cut = nameless = 0
    for entry in entries:
        count += 1
        package = package_of(entry) if isinstance(entry, Mapping) else None
        if package is None:
            nameless += not isinstance(entry, Mapping) or not word(entry, "Name")
            continue
        cut += is_cut(package)
        yield record("application", {"InstanceId": identity, **package})
    if nameless:
        yield Problem("unreadable_record", "entries of an inventory have no name", identity,
                      detail=f"{nameless:,} of {count:,}", phase="parse")
    if cut:
        yield Problem(
            "incomplete_version", "an old agent reports versions of rpm packages without release",
            identity, detail=f"{cut:,} of {count:,} packages",
            hint="update the agent (3.0 or later); until then they are not compared",
        )
    if count >= _MOST_ENTRIES:
        yield Problem("truncated", "a machine has as many packages as inventory can hold",
                      identity, detail=f"{count:,}; there may be more")


def _without_inventory(count: int, of: int) -> Problem:
    return Problem(
        "no_inventory", "managed machines report no packages", detail=f"{count:,} of {of:,}",
        hint="let the association AWS-GatherSoftwareInventory collect applications from them",
        severity="info",
    )


def _machines_saved(document: Mapping[str, Any], _: str) -> Parsed:
    """From `aws ssm describe-instance-information`."""
    def make(item: Mapping[str, Any]) -> list[Record]:
        return [machine_record({**item, "InstanceId": item["InstanceId"]}, [])]

    return each(document["InstanceInformationList"], "managed instance", make)


def _entities_saved(document: Mapping[str, Any], _: str) -> Parsed:
    """From `aws ssm get-inventory`, with any result attribute."""
    return each(document["Entities"], "inventory", _entity)


def _entity(entity: Mapping[str, Any]) -> Parsed:
    told, identity = entity.get("Data") or {}, str(entity["Id"])
    details = _content(told, DETAIL)
    for facts in _content(told, MACHINE):
        yield machine_record({**facts, "InstanceId": identity}, details)
    yield from _packages(identity, _content(told, _APPLICATION))


def _content(told: Mapping[str, Any], type_name: str) -> Entries:
    return list((told.get(type_name) or {}).get("Content") or [])


def _entries_saved(document: Mapping[str, Any], _: str) -> Parsed:
    """From `aws ssm list-inventory-entries`."""
    return each([document], "inventory", _listed_entries)


def _listed_entries(document: Mapping[str, Any]) -> Parsed:
    identity, type_name = str(document["InstanceId"]), document.get("TypeName")
    if type_name == MACHINE:
        for facts in document["Entries"]:
            yield machine_record({**facts, "InstanceId": identity}, [])
    elif type_name == _APPLICATION:
        yield from _packages(identity, document["Entries"])
    else:
        yield Problem("unknown_entry", "an inventory type is not read", identity,
                      detail=str(type_name), severity="info", phase="parse")


READERS: Mapping[str, Callable[["Region"], Iterator[Item]]] = {
    "managed_instances": managed_instances,
    "inventory": inventory,
    "patches": patches.patches,
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "managed_instances": (), "inventory": ("managed_instances",),
    "patches": ("managed_instances",),
}
_TEXT = pa.string()
SHAPES: Mapping[str, pa.Schema] = {
    "managed_instance": pa.schema([(name, _TEXT) for name in (
        "InstanceId", "Name", "ComputerName", "IPAddress", "PlatformType", "PlatformName",
        "PlatformVersion", "PingStatus", "InstanceStatus", "AgentVersion", "KernelVersion",
        "ResourceType", "SourceId", "SourceType", "LastPingDateTime", "RegistrationDate",
        "Ecosystem", "Release", "Vendor", "Distro",
    )]),
    "application": pa.schema([(name, _TEXT) for name in (
        "InstanceId", "Name", "Version", "Epoch", "Arch", "Made", "SourceName", "SourceVersion",
    )]),
    **patches.SHAPES,
}
ACTIONS: tuple[str, ...] = (
    "ssm:DescribeInstanceInformation", "ssm:GetInventory", "ssm:ListInventoryEntries",
    *patches.ACTIONS,
)
TOP_LEVEL: Mapping[str, Callable[[Mapping[str, Any], str], Parsed]] = {
    "InstanceInformationList": _machines_saved,
    "Entities": _entities_saved,
    "Entries": _entries_saved,
    **patches.TOP_LEVEL,
}
