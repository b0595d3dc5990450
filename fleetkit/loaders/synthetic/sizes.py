"""Sizes: those that platforms sell, and limits that people set.

Cores and memory are those that AWS documents for t3, m7i and r7i; limits of containers are whole
multiples of 64 MiB.
"""

from typing import Any

import numpy as np

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.groups import AWS, DOCKER, FRAME, GCP, KUBERNETES, OPENSTACK, PARTS
from fleetkit.loaders.synthetic.members import Plan
from fleetkit.loaders.synthetic.texts import known, picked

GIB = 2**30
_NAMES = {
    AWS: ("t3.small", "t3.medium", "m7i.large", "m7i.xlarge", "m7i.2xlarge", "r7i.4xlarge",
          "r7i.8xlarge"),
    OPENSTACK: ("m1.tiny", "m1.small", "m1.medium", "m1.large", "m1.xlarge", "r1.2xlarge",
                "r1.4xlarge"),
    GCP: ("e2-small", "e2-medium", "n2-standard-2", "n2-standard-4", "n2-standard-8",
          "n2-highmem-16", "n2-highmem-32"),
}
_CORES = np.array([2.0, 2.0, 2.0, 4.0, 8.0, 16.0, 32.0])
_GIBS = np.array([2, 4, 8, 16, 32, 128, 256])
_COMMON, _LARGE = (20, 25, 25, 18, 8, 3, 1), (2, 6, 15, 25, 25, 18, 9)


def sizes(plan: Plan) -> dict[str, Any]:
    """Columns of size of each workload: bought for machines, asked for and limited for boxes."""
    draws, group = plan.draws, plan.group
    large = plan.is_stateful | (plan.part == PARTS.index("nodes"))
    step = np.where(large, draws.weighted("large", group, _LARGE),
                    draws.weighted("common", group, _COMMON))
    host = plan.part == PARTS.index("hosts")
    machine = plan.is_machine
    sold = np.isin(plan.platform, [AWS, OPENSTACK, GCP]) & machine
    column = np.select([plan.platform == OPENSTACK, plan.platform == GCP], [1, 2], 0)
    names = [name for names in _NAMES.values() for name in names]
    asked = draws.sizes("cores", group, 16, 4)
    limited = np.isin(plan.platform, [KUBERNETES, DOCKER]) & draws.happens("limited", group, 0.55)
    wants = (plan.platform == KUBERNETES) & draws.happens("asks", group, 0.8)
    memory = _rounded(draws.sizes("memory", group, 512, 5)) * 2**20
    cores = np.where(host, 64.0, np.where(machine, _CORES[step], asked / 16.0))
    held = np.where(host, 512 * GIB, np.where(machine, _GIBS[step] * GIB, memory))
    return {
        "size_name": known(sold, picked(names, column * len(_CORES) + step)),
        "cpu_cores": known(machine | limited, cores),
        "memory_bytes": known(machine | limited, held),
        "cpu_request_cores": known(wants, asked / 32.0),
        "memory_request_bytes": known(wants, memory // 2),
        "disk_bytes": known(machine & ~host & (plan.platform != FRAME), _disk(plan)),
    }


def data_bytes(plan: Plan, numbers: Numbers) -> Numbers:
    """Data of each stateful workload: alike in its group, from a few GiB to some TiB."""
    group = plan.group[numbers]
    middle = np.where(plan.is_machine[numbers], 180, 24) * GIB // 64
    return plan.draws.sizes("data", group, 64, 5) * middle


def root_bytes(plan: Plan, numbers: Numbers) -> Numbers:
    """The disk of the system of each machine."""
    return np.take([20, 30, 50, 80, 100], plan.draws.weighted(
        "root", plan.group[numbers], [20, 30, 30, 15, 5])) * GIB


def _disk(plan: Plan) -> Numbers:
    data = np.where(plan.is_stateful, data_bytes(plan, plan.number), 0)
    return root_bytes(plan, plan.number) + data


def _rounded(mebibytes: Numbers) -> Numbers:
    """The next multiple of 64 MiB: what people write."""
    return np.maximum(-(-mebibytes // 64) * 64, 64)
