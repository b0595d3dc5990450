"""Lineage: which image stands on which, from the roots to the workloads that run."""

from typing import Any

import numpy as np
import pandas as pd

from fleetkit.plugins import View
from fleetkit.tables import FINDINGS, IMAGES, LINEAGE, PATCH_LEVELS, WORKLOADS
from fleetkit.tables.workloads import RUNNING
from fleetkit.views import WORST, Tables, absent, brief, coded, image_names, judged, pick


def data(tables: Tables) -> dict[str, Any]:
    nodes = _nodes(tables)
    edges = _edges(tables, nodes)
    placed = _placed(nodes, edges)
    return {
        "finding": _finding(placed, tables),
        "subtitle": _subtitle(placed, edges, tables),
        "missing": absent(tables, LINEAGE),
        "statuses": list(WORST),
        "images": {
            "row": placed["row"].to_numpy(np.int32), "id": coded(placed["image_id"]),
            "name": coded(placed["name"]), "parent": placed["parent"].to_numpy(np.int32),
            "edge": placed["edge"].to_numpy(np.int32), "layer": placed["layer"].to_numpy(np.uint16),
            "size": placed["size"].to_numpy(np.uint32), "own": placed["own"].to_numpy(np.uint32),
            "running": placed["running"].to_numpy(np.uint32),
            "below": placed["below"].to_numpy(np.uint32),
            "status": placed["status"].to_numpy(np.int8),
            "created": _stamps(placed["created_at"]), "stub": placed["stub"].to_numpy(np.uint8),
            "bytes": placed["size_bytes"].to_numpy(np.float64, na_value=np.nan),
        },
        "edges": {
            "child": edges["child"].map(_places(placed)).to_numpy(np.uint32),
            "parent": edges["parent"].map(_places(placed)).to_numpy(np.uint32),
            "confidence": edges["confidence"].to_numpy(np.float32, na_value=np.nan),
            "inferred": edges["is_inferred"].fillna(value=False).to_numpy(np.uint8),
            "same": edges["relation"].eq("same_content").fillna(value=False).to_numpy(np.uint8),
            "verdict": coded(edges["verdict"]), "evidence": coded(edges["evidence"]),
            "why": coded(edges["why"]),
            "added": edges["added_bytes"].to_numpy(np.float64, na_value=np.nan),
        },
    }


def layers(child: np.ndarray, parent: np.ndarray, count: int) -> np.ndarray:
    """The layer of each of `count` nodes: the longest way from a root; 0 where edges go round.

    Args:
        child: position of the child of each edge.
        parent: position of its parent.
        count: nodes.
    """
    layer = np.zeros(count, np.int64)
    waiting = np.bincount(child, minlength=count)
    wave = np.flatnonzero(waiting == 0)
    order = np.argsort(parent, kind="stable")
    start = np.searchsorted(parent[order], np.arange(count + 1))
    depth = 0
    while len(wave):
        layer[wave] = depth
        leaving = np.concatenate([order[start[node]:start[node + 1]] for node in wave])
        freed, times = np.unique(child[leaving], return_counts=True)
        waiting[freed] -= times
        wave = freed[waiting[freed] == 0]
        depth += 1
    layer[waiting > 0] = 0
    return layer


def _nodes(tables: Tables) -> pd.DataFrame:
    """One row per image of the fleet, and per parent that is known by its id only."""
    images, lineage = pick(tables, IMAGES), pick(tables, LINEAGE)
    workloads = pick(tables, WORKLOADS)
    known = pd.DataFrame({
        "image_id": images["image_id"], "name": image_names(images), "row": np.arange(len(images)),
        "created_at": images["created_at"], "size_bytes": images["size_bytes"],
        "stub": images["is_stub"].fillna(value=False).astype(bool),
    })
    named = pd.concat([lineage["child_id"], lineage["parent_id"]]).dropna().drop_duplicates()
    lost = named[~named.isin(known["image_id"])].reset_index(drop=True)
    stubs = IMAGES.cast(pd.DataFrame({"image_id": lost}))
    strange = pd.DataFrame({
        "image_id": stubs["image_id"], "name": image_names(stubs), "row": -1,
        "created_at": stubs["created_at"], "size_bytes": stubs["size_bytes"], "stub": True,
    })
    nodes = pd.concat([known, strange], ignore_index=True) if len(strange) else known
    running = workloads.loc[workloads["state"].isin(RUNNING), "image_id"].value_counts()
    return nodes.assign(
        own=nodes["image_id"].map(workloads["image_id"].value_counts()).fillna(0).astype(np.int64),
        running=nodes["image_id"].map(running).fillna(0).astype(np.int64),
        status=_worst(tables, nodes["image_id"]),
    )


def _worst(tables: Tables, image_ids: pd.Series) -> pd.Series:
    """Position of the worst status of each image among WORST; -1 where nobody looked."""
    if FINDINGS.name not in tables and PATCH_LEVELS.name not in tables:
        return pd.Series(-1, index=image_ids.index)
    known = judged(tables)
    ranks = known["status"].map({status: rank for rank, status in enumerate(WORST)})
    worst = ranks.astype("Int64").groupby(known["subject_id"]).min()
    return image_ids.map(worst).fillna(-1).astype(np.int64)


def _edges(tables: Tables, nodes: pd.DataFrame) -> pd.DataFrame:
    places = pd.Series(nodes.index, index=nodes["image_id"])
    lineage = pick(tables, LINEAGE)
    edges = lineage.assign(
        child=lineage["child_id"].map(places), parent=lineage["parent_id"].map(places)
    ).dropna(subset=["child", "parent"])
    edges = edges[edges["child"] != edges["parent"]].reset_index(drop=True)
    return edges.astype({"child": np.int64, "parent": np.int64})


def _placed(nodes: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Images in reading order: a parent above its children, the most used family first.

    Adds `parent` (position of the surest parent, or -1), `edge` (to it, or -1), `layer`, `size`
    (images of the subtree) and `below` (workloads of the subtree).
    """
    derived = edges[edges["relation"].ne("same_content").fillna(value=True)]
    layer = layers(derived["child"].to_numpy(), derived["parent"].to_numpy(), len(nodes))
    forward = derived[layer[derived["parent"]] < layer[derived["child"]]]
    surest = forward.sort_values("confidence", ascending=False, kind="stable", na_position="last")
    surest = surest.drop_duplicates("child")
    parent, edge = np.full(len(nodes), -1), np.full(len(nodes), -1)
    parent[surest["child"]] = surest["parent"]
    edge[surest["child"]] = surest.index
    size, below = np.ones(len(nodes), np.int64), nodes["own"].to_numpy(np.int64).copy()
    for node in np.argsort(-layer, kind="stable"):
        if parent[node] >= 0:
            size[parent[node]] += size[node]
            below[parent[node]] += below[node]
    slot = _slots(nodes["name"], parent, layer, (size, below))
    order = np.argsort(slot, kind="stable")
    place = np.empty(len(nodes), np.int64)
    place[order] = np.arange(len(nodes))
    joined = nodes.assign(
        parent=np.where(parent >= 0, place[parent], -1), edge=edge, layer=layer, size=size,
        below=below, node=nodes.index,
    )
    return joined.iloc[order].reset_index(drop=True)


def _slots(
    names: pd.Series, parent: np.ndarray, layer: np.ndarray, totals: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """The line of each node, so that a subtree takes lines without a gap."""
    size, below = totals
    frame = pd.DataFrame({"parent": parent, "below": -below, "images": -size, "name": names})
    ranked = frame.sort_values(["parent", "below", "images", "name"], kind="stable")
    sizes = pd.Series(size[ranked.index], index=ranked.index)
    before = (sizes.groupby(ranked["parent"]).cumsum() - sizes).sort_index().to_numpy()
    slot = before.copy()
    for node in np.argsort(layer, kind="stable"):
        if parent[node] >= 0:
            slot[node] = slot[parent[node]] + 1 + before[node]
    return slot


def _places(placed: pd.DataFrame) -> pd.Series:
    """Node -> position in reading order."""
    return pd.Series(placed.index, index=placed["node"])


def _stamps(times: pd.Series) -> np.ndarray:
    return np.where(times.isna(), np.nan, times.astype("int64").to_numpy(dtype=np.float64) / 1_000)


def _finding(placed: pd.DataFrame, tables: Tables) -> str:
    if LINEAGE.name not in tables:
        return "Lineage: nobody has traced the images yet"
    if placed.empty:
        return "Lineage: no image is known in this fleet"
    roots = placed[(placed["parent"] < 0) & (placed["size"] > 1)]
    total = int(placed["own"].sum())
    if roots.empty or not total:
        return f"{len(placed):,} images, and no parent of any is known"
    first = roots.sort_values("below", ascending=False, kind="stable").iloc[0]
    return f"{int(first['below']):,} of {total:,} workloads stand on {brief(str(first['name']))}"


def _subtitle(placed: pd.DataFrame, edges: pd.DataFrame, tables: Tables) -> str:
    if LINEAGE.name not in tables:
        return "From the roots on the left to what runs on the right."
    families = int(((placed["parent"] < 0) & (placed["size"] > 1)).sum())
    inferred = int(edges["is_inferred"].fillna(value=False).sum())
    guessed = f", {inferred:,} of them inferred (dashed)" if inferred else ""
    return (f"{len(placed):,} images in {families:,} families, from the roots on the left to what"
            f" runs on the right; {int((placed['parent'] >= 0).sum()):,} parents known{guessed}.")


VIEW = View(
    title="Lineage",
    doc="Which image stands on which, and how much runs on it?",
    needs=(IMAGES, LINEAGE, WORKLOADS, FINDINGS, PATCH_LEVELS),
    data=data,
)
