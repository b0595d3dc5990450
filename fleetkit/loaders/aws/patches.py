"""Systems Manager: what its patch manager says of each machine.

Patches that are open are listed one by one, the others counted: a machine has thousands that do
not apply to it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.calls import pages, record
from fleetkit.loaders.aws.entries import Parsed, each
from fleetkit.loaders.aws.listings import calls_for
from fleetkit.loaders.aws.machines import NOTE, managed_instances
from fleetkit.loaders.aws.moments import moment, with_moments
from fleetkit.loaders.aws.platforms import word
from fleetkit.plugins import Call, Item, Problem, Record

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_OPEN = {  # state as the filter spells it, and the count that says whether there are any
    "Missing": "MissingCount",
    "Failed": "FailedCount",
    "InstalledPendingReboot": "InstalledPendingRebootCount",
    "InstalledRejected": "InstalledRejectedCount",
    "AvailableSecurityUpdate": "AvailableSecurityUpdateCount",
}
_COUNTS = (*_OPEN.values(), "InstalledCount", "InstalledOtherCount", "NotApplicableCount",
           "UnreportedNotApplicableCount")
_IDS_AT_ONCE, _PAGE = 50, 100
_TIMES = ("OperationStartTime", "OperationEndTime", "LastNoRebootInstallOperationTime")
_MACHINE_ID = re.compile(r"\bm?i-[0-9a-f]{8,17}\b")
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_NEVER = "2000"  # patches that were never installed bear a time before computers had patches


def patches(region: "Region") -> Iterator[Item]:
    """Counts of all machines, then the open patches of those that have any."""
    yield from calls_for(region, NOTE, managed_instances)
    known = sorted(region.seen[NOTE])
    asked: list[tuple[str, str]] = []
    for start in range(0, len(known), _IDS_AT_ONCE):
        for item in pages(region, "ssm", "describe_instance_patch_states", "InstancePatchStates",
                          _PAGE, InstanceIds=known[start:start + _IDS_AT_ONCE]):
            if isinstance(item, Call):
                yield item
                continue
            yield _counts(item)
            identity = str(item.get("InstanceId"))
            asked += [(identity, state) for state, count in _OPEN.items() if item.get(count)]
    yield from _details(region, asked)


def _details(region: "Region", asked: Sequence[tuple[str, str]]) -> Iterator[Item]:
    for identity, state in asked:
        try:
            for item in pages(region, "ssm", "describe_instance_patches", "Patches", _PAGE,
                              InstanceId=identity,
                              Filters=[{"Key": "State", "Values": [state]}]):
                yield item if isinstance(item, Call) else _patch(item, identity)
        except ReadError as error:
            if error.code != "refused":
                raise
            yield Problem("vanished", "a machine was gone when its patches were asked for",
                          identity, detail=str(error), severity="info")


def _counts(state: Mapping[str, Any]) -> Record:
    return record("patch_state", {**with_moments(state, _TIMES), "InstanceId": state["InstanceId"]})


def _patch(patch: Mapping[str, Any], identity: str | None) -> Record:
    state = (word(patch, "State") or "").replace("_", "").lower()
    installed = moment(patch.get("InstalledTime"))
    return record("patch", {
        "InstanceId": identity,
        **{name: word(patch, name) for name in ("KBId", "Title", "Classification", "Severity")},
        "State": state,
        "InstalledTime": installed if str(installed or "") > _NEVER else None,
        "CVEIds": sorted(set(_CVE.findall(str(patch.get("CVEIds") or "")))),
    })


def _states_saved(document: Mapping[str, Any], _: str) -> Parsed:
    """From `aws ssm describe-instance-patch-states`."""
    return each(document["InstancePatchStates"], "patch state", lambda item: [_counts(item)])


def _patches_saved(document: Mapping[str, Any], where: str) -> Parsed:
    """From `aws ssm describe-instance-patches`; only the file's name can say of which machine."""
    match = _MACHINE_ID.search(PurePath(where).name)
    if match is None:
        left = document["Patches"]
        count = f"{len(left):,}" if isinstance(left, list) else "its"
        yield Problem(
            "unknown_machine", "saved patches do not say of which machine they are",
            PurePath(where).name, detail=f"{count} patches are left out",
            hint="put the machine's id into the file's name, as patches-i-0abc….json",
            phase="parse", severity="error",
        )
        return
    yield from each(document["Patches"], "patch", lambda item: [_patch(item, match[0])])


SHAPES: Mapping[str, pa.Schema] = {
    "patch_state": pa.schema([
        *((name, pa.string()) for name in ("InstanceId", "PatchGroup", "BaselineId",
                                           "OperationEndTime")),
        *((name, pa.int64()) for name in _COUNTS),
    ]),
    "patch": pa.schema([
        *((name, pa.string()) for name in ("InstanceId", "KBId", "Title", "Classification",
                                           "Severity", "State", "InstalledTime")),
        ("CVEIds", pa.list_(pa.string())),
    ]),
}
ACTIONS: tuple[str, ...] = ("ssm:DescribeInstancePatchStates", "ssm:DescribeInstancePatches")
TOP_LEVEL: Mapping[str, Callable[[Mapping[str, Any], str], Parsed]] = {
    "InstancePatchStates": _states_saved,
    "Patches": _patches_saved,
}
