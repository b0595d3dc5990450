"""What the openstack client prints about servers, turned into the form of the services.

`server list --long` has column titles and few facts; `server show` has nearly all of them, under
the services' names or under those of the SDK.
"""

import ast
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

_NAMED = re.compile(r"(?P<name>.*) \((?P<id>[^()]+)\)", re.DOTALL)
_VOLUME_BOOTED = "(booted from volume)"
_POWER = {"Running": 1, "Paused": 3, "Shutdown": 4, "Crashed": 6, "Suspended": 7}
_ADDRESS = re.compile(r"[0-9a-fA-F.:]{2,45}")
_LONGEST = 100_000


def is_server(part: Mapping[str, Any]) -> bool:
    """Whether it is a row of `server list`, or what `server show` prints."""
    is_row = {"ID", "Name", "Status", "Networks"} <= set(part)
    is_shown = "status" in part and "id" in part and (
        "addresses" in part and "flavor" in part and "created" in part)
    return is_row or is_shown


def server(part: Mapping[str, Any]) -> dict[str, Any]:
    """The server in the form of `GET /servers/detail`."""
    return _from_row(part) if "ID" in part else _from_show(part)


def _from_row(row: Mapping[str, Any]) -> dict[str, Any]:
    image = row.get("Image ID") or None
    if _VOLUME_BOOTED in str(row.get("Image Name") or row.get("Image") or image or ""):
        image = ""
    return {
        "id": row.get("ID"), "name": row.get("Name"), "status": row.get("Status"),
        "tenant_id": row.get("Project ID"), "created": row.get("Created At"),
        "OS-EXT-STS:task_state": _known(row.get("Task State")),
        "OS-EXT-AZ:availability_zone": row.get("Availability Zone"),
        "OS-EXT-SRV-ATTR:hypervisor_hostname": None,  # `Host` names the compute service, no node
        "image": {"id": image} if image else image,
        "flavor": _flavor(row), "addresses": _networks(row.get("Networks")),
        "metadata": _mapping(row.get("Properties")),
    }


def _flavor(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = row.get("Flavor")
    if isinstance(shown, Mapping):
        return dict(shown)
    return {"id": row.get("Flavor ID"), "original_name": row.get("Flavor Name") or _known(shown)}


def _from_show(shown: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(shown)
    found["image"] = _image(shown.get("image"))
    found["flavor"] = _shown_flavor(shown.get("flavor"))
    found["addresses"] = _networks(shown.get("addresses"))
    found["metadata"] = _mapping(shown.get("properties", shown.get("metadata")))
    found["tenant_id"] = shown.get("project_id", shown.get("tenant_id"))
    found["os-extended-volumes:volumes_attached"] = _attached(
        shown.get("volumes_attached", shown.get("os-extended-volumes:volumes_attached")))
    found["locked"] = shown.get("locked", shown.get("is_locked"))
    for name in ("OS-EXT-STS:task_state", "OS-SRV-USG:terminated_at"):
        found[name] = _known(shown.get(name))
    return found


def _image(shown: Any) -> Any:
    """Name and id in one text; "" where the server boots from a volume."""
    if isinstance(shown, str):
        if not shown or _VOLUME_BOOTED in shown:
            return ""
        named = _NAMED.fullmatch(shown)
        return {"id": named["id"] if named else shown}
    return shown


def _shown_flavor(shown: Any) -> Any:
    if isinstance(shown, str):
        named = _NAMED.fullmatch(shown)
        return {"original_name": named["name"] if named else shown,
                "id": named["id"] if named else None}
    return shown


def _networks(shown: Any) -> dict[str, list[dict[str, Any]]]:
    """Addresses by network; the client does not say which are floating, so where they hold does."""
    if isinstance(shown, str):
        parts = (part.partition("=") for part in shown.split(";"))
        shown = {name.strip(): _ADDRESS.findall(listed) for name, _, listed in parts if listed}
    if not isinstance(shown, Mapping):
        return {}
    return {
        str(network): [
            one if isinstance(one, dict) else {"addr": str(one), "OS-EXT-IPS:type": _side(one)}
            for one in addresses
        ]
        for network, addresses in shown.items() if isinstance(addresses, list)
    }


def _side(address: Any) -> str | None:
    """Whether an address holds everywhere, which is what a floating one is for."""
    try:
        return "floating" if ip_address(str(address)).is_global else "fixed"
    except ValueError:
        return None


def _mapping(shown: Any) -> Any:
    """Properties, which older clients print as name='value', name='value'."""
    if not isinstance(shown, str):
        return shown
    pairs = re.findall(r"([^=,\s][^=]*)='([^']*)'(?:, |$)", shown[:_LONGEST])
    return dict(pairs)


def _attached(shown: Any) -> Any:
    """Volumes, which older clients print as a list in Python's form, or line by line."""
    if not isinstance(shown, str):
        return shown
    try:
        read = ast.literal_eval(shown) if len(shown) < _LONGEST else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        read = None
    return read if isinstance(read, list) else [
        {"id": one} for one in re.findall(r"id='([^']*)'", shown[:_LONGEST])]


def _known(text: Any) -> Any:
    return None if text in ("None", "", None) else text
