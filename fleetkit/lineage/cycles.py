"""Cycles: two images cannot both be built on each other, so the weakest edge gives way."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def break_cycles(edges: pd.DataFrame) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """The edges without the weakest of each cycle, and a problem for each one taken out."""
    parent_of = dict(zip(edges["child_id"], edges["parent_id"], strict=True))
    confidence = dict(zip(edges["child_id"], edges["confidence"], strict=True))
    weakest = {min(cycle, key=lambda child: (confidence[child], child))
               for cycle in _cycles(parent_of)}
    problems = [
        {
            "code": "lineage_cycle", "phase": "trace", "severity": "warning", "subject_id": child,
            "message": "images are recorded as built on each other; the weakest edge is left out",
            "detail": f"left out: {child} from {parent_of[child]}",
        }
        for child in sorted(weakest)
    ]
    return edges[~edges["child_id"].isin(weakest)].reset_index(drop=True), problems


def _cycles(parent_of: dict[str, str]) -> Iterator[list[str]]:
    """Each cycle once; every image has one parent at most, so a walk finds it."""
    done: set[str] = set()
    for start in parent_of:
        path: dict[str, None] = {}
        node: str | None = start
        while node is not None and node not in done and node not in path:
            path[node] = None
            node = parent_of.get(node)
        if node is not None and node in path:
            walked = list(path)
            yield walked[walked.index(node):]
        done.update(path)
