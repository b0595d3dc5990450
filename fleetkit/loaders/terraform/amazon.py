"""Resources of Amazon: instances with their disks and cards, images, scaling groups, databases.

Ids are formed as the loader of AWS forms them; the account is that of the resource's ARN.
"""

from collections.abc import Iterator
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.terraform.resources import Resource, Stack, first
from fleetkit.loaders.terraform.things import (
    gib,
    group,
    image,
    known,
    labels,
    link,
    mount,
    service,
    stub,
    total,
    workload,
)
from fleetkit.plugins import Record

_STATES = {
    "running": "running", "pending": "starting", "stopping": "stopping",
    "shutting-down": "stopping", "stopped": "stopped", "terminated": "terminated",
}
_VOLUMES = ("aws_ebs_volume",)


def instance(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("spot_instance_id") if resource.kind.startswith("aws_spot") \
        else known_as.text("id")
    account, region = _owner(known_as)
    zone = known_as.text("availability_zone")
    tags = labels(known_as, "tags_all", "tags")
    cores = first(known_as, "cpu_options")
    disks = list(_disks(resource, stack, native))
    state = known_as.text("instance_state")
    yield from workload(
        resource, stack,
        f"aws|{account}|vm|{native}" if account and native else None,
        native_id=native,
        name=_tag(tags, "Name") or native or resource.address,
        hostname=known_as.text("private_dns"),
        state=_STATES.get(state or "", "unknown"), state_raw=state,
        size_name=known_as.text("instance_type"),
        cpu_cores=_cores(known_as, "cpu_core_count", "cpu_threads_per_core")
        or _cores(cores, "core_count", "threads_per_core"),
        disk_bytes=total(disk.content["size_bytes"] for disk in disks),
        image_ref=known_as.text("ami"), image_id=_ami(known_as.text("ami")),
        zone=zone, account=account, region=region or _region(zone),
        host_id=f"aws|{account}|host|{host}"
        if account and (host := known_as.text("host_id")) else None,
        private_ips=known([known_as.text("private_ip"), *known_as.texts("secondary_private_ips"),
                           *known_as.texts("ipv6_addresses")]),
        public_ips=known([known_as.text("public_ip")]),
        macs=_macs(known_as, stack),
        provider_id=f"aws:///{zone + '/' if zone else ''}{native}" if native else None,
        ephemeral=known_as.text("instance_lifecycle") == "spot"
        or resource.kind.startswith("aws_spot") or (None if not state else False),
        protected=known_as.truth("disable_api_termination"), tags=tags,
        **_controller(tags),
    )
    yield from disks
    yield from stub(_ami(known_as.text("ami")), "ami", known_as.text("ami"))


def picture(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("image_id") or known_as.text("id")
    me, source = _ami(native), _ami(known_as.text("source_ami_id"))
    yield from image(
        resource, stack, me, kind="ami", name=known_as.text("name"),
        arch=known_as.text("architecture"), created_at=known_as.time("creation_date"),
        deprecated_at=known_as.time("deprecation_time"), owner=known_as.text("owner_id"),
        os_family=_system(known_as),
        is_public=known_as.truth("public"),
        labels=labels(known_as, "tags_all", "tags"), region=_owner(known_as)[1],
    )
    if me and source and source != me:
        yield link(me, source, "derived_from", "source image in the state")
        yield from stub(source, "ami", known_as.text("source_ami_id"))
    account, machine = _owner(known_as)[0], known_as.text("source_instance_id")
    origin = stack.having(("aws_instance",), "id", machine)
    if me and origin:
        account = account or _owner(origin)[0]
        yield link(me, f"aws|{account or ''}|vm|{machine}", "derived_from",
                   "source instance in the state")


def scaling_group(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    account, region = _owner(known_as)
    name = known_as.text("name") or known_as.text("id")
    template = first(known_as, "launch_template")
    if not template:
        mixed = first(first(known_as, "mixed_instances_policy"), "launch_template")
        template = first(mixed, "launch_template_specification")
    plan = stack.having(("aws_launch_template",), "id", template.text("id")
                        or template.text("launch_template_id"))
    plan = plan or stack.having(("aws_launch_template",), "name", template.text("name"))
    plan = plan or stack.having(("aws_launch_configuration",), "name",
                                known_as.text("launch_configuration"))
    ami = _ami(plan.text("image_id"))
    yield from group(
        resource, stack, f"aws|{account}|autoscaling_group|{name}" if account and name else None,
        controller_kind="autoscaling", controller_name=name, version=template.text("version"),
        image_ref=plan.text("image_id"), image_id=ami, replicas=known_as.whole("desired_capacity"),
        account=account, region=region,
    )
    yield from stub(ami, "ami", plan.text("image_id"))


def database(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    account, region = _owner(known_as)
    nodes = first(known_as, "cache_nodes")
    port = known_as.whole("port") or nodes.whole("port")
    yield from service(
        resource, stack,
        service_name=known_as.text("identifier") or known_as.text("cluster_identifier")
        or known_as.text("cluster_id") or known_as.text("id"),
        host=known_as.text("address") or _host(known_as.text("endpoint"))
        or known_as.text("configuration_endpoint_address")
        or known_as.text("primary_endpoint_address") or nodes.text("address"),
        port=port, version=_engine(known_as), account=account, region=region,
        exposure=_EXPOSURE[known_as.truth("publicly_accessible")],
        meta=labels(known_as, "tags_all", "tags"),
    )


def _disks(resource: Resource, stack: Stack, native: str | None) -> Iterator[Record]:
    """Disks in blocks of the instance, and volumes that other resources attach to it."""
    met = set()
    for name in ("root_block_device", "ebs_block_device"):
        for disk in resource.fields.parts(name):
            volume = disk.text("volume_id")
            met.add(volume)
            yield mount(resource, stack, **_disk(disk, volume), is_root=name == "root_block_device",
                        target_path=disk.text("device_name"),
                        delete_with_workload=disk.truth("delete_on_termination"))
    for disk in resource.fields.parts("ephemeral_block_device"):
        yield mount(resource, stack, kind="instance_store", target_path=disk.text("device_name"),
                    size_bytes=None, is_root=False, delete_with_workload=True)
    for attached in stack.all_having(("aws_volume_attachment",), "instance_id", native):
        volume = attached.text("volume_id")
        if volume not in met:
            yield mount(resource, stack, **_disk(stack.having(_VOLUMES, "id", volume), volume),
                        target_path=attached.text("device_name"), is_root=False,
                        delete_with_workload=False)


def _disk(disk: Fields, volume: str | None) -> dict[str, Any]:
    return {
        "source_path": volume, "volume_id": volume,
        "driver": disk.text("volume_type") or disk.text("type"),
        "size_bytes": gib(disk, "volume_size") or gib(disk, "size"),
        "encrypted": disk.truth("encrypted"), "snapshot_id": disk.text("snapshot_id"),
    }


def _macs(known_as: Fields, stack: Stack) -> list[str] | None:
    """Hardware addresses of the cards that are resources of their own."""
    cards = [known_as.text("primary_network_interface_id"),
             *(card.text("network_interface_id") for card in known_as.parts("network_interface"))]
    return known(stack.having(("aws_network_interface",), "id", card).text("mac_address")
                 for card in cards)


def _owner(known_as: Fields) -> tuple[str | None, str | None]:
    """Account and region, from the ARN."""
    parts = (known_as.text("arn") or "").split(":")
    if len(parts) < 6 or parts[0] != "arn":
        return None, None
    return parts[4] or None, parts[3] or None


def _system(known_as: Fields) -> str | None:
    words = (known_as.text("platform"), known_as.text("platform_details"))
    told = next((word.lower() for word in words if word), "")
    return "windows" if told.startswith("windows") else "linux" if told else None


def _region(zone: str | None) -> str | None:
    return zone.rstrip("abcdefghijklmnopqrstuvwxyz") if zone else None


def _ami(native: str | None) -> str | None:
    return f"aws||ami|{native}" if native and native.startswith("ami-") else None


def _tag(tags: list[dict[str, str]] | None, name: str) -> str | None:
    return next((tag["Value"] for tag in tags or () if tag["Key"] == name), None) or None


def _controller(tags: list[dict[str, str]] | None) -> dict[str, str]:
    """The scaling group that an instance belongs to, which may be looked up by a state."""
    herd = _tag(tags, "aws:autoscaling:groupName")
    return {"controller_kind": "autoscaling", "controller_name": herd} if herd else {}


def _cores(fields: Fields, cores: str, threads: str) -> float | None:
    number = fields.number(cores)
    return number * (fields.number(threads) or 1) if number else None


def _host(endpoint: str | None) -> str | None:
    return endpoint.partition(":")[0] if endpoint else None


def _engine(known_as: Fields) -> str | None:
    parts = (known_as.text("engine"), known_as.text("engine_version_actual")
             or known_as.text("engine_version"))
    return " ".join(part for part in parts if part) or None


_EXPOSURE = {True: "public", False: "private", None: None}

KINDS = {
    "aws_instance": instance,
    "aws_spot_instance_request": instance,
    "aws_ami": picture,
    "aws_ami_copy": picture,
    "aws_ami_from_instance": picture,
    "aws_autoscaling_group": scaling_group,
    "aws_db_instance": database,
    "aws_rds_cluster": database,
    "aws_elasticache_cluster": database,
    "aws_elasticache_replication_group": database,
}
PARTS = frozenset({
    "aws_volume_attachment", "aws_ebs_volume", "aws_network_interface", "aws_launch_template",
    "aws_launch_configuration",
})
