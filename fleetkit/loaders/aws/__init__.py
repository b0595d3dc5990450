"""AWS accounts: EC2 with all that belongs to it, Systems Manager, ECS and ECR.

Live through boto3, or from what the AWS CLI prints.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from fleetkit.loaders.aws import compute, disks, ecr, ecs, scaling, systems
from fleetkit.loaders.aws.accounts import Region, connect
from fleetkit.loaders.aws.parsing import parse
from fleetkit.loaders.aws.places import split, targets
from fleetkit.loaders.aws.policy import policy_of
from fleetkit.plugins import Item, Loader, prelude_beside, queries_beside

_PARTS = (compute, scaling, disks, systems, ecs, ecr)
READERS: Mapping[str, Callable[[Region], Iterator[Item]]] = {
    resource: reader for part in _PARTS for resource, reader in part.READERS.items()
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    resource: tuple(part.NEEDS.get(resource, ())) for part in _PARTS for resource in part.READERS
}
SHAPES: Mapping[str, pa.Schema] = {
    kind: shape for part in _PARTS for kind, shape in part.SHAPES.items()
}
ACTIONS = tuple(sorted({action for part in _PARTS for action in part.ACTIONS}))


def read(region: Region, resource: str) -> Iterator[Item]:
    """The records of a resource of one region."""
    return READERS[resource](region)


def policy() -> dict[str, Any]:
    """The least IAM policy."""
    return policy_of(ACTIONS)


LOADER = Loader(
    doc="AWS accounts by profile, role or organization: EC2, Auto Scaling, ECS, ECR, SSM",
    reads=(
        "JSON of the AWS CLI: describe-instances, -images, -volumes, -snapshots, -instance-types,"
        " -network-interfaces, -addresses, -hosts, -security-groups, -launch-template-versions",
        "describe-auto-scaling-groups, describe-load-balancers, -listeners, -target-groups",
        "describe-instance-information, list-inventory-entries, describe-instance-patches",
        "ecs describe-clusters, -services, -tasks, -task-definition; ecr describe-images",
    ),
    permissions=ACTIONS,
    policy=policy,
    resources=NEEDS,
    targets=targets,
    split=split,
    connect=connect,
    read=read,
    parse=parse,
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
    tries=1,
    sdk="boto3",
)
