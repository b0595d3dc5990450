"""The table of workloads: what each source tells of its own, and no more."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.groups import (
    AWS,
    DOCKER,
    ECS,
    FRAME,
    GCP,
    KUBERNETES,
    NOMAD,
    OPENSTACK,
    PARTS,
    VSPHERE,
)
from fleetkit.loaders.synthetic.made import Made, since, table
from fleetkit.loaders.synthetic.members import CONTROLLERS, Plan
from fleetkit.loaders.synthetic.names import (
    controller_names,
    environments,
    kinds,
    native_ids,
    workload_names,
)
from fleetkit.loaders.synthetic.owners import notes, tags
from fleetkit.loaders.synthetic.pictures import references
from fleetkit.loaders.synthetic.sizes import sizes
from fleetkit.loaders.synthetic.stacks import marks, stacks
from fleetkit.loaders.synthetic.texts import (
    decimals,
    either,
    hexes,
    joined,
    known,
    picked,
    uuids,
)
from fleetkit.loaders.synthetic.words import REGIONS
from fleetkit.tables import WORKLOADS

_DAY = 86_400
_STATES = ("running", "stopped", "failed", "terminated")
_TEXTS = pa.list_(pa.string())


def workloads(made: Made) -> pa.Table:
    """One row per workload."""
    plan = made.plan
    return table(WORKLOADS, {
        "workload_id": made.workloads, **made.of_workloads(plan.number), **_identity(made),
        **_life(plan), **sizes(plan), **_system(plan), **_control(plan), **_picture(made),
        **_place(made), **_box(plan), "tags": tags(plan), "notes": notes(plan),
    })


def _from(plan: Plan, platforms: Sequence[int]) -> Numbers:
    return np.isin(plan.platform, platforms)


def _identity(made: Made) -> dict[str, Any]:
    plan = made.plan
    name = workload_names(plan)
    first = joined(uuids(plan.draws, "machine", plan.original))
    doubled = np.zeros(len(plan.number), dtype=bool)
    doubled[plan.original[plan.part == PARTS.index("doubles")]] = True
    has_uuid = plan.is_machine & (_from(plan, [VSPHERE, OPENSTACK, FRAME]) | doubled)
    inside = plan.draws.happens("hostname known", plan.original, 0.85) & plan.is_machine
    return {
        "kind": kinds(plan), "native_id": native_ids(plan), "name": name,
        "hostname": known(inside & ~plan.is_hostile, name),
        "machine_uuid": known(has_uuid, first),
    }


def _life(plan: Plan) -> dict[str, Any]:
    """Age and uptime: herds are replaced each few days or weeks, pets stay for years."""
    draws, number, group = plan.draws, plan.original, plan.group
    stays = plan.is_unique | marks("control", ("alone", "store"))[plan.stack]
    middle = np.where(stays & plan.is_machine, 500, np.where(stays, 60, 12))
    days = draws.sizes("age", group, 64, 4) * middle // 64
    age = days * _DAY + draws.below("age rest", number, _DAY)
    started = np.minimum(age, draws.sizes("uptime", number, 64, 3) * middle // 80 * _DAY
                         + draws.below("uptime rest", number, _DAY))
    batch = marks("control", ("batch",))[plan.stack]
    state = np.where(batch, np.take([0, 2, 3], draws.weighted("batch state", number, [2, 1, 7])),
                     np.take([0, 1, 2], draws.weighted("state", number, [960, 30, 10])))
    over = state != 0
    stop = np.minimum(started, draws.below("stop", number, 30 * _DAY))
    told = _from(plan, [KUBERNETES, DOCKER, NOMAD])
    health = np.where(over, 3, np.take([0, 1, 2], draws.weighted("health", number, [95, 3, 2])))
    checked = ~plan.is_machine & draws.happens("checked", group, 0.7) & ~batch
    by_command = plan.is_stateful & draws.happens("check by command", group, 0.5)
    check = np.where(by_command, 0, np.take([1, 2], draws.weighted("check", group, [3, 1])))
    seen = ~_from(plan, [FRAME])
    return {
        "state": known(seen, picked(_STATES, state)),
        "created_at": known(seen, since(age)), "started_at": known(seen, since(started)),
        "stopped_at": known(over & ~plan.is_machine, since(stop)),
        "exit_code": known(over & told, np.where(state == 2, 1, 0)),
        "restart_count": known(told, draws.below("restarts", number, 40) // 32 * draws.below(
            "more restarts", number, 12)),
        "health": known(checked, picked(("passing", "warning", "critical", "unknown"), health)),
        "health_check": known(checked & told, picked(("command", "http", "tcp"), check)),
        "stop_grace_seconds": known(
            told, np.take([30.0, 10.0, 120.0, 600.0], np.where(
                plan.is_stateful, draws.weighted("grace", group, [5, 2, 2, 1]),
                draws.weighted("short grace", group, [12, 6, 1, 0])))),
        "restart_policy": known(told, picked(
            ("always", "on-failure", "no"),
            np.where(batch, 1, draws.weighted("policy", group, [17, 2, 1])))),
    }


def _system(plan: Plan) -> dict[str, Any]:
    group = plan.group
    windows = marks("base", ("windows",))[plan.stack]
    machine = plan.is_machine
    host = plan.part == PARTS.index("hosts")
    shown = np.where(plan.image >= 0, plan.gallery.system[plan.image], 0)
    spread = plan.draws.weighted("system", group, [5, 4])
    system = np.where(windows, 3, np.where(plan.image >= 0, shown, spread)).clip(0, 3)
    inside = machine & ~host & ~_from(plan, [GCP]) & plan.draws.happens("system known", group, 0.9)
    agent = plan.draws.weighted("guest agent", plan.original, [90, 4, 3, 3])
    return {
        "os_family": known(~host, picked(("linux", "windows"), windows.astype(int))),
        "os_name": known(inside, picked(("debian", "rhel", "alpine", "windows"), system)),
        "os_version": known(inside, picked(("12", "9.5", "3.20", "2022"), system)),
        "os_source": known(inside, picked(("tools", "agent"), _from(plan, [AWS]).astype(int))),
        "arch": picked(("x86_64", "arm64"), plan.draws.weighted("arch", group, [9, 1])),
        "guest_agent": known(machine & _from(plan, [VSPHERE]) & ~host, picked(
            ("running", "stopped", "outdated", "absent"), agent)),
        "snapshots": known(machine & _from(plan, [VSPHERE]) & ~host,
                           plan.draws.below("snapshots", plan.original, 20) // 18),
    }


def _control(plan: Plan) -> dict[str, Any]:
    controller = plan.controller
    named = np.array([name not in ("none", "unknown") for name in CONTROLLERS] + [False])[
        controller]
    names = controller_names(plan).take(pa.array(plan.group))
    counted = named & ~np.isin(controller, [CONTROLLERS.index("compose"),
                                            CONTROLLERS.index("system"),
                                            CONTROLLERS.index("daemonset")])
    environment = environments(plan).take(pa.array(plan.group))
    told = _from(plan, [AWS, GCP, ECS, NOMAD, FRAME]) | (
        _from(plan, [KUBERNETES]) & plan.draws.happens("environment label", plan.group, 0.6))
    spot = plan.draws.happens("spot", plan.group, np.where(
        marks("control", ("group", "batch"))[plan.stack], 0.2, 0.0))
    guarded = plan.draws.happens("protected", plan.original, np.where(
        plan.is_stateful | plan.is_unique, 0.4, 0.03))
    return {
        "controller_kind": picked(CONTROLLERS, controller),
        "controller_name": known(named, names),
        "replicas": known(counted, plan.groups.size[plan.group]),
        "revision": known(named & _from(plan, [KUBERNETES, NOMAD, ECS]), decimals(
            plan.draws.between("revision", plan.group, 1, 60))),
        "environment": known(told, environment),
        "ephemeral": known(_from(plan, [AWS, GCP, DOCKER]), spot),
        "protected": known(_from(plan, [AWS, GCP]) & plan.is_machine, guarded),
    }


def _picture(made: Made) -> dict[str, Any]:
    plan = made.plan
    asked = references(plan).take(pa.array(plan.image, mask=plan.image < 0))
    box = ~plan.is_machine
    loose = np.array([bool(one.image) for one in stacks()])[plan.stack] & (plan.image < 0)
    plain = picked([one.image or None for one in stacks()], plan.stack)
    command = picked([one.command or None for one in stacks()], plan.stack)
    told = _from(plan, [DOCKER, NOMAD]) | (
        _from(plan, [KUBERNETES]) & plan.draws.happens("command told", plan.group, 0.4))
    unread = _from(plan, [ECS]) & plan.draws.happens("digest unknown", plan.group, 0.3)
    return {
        "image_ref": known(box, either(loose, plain, asked)),
        "image_id": known(~unread, made.image(plan.image)),
        "command": known(box & told, command),
    }


def _place(made: Made) -> dict[str, Any]:
    plan = made.plan
    letter = picked(("a", "b", "c"), (plan.ordinal + plan.group) % 3)
    zone = joined(picked(REGIONS, plan.groups.place[plan.group]), letter)
    number = plan.original
    address = joined("10", decimals(number >> 16), decimals((number >> 8) & 255),
                     decimals(number & 255), between=".")
    machine = plan.is_machine
    first = hexes(plan.draws, "mac", number, 2)
    mac = joined("02:00", first, _octet(number >> 16), _octet(number >> 8), _octet(number),
                 between=":")
    public = machine & plan.draws.happens("public", number, 0.02) & _from(plan, [AWS, GCP])
    outside = joined("203.0", decimals(number % 113), decimals(number % 251), between=".")
    return {
        "host_id": made.workload(plan.host),
        "zone": known(_from(plan, [AWS, GCP, OPENSTACK, ECS, NOMAD]), zone),
        "private_ips": _ones(address, ~_from(plan, [FRAME]) | machine),
        "public_ips": _ones(outside, public),
        "macs": _ones(mac, machine & ~_from(plan, [GCP])),
        "ports": _lists([list(one.ports) for one in stacks()], plan.stack,
                        _from(plan, [KUBERNETES, DOCKER, ECS, NOMAD])),
    }


def _box(plan: Plan) -> dict[str, Any]:
    draws, group, number = plan.draws, plan.group, plan.original
    engine = _from(plan, [DOCKER])
    inside = _from(plan, [KUBERNETES, DOCKER])
    locked = draws.happens("read-only", group, np.where(plan.is_stateful, 0.02, 0.15))
    written = draws.sizes("written", number, 600_000, 8)
    silent = draws.sizes("silent data", number, 900_000_000, 4)
    trace = draws.sizes("left behind", group, 60_000_000, 4)
    leaves = draws.happens("leaves files", group, 0.05)
    amount = np.where(plan.is_silent, silent, np.where(locked, 0, np.where(leaves, trace, written)))
    names = [[*one.variables, "PATH", "TZ"] for one in stacks()]
    agent = marks("form", ("agent",))[plan.stack]
    return {
        "written_bytes": known(engine, amount),
        "read_only_root": known(inside, locked),
        "privileged": known(inside, agent & draws.happens("privileged", group, 0.5)),
        "run_as": known(inside & draws.happens("user named", group, 0.6), picked(
            ("1000", "nobody", "0", "app"), draws.weighted("user", group, [5, 2, 2, 1]))),
        "env_names": _lists(names, plan.stack, inside | _from(plan, [ECS])),
    }


def _octet(numbers: Numbers) -> Any:
    return picked([f"{value:02x}" for value in range(256)], numbers & 255)


def _ones(texts: Any, where: Numbers) -> Any:
    """Lists of one text each; unknown where the mask is false."""
    offsets = pa.array(np.arange(len(texts) + 1, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, texts, mask=pa.array(~where))


def _lists(listed: list[list[str]], places: Numbers, where: Numbers) -> Any:
    return picked(listed, np.where(where, places, -1), _TEXTS)


