"""Rebases: images whose upper layers are the same, on another base: one application, moved."""

import pandas as pd

_LEAST_BYTES = 1024  # equal layers that hold nothing prove nothing
_TOGETHER = 2


def rebased_from(images: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """Per image the newest older image with the same upper layers on another base.

    Returns:
        Columns child_id, parent_id, shared (how many upper layers are the same, two or more). An
        image without a time has no older one.
    """
    tops = _tops(images, layers).sort_values(["top", "next", "created_at", "image_id"])
    app = tops.groupby(["top", "next"], sort=False).ngroup()
    moved = app.ne(app.shift()) | tops["below"].ne(tops["below"].shift()).fillna(value=True)
    tops = tops.assign(app=app, stay=moved.astype(bool).cumsum())
    last = tops.groupby("stay")[["image_id", "app", "created_at"]].last()
    before = last.shift().reindex(tops["stay"]).set_axis(tops.index)
    same = before["app"].eq(tops["app"]) & before["created_at"].lt(tops["created_at"])
    found = pd.DataFrame({"child_id": tops["image_id"], "parent_id": before["image_id"]})
    found = found[same.fillna(value=False)].reset_index(drop=True)
    return found.assign(shared=pd.Series(_shared(found, layers), dtype="Int64"))


def _tops(images: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """The two upper layers of each image that has another below, and the chain below them."""
    mine = layers[layers["image_id"].isin(images["image_id"])].sort_values(
        ["image_id", "position"])
    ranked = mine.assign(rank=mine.groupby("image_id").cumcount(ascending=False))
    first, second, third = (
        ranked[ranked["rank"] == rank].set_index("image_id") for rank in range(_TOGETHER + 1))
    size = first["size_bytes"].fillna(0) + second["size_bytes"].fillna(0).reindex(first.index)
    tops = pd.DataFrame({
        "top": first["diff_id"], "next": second["diff_id"], "below": third["chain_id"],
        "size": size, "created_at": images.set_index("image_id")["created_at"],
    }).rename_axis("image_id").reset_index()
    tops = tops.dropna(subset=["top", "next", "below", "created_at"])
    return tops[tops["size"] >= _LEAST_BYTES].drop(columns="size")


def _shared(pairs: pd.DataFrame, layers: pd.DataFrame) -> list[int]:
    """How many upper layers each pair has in common."""
    named = set(pairs["child_id"]) | set(pairs["parent_id"])
    mine = layers[layers["image_id"].isin(named)].sort_values(
        ["image_id", "position"], ascending=[True, False])
    stacks = mine.groupby("image_id")["diff_id"].agg(list).to_dict()
    counts = []
    for child, parent in zip(pairs["child_id"], pairs["parent_id"], strict=True):
        same = [one == other for one, other in zip(stacks[child], stacks[parent], strict=False)]
        counts.append(same.index(False) if False in same else len(same))
    return counts
