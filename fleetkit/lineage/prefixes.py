"""Layer prefixes: an image whose layers are the lowest layers of another is its base, exactly.

Every layer's chain id stands for the layer and all below it, so two images share a prefix if and
only if they share a chain id; one join finds all of them.
"""

import pandas as pd

_LEAST_BYTES = 1024  # a prefix of empty layers proves nothing


def layer_parents(images: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """Per image the nearest image whose layers are a prefix of its own, or equal.

    Returns:
        Columns child_id, layer_id, ambiguity (other images with that very prefix), candidates,
        same_content (the layers are equal: another name or only other settings). In `attrs`:
        nodes (image_id, chain_id), and ends (image_id -> chain id of its top layer).
    """
    mine = layers[layers["image_id"].isin(images["image_id"])]
    nodes = mine[["image_id", "position", "chain_id", "size_bytes"]].dropna(subset=["chain_id"])
    nodes = nodes.sort_values(["image_id", "position"], ignore_index=True)
    nodes["below"] = nodes["size_bytes"].fillna(_LEAST_BYTES).groupby(nodes["image_id"]).cumsum()
    tops = nodes.groupby("image_id").tail(1)
    ranked = _ranked(images, tops)
    owners = ranked.drop_duplicates("chain_id").set_index("chain_id")["image_id"]
    holders = ranked["image_id"].astype(object).groupby(ranked["chain_id"], sort=False).agg(list)
    nearest = _nearest(nodes, tops, owners)
    twins = ranked[ranked["image_id"] != ranked["chain_id"].map(owners)]
    found = pd.concat([
        nearest[~nearest["image_id"].isin(twins["image_id"])].assign(same_content=False),
        twins.assign(same_content=True),
    ])
    parents = _with_candidates(found, owners, holders)
    parents.attrs["nodes"] = nodes[["image_id", "chain_id"]]
    parents.attrs["ends"] = tops.set_index("image_id")["chain_id"]
    return parents


def _ranked(images: pd.DataFrame, tops: pd.DataFrame) -> pd.DataFrame:
    """Top layers with the likeliest owner of each first: named, then oldest, then by name."""
    facts = images[["image_id", "name", "created_at", "is_dangling"]]
    known = tops[["image_id", "chain_id"]].merge(facts, on="image_id", how="left")
    known["nameless"] = known["name"].isna() | known["is_dangling"].fillna(False)
    return known.sort_values(
        ["chain_id", "nameless", "created_at", "name", "image_id"], ignore_index=True
    )[["image_id", "chain_id"]]


def _nearest(nodes: pd.DataFrame, tops: pd.DataFrame, owners: pd.Series) -> pd.DataFrame:
    """The highest layer of each image, its own top apart, at which another image ends."""
    own = nodes["image_id"].map(tops.set_index("image_id")["position"])
    below = nodes[(nodes["position"] < own) & (nodes["below"] >= _LEAST_BYTES)]
    ends = below[below["chain_id"].isin(owners.index)]
    return ends.groupby("image_id").tail(1)[["image_id", "chain_id"]]


def _with_candidates(
    found: pd.DataFrame, owners: pd.Series, holders: pd.Series
) -> pd.DataFrame:
    all_holders = found["chain_id"].map(holders)
    layer_id = found["chain_id"].map(owners).astype("string")
    others = [
        sorted(set(holding) - {owner, child})
        for holding, owner, child in zip(all_holders, layer_id, found["image_id"], strict=True)
    ]
    return pd.DataFrame({
        "child_id": found["image_id"].astype("string").to_numpy(),
        "layer_id": layer_id.to_numpy(),
        "ambiguity": [len(names) for names in others],
        "candidates": pd.Series(others, dtype=object).to_numpy(),
        "same_content": found["same_content"].to_numpy(),
    }).astype({"child_id": "string", "layer_id": "string", "ambiguity": "Int64",
               "same_content": "boolean"})
