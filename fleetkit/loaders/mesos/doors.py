"""Ports of apps and pods: what they listen on, by which names, and who balances to them.

Balancers are told by labels: VIP_0 (DC/OS), HAPROXY_GROUP and HAPROXY_0_VHOST (marathon-lb),
traefik.* (Traefik); an app's own labels count for all of its ports.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fleetkit.fields import Fields

_VIP = re.compile(r"vip(?:_\d+)?", re.IGNORECASE)
_VHOST = re.compile(r"HAPROXY_(\d+)_VHOST")
_SERVICE_PORT = "servicePort"

Door = dict[str, Any]
Pairs = Sequence[dict[str, str]]


def doors_of(app: Fields, labels: Pairs) -> list[Door]:
    """The ports of an app, in the order in which its tasks are given ports."""
    container = app.part("container")
    mappings = [*container.parts("portMappings"), *container.part("docker").parts("portMappings")]
    hosts = {found[1]: pair["Value"] for pair in labels
             if (found := _VHOST.fullmatch(pair["Key"]))}
    declared = list(app.parts("portDefinitions"))
    if mappings:
        doors = list(_mapped(mappings, inside=_is_inside(app)))
    elif declared:
        doors = [_declared(index, port) for index, port in enumerate(declared)]
    else:
        doors = [_plain(index, port) for index, port in enumerate(app.texts("ports"))]
    doors += _discovered(app)
    for door in doors:
        if host := hosts.get(str(door["Index"])):
            door["Tags"] = [*door["Tags"], f"vhost={host}"]
    return doors


def pod_doors(pod: Fields, container: Fields, before: int) -> list[Door]:
    """The endpoints of a pod's container; the pod's ports are numbered through all of them."""
    inside = any(network.text("mode") == "container" for network in pod.parts("networks"))
    doors: list[Door] = []
    for endpoint in container.parts("endpoints"):
        told = endpoint.content.get("protocol")
        protocols = endpoint.texts("protocol") if isinstance(told, list) else [told]
        has_port = "hostPort" in endpoint
        doors.append({
            "Index": before + len(doors) if has_port else None, "Name": endpoint.text("name"),
            "Port": endpoint.whole("hostPort") or None, "Target": endpoint.whole("containerPort"),
            "Protocol": _protocol("/".join(map(str, filter(None, protocols)))),
            "Inside": inside and not has_port, "Vips": _vips(endpoint), "Tags": [],
        })
    return doors


def balancers_of(labels: Pairs) -> list[str]:
    """Balancers that an app's labels name."""
    told = {pair["Key"]: pair["Value"] for pair in labels}
    groups = [f"haproxy/{group.strip()}" for group in told.get("HAPROXY_GROUP", "").split(",")
              if group.strip()]
    traefik = ["traefik"] if any(name.startswith("traefik.") for name in told) else []
    return groups + traefik


def _is_inside(app: Fields) -> bool:
    """Whether containers have addresses of their own, so that a port need not be the host's."""
    modes = [network.text("mode") for network in app.parts("networks")]
    network = app.part("container").part("docker").text("network")
    return "container" in modes or network == "USER" or "ipAddress" in app


def _mapped(mappings: Sequence[Fields], *, inside: bool) -> Iterator[Door]:
    given = 0
    for mapping in mappings:
        own = inside and "hostPort" not in mapping  # no port of the host is taken for it
        service = mapping.whole(_SERVICE_PORT)
        yield {
            "Index": None if own else given, "Name": mapping.text("name"),
            "Port": mapping.whole("hostPort") or None, "Target": mapping.whole("containerPort"),
            "Protocol": _protocol(mapping.text("protocol")), "Inside": own,
            "Vips": _vips(mapping), "Tags": [f"{_SERVICE_PORT}={service}"] if service else [],
        }
        given += not own


def _declared(index: int, port: Fields) -> Door:
    number = port.whole("port")
    return {
        "Index": index, "Name": port.text("name"), "Port": None, "Target": None,
        "Protocol": _protocol(port.text("protocol")), "Inside": False, "Vips": _vips(port),
        "Tags": [f"{_SERVICE_PORT}={number}"] if number else [],
    }


def _plain(index: int, port: str) -> Door:
    return {"Index": index, "Name": None, "Port": None, "Target": None, "Protocol": "tcp",
            "Inside": False, "Vips": [], "Tags": [f"{_SERVICE_PORT}={port}"] if port != "0" else []}


def _discovered(app: Fields) -> list[Door]:
    """Ports that an app with an address of its own announces."""
    listed = app.part("ipAddress").part("discovery").parts("ports")
    return [
        {"Index": None, "Name": port.text("name"), "Port": None, "Target": port.whole("number"),
         "Protocol": _protocol(port.text("protocol")), "Inside": True, "Vips": [], "Tags": []}
        for port in listed
    ]


def _protocol(word: str | None) -> str:
    return (word or "tcp").lower().replace(",", "/")


def _vips(fields: Fields) -> list[str]:
    return [pair["Value"] for pair in fields.pairs("labels") if _VIP.fullmatch(pair["Key"])]
