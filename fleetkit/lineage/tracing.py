"""trace: evidence of several kinds, merged by rank into one edge per image.

Strongest first: what the engine recorded and the layers confirm, an exact layer prefix, a record
without layers, a label that the layers neither confirm nor contradict, and last the packages, which
only let infer. A label never overrides an exact prefix; that it lies is said.
Source: OCI image-spec, chain ids and annotations org.opencontainers.image.base.*.
"""

from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.lineage.cycles import break_cycles
from fleetkit.lineage.labels import declared_parents
from fleetkit.lineage.packagesets import package_parents
from fleetkit.lineage.prefixes import layer_parents
from fleetkit.lineage.rebases import list_rebases
from fleetkit.lineage.records import recorded_parents
from fleetkit.tables import LINEAGE, PROBLEMS

_CONFIDENCE = {
    "verified": 1.0, "exact": 0.95, "recorded": 0.9, "exact_ambiguous": 0.6, "declared": 0.5,
    "inferred": 0.3,
}
_DAY = pd.Timedelta(days=1)


def trace(fleet: Fleet) -> Fleet:
    """The fleet with `lineage`, the nearest parent of each image, and with `rebases`.

    Intermediate images of a build (nameless, with children) are stepped over. A parent that is not
    in the fleet stands as the reference by which it is known. Where neither layers nor records nor
    labels tell a parent, packages may: such an edge is marked as inferred. Contradictions (a label
    that the layers deny, a child older than its parent, a cycle) are rows of `problems`.
    """
    images = _shown(fleet)
    by_layers = layer_parents(images, fleet.layers)
    by_record = recorded_parents(fleet.images, fleet.links, images["image_id"])
    by_label = declared_parents(images)
    edges = _sized(_merged(images, [by_layers, by_record, by_label]), fleet.layers)
    edges = pd.concat([edges, _inferred(images, fleet.packages, edges)], ignore_index=True)
    edges, met = break_cycles(edges)
    problems = pd.concat([PROBLEMS.frame(met), PROBLEMS.frame(_contradictions(edges))])
    lineage = LINEAGE.cast(edges[[name for name in LINEAGE.names if name in edges]])
    return fleet.with_tables(
        lineage=lineage.sort_values("child_id", ignore_index=True),
        rebases=list_rebases(images, fleet.layers), problems=problems,
    )


def _inferred(
    images: pd.DataFrame, packages: pd.DataFrame, edges: pd.DataFrame
) -> pd.DataFrame:
    """Edges that only packages speak for, from images that nothing else tells a parent of."""
    orphans = images.loc[~images["image_id"].isin(edges["child_id"]), "image_id"]
    found = package_parents(images, packages, orphans, edges["parent_id"])
    names = found["parent_id"].map(images.set_index("image_id")["name"])
    share = (found["contained"] * 100).round().astype("Int64").astype("string")
    return found[["child_id", "parent_id"]].assign(
        relation="derived_from", verdict="inferred", evidence="package_set", is_inferred=True,
        confidence=_CONFIDENCE["inferred"], lies=False, is_younger=False,
        why="only its packages tell: it holds " + share + " % of the "
            + found["held"].astype("string") + " of " + names.fillna(found["parent_id"]),
    )


def _shown(fleet: Fleet) -> pd.DataFrame:
    """Images that a person would name: intermediate ones of a build are left out."""
    images = fleet.images
    parents = fleet.links.loc[fleet.links["relation"] == "derived_from", "to_id"]
    is_step = (
        images["name"].isna() & images["image_id"].isin(parents)
        & ~images["is_dangling"].fillna(False)
    )
    return images[~is_step].reset_index(drop=True)


def _merged(images: pd.DataFrame, found: list[pd.DataFrame]) -> pd.DataFrame:
    """One edge per image: the strongest evidence wins, the others confirm or contradict it."""
    known = images[["image_id", "name", "created_at"]].rename(columns={"image_id": "child_id"})
    for part in found:
        known = known.merge(part, on="child_id", how="left")
    nodes, ends = found[0].attrs["nodes"], found[0].attrs["ends"]
    known["record_holds"] = _is_prefix(known, "record_id", nodes, ends)
    known["label_holds"] = (
        (known["label_id"] == known["layer_id"]) | (known["label_id"] == known["record_id"])
        | _is_prefix(known, "label_id", nodes, ends)
    ).fillna(False)
    edges = known.assign(verdict=_verdict(known))
    edges = edges[edges["verdict"].notna()].reset_index(drop=True)
    edges["parent_id"] = _parent(edges)
    edges["candidates"] = [
        sorted({*holders, owner} - {parent}) if parent in holders else holders
        for holders, owner, parent in zip(
            _listed(edges["candidates"]), edges["layer_id"], edges["parent_id"], strict=True
        )
    ]
    edges["confidence"] = edges["verdict"].map(_CONFIDENCE)
    return _described(edges, images)


def _is_prefix(
    known: pd.DataFrame, column: str, nodes: pd.DataFrame, ends: pd.Series
) -> pd.Series:
    """Whether all layers of the named image are the lowest layers of the child."""
    asked = pd.DataFrame({"image_id": known["child_id"], "chain_id": known[column].map(ends)})
    found = asked.merge(nodes.assign(found=True), on=["image_id", "chain_id"], how="left")
    return found["found"].notna() & asked["chain_id"].notna()


def _verdict(known: pd.DataFrame) -> pd.Series:
    verdict = pd.Series(pd.NA, index=known.index, dtype="string")
    verdict[known["label_id"].notna()] = "declared"
    verdict[known["record_id"].notna()] = "recorded"
    has_prefix = known["layer_id"].notna()
    verdict[has_prefix] = "exact"
    verdict[has_prefix & (known["ambiguity"] > 0)] = "exact_ambiguous"
    verdict[has_prefix & known["label_holds"]] = "verified"
    verdict[known["record_holds"]] = "verified"
    return verdict


def _parent(edges: pd.DataFrame) -> pd.Series:
    """A recorded parent that the layers confirm, else the prefix (the labelled one among twins)."""
    parent = edges["layer_id"].copy()
    labelled = edges["label_holds"] & edges["layer_id"].notna()
    parent = parent.mask(labelled, edges["label_id"])
    parent = parent.mask(edges["record_holds"], edges["record_id"])
    return parent.fillna(edges["record_id"]).fillna(edges["label_id"])


def _listed(cells: pd.Series) -> list[list[str]]:
    return [cell if isinstance(cell, list) else [] for cell in cells]


def _described(edges: pd.DataFrame, images: pd.DataFrame) -> pd.DataFrame:
    """The edge in words, with what speaks for and against it."""
    facts = images.set_index("image_id")
    built = facts["created_at"].reindex(edges["parent_id"]).set_axis(edges.index)
    told = edges.assign(
        parent_name=edges["parent_id"].map(facts["name"]).astype("string"),
        is_younger=(built > edges["created_at"] + _DAY).fillna(False).astype(bool),
        lies=(edges["label_id"].notna() & edges["layer_id"].notna() & ~edges["label_holds"]),
        same=(edges["parent_id"] == edges["layer_id"]) & edges["same_content"].fillna(False),
    )
    return told.assign(
        why=pd.Series([_why(edge) for edge in told.itertuples()], index=told.index, dtype="string"),
        evidence=edges["verdict"].map(_EVIDENCE).mask(edges["record_holds"], "parent_id"),
        relation=["same_content" if same is True else "derived_from" for same in told["same"]],
        is_inferred=False,
    )


def _why(edge: Any) -> str:
    name = edge.parent_id[:19] if pd.isna(edge.parent_name) else edge.parent_name
    said = [f"{_WORDS[edge.verdict]}{name}"]
    if not pd.isna(edge.ambiguity) and edge.ambiguity:
        said.append(f"images with the very same layers: {edge.ambiguity}")
    if edge.lies:
        said.append(f"its label names {edge.label_ref}, which its layers contradict")
    if edge.is_younger:
        said.append("the parent is younger, so a clock is wrong")
    return "; ".join(said)


_WORDS = {
    "verified": "recorded or declared, and its layers confirm: built on ",
    "exact": "its lowest layers are exactly those of ",
    "exact_ambiguous": "its lowest layers are exactly those of ",
    "recorded": "the source records as its parent ",
    "declared": "only its label says so: built on ",
}
_EVIDENCE = {
    "verified": "layer_prefix and label", "exact": "layer_prefix",
    "exact_ambiguous": "layer_prefix", "recorded": "parent_id", "declared": "label",
}


def _sized(edges: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """How much the child shares with its parent, and what it adds."""
    mine = layers.groupby("image_id")["size_bytes"]
    counts, sizes = mine.size(), mine.sum(min_count=1)
    exact = edges["verdict"].isin(["verified", "exact", "exact_ambiguous"])
    shared = _of(edges["parent_id"], counts)
    added_bytes = _of(edges["child_id"], sizes) - _of(edges["parent_id"], sizes)
    return edges.assign(
        shared_layers=shared.where(exact),
        added_layers=(_of(edges["child_id"], counts) - shared).where(exact),
        added_bytes=added_bytes.where(exact),
    )


def _of(image_ids: pd.Series, measured: pd.Series) -> pd.Series:
    return image_ids.map(measured).astype("Int64")


def _contradictions(edges: pd.DataFrame) -> list[dict[str, object]]:
    told = {
        "lies": ("lying_label", "a label names a base image that the layers contradict",
                 "set org.opencontainers.image.base.* in each build: labels are inherited"),
        "is_younger": ("clock_skew", "an image is older than the image it was built on",
                       "compare the clocks of the builders"),
    }
    return [
        {"code": code, "phase": "trace", "severity": "warning", "subject_id": edge.child_id,
         "message": message, "detail": edge.why, "hint": hint}
        for column, (code, message, hint) in told.items()
        for edge in edges[edges[column]].itertuples()
    ]
