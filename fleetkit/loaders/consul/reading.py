"""What is asked of a datacenter: lists, and each service once, with GET."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import quote

from fleetkit.endpoints import Answer
from fleetkit.errors import ReadError
from fleetkit.loaders.consul.notes import Notes
from fleetkit.loaders.consul.permissions import RULES
from fleetkit.loaders.consul.records import record
from fleetkit.loaders.consul.sessions import Agent
from fleetkit.plugins import Call, Item, Problem

RESOURCES: dict[str, tuple[str, ...]] = {
    "agent": (),
    "nodes": ("agent",),
    "checks": ("agent",),
    "services": ("agent",),
    "intentions": ("agent",),
    "config": ("agent",),
}
KINDS = (
    "service-intentions", "service-defaults", "proxy-defaults", "service-router",
    "service-resolver", "service-splitter", "ingress-gateway", "terminating-gateway",
    "api-gateway", "http-route", "tcp-route",
)
"""Kinds of config entries that tell of services."""
_TELLING = (1, 11)  # the first version that says when ACLs filtered an answer
_UNKNOWN_KIND = "invalid config entry kind"
_SIDE_BY_SIDE = 8
_PORTION = 64
_MOST_LOST = 3


def read(agent: Agent, resource: str) -> Iterator[Item]:
    """The raw records of one resource, secrets taken out.

    Raises:
        ReadError: a call failed, or ACLs left something out (what was let through is kept).
    """
    notes = Notes(resource)
    yield from _READERS[resource](agent, notes)
    yield from notes.ending(agent)


def _agent(agent: Agent, notes: Notes) -> Iterator[Item]:
    """The agent itself: its version, and whether its ACLs are on, which others need to know."""
    try:
        answer = agent.ask("/v1/agent/self", RULES["agent"])
    except ReadError as error:
        if error.status == "denied":
            agent.guarded = True
            yield from _sight(agent, "unknown")
        raise
    body = answer.body if isinstance(answer.body, Mapping) else {}
    settings, config = body.get("DebugConfig"), body.get("Config")
    on = settings.get("ACLsEnabled") if isinstance(settings, Mapping) else None
    version = config.get("Version") if isinstance(config, Mapping) else None
    agent.guarded = on if isinstance(on, bool) else None
    agent.tells_filtered = _numbers(version) >= _TELLING
    yield Call(answer.retries)
    notes.take(answer)
    own = config.get("Datacenter") if isinstance(config, Mapping) else None
    if own == agent.query.get("dc", own):  # of another datacenter it tells nothing
        yield record("agent", answer.body, agent.secrets)
    if agent.guarded and not agent.tells_filtered:
        yield from _sight(agent, str(version))


def _numbers(version: Any) -> tuple[int, ...]:
    """Major and minor number of a version; empty where it is none."""
    words = version.split(".")[:2] if isinstance(version, str) else []
    return tuple(map(int, words)) if all(word.isdigit() for word in words) else ()


def _sight(agent: Agent, version: str) -> Iterator[Item]:
    """Whether services are seen at all, where the server does not say what ACLs leave out.

    A datacenter has the service consul; who does not see it sees no intentions or entries either.
    """
    answer = agent.ask("/v1/catalog/services", RULES["services"])
    yield Call(answer.retries)
    agent.sees_services = isinstance(answer.body, Mapping) and "consul" in answer.body
    yield Problem(
        code="may_be_filtered",
        message="ACLs are on, and a server so old does not say what it leaves out of lists",
        detail=f"version {version[:40]}; since 1.11 it would be said", severity="info",
        hint="counts are lower bounds unless the token has the rules that"
             " `fleetkit sources consul` lists",
    )


def _nodes(agent: Agent, notes: Notes) -> Iterator[Item]:
    return _listed(agent, notes, "/v1/catalog/nodes", "node")


def _checks(agent: Agent, notes: Notes) -> Iterator[Item]:
    return _listed(agent, notes, "/v1/health/state/any", "check")


def _intentions(agent: Agent, notes: Notes) -> Iterator[Item]:
    return _listed(agent, notes, "/v1/connect/intentions", "intention")


def _listed(agent: Agent, notes: Notes, path: str, kind: str) -> Iterator[Item]:
    answer = agent.ask(path, RULES[notes.resource])
    yield from _taken(agent, notes, answer, kind)
    # a catalogue holds the servers at least, and their checks
    if not answer.body and (kind != "intention" or agent.sees_services is False):
        notes.suspect(agent)


def _taken(agent: Agent, notes: Notes, answer: Answer, kind: str) -> Iterator[Item]:
    yield Call(answer.retries)
    notes.take(answer)
    if not isinstance(answer.body, list):
        raise ReadError(f"{agent.endpoint.name}: expected a list of {kind} entries, found"
                        f" {type(answer.body).__name__!r}", code="unreadable")
    for entry in answer.body:
        yield record(kind, entry, agent.secrets)


def _services(agent: Agent, notes: Notes) -> Iterator[Item]:
    answer = agent.ask("/v1/catalog/services", RULES["services"])
    yield Call(answer.retries)
    notes.take(answer)
    if not isinstance(answer.body, Mapping):
        raise ReadError(f"{agent.endpoint.name}: expected services by name, found"
                        f" {type(answer.body).__name__!r}", code="unreadable")
    if "consul" not in answer.body:
        notes.suspect(agent)
    silent, lost = [], []
    for name, outcome in _each_service(agent, sorted(answer.body)):
        if isinstance(outcome, ReadError):
            yield _lost(name, outcome)
            lost.append(outcome)
            if outcome.retryable and len(lost) >= _MOST_LOST:
                break
            continue
        if outcome.body == [] and not notes.is_filtered(outcome):
            silent.append(name)
        yield from _taken(agent, notes, outcome, "instance")
    if silent and len(silent) == len(answer.body):
        notes.suspect(agent)
    else:
        yield from map(_vanished, silent)
    _raise_first(lost, f"{agent.endpoint.name}: services")


def _each_service(
    agent: Agent, names: list[str]
) -> Iterator[tuple[str, Answer | ReadError]]:
    """Each service with its answer, several asked for side by side."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        for start in range(0, len(names), _PORTION):
            chosen = names[start:start + _PORTION]
            yield from zip(chosen, pool.map(partial(_asked, agent), chosen), strict=True)


def _asked(agent: Agent, name: str) -> Answer | ReadError:
    try:
        return agent.ask(f"/v1/health/service/{quote(name, safe='')}", RULES["services"])
    except ReadError as error:
        return error


def _lost(name: str, error: ReadError) -> Problem:
    return Problem(
        code=error.code or "unreadable", message="a service could not be read", subject_id=name,
        detail=str(error), hint=error.hint, severity="error", retryable=error.retryable,
    )


def _vanished(name: str) -> Problem:
    return Problem(
        code="vanished", message="a service was removed between list and read", subject_id=name,
        severity="info", hint="nothing to do: load again to see the present state",
    )


def _config(agent: Agent, notes: Notes) -> Iterator[Item]:
    """Entries of each kind; one that the server does not know is no failure: there are none."""
    unknown, lost, found = [], [], 0
    for kind in KINDS:
        try:
            answer = agent.ask(f"/v1/config/{kind}", RULES["config"])
        except ReadError as error:
            if _UNKNOWN_KIND in str(error):
                yield Call()
                unknown.append(kind)
                continue
            lost.append(error)
            if error.retryable or error.status == "unsupported":
                break
            continue
        found += bool(answer.body)
        yield from _taken(agent, notes, answer, "config")
    if not found and agent.sees_services is False:
        notes.suspect(agent)
    if unknown:
        yield Problem(
            code="unsupported", severity="info", detail=", ".join(unknown),
            message="the server is older than some kinds of config entries, so it has none",
            hint="nothing to do",
        )
    _raise_first(lost, f"{agent.endpoint.name}: config entries")


def _raise_first(lost: list[ReadError], what: str) -> None:
    if lost:
        first = lost[0]
        raise ReadError(f"{what}: {len(lost)} could not be read: {first}", first.status,
                        code=first.code, hint=first.hint, retryable=first.retryable)


_READERS: dict[str, Callable[[Agent, Notes], Iterator[Item]]] = {
    "agent": _agent, "nodes": _nodes, "checks": _checks, "services": _services,
    "intentions": _intentions, "config": _config,
}
