"""The table of services: instances of those groups that register themselves."""

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.hostility import harmed
from fleetkit.loaders.synthetic.made import Made, constant, table
from fleetkit.loaders.synthetic.names import group_services, regions, teams
from fleetkit.loaders.synthetic.stacks import stacks
from fleetkit.loaders.synthetic.texts import decimals, joined, picked
from fleetkit.tables import SERVICES

_SHARE = 0.4


def services(made: Made) -> pa.Table:
    """One row per workload of a registered group, for the first port that it listens on."""
    plan = made.plan
    ports = np.array([_port(one.ports) for one in stacks()])
    registered = plan.draws.happens("registered", plan.group, _SHARE)
    number = np.flatnonzero(registered & (ports[plan.stack] > 0) & (plan.original == plan.number))
    group = plan.group[number]
    port = ports[plan.stack[number]]
    name = group_services(plan).take(pa.array(group))
    odd = plan.draws.happens("hostile service", number, plan.wishes.hostile)
    health = plan.draws.weighted("service health", number, [94, 3, 3])
    return table(SERVICES, {
        "service_id": joined("consul", "acme", "service", joined(
            name, decimals(port), decimals(number), between=":"), between="|"),
        "service_name": harmed(plan.draws, name, odd, number),
        "workload_id": made.workload(number), "port": port, "target_port": port,
        "address": joined("10", decimals(number >> 16), decimals((number >> 8) & 255),
                          decimals(number & 255), between="."),
        "protocol": picked(("tcp", "http"), np.isin(port, [80, 443, 8080, 8000, 3000]).astype(int)),
        "health": picked(("passing", "warning", "critical"), health),
        "exposure": picked(("private", "cluster", "public"),
                           plan.draws.weighted("exposure", group, [60, 35, 5])),
        "namespace": teams(plan.groups.name).take(pa.array(group)),
        "region": regions(plan).take(pa.array(number)),
        "source": pa.repeat(pa.scalar("consul"), len(number)), **constant(len(number)),
    })


def port_of(place: int) -> int:
    """The first port of a stack; 0 for one that listens on none."""
    return _port(stacks()[place].ports)


def _port(ports: tuple[str, ...]) -> int:
    return int(ports[0].split("/")[0]) if ports else 0
