"""Rebases: images whose upper layers are the same, on another base: one application, moved."""

import pandas as pd

from fleetkit.tables import REBASES

_LEAST_BYTES = 1024  # equal layers that hold nothing prove nothing
_TOGETHER = 2


def list_rebases(images: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """The `rebases` table, sorted by its key. An image without a time has no older one."""
    tops = _tops(images, layers).sort_values(["top", "next", "created_at", "image_id"])
    app = tops.groupby(["top", "next"], sort=False).ngroup()
    moved = app.ne(app.shift()) | tops["below"].ne(tops["below"].shift()).fillna(value=True)
    tops = tops.assign(app=app, stay=moved.astype(bool).cumsum())
    last = tops.groupby("stay")[["image_id", "app", "created_at"]].last()
    before = last.shift().reindex(tops["stay"]).set_axis(tops.index)
    same = before["app"].eq(tops["app"]) & before["created_at"].lt(tops["created_at"])
    found = pd.DataFrame({"image_id": tops["image_id"], "moved_from": before["image_id"]})
    found = found[same.fillna(value=False)].reset_index(drop=True)
    rebases = REBASES.cast(found.assign(shared_layers=_shared(found, layers)))
    return rebases.sort_values("image_id", ignore_index=True)


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
    named = set(pairs["image_id"]) | set(pairs["moved_from"])
    mine = layers[layers["image_id"].isin(named)].sort_values(
        ["image_id", "position"], ascending=[True, False])
    stacks = mine.groupby("image_id")["diff_id"].agg(list).to_dict()
    counts = []
    for image, older in zip(pairs["image_id"], pairs["moved_from"], strict=True):
        same = [one == other for one, other in zip(stacks[image], stacks[older], strict=False)]
        counts.append(same.index(False) if False in same else len(same))
    return counts
