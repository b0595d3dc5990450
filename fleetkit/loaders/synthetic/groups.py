"""Groups: who belongs together, under which name and control, where, on which image.

Members of the fleet are numbered; a group is a run of numbers. Hosts come first, then the machines
that carry containers, the agents on them, other machines, containers, and last the second looks:
machines of before, as another source lists them.
"""

from dataclasses import dataclass, replace

import numpy as np

from fleetkit.loaders.synthetic.draws import Draws, Numbers
from fleetkit.loaders.synthetic.gallery import BUILDS_KEPT, Gallery
from fleetkit.loaders.synthetic.stacks import marks, own_stacks, places, stacks
from fleetkit.loaders.synthetic.wishes import Wishes

PLATFORMS = ("aws", "vsphere", "openstack", "gcp", "kubernetes", "docker", "nomad", "frame", "ecs")
AWS, VSPHERE, OPENSTACK, GCP, KUBERNETES, DOCKER, NOMAD, FRAME, ECS = range(len(PLATFORMS))
PARTS = ("hosts", "nodes", "agents", "machines", "boxes", "doubles")
POOL = 12
_HOSTS_IN_CLUSTER = 8
_CARRIED = np.array([KUBERNETES, DOCKER, KUBERNETES, NOMAD, KUBERNETES, DOCKER, KUBERNETES])
_CARRIER = {KUBERNETES: AWS, DOCKER: VSPHERE, NOMAD: OPENSTACK}
_PLANTED = 20  # one of so many herds lags behind, and one has drifted


@dataclass(frozen=True)
class Groups:
    """Arrays with one entry per group.

    Args:
        part: place in PARTS.
        stack: number of the stack.
        size: members.
        first: number of the first member.
        platform: place in PLATFORMS.
        pool: pool of nodes that carries its members; -1 for none.
        place: number of its region.
        name: number that its name is made from; twins share it.
        called: stack whose nick it bears; twins share it.
        image: image of its members; -1 for none in the fleet.
        lags: some of its members miss fixes of OpenSSL that the others have.
        drifted: some of its members have other packages than the rest.
    """

    part: Numbers
    stack: Numbers
    size: Numbers
    first: Numbers
    platform: Numbers
    pool: Numbers
    place: Numbers
    name: Numbers
    called: Numbers
    image: Numbers
    lags: Numbers
    drifted: Numbers

    def __len__(self) -> int:
        return len(self.part)


@dataclass(frozen=True, slots=True)
class Counts:
    """Members of each part."""

    hosts: int
    nodes: int
    agents: int
    machines: int
    boxes: int
    doubles: int


def count(wishes: Wishes) -> Counts:
    """How many members each part has; together as many as were asked for."""
    machines = int(wishes.workloads * wishes.vm_share)
    boxes = wishes.workloads - machines
    nodes = min(machines // 3, -(-boxes // 30))
    agents = min(2 * nodes, boxes // 4)
    hosts, doubles = machines // 50, machines // 40
    return Counts(hosts, nodes, agents, machines - nodes - hosts - doubles, boxes - agents, doubles)


def groups(wishes: Wishes, shown: Gallery) -> Groups:
    """The groups of a fleet, in the order of their members."""
    counts, draws = count(wishes), wishes.draws
    pools = -(-counts.nodes // POOL)
    parts = [
        _even("hosts", counts.hosts, _HOSTS_IN_CLUSTER, "host"),
        _even("nodes", counts.nodes, POOL, "node"),
        *_agents(counts),
        _mixed(draws, "machines", counts.machines, "machine"),
        _mixed(draws, "boxes", counts.boxes, "box"),
    ]
    part, stack, size = (np.concatenate(found) for found in zip(*parts, strict=True))
    number = np.arange(len(part))
    platform = _platforms(draws, part, stack, number)
    pool = _pools(draws, part, platform, pools, number)
    found = Groups(
        part=part, stack=stack, size=size, first=np.cumsum(size) - size, platform=platform,
        pool=pool, place=_regions(draws, pool, number), name=number, called=stack,
        image=np.full(len(part), -1), lags=np.zeros(len(part), dtype=bool),
        drifted=np.zeros(len(part), dtype=bool),
    )
    return _with_images(draws, _planted(found, shown), shown)


_Part = tuple[Numbers, Numbers, Numbers]


def _even(part: str, members: int, of_each: int, form: str) -> _Part:
    """Groups of equal size of the only stack of a form; the last may be smaller."""
    number = -(-members // of_each)
    size = np.full(number, of_each)
    size[-1:] -= number * of_each - members
    return np.full(number, PARTS.index(part)), np.full(number, places(form)[0]), size


def _agents(counts: Counts) -> list[_Part]:
    """One group of each agent for each pool of nodes; nodes that come too late have none."""
    found = []
    left = counts.agents
    for stack in places("agent"):
        _, _, size = _even("agents", min(left, counts.nodes), POOL, "node")
        left -= int(size.sum())
        found.append((np.full(len(size), PARTS.index("agents")), np.full(len(size), stack), size))
    return found


def _mixed(draws: Draws, part: str, members: int, form: str) -> _Part:
    """Groups of the stacks of a form, as often as each is found, until all members have one."""
    number = np.arange(members)
    found = np.array(places(form))
    stack = found[draws.weighted(f"{part} stack", number, [stacks()[one].share for one in found])]
    least = np.array([one.least for one in stacks()])[stack]
    most = np.array([one.most for one in stacks()])[stack]
    size = np.minimum(draws.between(f"{part} size", number, least, most),
                      draws.between(f"{part} other size", number, least, most))
    end = np.cumsum(size)
    last = int(np.searchsorted(end, members))
    size = size[:last + 1].copy()
    size[-1:] -= end[last:last + 1] - members
    return np.full(len(size), PARTS.index(part)), stack[:last + 1], size


def _platforms(draws: Draws, part: Numbers, stack: Numbers, number: Numbers) -> Numbers:
    named = marks("nick", ("",))[stack]
    machine = np.where(
        named, np.take([AWS, VSPHERE, OPENSTACK, GCP],
                       draws.weighted("pet platform", number, [20, 60, 15, 5])),
        np.take([AWS, VSPHERE, OPENSTACK, GCP],
                draws.weighted("machine platform", number, [40, 35, 15, 10])))
    box = np.take([KUBERNETES, DOCKER, NOMAD, ECS],
                  draws.weighted("box platform", number, [55, 25, 10, 10]))
    keeps = marks("control", ("store",))[stack]
    box = np.where((box == ECS) & keeps, DOCKER, box)
    is_node = part == PARTS.index("nodes")
    first = int(np.flatnonzero(is_node)[:1].sum())
    carried = _CARRIED[(number - first) % len(_CARRIED)]
    carrier = np.array([_CARRIER.get(code, AWS) for code in range(len(PLATFORMS))])[carried]
    return np.select(
        [part == PARTS.index("hosts"), is_node, part == PARTS.index("machines")],
        [np.full(len(part), VSPHERE), carrier, machine], box)


def _pools(
    draws: Draws, part: Numbers, platform: Numbers, pools: int, number: Numbers
) -> Numbers:
    """The pool that each group of containers lives on, of its own platform; agents have theirs."""
    pool = np.full(len(part), -1)
    nodes = part == PARTS.index("nodes")
    pool[nodes] = np.arange(pools)
    of_agents = np.flatnonzero(part == PARTS.index("agents"))
    if pools:
        pool[of_agents] = np.arange(len(of_agents)) % pools
        platform[of_agents] = _CARRIED[pool[of_agents] % len(_CARRIED)]
    for code in (KUBERNETES, DOCKER, NOMAD):
        able = np.flatnonzero(_CARRIED[np.arange(pools) % len(_CARRIED)] == code)
        wanted = (part == PARTS.index("boxes")) & (platform == code)
        if len(able):
            pool[wanted] = able[draws.below("pool", number[wanted], len(able))]
    return pool


def _regions(draws: Draws, pool: Numbers, number: Numbers) -> Numbers:
    return np.where(pool >= 0, pool // 4 % 4, draws.below("region", number, 4))


def _planted(found: Groups, shown: Gallery) -> Groups:
    """Herds that lag or have drifted: of machines and of containers, some of them twins."""
    debian = np.isin(np.arange(len(stacks())), [
        place for place in own_stacks() if stacks()[place].language in ("python", "node", "php")])
    is_service = marks("control", ("service",))[found.stack] & debian[found.stack]
    boxes = np.flatnonzero(is_service & (found.size >= 4) & (shown.repositories > 0))
    herds = np.flatnonzero(
        marks("control", ("group",))[found.stack] & (found.size >= 4)
        & (found.part == PARTS.index("machines")) & ~marks("base", ("windows",))[found.stack])
    lags, drifted = found.lags.copy(), found.drifted.copy()
    name, called = found.name.copy(), found.called.copy()
    lags[boxes[::_PLANTED]] = True
    lags[herds[::_PLANTED]] = True
    drifted[herds[1::_PLANTED]] = True
    twins = min(len(boxes[::_PLANTED]), len(herds[::_PLANTED]))
    for told in (name, called):
        told[herds[::_PLANTED][:twins]] = told[boxes[::_PLANTED][:twins]]
    return replace(found, lags=lags, drifted=drifted, name=name, called=called)


def _with_images(draws: Draws, found: Groups, shown: Gallery) -> Groups:
    number = np.arange(len(found))
    image = np.full(len(found), -1)
    is_own = np.isin(found.stack, own_stacks())
    image[is_own] = _own_images(draws, found, shown, number)[is_own]
    bought = marks("image", ("",))[found.stack] | is_own
    image[~bought] = _bought_images(draws, found.stack[~bought], number[~bought], shown)
    machines = np.isin(found.part, [PARTS.index("nodes"), PARTS.index("machines")])
    image[machines] = _machine_images(draws, found, shown, number)[machines]
    return replace(found, image=image)


def _own_images(draws: Draws, found: Groups, shown: Gallery, number: Numbers) -> Numbers:
    """Repositories by Zipf's law, most on the newest build; a herd that lags is on both ends."""
    built = own_stacks()
    order = np.full(len(stacks()), 0)
    order[built] = np.arange(len(built))
    of_stack = shown.repositories // len(built)
    if of_stack == 0:
        return np.full(len(found), -1)
    repository = draws.ranks("repository", number, of_stack) * len(built) + order[found.stack]
    build = np.take([3, 2, 1, 0], draws.weighted("build", number, [70, 15, 10, 5]))
    build = np.where(found.lags, BUILDS_KEPT - 1, build)
    return int(shown.first[4]) + repository * BUILDS_KEPT + build


def _bought_images(draws: Draws, stack: Numbers, number: Numbers, shown: Gallery) -> Numbers:
    bought = shown.where("bought")
    sold = [place for place, one in enumerate(stacks()) if one.image]
    order = np.full(len(stacks()), 0)
    order[sold] = np.arange(len(sold))
    builds = np.maximum((len(bought) - 1 - order[stack]) // len(sold) + 1, 0)
    rank = draws.ranks("bought build", number, max(int(builds.max(initial=1)), 1))
    place = np.minimum(rank, builds - 1) * len(sold) + order[stack]
    return np.where(builds > 0, bought[0] + place, -1)


def _machine_images(draws: Draws, found: Groups, shown: Gallery, number: Numbers) -> Numbers:
    """The image of the platform and system; nobody knows that of most machines of vSphere."""
    system = np.where(marks("base", ("windows",))[found.stack], 2,
                      np.take([0, 1], draws.weighted("machine system", number, [60, 40])))
    system = np.where(found.lags | found.drifted, 0, system)
    sort = found.platform.clip(0, GCP) + 4 * system
    images = len(shown.where("machine"))
    builds = (images - 1 - sort) // 12 + 1
    rank = draws.ranks("machine build", number, max(int(builds.max(initial=1)), 1))
    newest = np.where(found.lags | found.drifted, builds - 1, builds - 1 - np.minimum(
        rank, builds - 1))
    unknown = (found.platform == VSPHERE) & ~found.lags & ~found.drifted & draws.happens(
        "machine image unknown", number, 0.6)
    return np.where(unknown, -1, int(shown.first[2]) + newest * 12 + sort)
