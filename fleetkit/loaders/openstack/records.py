"""Raw answers of the services to records: fields that queries need, secrets taken out.

User data, administrator's passwords and key names are never copied; credentials in metadata,
tags and properties are masked. Free mappings become lists of key and value.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_tree

Raw = Mapping[str, Any]

_SERVER = {
    "id": "id", "name": "name", "status": "status", "tenant_id": "tenant_id",
    "created": "created", "description": "description", "locked": "locked",
    "hostname": "OS-EXT-SRV-ATTR:hostname", "hypervisor": "OS-EXT-SRV-ATTR:hypervisor_hostname",
    "root_device": "OS-EXT-SRV-ATTR:root_device_name", "zone": "OS-EXT-AZ:availability_zone",
    "vm_state": "OS-EXT-STS:vm_state", "task_state": "OS-EXT-STS:task_state",
    "launched_at": "OS-SRV-USG:launched_at", "terminated_at": "OS-SRV-USG:terminated_at",
    "tags": "tags", "server_groups": "server_groups",
}
_FLAVOR = ("id", "name", "original_name", "vcpus", "ram", "disk")
_IMAGE = (
    "id", "name", "status", "visibility", "owner", "size", "created_at", "base_image_ref",
    "instance_uuid", "image_type", "os_type", "os_distro", "os_version",
)
_NO_PROPERTY = {
    *_IMAGE, "self", "file", "schema", "updated_at", "checksum", "os_hash_algo", "os_hash_value",
    "virtual_size", "tags", "stores", "links", "direct_url", "locations", "block_device_mapping",
}
_VOLUME = (
    "id", "name", "status", "size", "volume_type", "encrypted", "multiattach", "snapshot_id",
)
_HYPERVISOR = (
    "hypervisor_hostname", "state", "status", "hypervisor_type", "host_ip", "vcpus", "memory_mb",
    "local_gb",
)
_LONGEST_JSON = 100_000


def server(raw: Raw) -> Record:
    """A server as `GET /servers/detail` tells of it, of any microversion."""
    image, shown = raw.get("image"), _masked(raw)
    content = {name: shown.get(field) for name, field in _SERVER.items()}
    content |= {
        "image_id": image.get("id") if isinstance(image, Mapping) else None,
        "boots_from_volume": None if image is None else image == "",
        "flavor": _flavor(raw.get("flavor")),
        "metadata": pairs(shown.get("metadata")),
        "addresses": list(_addresses(raw.get("addresses"))),
        "volumes": _volumes(raw.get("os-extended-volumes:volumes_attached")),
    }
    return Record("server", content)


def flavor(raw: Raw) -> Record:
    """A flavor: what servers had embedded only since microversion 2.47."""
    return Record("flavor", _flavor(_masked(raw)) or {})


def image(raw: Raw) -> Record:
    """An image as Glance tells of it, or as Nova's old proxy did."""
    shown = _masked(_from_proxy(raw) if "metadata" in raw else raw)
    content = {name: shown.get(name) for name in _IMAGE}
    content["arch"] = shown.get("hw_architecture") or shown.get("architecture")
    content["volume_backed"] = bool(raw.get("block_device_mapping"))
    properties = {name: value for name, value in shown.items()
                  if name not in _NO_PROPERTY and value is not None}
    properties |= {name: shown[name] for name in ("base_image_ref", "image_type", "instance_uuid")
                   if shown.get(name)}
    tags = {str(tag): "" for tag in raw.get("tags") or ()}
    content["properties"] = pairs({**tags, **properties})
    return Record("image", content)


def volume(raw: Raw) -> Record:
    """A volume as `GET /volumes/detail` tells of it."""
    shown = _masked(raw)
    content = {name: shown.get(name) for name in _VOLUME}
    of_image = shown.get("volume_image_metadata")
    of_image = of_image if isinstance(of_image, Mapping) else {}
    content |= {
        "bootable": str(raw.get("bootable")).lower() == "true",
        "image": {
            "id": of_image.get("image_id"), "name": of_image.get("image_name"),
            "os_distro": of_image.get("os_distro"), "os_version": of_image.get("os_version"),
            "os_type": of_image.get("os_type"),
            "arch": of_image.get("hw_architecture") or of_image.get("architecture"),
        },
        "attachments": [
            {"server_id": one.get("server_id"), "device": one.get("device")}
            for one in _list(raw.get("attachments"))
        ],
    }
    return Record("volume", content)


def hypervisor(raw: Raw) -> Record:
    """A hypervisor; numbers are gone since microversion 2.88."""
    shown = _masked(raw)
    cpu = _parsed(raw.get("cpu_info"))
    content = {name: shown.get(name) for name in _HYPERVISOR}
    content |= {"id": _text(raw.get("id")), "arch": _text(cpu.get("arch"))}
    return Record("hypervisor", content)


def server_group(raw: Raw) -> Record:
    """A group of servers that are placed together, or apart."""
    policies = raw.get("policies") or [None]
    return Record("server_group", {
        "id": raw.get("id"), "name": _masked(raw).get("name"), "members": raw.get("members"),
        "policy": raw.get("policy") or policies[0],
    })


KINDS: dict[str, Callable[[Raw], Record]] = {
    "server": server, "flavor": flavor, "image": image, "volume": volume,
    "hypervisor": hypervisor, "server_group": server_group,
}


def remarks(record: Record) -> Iterator[Problem]:
    """What a reader should know of a record."""
    content = record.content
    if record.kind == "volume" and content["status"] == "available" and not content["attachments"]:
        yield Problem(
            code="unattached_volume", message="a volume is attached to no server",
            subject_id=_text(content["id"]), severity="info", phase="parse",
            detail=f"{content['name'] or 'without a name'}, {content['size']} GiB",
            hint="is its data still wanted? it costs space, and no server shows it",
        )


def is_entry(entry: Any) -> bool:
    """Whether it is an object with an id."""
    return isinstance(entry, Mapping) and entry.get("id") is not None


def stranger(kind: str) -> Problem:
    """An entry of a list that is no object with an id."""
    return Problem(
        code="unreadable_record", message=f"a {kind} record does not have the expected form",
        severity="error", phase="parse", detail="found no JSON object with an id",
        hint="was the file edited, or written by a newer version of the source?",
    )


def pairs(mapping: Any) -> list[dict[str, str]] | None:
    """A free mapping as key and value, both text; None where there is none."""
    if not isinstance(mapping, Mapping):
        return None
    return [{"Key": str(key), "Value": _text(value) or ""} for key, value in mapping.items()]


def _masked(raw: Raw) -> dict[str, Any]:
    shown: dict[str, Any] = mask_tree(dict(raw))
    return shown


def _flavor(raw: Any) -> dict[str, Any] | None:
    """The numbers of a flavor; `ephemeral` has a longer name where it is not embedded."""
    if not isinstance(raw, Mapping):
        return None
    content = {name: raw.get(name) for name in _FLAVOR}
    content["ephemeral"] = raw.get("ephemeral", raw.get("OS-FLV-EXT-DATA:ephemeral"))
    return content


def _addresses(networks: Any) -> Iterator[dict[str, Any]]:
    for network, addresses in networks.items() if isinstance(networks, Mapping) else ():
        for address in _list(addresses):
            yield {
                "network": str(network), "addr": address.get("addr"),
                "type": address.get("OS-EXT-IPS:type"),
                "mac": address.get("OS-EXT-IPS-MAC:mac_addr"),
            }


def _volumes(attached: Any) -> list[dict[str, Any]] | None:
    if attached is None:
        return None
    return [{"id": one.get("id"), "delete_on_termination": one.get("delete_on_termination")}
            for one in _list(attached)]


def _from_proxy(raw: Raw) -> dict[str, Any]:
    """Nova's form of an image: properties under `metadata`, other names."""
    properties = raw["metadata"] if isinstance(raw["metadata"], Mapping) else {}
    return {
        **properties, "id": raw.get("id"), "name": raw.get("name"),
        "status": str(raw.get("status")).lower(), "created_at": raw.get("created"),
        "size": raw.get("OS-EXT-IMG-SIZE:size"), "min_disk": raw.get("minDisk"),
        "min_ram": raw.get("minRam"),
    }


def _parsed(value: Any) -> Mapping[str, Any]:
    """What is JSON text before microversion 2.28, and an object since."""
    if isinstance(value, str) and len(value) < _LONGEST_JSON:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json.dumps(value)
