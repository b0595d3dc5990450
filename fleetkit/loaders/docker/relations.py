"""Published ports and directed relations of containers and images."""

from collections.abc import Iterator

from fleetkit.loaders.docker.names import (
    COMPOSE_PROJECT,
    COMPOSE_SERVICE,
    content_id,
    health_of,
    host_id,
    natural,
    workload_id,
)
from fleetkit.plugins import Record
from fleetkit.schema import Row


def services(record: Record) -> Iterator[Row]:
    if record.kind != "container":
        return
    inspected = record.content
    labels = (inspected.get("Config") or {}).get("Labels") or {}
    me = f"docker||service|{inspected['Id']}"
    published = (inspected.get("NetworkSettings") or {}).get("Ports") or {}
    for port, bindings in sorted(published.items()):
        number, _, protocol = port.partition("/")
        for binding in bindings or ():
            address = binding.get("HostIp") or "0.0.0.0"  # noqa: S104 - a fact, not a listener
            yield {
                "service_id": f"{me}:{port}@{address}:{binding['HostPort']}",
                "service_name": labels.get(COMPOSE_SERVICE) or str(inspected["Name"]).lstrip("/"),
                "workload_id": workload_id(inspected["Id"]),
                "address": address,
                "port": natural(binding["HostPort"]),
                "target_port": natural(number),
                "protocol": protocol or "tcp",
                "health": health_of(inspected),
                "exposure": _exposure(address),
                "version": labels.get("org.opencontainers.image.version"),
            }


def _exposure(address: str) -> str:
    if address in ("0.0.0.0", "::"):  # noqa: S104 - a fact, not a listener
        return "public"
    return "node" if address.startswith("127.") or address == "::1" else "private"


def links(record: Record) -> Iterator[Row]:
    if record.kind == "image" and record.content.get("Parent"):
        yield _link(content_id(record.content["Id"]), content_id(record.content["Parent"]),
                    "derived_from", "parent id of the engine")
    if record.kind != "container":
        return
    inspected = record.content
    labels = (inspected.get("Config") or {}).get("Labels") or {}
    me = workload_id(inspected["Id"])
    if inspected.get("EngineID"):
        yield _link(me, host_id(inspected["EngineID"]), "runs_on", "listed by the engine")
    if inspected.get("Image"):
        yield _link(me, content_id(inspected["Image"]), "uses_image", "image id of the container")
    if COMPOSE_PROJECT in labels and COMPOSE_SERVICE in labels:
        project = labels[COMPOSE_PROJECT]
        yield _link(me, _compose(project, labels[COMPOSE_SERVICE]), "member_of", "compose labels")
        needed = labels.get("com.docker.compose.depends_on") or ""
        for entry in filter(None, needed.split(",")):
            service = entry.split(":")[0]
            yield _link(me, _compose(project, service), "depends_on", "compose depends_on")


def _compose(project: str, service: str) -> str:
    return f"docker|{project}|compose|{service}"


def _link(from_id: str | None, to_id: str | None, relation: str, evidence: str) -> Row:
    return {
        "from_id": from_id, "to_id": to_id, "relation": relation, "evidence": evidence,
        "confidence": 1.0,
    }
