"""Seconds of lineage beside networkx on the same graph, and how much of a planted truth is found.

    python -m tests.benchmarks.lineage [images] [workloads]

The goals, for 20,000 images with 250,000 layers: lineage under 2 seconds, relatives of any node
under 1 millisecond; 1,000,000 workloads joined to their images under 5 seconds. networkx counts
where it is installed (pip install networkx).
"""

import sys
import time
from collections.abc import Callable
from importlib import import_module
from statistics import median
from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.lineage import ancestors, descendants, trace
from fleetkit.lineage.graph import Graph, graph
from fleetkit.loaders.synthetic import truth
from fleetkit.loading import load

ASKED = 500


def main(images: int = 20_000, workloads: int = 1_000_000) -> None:
    """Prints a line per measurement, then what was found of each planted case."""
    options = {"workloads": workloads, "images": images, "packages": 0}
    fleet = load("synthetic", progress=False, **options)
    trace(fleet)  # imports count for nothing
    seconds, traced = _timed(lambda: trace(fleet))
    print(f"lineage of {len(fleet.images):,} images, {len(fleet.layers):,} layers: {seconds:.2f} s")
    seconds, made = _timed(lambda: graph(traced))
    print(f"one graph of {made.nodes.num_rows:,} nodes, {made.edges.num_rows:,} edges, with"
          f" {len(fleet.workloads):,} workloads: {seconds:.2f} s")
    _beside_networkx(traced, made)
    print(_found(traced, options).to_string())


def _beside_networkx(fleet: Fleet, made: Graph) -> None:
    asked = fleet.images["image_id"].sample(min(ASKED, len(fleet.images)), random_state=1).tolist()
    try:
        library: Any = import_module("networkx")
    except ImportError:
        library = None
    seconds, peer = _timed(lambda: _peer(library, made)) if library else (0.0, None)
    if library:
        print(f"networkx: the same graph in {seconds:.2f} s")
    for ours, name in ((ancestors, "ancestors"), (descendants, "descendants")):
        ours(fleet, asked[0])
        mine = [_timed(lambda ours=ours, thing=thing: ours(fleet, thing)) for thing in asked]
        said = f"{name}: {_milliseconds(mine)}"
        if library:
            its = [_timed(lambda name=name, thing=thing: getattr(library, name)(peer, thing))
                   for thing in asked]
            assert [len(frame) for _, frame in mine] == [len(found) for _, found in its]
            said += f"; networkx (a set of ids): {_milliseconds(its)}"
        print(said)


def _peer(library: Any, made: Graph) -> Any:
    ids = made.nodes["node_id"].to_pylist()
    peer = library.DiGraph()
    peer.add_nodes_from(ids)
    begins = pd.Series(range(len(ids))).repeat(pd.Series(made.down.offsets).diff().iloc[1:])
    peer.add_edges_from((ids[start], ids[end])
                        for start, end in zip(begins, made.down.nodes.tolist(), strict=True))
    return peer


def _milliseconds(timed: list[tuple[float, Any]]) -> str:
    spent = [seconds * 1000 for seconds, _ in timed]
    return f"median {median(spent):.2f} ms, longest {max(spent):.2f} ms"


def _found(fleet: Fleet, options: dict[str, int]) -> pd.DataFrame:
    """Per planted case: edges, those that were found (recall), and how many of ours are right."""
    planted = truth(**options).images[["image_id", "parent_id", "case"]]
    both = planted.merge(fleet.lineage, left_on="image_id", right_on="child_id", how="left",
                         suffixes=("", "_found"))
    both["right"] = both["parent_id"].eq(both["parent_id_found"]).fillna(value=False)
    both["claimed"] = both["parent_id_found"].notna()
    table = both.groupby("case").agg(
        images=("image_id", "size"), edges=("parent_id", "count"), claimed=("claimed", "sum"),
        right=("right", "sum"))
    table.loc["all"] = table.sum()
    return table.assign(recall=table["right"] / table["edges"].where(table["edges"] > 0),
                        precision=table["right"] / table["claimed"].where(table["claimed"] > 0))


def _timed(action: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = action()
    return time.perf_counter() - start, found


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
