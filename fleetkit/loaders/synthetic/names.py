"""Names and ids: those of services, of their members and of the platforms they live on."""

from collections.abc import Callable, Sequence
from functools import partial
from string import ascii_lowercase
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
    PLATFORMS,
    VSPHERE,
)
from fleetkit.loaders.synthetic.hostility import harmed
from fleetkit.loaders.synthetic.members import CONTROLLERS, Plan
from fleetkit.loaders.synthetic.stacks import column
from fleetkit.loaders.synthetic.texts import (
    Texts,
    decimals,
    either,
    hexes,
    joined,
    known,
    picked,
    suffixes,
    uuids,
)
from fleetkit.loaders.synthetic.words import (
    DATACENTERS,
    DOMAINS,
    ENVIRONMENTS,
    GIVEN_NAMES,
    REGIONS,
    TEAMS,
)

_WAVE = len(DOMAINS) * len(TEAMS)
SOURCES = tuple("aws" if name == "ecs" else name for name in PLATFORMS)
KINDS = ("vm", "container", "task", "host")
_CLUSTERED = (KUBERNETES, DOCKER, NOMAD)


def services(number: Numbers, nicks: Texts) -> Texts:
    """Names of services from the numbers of groups; with `teams` no two are alike."""
    domain = picked(DOMAINS, (number // len(TEAMS) + number) % len(DOMAINS))
    return joined(domain, nicks, between="-")


def teams(number: Numbers) -> Texts:
    """Names of the teams that own the groups: a letter more each time that all were named."""
    wave = number // _WAVE
    last = int(wave.max(initial=0))
    endings = ["", *(f"-{_lettered(place)}" for place in range(1, last + 1))]
    return joined(picked(TEAMS, number % len(TEAMS)), picked(endings, wave))


def group_services(plan: Plan) -> Texts:
    """The service of each group."""
    nicks = picked([nick or "box" for nick in column("nick")], plan.groups.called)
    return services(plan.groups.name, nicks)


def controller_names(plan: Plan) -> Texts:
    """The controller's name for each group, as namespace/name."""
    return joined(teams(plan.groups.name), group_services(plan), between="/")


def environments(plan: Plan) -> Texts:
    """The environment of each group; unknown where nobody tagged it."""
    place = plan.draws.below("environment", np.arange(len(plan.groups)), len(ENVIRONMENTS))
    return picked([name or None for name in ENVIRONMENTS], place)


def accounts(plan: Plan) -> Texts:
    """Account or project of each workload; unknown where its platform has none."""
    team = plan.groups.name[plan.group] % 8
    numbered = decimals(410_000_000_000 + team * 1_234_567_891)
    projects = picked([f"acme-{TEAMS[place]}" for place in range(8)], team)
    amazon = np.isin(plan.platform, [AWS, ECS])
    return either(amazon, numbered, known(np.isin(plan.platform, [GCP, OPENSTACK]), projects))


def regions(plan: Plan) -> Texts:
    """Region, datacenter or cluster of each workload."""
    place, pool = plan.groups.place[plan.group], plan.groups.pool[plan.group]
    cloud = picked(REGIONS, place)
    site = picked(DATACENTERS, place)
    clusters = joined(picked(["k8s", "swarm", "nomad"], (plan.platform - KUBERNETES).clip(0, 2)),
                      decimals(np.maximum(pool, 0) // 4 + 1, 2), between="-")
    placed = either(np.isin(plan.platform, _CLUSTERED), clusters,
                    either(np.isin(plan.platform, [VSPHERE]), site, cloud))
    return known(plan.platform != FRAME, placed)


def scopes(plan: Plan) -> Texts:
    """What native ids are unique in: account, vCenter or cluster."""
    place = plan.groups.place[plan.group]
    centers = joined("vcenter", picked(DATACENTERS, place), between="-")
    clusters = regions(plan).fill_null("cmdb")
    return either(plan.platform == VSPHERE, centers, accounts(plan).fill_null(clusters))


def native_ids(plan: Plan) -> Texts:
    """The id of each workload in its source."""
    draws, container = plan.draws, group_services(plan)

    def named(numbers: Numbers) -> Texts:
        return container.take(pa.array(plan.group[numbers]))

    makers: dict[int, Callable[[Numbers], Texts]] = {
        AWS: lambda few: joined("i-", hexes(draws, "instance", few, 17)),
        VSPHERE: lambda few: joined(
            picked(["vm-", "host-"], (plan.part[few] == PARTS.index("hosts")).astype(int)),
            decimals(few + 1000)),
        OPENSTACK: lambda few: uuids(draws, "server", few),
        GCP: lambda few: decimals(1_000_000_000_000_000_000 + few * 7_919_000_003),
        KUBERNETES: lambda few: joined(uuids(draws, "pod", few), named(few), between="/"),
        DOCKER: lambda few: hexes(draws, "container", few, 64),
        NOMAD: lambda few: joined(uuids(draws, "allocation", few), named(few), between="/"),
        FRAME: lambda few: joined("CI", decimals(few + 1, 8)),
        ECS: lambda few: joined("acme/", hexes(draws, "task", few, 32), "/", named(few)),
    }
    return woven(plan.platform, makers)


def kinds(plan: Plan) -> Texts:
    """What each workload is."""
    task = np.isin(plan.platform, [NOMAD, ECS])
    place = np.select([plan.part == PARTS.index("hosts"), plan.is_machine, task], [3, 0, 2], 1)
    return picked(KINDS, place)


def workload_ids(plan: Plan) -> Texts:
    """The key of each workload."""
    return joined(picked(SOURCES, plan.platform), scopes(plan), kinds(plan), native_ids(plan),
                  between="|")


def workload_names(plan: Plan) -> Texts:
    """The name of each workload in its source, a few of them hostile."""
    plain = woven(_manners(plan), {
        place: partial(make, plan) for place, make in enumerate(_MANNERS)})
    return harmed(plan.draws, plain, plan.is_hostile, plan.number)


def woven(choice: Numbers, makers: dict[int, Callable[[Numbers], Texts]]) -> Texts:
    """One column from several makers, each for the rows that chose it."""
    rows = {code: np.flatnonzero(choice == code) for code in makers}
    parts = [make(rows[code]) for code, make in makers.items() if len(rows[code])]
    order = np.concatenate([found for found in rows.values() if len(found)] or [np.array([], int)])
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    together = pa.concat_arrays(parts) if parts else pa.array([], pa.string())
    return together.take(pa.array(back))


def _manners(plan: Plan) -> Numbers:
    """In which manner each is named: place in _MANNERS."""
    controller = plan.controller
    where = np.array((*CONTROLLERS, ""))[controller]
    given = np.array([not nick for nick in column("nick")])[plan.stack]
    numbered = plan.groups.size[plan.group] > 1
    return np.select(
        [plan.part == PARTS.index("hosts"), plan.part == PARTS.index("nodes"),
         plan.is_machine & given, plan.is_machine & numbered, plan.is_machine,
         where == "statefulset", np.isin(where, ["daemonset", "job", "cronjob"]),
         plan.platform == KUBERNETES, where == "swarm", plan.platform == DOCKER],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 10)


def _own(plan: Plan, few: Numbers) -> tuple[Texts, Texts]:
    """Team and service of some workloads."""
    group = plan.group[few]
    places = pa.array(group)
    return teams(plan.groups.name).take(places), group_services(plan).take(places)


def _host(plan: Plan, few: Numbers) -> Texts:
    site = picked(DATACENTERS, plan.groups.place[plan.group[few]])
    return joined(joined("esx", decimals(few + 1, 3)), site, "acme.example", between=".")


def _node(plan: Plan, few: Numbers) -> Texts:
    return joined("node", teams(plan.groups.name).take(pa.array(plan.group[few])),
                  decimals(plan.ordinal[few] + 1, 2), between="-")


def _given(plan: Plan, few: Numbers) -> Texts:
    return picked(GIVEN_NAMES, plan.draws.below("given name", plan.original[few],
                                                len(GIVEN_NAMES)))


def _numbered(plan: Plan, few: Numbers) -> Texts:
    return joined(*_own(plan, few), decimals(plan.ordinal[few] + 1, 3), between="-")


def _only(plan: Plan, few: Numbers) -> Texts:
    return joined(*_own(plan, few), between="-")


def _ordinal(plan: Plan, few: Numbers) -> Texts:
    service = _own(plan, few)[1]
    return joined(joined(service, decimals(plan.ordinal[few]), between="-"), service, between="/")


def _single(plan: Plan, few: Numbers) -> Texts:
    service = _own(plan, few)[1]
    return joined(joined(service, suffixes(plan.draws, "pod", few, 5), between="-"), service,
                  between="/")


def _replica(plan: Plan, few: Numbers) -> Texts:
    service = _own(plan, few)[1]
    version = suffixes(plan.draws, "replica set", plan.group[few], 9)
    pod = joined(service, version, suffixes(plan.draws, "pod", few, 5), between="-")
    return joined(pod, service, between="/")


def _slot(plan: Plan, few: Numbers) -> Texts:
    team, service = _own(plan, few)
    return joined(joined(team, service, between="_"), decimals(plan.ordinal[few] + 1),
                  suffixes(plan.draws, "slot", few, 10), between=".")


def _composed(plan: Plan, few: Numbers) -> Texts:
    return joined(*_own(plan, few), decimals(plan.ordinal[few] + 1), between="-")


def _task(plan: Plan, few: Numbers) -> Texts:
    team, service = _own(plan, few)
    return joined(joined(team, service, between="-"), ".main[", decimals(plan.ordinal[few]), "]")


_MANNERS: Sequence[Callable[[Plan, Numbers], Any]] = (
    _host, _node, _given, _numbered, _only, _ordinal, _single, _replica, _slot, _composed, _task)


def _lettered(place: int) -> str:
    """b, c, …, z, bb, bc, …: a name without digits, which would look like the number of a herd."""
    letters = ascii_lowercase[1:]
    text = ""
    while place:
        place, rest = divmod(place - 1, len(letters))
        text = letters[rest] + text
    return text
