"""The table of mounts: disks of machines, volumes of containers, and the small ones beside them."""

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
)
from fleetkit.loaders.synthetic.made import Made, table
from fleetkit.loaders.synthetic.members import CONTROLLERS, Plan
from fleetkit.loaders.synthetic.sizes import data_bytes, root_bytes
from fleetkit.loaders.synthetic.stacks import marks, stacks
from fleetkit.loaders.synthetic.texts import decimals, hexes, joined, known, picked
from fleetkit.tables import MOUNTS

_SLOTS = ("root", "data", "token", "config", "scratch", "loose", "system")
_ROOT, _DATA, _TOKEN, _CONFIG, _SCRATCH, _LOOSE, _SYSTEM = range(len(_SLOTS))
_KINDS = ("block", "named_volume", "bind", "claim", "claim_template", "nfs", "projected",
          "configmap", "emptydir", "tmpfs", "anonymous_volume", "rdm", "partition")
_CODE = {name: place for place, name in enumerate(_KINDS)}
_CONFIGS = ("/etc/app", "/etc/ssl/certs", "/app/config", "/etc/nginx/conf.d", "/config/app.yaml")
_LOOSE_PATHS = ("/var/log/app", "/app/uploads", "/var/cache/app", "/opt/app/data")


def mounts(made: Made) -> pa.Table:
    """One row per workload and disk or volume; two for each workload on average."""
    plan = made.plan
    drawn = [(np.flatnonzero(where), slot) for slot, where in enumerate(_wanted(plan))]
    number = np.concatenate([found for found, _ in drawn])
    slot = np.concatenate([np.full(len(found), place) for found, place in drawn])
    kind = _kinds(plan, number, slot)
    return table(MOUNTS, {
        "workload_id": made.workload(number), **made.of_workloads(number),
        **_where(plan, number, slot, kind), **_manner(plan, number, slot, kind),
    })


def _wanted(plan: Plan) -> tuple[Numbers, ...]:
    """For each slot the workloads that have it."""
    draws, group = plan.draws, plan.group
    listed = plan.platform != FRAME
    disks = plan.is_machine & (plan.part != PARTS.index("hosts")) & listed
    box = ~plan.is_machine
    kept = plan.is_stateful & ~plan.is_silent & listed
    kept &= draws.happens("volume seen", group, np.where(plan.is_machine, 0.92, 0.98))
    small = ~plan.is_machine & draws.happens("configured", group, 0.85)
    scratch = box & draws.happens("scratch", group, 0.6)
    loose = ~plan.is_stateful & draws.happens("loose", group, np.where(
        plan.is_machine, 0.05, 0.06)) & listed & (disks | box)
    inside = disks & draws.happens("partitions seen", group, 0.6) & (plan.platform != GCP)
    return (disks, kept & (disks | box), box & (plan.platform == KUBERNETES), small, scratch,
            loose, inside)


def _kinds(plan: Plan, number: Numbers, slot: Numbers) -> Numbers:
    """Which sort of volume each is: what its platform offers, and what people take."""
    platform, group = plan.platform[number], plan.group[number]
    draws, machine = plan.draws, plan.is_machine[number]
    template = plan.controller[number] == CONTROLLERS.index("statefulset")
    engine = np.take([_CODE["named_volume"], _CODE["bind"], _CODE["anonymous_volume"]],
                     draws.weighted("volume kind", group, [60, 32, 8]))
    data = np.select(
        [machine & draws.happens("raw disk", group, 0.02), machine, platform == KUBERNETES,
         platform == DOCKER],
        [np.full(len(number), _CODE["rdm"]), np.full(len(number), _CODE["block"]),
         np.where(template, _CODE["claim_template"], _CODE["claim"]), engine],
        np.where(draws.happens("network", group, 0.3), _CODE["nfs"], _CODE["bind"]))
    cluster = platform == KUBERNETES
    config = np.where(cluster, _CODE["configmap"], _CODE["bind"])
    scratch = np.where(cluster, _CODE["emptydir"], _CODE["tmpfs"])
    loose = np.select([machine, cluster], [np.full(len(number), _CODE["block"]),
                                           np.full(len(number), _CODE["claim"])], engine)
    return np.select(
        [slot == _ROOT, slot == _DATA, slot == _TOKEN, slot == _CONFIG, slot == _SCRATCH,
         slot == _SYSTEM],
        [np.full(len(number), _CODE["block"]), data, np.full(len(number), _CODE["projected"]),
         config, scratch, np.full(len(number), _CODE["partition"])], loose)


def _where(plan: Plan, number: Numbers, slot: Numbers, kind: Numbers) -> dict[str, Any]:
    draws, group = plan.draws, plan.group[number]
    listed = [one.path for one in stacks()]
    paths = [*listed, *_CONFIGS, *_LOOSE_PATHS, "/var/run/secrets/kubernetes.io/serviceaccount",
             "/tmp", "/"]  # noqa: S108 - a path in a table
    loose = len(listed) + len(_CONFIGS)
    place = np.select(
        [slot == _DATA, slot == _CONFIG, slot == _LOOSE, slot == _TOKEN, slot == _SCRATCH],
        [plan.stack[number],
         len(listed) + draws.below("config path", group, len(_CONFIGS)),
         loose + draws.below("loose path", group, len(_LOOSE_PATHS)),
         np.full(len(number), loose + len(_LOOSE_PATHS)),
         np.full(len(number), loose + len(_LOOSE_PATHS) + 1)], loose + len(_LOOSE_PATHS) + 2)
    disk = plan.is_machine[number]
    unseen = disk & (slot != _SYSTEM) & ((slot != _ROOT) | (plan.platform[number] != OPENSTACK))
    on_host = np.isin(kind, [_CODE["bind"], _CODE["nfs"]])
    target = picked(paths, place)
    named = ~on_host & ~np.isin(kind, [_CODE["tmpfs"], _CODE["emptydir"], _CODE["projected"],
                                          _CODE["partition"]])
    ids = joined("vol", hexes(draws, "volume", number * len(_SLOTS) + slot, 16), between="-")
    return {
        "kind": picked(_KINDS, kind), "target_path": known(~unseen, target),
        "volume_id": known(named, ids),
        "source_path": known(on_host, joined("/srv/", decimals(group), target)),
    }


def _manner(plan: Plan, number: Numbers, slot: Numbers, kind: Numbers) -> dict[str, Any]:
    draws, group, member = plan.draws, plan.group[number], plan.original[number]
    machine = plan.is_machine[number]
    data = data_bytes(plan, number)
    size = np.where(np.isin(slot, [_ROOT, _SYSTEM]), root_bytes(plan, number),
                    np.where(slot == _LOOSE, 10 * 2**30, data))
    share = draws.between("filled", member, 20, 90)
    sized = np.isin(slot, [_ROOT, _DATA, _LOOSE, _SYSTEM]) & ~np.isin(
        kind, [_CODE["bind"], _CODE["named_volume"], _CODE["anonymous_volume"], _CODE["nfs"]])
    measured = sized & (draws.happens("usage known", group, 0.4) | (slot == _SYSTEM))
    local = np.isin(plan.platform[number], [DOCKER, NOMAD, ECS])
    persistence = np.select(
        [np.isin(slot, [_TOKEN, _CONFIG]), slot == _SCRATCH,
         kind == _CODE["anonymous_volume"], kind == _CODE["nfs"], local],
        [0, 1, 1, 2, 3], 4)
    cloud = np.isin(plan.platform[number], [AWS, GCP]) & machine
    return {
        "size_bytes": known(sized, size), "used_bytes": known(measured, size // 100 * share),
        "is_root": known(machine, np.isin(slot, [_ROOT, _SYSTEM])),
        "read_only": np.isin(slot, [_TOKEN, _CONFIG]),
        "delete_with_workload": known(cloud, slot == _ROOT),
        "encrypted": known(cloud, draws.happens("encrypted", group, 0.7)),
        "thin": known(machine & ~cloud, draws.happens("thin", group, 0.6)),
        "shared": known(kind == _CODE["rdm"], plan.groups.size[group] > 1),
        "declared_by_image": known(
            ~machine & (plan.platform[number] == DOCKER),
            (slot == _DATA) & ~marks("image", ("",))[plan.stack[number]]),
        "persistence": picked(
            ("config", "ephemeral", "shared_durable", "host_state", "durable"), persistence),
    }
