"""Members: what each workload is, as whole numbers, before any text is written.

All tables are made from this one plan, so that each may be made alone and their keys still meet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fleetkit.loaders.synthetic.draws import Draws, Numbers
from fleetkit.loaders.synthetic.gallery import BUILDS_KEPT, Gallery, gallery
from fleetkit.loaders.synthetic.groups import (
    DOCKER,
    FRAME,
    PARTS,
    PLATFORMS,
    POOL,
    VSPHERE,
    Counts,
    Groups,
    count,
    groups,
)
from fleetkit.loaders.synthetic.stacks import marks
from fleetkit.loaders.synthetic.wishes import Wishes

CONTROLLERS = (
    "deployment", "statefulset", "daemonset", "job", "cronjob", "swarm", "compose", "autoscaling",
    "managed_group", "ecs", "service", "system", "batch", "none", "unknown",
)
_WAYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {  # controllers, as often as they are met
    "kubernetes": {"service": ("deployment",) * 9 + ("none",),
                   "store": ("statefulset",) * 6 + ("deployment",),
                   "batch": ("job", "cronjob", "cronjob"), "agent": ("daemonset",)},
    "docker": {"service": ("compose",) * 6 + ("swarm",) * 3 + ("none",),
               "store": ("compose",) * 3 + ("none",) * 2, "batch": ("none",),
               "agent": ("compose",)},
    "nomad": {"service": ("service",), "store": ("service",), "batch": ("batch",),
              "agent": ("system",)},
    "ecs": {"service": ("ecs",), "store": ("ecs",), "batch": ("ecs",), "agent": ("ecs",)},
    "aws": {"group": ("autoscaling",) * 5 + ("none",), "alone": ("none",)},
    "gcp": {"group": ("managed_group",) * 5 + ("none",), "alone": ("none",)},
}
_UNKNOWN = ("unknown",)


@dataclass(frozen=True)
class Plan:
    """The plan of a fleet. Arrays have one entry per workload.

    Args:
        wishes: what was asked.
        gallery: its images.
        groups: its groups.
        counts: members of each part.
    """

    wishes: Wishes
    gallery: Gallery
    groups: Groups
    counts: Counts

    @property
    def draws(self) -> Draws:
        """The draws of the fleet's seed."""
        return self.wishes.draws

    @cached_property
    def number(self) -> Numbers:
        """0, 1, 2, … for each workload."""
        return np.arange(self.wishes.workloads)

    @cached_property
    def original(self) -> Numbers:
        """The machine that it is: another's number for second looks, its own for all others."""
        doubles, machines = self.counts.doubles, self.counts.machines
        first = self.wishes.workloads - doubles
        found = self.number.copy()
        start = self.counts.hosts + self.counts.nodes + self.counts.agents
        found[first:] = start + np.arange(doubles) * machines // max(doubles, 1)
        return found

    @cached_property
    def group(self) -> Numbers:
        """Number of its group."""
        return np.repeat(np.arange(len(self.groups)), self.groups.size)[self.original]

    @cached_property
    def ordinal(self) -> Numbers:
        """Place in its group, from 0."""
        return self.original - self.groups.first[self.group]

    @cached_property
    def part(self) -> Numbers:
        """Place in PARTS."""
        return np.where(self.original != self.number, PARTS.index("doubles"),
                        self.groups.part[self.group])

    @cached_property
    def platform(self) -> Numbers:
        """Place in PLATFORMS."""
        return np.where(self.original != self.number, FRAME, self.groups.platform[self.group])

    @cached_property
    def stack(self) -> Numbers:
        """Number of its stack."""
        return self.groups.stack[self.group]

    @cached_property
    def is_machine(self) -> Numbers:
        """Whether it is a machine or a host, and no container."""
        return ~np.isin(self.part, [PARTS.index("agents"), PARTS.index("boxes")])

    @cached_property
    def lags(self) -> Numbers:
        """Whether it misses fixes that most of its siblings have: planted."""
        return self.groups.lags[self.group] & (self.ordinal % 4 == 1)

    @cached_property
    def drifted(self) -> Numbers:
        """Whether its packages differ from its siblings': planted."""
        return self.groups.drifted[self.group] & (self.ordinal % 5 == 2)

    @cached_property
    def is_stateful(self) -> Numbers:
        """Whether it keeps data: planted."""
        return marks("is_stateful")[self.stack]

    @cached_property
    def is_unique(self) -> Numbers:
        """Whether nothing else could take its place: planted."""
        by_hand = marks("control", ("alone",))[self.stack]
        return (self.groups.size[self.group] == 1) & (by_hand | self.is_stateful)

    @cached_property
    def is_silent(self) -> Numbers:
        """Whether its data lies on nothing that outlives it: planted in engines without order."""
        odd = self.draws.happens("silent", self.group, 0.08)
        return odd & self.is_stateful & (self.platform == DOCKER)

    @cached_property
    def image(self) -> Numbers:
        """Number of its image; -1 where none is known. Who lags runs the oldest build."""
        found = self.groups.image[self.group]
        late = self.lags & ~self.is_machine & (found >= 0)
        return np.where(self.platform == FRAME, -1, found - np.where(late, BUILDS_KEPT - 1, 0))

    @cached_property
    def host(self) -> Numbers:
        """Number of the workload that carries it; -1 where none is known."""
        pool = self.groups.pool[self.group]
        first = self.counts.hosts
        width = np.minimum(POOL, self.counts.nodes - pool * POOL).clip(1)
        shift = self.draws.below("first node", self.group, POOL)
        spread = np.where(marks("control", ("agent",))[self.stack], self.ordinal,
                          np.where(self.stays, shift, shift + self.ordinal))
        node = np.where((pool >= 0) & ~self.is_machine, first + pool * POOL + spread % width, -1)
        carried = (self.platform == VSPHERE) & (self.part != PARTS.index("hosts"))
        hosts = self.counts.hosts
        under = self.draws.below("host", self.number, hosts) if hosts else node
        return np.where(carried & (hosts > 0), under, node)

    @cached_property
    def stays(self) -> Numbers:
        """Whether all of its group share one engine."""
        return np.isin(self.controller, [CONTROLLERS.index("compose"), CONTROLLERS.index("none")])

    @cached_property
    def controller(self) -> Numbers:
        """Place in CONTROLLERS; -1 where its source tells of none."""
        controls = sorted({way for ways in _WAYS.values() for way in ways})
        number = np.arange(len(self.groups))
        drawn = self.draws.below("controller", number, 2**30)
        found = np.full(len(self.groups), CONTROLLERS.index("unknown"))
        for place, platform in enumerate(PLATFORMS):
            for control in controls:
                names = _WAYS.get(platform, {}).get(control, _UNKNOWN)
                here = (self.groups.platform == place) & marks("control", (control,))[
                    self.groups.stack]
                codes = np.array([CONTROLLERS.index(name) for name in names])
                found[here] = codes[drawn[here] % len(names)]
        hosts = self.groups.part == PARTS.index("hosts")
        return np.where(self.platform == FRAME, -1, np.where(hosts, -1, found)[self.group])

    @cached_property
    def is_hostile(self) -> Numbers:
        """Whether its name is meant to do harm."""
        return self.draws.happens("hostile name", self.number, self.wishes.hostile)


def plan(wishes: Wishes) -> Plan:
    """The plan of the fleet that was asked for."""
    shown = gallery(wishes)
    return Plan(wishes, shown, groups(wishes, shown), count(wishes))
