"""Auto Scaling groups, launch templates, load balancers, target groups and their health."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.calls import pages, record
from fleetkit.loaders.aws.listings import Listing, calls_for, once, read_listing
from fleetkit.loaders.aws.shapes import HERDS as SHAPES
from fleetkit.plugins import Call, Item, Problem, Record

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_OF_A_TEMPLATE = ("ImageId", "InstanceType")

GROUPS = Listing("auto_scaling_group", "autoscaling", "describe_auto_scaling_groups",
                 "AutoScalingGroups", "AutoScalingGroupARN", 100)
VERSIONS = Listing("launch_template_version", "ec2", "describe_launch_template_versions",
                   "LaunchTemplateVersions", "Identity", 200,
                   {"Versions": ["$Default", "$Latest"]})
BALANCERS = Listing("load_balancer", "elbv2", "describe_load_balancers", "LoadBalancers",
                    "LoadBalancerArn", 400)
LISTENERS = Listing("listener", "elbv2", "describe_listeners", "Listeners", "ListenerArn", 400)
TARGET_GROUPS = Listing("target_group", "elbv2", "describe_target_groups", "TargetGroups",
                        "TargetGroupArn", 400)
HEALTH = Listing("target_health", "elbv2", "describe_target_health", "TargetHealthDescriptions",
                 "Identity")


def read_versions(region: "Region") -> Iterator[Item]:
    """Default and latest version of each launch template, without its user data."""
    listed = pages(region, VERSIONS.service, VERSIONS.operation, VERSIONS.key,
                   VERSIONS.page_size, **VERSIONS.arguments)
    images: set[str] = set()
    for item in versions(listed):
        if isinstance(item, Record):
            images.add(str(item.content["LaunchTemplateData"].get("ImageId") or ""))
        yield item
    region.seen["template_images"] = images - {""}


def versions(entries: Iterator[Any]) -> Iterator[Item]:
    """Versions of launch templates: of what they say only image and size are kept.

    One that is both default and latest is answered twice, which is no problem.
    """
    met: set[str] = set()

    def kept() -> Iterator[Any]:
        for entry in entries:
            if isinstance(entry, Call) or not isinstance(entry, Mapping):
                yield entry
            elif (made := _version(entry)).get("Identity") not in met:
                met.add(made.get("Identity", ""))
                yield made

    yield from once(kept(), VERSIONS)


def _version(entry: Mapping[str, Any]) -> dict[str, Any]:
    said = entry.get("LaunchTemplateData")
    kept = {name: said[name] for name in _OF_A_TEMPLATE if name in said} if isinstance(
        said, Mapping) else {}
    template, number = entry.get("LaunchTemplateId"), entry.get("VersionNumber")
    identity = {"Identity": f"{template}:{number}"} if template else {}
    return {**entry, **identity, "LaunchTemplateData": kept}


def read_balancers(region: "Region") -> Iterator[Item]:
    """Load balancers."""
    yield from _noted(region, BALANCERS, "load_balancers")


def read_target_groups(region: "Region") -> Iterator[Item]:
    """Target groups; their targets come with their health."""
    yield from _noted(region, TARGET_GROUPS, "target_groups")


def read_listeners(region: "Region") -> Iterator[Item]:
    """Ports on which the load balancers are asked, one call for each of them."""
    yield from calls_for(region, "load_balancers", read_balancers)
    for balancer in region.seen["load_balancers"]:
        yield from read_listing(region, LISTENERS, LoadBalancerArn=balancer)


def read_health(region: "Region") -> Iterator[Item]:
    """Targets of each target group with their health, one call for each group."""
    yield from calls_for(region, "target_groups", read_target_groups)
    for group in region.seen["target_groups"]:
        listed = pages(region, HEALTH.service, HEALTH.operation, HEALTH.key, TargetGroupArn=group)
        try:
            for item in listed:
                yield item if isinstance(item, Call) else record(
                    HEALTH.kind, {**item, "TargetGroupArn": group})
        except ReadError as error:
            if error.code != "refused":
                raise
            yield Problem(code="vanished", message="a target group vanished while it was read",
                          subject_id=group, detail=str(error), severity="info")


def _noted(region: "Region", listing: Listing, note: str) -> Iterator[Item]:
    """A listing whose identities are noted for the resources that need them."""
    found: list[str] = []
    for item in read_listing(region, listing):
        if isinstance(item, Record):
            found.append(item.content[listing.identity])
        yield item
    region.seen[note] = found


READERS: Mapping[str, Callable[["Region"], Iterator[Item]]] = {
    "auto_scaling_groups": partial(read_listing, listing=GROUPS),
    "launch_templates": read_versions,
    "load_balancers": read_balancers,
    "listeners": read_listeners,
    "target_groups": read_target_groups,
    "target_health": read_health,
}
NEEDS = {
    "listeners": ("load_balancers",),
    "target_health": ("target_groups",),
}
ACTIONS = (
    "autoscaling:DescribeAutoScalingGroups", "ec2:DescribeLaunchTemplateVersions",
    "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
)
__all__ = ["ACTIONS", "NEEDS", "READERS", "SHAPES"]
