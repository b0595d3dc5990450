"""Machines of platforms that no loader reads: what every one of them has, by its own names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from fleetkit.fields import MIB, Fields
from fleetkit.loaders.terraform.resources import Resource, Stack
from fleetkit.loaders.terraform.things import gib, known, labels, stub, workload
from fleetkit.plugins import Record

_STATES = {
    "active": "running", "running": "running", "off": "stopped", "stopped": "stopped",
    "new": "starting", "starting": "starting", "stopping": "stopping",
}


@dataclass(frozen=True)
class Plain:
    """What a platform calls the fields of a machine; several names are tried in turn."""

    platform: str
    image: tuple[str, ...]
    size: tuple[str, ...]
    place: tuple[str, ...]
    private: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    state: tuple[str, ...] = ("status",)
    tags: str = "labels"


def machine(spec: Plain, resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("id")
    state, source = _first(known_as, spec.state), _first(known_as, spec.image)
    image_id = f"{spec.platform}||image|{source}" if source else None
    yield from workload(
        resource, stack, None,
        name=_first(known_as, ("name", "display_name", "label")) or native,
        state=_STATES.get((state or "").lower(), "unknown"), state_raw=state,
        size_name=_first(known_as, spec.size), cpu_cores=known_as.number("vcpus"),
        memory_bytes=known_as.whole("memory", factor=MIB), disk_bytes=gib(known_as, "disk"),
        image_ref=source, image_id=image_id, created_at=known_as.time("created_at"),
        zone=_first(known_as, spec.place), region=known_as.text("region"),
        private_ips=known(known_as.text(name) for name in spec.private),
        public_ips=known(known_as.text(name) for name in spec.public),
        provider_id=f"{spec.platform}://{native}" if native else None,
        tags=labels(known_as, spec.tags),
    )
    yield from stub(image_id, "disk_image", source)


def _first(known_as: Fields, names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := known_as.text(name))), None)


_PLAIN = {
    "digitalocean_droplet": Plain(
        "digitalocean", ("image",), ("size",), ("region",), ("ipv4_address_private",),
        ("ipv4_address", "ipv6_address"), tags=""),
    "hcloud_server": Plain(
        "hcloud", ("image",), ("server_type",), ("datacenter", "location"), (),
        ("ipv4_address", "ipv6_address")),
    "cloudstack_instance": Plain(
        "cloudstack", ("template",), ("service_offering",), ("zone",),
        ("ip_address", "ipaddress"), state=("state",), tags="tags"),
}
KINDS: dict[str, Callable[[Resource, Stack], Iterator[Record]]] = {
    kind: partial(machine, spec) for kind, spec in _PLAIN.items()
}
