"""One graph over both worlds: build, image, machine, container, service, each below what it is of.

An edge leads down: from a base to what is built on it, from an image to what runs it, from a
machine to the containers on it, from a workload to the services that it answers for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa

from fleetkit.fleet import Fleet
from fleetkit.numbering import expand

_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
_EDGE = ["from_id", "to_id", "relation", "evidence", "confidence"]


class Ways(NamedTuple):
    """Neighbours of each node in one direction, as whole numbers.

    Attributes:
        offsets: the neighbours of node n are those from `offsets[n]` up to `offsets[n + 1]`.
        nodes: the neighbours.
        edges: the edges that lead to them.
    """

    offsets: np.ndarray
    nodes: np.ndarray
    edges: np.ndarray


class Reach(NamedTuple):
    """Nodes in the order in which a walk meets them, the start first.

    Attributes:
        nodes: their numbers.
        distance: steps from the start.
        came_from: position, in this very order, of the node before; of the start -1.
        edges: the edge from that node; of the start -1.
    """

    nodes: np.ndarray
    distance: np.ndarray
    came_from: np.ndarray
    edges: np.ndarray


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes and edges of one fleet; made once for a fleet and kept as long as it is.

    Args:
        nodes: one row per node: `node_id, kind, name`; kind is build, image, vm, container, task,
            host, service, or unknown for what is known by reference only.
        edges: one row per edge: `relation, evidence, confidence`.
        down: from bases to what is made of them.
        up: the other way.
    """

    nodes: pa.Table
    edges: pa.Table
    down: Ways
    up: Ways

    def numbers(self, thing: str) -> np.ndarray:
        """The nodes of an id; if there is none of it, those of a name."""
        for names in (self._ids, self._names):
            found = names.get_indexer_for(pd.Index([thing], dtype=object))
            if found[0] >= 0:
                return np.asarray(found)
        return np.array([], dtype=np.int64)

    @cached_property
    def _ids(self) -> pd.Index:
        return _index(self.nodes["node_id"])

    @cached_property
    def _names(self) -> pd.Index:
        return _index(self.nodes["name"])

    def reach(self, ways: Ways, start: int) -> Reach:
        """All nodes that can be reached, the nearest first; cycles are walked once."""
        seen = np.zeros(len(self.nodes), dtype=bool)
        seen[start] = True
        first = np.array([-1])
        steps = [(np.array([start]), first, first)]
        reached = 0
        while len(steps[-1][0]):
            frontier = steps[-1][0]
            origin, place = expand(ways.offsets, frontier)
            fresh = ~seen[ways.nodes[place]]
            origin, place = origin[fresh], place[fresh]
            found, where = np.unique(ways.nodes[place], return_index=True)
            seen[found] = True
            steps.append((found, origin[where] + reached, ways.edges[place[where]]))
            reached += len(frontier)
        nodes, came_from, edges = (np.concatenate(part) for part in zip(*steps, strict=True))
        distance = np.repeat(np.arange(len(steps)), [len(step[0]) for step in steps])
        return Reach(nodes, distance, came_from, edges)


_GRAPHS: "WeakKeyDictionary[Fleet, Graph]" = WeakKeyDictionary()


def graph(fleet: Fleet) -> Graph:
    """The graph of a traced fleet.

    Raises:
        MissingTableError: the fleet has not been traced.
    """
    if fleet not in _GRAPHS:
        _GRAPHS[fleet] = _made(fleet)
    return _GRAPHS[fleet]


def _made(fleet: Fleet) -> Graph:
    edges = pd.concat([_typed(part) for part in _parts(fleet)], ignore_index=True)
    edges = edges.dropna(subset=["from_id", "to_id"])
    edges = edges[edges["from_id"].ne(edges["to_id"])].reset_index(drop=True)
    known = pd.concat([_typed_nodes(part) for part in _known(fleet)], ignore_index=True)
    known = known.dropna(subset=["node_id"]).drop_duplicates("node_id")
    named = pd.concat([known["node_id"], edges["from_id"], edges["to_id"]], ignore_index=True)
    codes, ids = pd.factorize(named)
    count = len(known)
    nodes = known.reset_index(drop=True).reindex(range(len(ids)))
    nodes["node_id"] = pd.Series(ids, dtype=_TEXT)
    nodes["kind"] = nodes["kind"].fillna("unknown")
    source, target = codes[count : count + len(edges)], codes[count + len(edges) :]
    down, up = _ways(source, target, len(ids)), _ways(target, source, len(ids))
    return Graph(_arrow(nodes), _arrow(edges[_EDGE[2:]]), down, up)


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """In one piece, so that few rows are taken quickly."""
    return pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()


def _parts(fleet: Fleet) -> Iterator[pd.DataFrame]:
    """Edges of each kind; what has no word for its evidence is a plain fact of its source."""
    yield fleet["lineage"].rename(columns={"parent_id": "from_id", "child_id": "to_id"})
    builds = fleet.builds.rename(columns={"build_id": "from_id", "image_id": "to_id"})
    yield builds.assign(relation="built_by", evidence="record of the build", confidence=1.0)
    workloads = fleet.workloads
    yield workloads[["image_id", "workload_id"]].set_axis(["from_id", "to_id"], axis=1).assign(
        relation="uses_image", evidence="image that it runs", confidence=1.0)
    yield workloads[["host_id", "workload_id"]].set_axis(["from_id", "to_id"], axis=1).assign(
        relation="runs_on", evidence="host that it runs on", confidence=1.0)
    services = fleet.services[["workload_id", "service_id"]].set_axis(["from_id", "to_id"], axis=1)
    yield services.assign(relation="exposes", evidence="instance of the service", confidence=1.0)


def _known(fleet: Fleet) -> Iterator[pd.DataFrame]:
    names = ["node_id", "kind", "name"]
    yield fleet.images[["image_id", "kind", "name"]].set_axis(names, axis=1).assign(kind="image")
    yield fleet.workloads[["workload_id", "kind", "name"]].set_axis(names, axis=1)
    services = fleet.services[["service_id", "service_name"]]
    yield services.set_axis(["node_id", "name"], axis=1).assign(kind="service")
    builds = fleet.builds[["build_id", "name"]].set_axis(["node_id", "name"], axis=1)
    yield builds.assign(kind="build")


def _index(names: pa.ChunkedArray) -> pd.Index:
    index: pd.Index = pd.Index(names.to_pylist(), dtype=object)
    return index


def _typed(edges: pd.DataFrame) -> pd.DataFrame:
    texts = dict.fromkeys(_EDGE[:4], _TEXT)
    return edges[_EDGE].astype({**texts, "confidence": "Float64"})


def _typed_nodes(nodes: pd.DataFrame) -> pd.DataFrame:
    return nodes[["node_id", "kind", "name"]].astype(_TEXT)


def _ways(source: np.ndarray, target: np.ndarray, count: int) -> Ways:
    edges = np.argsort(source, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=count))])
    return Ways(offsets, target[edges], edges)
