"""Kinship: who comes from whom, in both directions, over images, machines and services alike."""

from difflib import get_close_matches

import numpy as np
import pandas as pd

from fleetkit.errors import UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.lineage.graph import Graph, Reach, graph

_KIND = "build, image, machine, container or service"


def ancestors(fleet: Fleet, thing: str) -> pd.DataFrame:
    """What a thing comes from and stands on, the nearest first.

    Args:
        fleet: a traced fleet.
        thing: id of a build, image, workload or service; or the name of one thing only.

    Returns:
        One row per ancestor: `node_id, kind, name, distance` (steps), `relation` and `evidence`,
        `confidence` (of the edge that it is reached by; NA where nobody said), `via` (the thing at
        the near end of that edge). Kind is unknown for what is known by reference only.

    Raises:
        MissingTableError: the fleet has not been traced.
        UnknownNameError: there is no such thing, or several have the name.

    Examples:
        >>> from fleetkit.lineage import trace
        >>> images = pd.DataFrame({"image_id": ["golden", "app"]})
        >>> links = pd.DataFrame({"from_id": ["app"], "to_id": ["golden"], "evidence": ["record"],
        ...                       "relation": ["derived_from"]})
        >>> fleet = trace(Fleet(images=images, links=links))
        >>> ancestors(fleet, "app")["node_id"].tolist()
        ['golden']
    """
    made = graph(fleet)
    return _told(made, made.reach(made.up, find(made, thing)))


def descendants(fleet: Fleet, thing: str) -> pd.DataFrame:
    """What was made of a thing and what runs on it, the nearest first; columns as `ancestors`.

    Args:
        fleet: a traced fleet.
        thing: id of a build, image, workload or service; or the name of one thing only.

    Raises:
        MissingTableError: the fleet has not been traced.
        UnknownNameError: there is no such thing, or several have the name.
    """
    made = graph(fleet)
    return _told(made, made.reach(made.down, find(made, thing)))


def path(fleet: Fleet, start: str, end: str) -> pd.DataFrame:
    """A shortest way between two things, of which one comes from the other; empty if neither does.

    Args:
        fleet: a traced fleet.
        start: where the way begins; up or down from there.
        end: where it ends.

    Returns:
        One row per thing on the way, `start` first; columns as `ancestors`.

    Raises:
        MissingTableError: the fleet has not been traced.
        UnknownNameError: there is no such thing, or several have the name.
    """
    made = graph(fleet)
    first, last = find(made, start), find(made, end)
    for ways in (made.down, made.up):
        reach = made.reach(ways, first)
        hits = np.flatnonzero(reach.nodes == last)
        if len(hits):
            return _told(made, reach, _steps_to(reach, int(hits[0])))
    return _told(made, made.reach(made.down, first), np.array([], dtype=np.int64))


def common_ancestor(fleet: Fleet, one: str, other: str) -> pd.DataFrame:
    """The nearest things that both come from; a thing counts as its own ancestor.

    Args:
        fleet: a traced fleet.
        one: id or name of a thing.
        other: id or name of another.

    Returns:
        No row if they have nothing in common, several where equally near: `node_id, kind, name`,
        `distance` and `distance_other` (steps from `one` and from `other`).

    Raises:
        MissingTableError: the fleet has not been traced.
        UnknownNameError: there is no such thing, or several have the name.
    """
    made = graph(fleet)
    mine, its = (made.reach(made.up, find(made, thing)) for thing in (one, other))
    shared, here, there = np.intersect1d(mine.nodes, its.nodes, return_indices=True)
    steps = mine.distance[here] + its.distance[there]
    nearest = np.flatnonzero(steps == steps.min(initial=np.iinfo(np.int64).max))
    found = made.nodes.take(shared[nearest])
    return found.assign(
        distance=mine.distance[here][nearest], distance_other=its.distance[there][nearest],
    ).reset_index(drop=True)


def roots(fleet: Fleet, thing: str | None = None) -> pd.DataFrame:
    """Where everything begins: the images without a parent on record, or those of one thing.

    Args:
        fleet: a traced fleet.
        thing: id or name; without it the roots of all images.

    Returns:
        One row per root, the one with most workloads first: `node_id, kind, name, is_stub` (known
        by reference only), `images` and `workloads` (descendants of it).

    Raises:
        MissingTableError: the fleet has not been traced.
        UnknownNameError: there is no such thing, or several have the name.
    """
    made = graph(fleet)
    numbers = np.arange(len(made.nodes))
    if thing is not None:
        numbers = made.reach(made.up, find(made, thing)).nodes
    relation = made.edges["relation"].isin(["derived_from", "same_content"]).to_numpy(dtype=bool)
    has_parent = np.zeros(len(made.nodes), dtype=bool)
    ends = np.repeat(np.arange(len(made.nodes)), np.diff(made.up.offsets))
    has_parent[ends[relation[made.up.edges]]] = True
    is_parent = np.zeros(len(made.nodes), dtype=bool)
    is_parent[made.up.nodes[relation[made.up.edges]]] = True
    kind = made.nodes["kind"].to_numpy(dtype=object)
    first = numbers[~has_parent[numbers] & ((kind == "image") | is_parent)[numbers]]
    runs = np.isin(kind, ["vm", "container", "task"])
    below = [made.reach(made.down, int(number)).nodes for number in first]
    found = made.nodes.take(first).assign(
        is_stub=kind[first] == "unknown",
        images=[int((kind[nodes[1:]] == "image").sum()) for nodes in below],
        workloads=[int(runs[nodes].sum()) for nodes in below],
    )
    return found.sort_values(
        ["workloads", "images", "node_id"], ascending=[False, False, True], ignore_index=True)


def find(made: Graph, thing: str) -> int:
    """The number of the thing of an id or name.

    Raises:
        UnknownNameError: there is none, or several have the name.
    """
    hits = np.flatnonzero(made.nodes["node_id"].eq(thing).to_numpy(dtype=bool, na_value=False))
    if not len(hits):
        hits = np.flatnonzero(made.nodes["name"].eq(thing).to_numpy(dtype=bool, na_value=False))
    if len(hits) == 1:
        return int(hits[0])
    if len(hits):
        raise UnknownNameError(f"single {_KIND}", thing, made.nodes["node_id"].take(hits[:10]))
    names = pd.concat([made.nodes["name"], made.nodes["node_id"]]).dropna().unique().tolist()
    near = get_close_matches(thing, names[:100_000], n=5, cutoff=0.3)
    raise UnknownNameError(_KIND, thing, near or sorted(names[:5]))


def _steps_to(reach: Reach, place: int) -> np.ndarray:
    steps = [place]
    while reach.came_from[steps[-1]] >= 0:
        steps.append(int(reach.came_from[steps[-1]]))
    return np.array(steps[::-1])


def _told(made: Graph, reach: Reach, places: np.ndarray | None = None) -> pd.DataFrame:
    """Rows of what was reached; without `places` all but the start."""
    shown = np.arange(1, len(reach.nodes)) if places is None else places
    before = reach.came_from[shown]
    via = np.where(before < 0, -1, reach.nodes[before])
    told = made.nodes.take(reach.nodes[shown]).assign(distance=reach.distance[shown])
    said = made.edges[["relation", "evidence", "confidence"]].reindex(reach.edges[shown])
    near = made.nodes["node_id"].reindex(via).rename("via")  # the start has none: -1 is no row
    parts = [part.reset_index(drop=True) for part in (told, said, near)]
    return pd.concat(parts, axis=1)
