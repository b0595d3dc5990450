"""The table of links: what runs where, from which image, and who calls whom."""

from typing import Any

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.groups import PARTS
from fleetkit.loaders.synthetic.listeners import port_of
from fleetkit.loaders.synthetic.made import Made, constant, table
from fleetkit.loaders.synthetic.members import Plan
from fleetkit.loaders.synthetic.names import SOURCES
from fleetkit.loaders.synthetic.pictures import is_machine, platforms
from fleetkit.loaders.synthetic.stacks import marks, stacks
from fleetkit.loaders.synthetic.texts import known, picked
from fleetkit.tables import LINKS

_RELATIONS = ("runs_on", "uses_image", "calls", "derived_from")
_EVIDENCE = ("told by the platform", "image id of the workload", "connections seen",
             "source image")
_CALLED = 2


def links(made: Made) -> pa.Table:
    """One row per relation."""
    plan = made.plan
    on, of = np.flatnonzero(plan.host >= 0), np.flatnonzero(plan.image >= 0)
    caller, called = calls(plan)
    derived = np.flatnonzero(is_machine(plan.gallery) & (plan.gallery.parent >= 0))
    sizes = [len(on), len(of), len(caller), len(derived)]
    relation = np.repeat(np.arange(len(sizes)), sizes)
    port = np.array([port_of(place) for place in range(len(stacks()))])[plan.stack[called]]
    talks = relation == _RELATIONS.index("calls")
    ports = np.zeros(len(relation), dtype=np.int64)
    ports[talks] = port
    return table(LINKS, {
        "from_id": pa.concat_arrays([
            made.workload(on), made.workload(of), made.workload(caller), made.image(derived)]),
        "to_id": pa.concat_arrays([
            made.workload(plan.host[on]), made.image(plan.image[of]), made.workload(called),
            made.image(plan.gallery.parent[derived])]),
        "relation": picked(_RELATIONS, relation), "evidence": picked(_EVIDENCE, relation),
        "confidence": np.take([1.0, 1.0, 0.9, 1.0], relation), "port": known(talks, ports),
        "source": _sources(plan, [on, of, caller], derived), **constant(len(relation)),
    })


def calls(plan: Plan) -> tuple[Numbers, Numbers]:
    """Who calls whom: each service up to two that keep data, one member to one member."""
    boxes = plan.groups.part == PARTS.index("boxes")
    stores = np.flatnonzero(boxes & marks("control", ("store",))[plan.groups.stack])
    if not len(stores):
        return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    asks = boxes & marks("is_own", (True,))[plan.groups.stack] & ~marks("is_stateful")[
        plan.groups.stack]
    member = np.flatnonzero(asks[plan.group] & (plan.original == plan.number))
    group = plan.group[member]
    one, other = (stores[plan.draws.below(f"store {part}", group, len(stores))]
                  for part in range(_CALLED))
    again = (other != one) & plan.draws.happens("calls two", group, 0.4)
    targets = np.concatenate([one, other[again]])
    caller = np.concatenate([member, member[again]])
    ordinal = plan.ordinal[caller] % plan.groups.size[targets]
    return caller, plan.groups.first[targets] + ordinal


def _sources(plan: Plan, members: list[Numbers], derived: Numbers) -> Any:
    of_images = platforms(plan.gallery)[derived]
    of_members = plan.platform[np.concatenate(members)]
    return picked(SOURCES, np.concatenate([of_members, of_images]))
