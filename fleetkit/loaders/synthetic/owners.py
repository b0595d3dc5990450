"""What owners write: tags and notes. They tell whose a thing is, and seldom what it keeps."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.synthetic.groups import DOCKER, FRAME, KUBERNETES, VSPHERE
from fleetkit.loaders.synthetic.hostility import HARM
from fleetkit.loaders.synthetic.members import Plan
from fleetkit.loaders.synthetic.names import environments, group_services, teams
from fleetkit.loaders.synthetic.stacks import marks
from fleetkit.loaders.synthetic.texts import Texts, either, joined, known, picked

_KEYS = {"aws": ("Environment", "Name", "Team"), "kubernetes": (
    "app.kubernetes.io/environment", "app.kubernetes.io/name", "team")}


def tags(plan: Plan) -> Texts:
    """The tags of each workload as JSON text with sorted keys; unknown where none are told."""
    of_group = [_mapping(plan, keys) for keys in _KEYS.values()]
    places = pa.array(plan.group)
    cloud, cluster = (column.take(places) for column in of_group)
    plain = either(np.isin(plan.platform, [KUBERNETES, DOCKER]), cluster, cloud)
    told = ~np.isin(plan.platform, [VSPHERE, FRAME])
    hostile = plan.draws.happens("hostile tags", plan.number, plan.wishes.hostile)
    place = plan.draws.below("harm of tags", plan.number, len(HARM))
    harm = [json.dumps({text[:200]: text, "team": text}, ensure_ascii=False, sort_keys=True,
                       separators=(",", ":")) for text in HARM]
    return either(hostile, picked(harm, place), known(told, plain))


def notes(plan: Plan) -> Texts:
    """What people wrote about some machines of vSphere."""
    written = (plan.platform == VSPHERE) & plan.draws.happens("noted", plan.group, 0.4)
    words = picked((
        "ask before restart", "moved from the old cluster", "owner left in spring",
        "monthly patch window: first Sunday", "do not delete, see ticket",
    ), plan.draws.below("note", plan.group, 5))
    return known(written, words)


def _mapping(plan: Plan, keys: tuple[str, str, str]) -> Texts:
    """The tags of each group: environment where it is tagged, service, owner, and a plan of backup.

    Backups are tagged for some of those that keep data, and by mistake for a few of the others.
    """
    number = np.arange(len(plan.groups))
    stateful = marks("is_stateful")[plan.groups.stack]
    backed = plan.draws.happens("backup tag", number, np.where(stateful, 0.25, 0.02))
    said = {
        keys[0]: environments(plan), keys[1]: group_services(plan),
        keys[2]: teams(plan.groups.name),
        "backup": known(backed, picked(("daily",), np.zeros(len(number), dtype=np.int64))),
    }
    entries = [joined(f'"{key}":"', said[key], '"') for key in sorted(said)]
    listed = pc.binary_join_element_wise(*entries, ",", null_handling="skip")
    return joined("{", listed, "}")
