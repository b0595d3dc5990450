"""What a Mesos master tells: agents, frameworks and tasks, of the endpoints or the operator API."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.tasks import task_records
from fleetkit.loaders.mesos.values import identity, repeated, resources_of, time_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made

_ADDRESS = re.compile(r"@\[?([0-9A-Fa-f.:]+?)\]?:\d+$")
_WEB = re.compile(r"https?://(?P<host>[\w.-]+)(?::(?P<port>\d{1,5}))?")
_MACHINE = re.compile(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_ZONES, _ENVIRONMENTS = ("zone", "az", "availability_zone", "rack"), ("environment", "env", "stage")

Found = Iterator[Record | Problem]


def master_records(state: Mapping[str, Any], *, completed: bool) -> Found:
    """Records of /state, /state-summary, /slaves, /frameworks, /tasks, or the operator API.

    Args:
        state: the answer; that of the operator API without its envelope.
        completed: whether tasks that are over are wanted; without them they are counted.
    """
    fields = Fields(flattened(state))
    home = {"Cluster": fields.text("cluster"), "Elected": fields.number("elected_time")}
    yield from _leadership(fields)
    frameworks = [*fields.parts("frameworks"), *fields.parts("completed_frameworks")]
    agents = [*fields.parts("slaves"), *fields.parts("recovered_slaves")]
    yield from repeated("an agent", [identity(agent, "id") for agent in agents])
    for agent in agents:
        yield from _agent(agent, home)
    names: dict[str | None, str | None] = {}
    for framework in frameworks:
        told = framework.part("framework_info") if "framework_info" in framework else framework
        key = identity(told, "id")
        names[key] = told.text("name") or framework.text("name")
        yield from _framework(framework, {"Id": key, "Name": names[key], **home})
    yield from task_records([fields, *frameworks], home, names, completed=completed)


def _framework(framework: Fields, head: Mapping[str, Any]) -> Found:
    """A scheduler that has tasks run; one that is over is no service any more."""
    told = framework.part("framework_info") if "framework_info" in framework else framework
    ended = framework.number("unregistered_time")
    active = framework.truth("active")
    url = _WEB.match(told.text("webui_url") or framework.text("webui_url") or "")
    meta = {name: told.text(name) for name in ("role", "user") if told.text(name)}
    yield from made("framework", {
        **head, "Address": url["host"] if url else framework.text("hostname"),
        "Port": int(url["port"]) if url and url["port"] else None,
        "Registered": time_of(framework, "registered_time"),
        "Health": None if active is None or ended else "passing" if active else "critical",
        "Meta": Fields({"meta": meta}).pairs("meta"),
    }, framework)


def flattened(state: Mapping[str, Any]) -> dict[str, Any]:
    """The operator API's words as those of the endpoints."""
    parts: dict[str, Any] = dict(state)
    for outer in ("subscribed", "get_state", "get_agents", "get_frameworks", "get_tasks"):
        inner = parts.pop(outer, None)
        if isinstance(inner, Mapping):
            parts = {**inner, **parts}
    for name, other in (("agents", "slaves"), ("recovered_agents", "recovered_slaves")):
        listed = parts.pop(name, None)
        if isinstance(listed, list):
            parts[other] = [_bare_agent(item) for item in listed]
    return parts


def _bare_agent(item: Any) -> Any:
    """An agent of the operator API, which holds most of its facts in `agent_info`."""
    held = item.get("agent_info") if isinstance(item, Mapping) else None
    if not isinstance(held, Mapping):
        return item
    return {**held, **item, "resources": item.get("total_resources") or held.get("resources")}


def _leadership(fields: Fields) -> Iterator[Problem]:
    leader, me = fields.text("leader"), fields.text("pid")
    if leader and me and leader != me:
        yield Problem(
            code="not_leader", message="a master that does not lead tells of the cluster",
            subject_id=me, detail=f"{me} follows {leader}", phase="list",
            hint="what it says may be old; ask the leader",
        )


def _agent(fields: Fields, home: Mapping[str, Any]) -> Found:
    tags = _attributes(fields)
    told = {pair["Key"].lower(): pair["Value"] for pair in tags}
    domain = fields.part("domain").part("fault_domain")
    zone = _plain(domain.part("zone").text("name")) or _first(told, _ZONES)
    address = _ADDRESS.search(fields.text("pid") or "")
    machine = next((text for text in told.values() if _MACHINE.fullmatch(text)), None)
    is_active = fields.truth("active")
    drain = fields.part("drain_info").text("state")
    words = [*(["active" if is_active else "inactive"] if is_active is not None else []),
             *(["deactivated"] if fields.truth("deactivated") else []), *([drain] if drain else [])]
    yield from made("agent", {
        "Id": identity(fields, "id"), "Hostname": fields.text("hostname"),
        "Address": address[1] if address else None,
        "State": "running" if is_active else "unknown", "Words": ", ".join(words),
        "Registered": time_of(fields, "registered_time"), "Version": fields.text("version"),
        "Region": _plain(domain.part("region").text("name")), "Zone": zone,
        "ProviderId": f"aws:///{zone or ''}/{machine}" if machine else None,
        "Environment": _first(told, _ENVIRONMENTS), "Tags": tags, **resources_of(fields), **home,
    }, fields)


def _plain(place: str | None) -> str | None:
    """A region or zone as its cloud writes it: DC/OS puts the cloud's name before it."""
    return place.rpartition("/")[2] or None if place else None


def _first(told: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((told[name] for name in names if told.get(name)), None)


def _attributes(fields: Fields) -> list[dict[str, str]]:
    """Attributes as pairs; the operator API lists them with their types."""
    listed = fields.content.get("attributes")
    if not isinstance(listed, list):
        return fields.pairs("attributes")
    values = {
        item["name"]: next((part["value"] for part in item.values()
                            if isinstance(part, Mapping) and "value" in part), None)
        for item in listed if isinstance(item, Mapping) and item.get("name")
    }
    return Fields({"attributes": values}).pairs("attributes")
