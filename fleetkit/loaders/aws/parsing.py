"""What the AWS CLI prints, and what boto3 answers, saved as JSON: told apart by its keys."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.aws import compute, disks, ecr, ecs, patches, scaling, systems
from fleetkit.loaders.aws.calls import record
from fleetkit.loaders.aws.listings import Listing, once, unreadable
from fleetkit.plugins import Item, Problem, Record

_DEEPEST = 4
_SHOWN = 10
_BESIDE = frozenset({"ResponseMetadata", "TargetGroupArn"})
_TOKENS = ("NextToken", "nextToken", "NextMarker")

Parsed = Iterator[Record | Problem]
Reader = Callable[[Mapping[str, Any], str], Parsed]


def parse(document: Any, where: str) -> Parsed:
    """Records of a saved document.

    It is the answer of a describe call, a list of such answers, or the bare entries that
    `--query` leaves: reservations, instances, images, volumes, snapshots, …

    Args:
        document: parsed JSON.
        where: name of the file.

    Raises:
        LoadError: it is nothing that the CLI prints of what fleetkit reads.
    """
    answers, entries = _sorted_out(document)
    if not answers and not any(_listing_of(entry) for entry in entries):
        raise LoadError(
            f"{where}: expected what the AWS CLI prints, found {_form(document)}; pass the output"
            " of aws ec2 describe-instances, or of another describe call of EC2, Auto Scaling, load"
            " balancers, Systems Manager, ECS or ECR"
        )
    for answer in answers:
        yield from _answer(answer, where)
    yield from _bare(entries)


def _sorted_out(document: Any, depth: int = 0) -> tuple[list[Mapping[str, Any]], list[Any]]:
    """Answers of calls, and bare entries; lists are opened, as deep as `--query` nests them."""
    if isinstance(document, Mapping):
        is_answer = _listing_of(document) is None and any(key in TOP_LEVEL for key in document)
        return ([document], []) if is_answer else ([], [document])
    if not isinstance(document, list) or depth == _DEEPEST:
        return [], [document]
    answers: list[Mapping[str, Any]] = []
    entries: list[Any] = []
    for item in document:
        found, bare = _sorted_out(item, depth + 1)
        answers += found
        entries += bare
    return answers, entries


def _answer(answer: Mapping[str, Any], where: str) -> Parsed:
    for key in answer:
        if key in TOP_LEVEL:
            yield from TOP_LEVEL[key](answer, where)
        elif key not in _BESIDE and key not in _TOKENS and key not in _KNOWN_BESIDE:
            yield Problem(
                code="unknown_entry", message="a part of a file is not known and was left out",
                subject_id=str(key)[:200], severity="info", phase="parse",
            )
    if any(answer.get(token) for token in _TOKENS):
        yield Problem(
            code="truncated_page", message="a file holds one page of several",
            subject_id=Path(where).name,
            detail="it ends with a token for the next page", phase="parse",
            hint="print it anew, without --max-items and --no-paginate",
        )


def _bare(entries: Iterable[Any]) -> Parsed:
    """Entries without their answer, in the order of the kinds."""
    kinds: dict[str, list[Any]] = {}
    for entry in entries:
        listing = _listing_of(entry)
        if listing is None:
            yield unreadable("record of AWS", entry, "known id")
        else:
            kinds.setdefault(listing.key, []).append(entry)
    for key, found in kinds.items():
        yield from TOP_LEVEL[key]({key: found}, "")


def _listing_of(entry: Any) -> Listing | None:
    """What a bare entry is, by the fields that only its kind has."""
    if not isinstance(entry, Mapping):
        return None
    return next((listing for fields, listing in _TELLING if all(f in entry for f in fields)), None)


def _entries(answer: Mapping[str, Any], key: str) -> list[Any]:
    """What an answer lists; anything else in that place is one entry, to be told as unreadable."""
    found = answer[key]
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _plain(listing: Listing) -> Reader:
    def read(answer: Mapping[str, Any], _where: str) -> Parsed:
        yield from _without_calls(once(_entries(answer, listing.key), listing))

    return read


def _reservations(answer: Mapping[str, Any], _where: str) -> Parsed:
    yield from _without_calls(compute.instances(_entries(answer, "Reservations")))


def _instances(answer: Mapping[str, Any], _where: str) -> Parsed:
    yield from _without_calls(compute.instances(_entries(answer, "Instances")))


def _versions(answer: Mapping[str, Any], _where: str) -> Parsed:
    entries = _entries(answer, scaling.VERSIONS.key)
    yield from _without_calls(scaling.versions(iter(entries)))


def _volumes(answer: Mapping[str, Any], where: str) -> Parsed:
    for item in _plain(disks.VOLUMES)(answer, where):
        yield item
        if isinstance(item, Record):
            yield from disks.idle_volume(item, None)


def _addresses(answer: Mapping[str, Any], where: str) -> Parsed:
    for item in _plain(compute.ADDRESSES)(answer, where):
        yield item
        if isinstance(item, Record):
            yield from compute.idle_address(item)


def _health(answer: Mapping[str, Any], _where: str) -> Parsed:
    """Health of targets; the call does not say of which group, so the file has to."""
    group = answer.get("TargetGroupArn")
    for entry in _entries(answer, scaling.HEALTH.key):
        if not isinstance(entry, Mapping) or not isinstance(group, str):
            yield Problem(
                code="unreadable_record", message="the health of a target without its group",
                detail="describe-target-health does not print which target group it was asked for",
                hint="add it to the file, as \"TargetGroupArn\": \"arn:…\" beside"
                     " \"TargetHealthDescriptions\"",
                phase="parse",
            )
        else:
            yield record(scaling.HEALTH.kind, {**entry, "TargetGroupArn": group})


def _without_calls(items: Iterable[Item]) -> Parsed:
    return (item for item in items if isinstance(item, (Record, Problem)))


def _form(document: Any) -> str:
    if isinstance(document, Mapping):
        return f"an object with {', '.join(sorted(map(str, document))[:_SHOWN]) or 'no keys'}"
    return f"{type(document).__name__}"


TOP_LEVEL: Mapping[str, Reader] = {
    "Reservations": _reservations,
    "Instances": _instances,
    "Volumes": _volumes,
    "Addresses": _addresses,
    scaling.VERSIONS.key: _versions,
    scaling.HEALTH.key: _health,
    **{
        listing.key: _plain(listing) for listing in (
            compute.TYPES, compute.HOSTS, compute.INTERFACES, compute.SECURITY_GROUPS,
            disks.IMAGES, disks.SNAPSHOTS, disks.ANCESTORS,
            scaling.GROUPS, scaling.BALANCERS, scaling.LISTENERS, scaling.TARGET_GROUPS,
        )
    },
    **systems.TOP_LEVEL, **patches.TOP_LEVEL, **ecs.TOP_LEVEL, **ecr.TOP_LEVEL,
}
_KNOWN_BESIDE = frozenset({
    "failures", "tags", "InstanceId", "TypeName", "SchemaVersion", "CaptureTime", "Groups",
    "OwnerId", "ReservationId", "RequesterId", "ImageId",
})
_TELLING = (
    (("Instances", "ReservationId"), compute.INSTANCES),
    (("InstanceId", "InstanceType"), compute.INSTANCES),
    (("InstanceId", "LaunchTime"), compute.INSTANCES),
    (("PublicIp", "Domain"), compute.ADDRESSES),
    (("InstanceType", "VCpuInfo"), compute.TYPES),
    (("NetworkInterfaceId", "MacAddress"), compute.INTERFACES),
    (("SnapshotId", "StartTime"), disks.SNAPSHOTS),
    (("VolumeId", "Size"), disks.VOLUMES),
    (("ImageId", "ImageLocation"), disks.IMAGES),
    (("ImageId", "CreationDate"), disks.IMAGES),
    (("AutoScalingGroupARN",), scaling.GROUPS),
    (("LaunchTemplateId", "LaunchTemplateData"), scaling.VERSIONS),
    (("GroupId", "IpPermissions"), compute.SECURITY_GROUPS),
)
