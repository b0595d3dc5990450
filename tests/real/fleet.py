"""The containers of the fleet, brought to the states that real ones are in.

`containers.py` says which; here they are created, started and brought to their planned state.
"""

import hashlib
import json
import time
from typing import Any

from docker.errors import NotFound
from docker.models.containers import Container
from docker.types import IPAMConfig, IPAMPool

from tests.real import containers, others
from tests.real.building import REGISTRY, Built
from tests.real.containers import NETWORKS, VOLUMES, Plan
from tests.real.engine import Engine

SETTLE_S = 60.0


def plans() -> list[Plan]:
    """Every container of the Docker engine, the company's and the hostile ones."""
    return [*containers.plans(), *others.hostile()]


class UnsettledError(Exception):
    """A container did not reach its planned state; the text says which, and what it is instead."""


def ensure(engine: Engine) -> list[str]:
    """Every planned container, in its state; those of an image that changed are made anew.

    Returns:
        Names of the containers whose image is absent here, which are left out.

    Raises:
        UnsettledError: a container is not in its planned state in time.
    """
    built = Built.read(engine.folder)
    _surroundings(engine)
    here = [plan for plan in plans() if plan.image in built.ids]
    _containers(engine, here, built)
    _settle(engine, here)
    return sorted({plan.name for plan in plans()} - {plan.name for plan in here})


def ensure_podman(podman: Engine) -> None:
    """Three containers in podman: two running, one only created."""
    _containers(podman, others.in_podman(), Built({}, {}))
    _settle(podman, others.in_podman())


def _surroundings(engine: Engine) -> None:
    """Networks with fixed addresses, named volumes, and the host's folders that are bound."""
    client = engine.client
    for path, content in containers.HOST_FILES.items():
        file = engine.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    there = {network.name for network in client.networks.list()}
    for name, (subnet, labels) in NETWORKS.items():
        if name not in there:
            pool = IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)])
            client.networks.create(name, driver="bridge", ipam=pool, labels=labels)
    for name, labels in VOLUMES.items():
        client.volumes.create(name, labels=labels)  # returns the one that is there


def _containers(engine: Engine, plans: list[Plan], built: Built) -> None:
    """Makes what is missing, and anew what has another image or another plan than before."""
    kept = engine.folder / f"plans-{engine.socket.rpartition('/')[2]}.json"
    before = json.loads(kept.read_text()) if kept.exists() else {}
    made = {}
    for plan in plans:
        found = _find(engine, plan.name)
        code = hashlib.sha256(repr(plan).encode()).hexdigest()
        image = built.ids.get(plan.image)
        if found and before.get(plan.name) == [found.id, code, image]:
            made[plan.name] = before[plan.name]
            continue
        if found:
            found.remove(force=True, v=True)
        container = _create(engine, plan, built)
        _bring(container, plan)
        made[plan.name] = [container.id, code, image]
    kept.write_text(json.dumps(made, indent=1))


def _find(engine: Engine, name: str) -> Container | None:
    try:
        return engine.client.containers.get(name)
    except NotFound:
        return None


def _create(engine: Engine, plan: Plan, built: Built) -> Container:
    """Creates the container; for an image whose tag has moved on, the tag is moved back so long."""
    tag, _, before = plan.image.partition(", ")
    options: dict[str, Any] = dict(plan.options)
    create = engine.client.containers.create
    if plan.pinned:
        return create(_pinned(engine, tag), name=plan.name, **options)
    if not before:
        return create(tag, name=plan.name, **options)
    repository, _, version = tag.partition(":")
    engine.client.images.get(built.ids[plan.image]).tag(repository, version)
    try:
        return create(tag, name=plan.name, **options)
    finally:
        engine.client.images.get(built.ids[tag]).tag(repository, version)


def _pinned(engine: Engine, tag: str) -> str:
    """The image's name with its tag and the digest that the registry gave it, if one did."""
    digests = engine.client.images.get(tag).attrs["RepoDigests"]
    return f"{REGISTRY}/{tag}@{digests[0].partition('@')[2]}" if digests else tag


def _bring(container: Container, plan: Plan) -> None:
    if plan.state != "created":
        container.start()
    if plan.state == "paused":
        container.pause()


def _settle(engine: Engine, plans: list[Plan]) -> None:
    limit = time.monotonic() + SETTLE_S
    waiting = plans
    while waiting:
        waiting = [plan for plan in waiting if not _is_settled(engine, plan)]
        if waiting and time.monotonic() > limit:
            told = ", ".join(f"{p.name} is {_state(engine, p)}" for p in waiting)
            raise UnsettledError(f"not settled within {SETTLE_S:g} s: {told}")
        if waiting:
            time.sleep(0.2)


def _is_settled(engine: Engine, plan: Plan) -> bool:
    status, health, restarts = _state(engine, plan)
    # One that fails and starts again is now and then running for a moment.
    good = {plan.state, "running"} if plan.state == "restarting" else {plan.state}
    return status in good and health == plan.health and restarts >= plan.restarts


def _state(engine: Engine, plan: Plan) -> tuple[str, str | None, int]:
    """Status, health (None without a check; podman says "" then) and restart count."""
    told = engine.client.api.inspect_container(plan.name)
    state = told["State"]
    return state["Status"], state.get("Health", {}).get("Status") or None, told["RestartCount"]
