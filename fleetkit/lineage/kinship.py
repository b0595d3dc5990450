"""Kinship: who comes from whom, in both directions, over images, machines and services alike."""

from difflib import get_close_matches

import numpy as np
import pandas as pd
import pyarrow as pa

from fleetkit.errors import UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.lineage.graph import Graph, Reach, graph
from fleetkit.schema import Column, Table

KIN = Table(
    name="kin",
    doc="one row per relative of a thing, the nearest first",
    key=("node_id",),
    columns=(
        Column("node_id", "text", "build, image, workload or service"),
        Column("kind", "text", "what it is; unknown where it is known by reference only"),
        Column("name", "text", "name in its source"),
        Column("distance", "integer", "edges on the shortest way to it", "edges"),
        Column("relation", "text", "of the last edge of that way"),
        Column("evidence", "text", "what proves that edge"),
        Column("confidence", "real", "of that edge; NA where nobody said", "0 to 1"),
        Column("via", "text", "the thing at the near end of that edge"),
    ),
)
_KIND = "build, image, machine, container or service"


def ancestors(fleet: Fleet, thing: str) -> pd.DataFrame:
    """What a thing comes from and stands on, the nearest first.

    Args:
        fleet: a traced fleet.
        thing: id of a build, image, workload or service; or the name of one thing only.

    Returns:
        Columns of `KIN`, one row per ancestor.

    Raises:
        MissingTableError: the fleet has not been traced.
        UnknownNameError: there is no such thing, or several have the name.

    Examples:
        >>> from fleetkit.lineage import trace
        >>> images = pd.DataFrame({"image_id": ["golden", "app"], "name": ["golden", "app"]})
        >>> links = pd.DataFrame({"from_id": ["app"], "to_id": ["golden"], "evidence": ["record"],
        ...                       "relation": ["derived_from"]})
        >>> fleet = trace(Fleet(images=images, links=links))
        >>> ancestors(fleet, "app")["node_id"].tolist()
        ['golden']
    """
    made = graph(fleet)
    return _told(made, made.reach(made.up, find(made, thing)))


def descendants(fleet: Fleet, thing: str) -> pd.DataFrame:
    """What was made of a thing and what runs on it, the nearest first; columns of `KIN`.

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
        One row per thing on the way, `start` first; columns of `KIN`.

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
    return _nodes(made, shared[nearest]).assign(
        distance=mine.distance[here][nearest], distance_other=its.distance[there][nearest],
    )


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
    asked = np.arange(len(made.nodes))
    if thing is not None:
        asked = made.reach(made.up, find(made, thing)).nodes
    kind = np.array(made.nodes["kind"].to_pylist(), dtype=object)
    first = asked[_is_root(made, kind)[asked]]
    runs = np.isin(kind, ["vm", "container", "task"])
    below = [made.reach(made.down, int(number)).nodes for number in first]
    found = _nodes(made, first).assign(
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
    hits = made.numbers(thing)
    if len(hits) == 1:
        return int(hits[0])
    if len(hits):
        several = made.nodes["node_id"].take(pa.array(hits[:10])).to_pylist()
        raise UnknownNameError(f"single {_KIND}", thing, several)
    columns = (made.nodes[name].drop_null().unique().to_pylist() for name in ("name", "node_id"))
    names = [name for column in columns for name in column]
    near = get_close_matches(thing, names[:100_000], n=5, cutoff=0.3)
    raise UnknownNameError(_KIND, thing, near or sorted(names[:5]))


def _is_root(made: Graph, kind: np.ndarray) -> np.ndarray:
    """Images, and what images are built on, that are built on nothing themselves."""
    built = np.isin(made.edges["relation"].to_pylist(), ["derived_from", "same_content"])
    ends = np.repeat(np.arange(len(kind)), np.diff(made.up.offsets))
    lineage = built[made.up.edges]
    root: np.ndarray = kind == "image"
    root[made.up.nodes[lineage]] = True
    root[ends[lineage]] = False
    return root


def _nodes(made: Graph, numbers: np.ndarray) -> pd.DataFrame:
    found = made.nodes.take(pa.array(numbers))
    return pd.DataFrame({
        name: KIN.column(name).dtype.__from_arrow__(found[name]) for name in found.column_names})


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
    edges = made.edges.take(_places(reach.edges[shown]))
    told = made.nodes.take(pa.array(reach.nodes[shown]))
    columns = dict(zip(told.column_names, told.columns, strict=True))
    columns |= dict(zip(edges.column_names, edges.columns, strict=True))
    columns["distance"] = pa.array(reach.distance[shown])
    columns["via"] = made.nodes["node_id"].take(_places(via))
    return KIN.from_arrow(pa.table(columns))


def _places(numbers: np.ndarray) -> pa.Array:
    """Numbers of rows; -1 is no row, as of the edge to the start."""
    return pa.array(numbers, mask=numbers < 0)
