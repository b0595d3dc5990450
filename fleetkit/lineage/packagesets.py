"""Package sets: an image that holds what another holds was probably built on it.

The only trace that is left of a base in images that were flattened into one layer, or whose layers
nobody read. It proves nothing: an edge that rests on it is inferred, and never overrides another.
Only what is known to be a base of other images can be found so: a sibling that added little would
be contained as well. Another version of the same image is its neighbour and not its parent.

Candidates are found by the packages that are rare: who holds 95 of 100 packages lacks at most 5, so
one of any 6 is there (prefix filter of set similarity joins).
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.numbering import expand
from fleetkit.references import repository_of

LEAST = 10  # packages of an image that can be told by them
CONTAINED = 0.95

_PACKAGE = ["ecosystem", "release", "source_name", "source_version"]
_AT_ONCE = 20_000_000  # packages of candidates that are compared in one go


class _Sets(NamedTuple):
    """Distinct package sets; whole numbers are positions.

    Attributes:
        packages: package numbers, set by set, the rarest first.
        offsets: the set n holds `packages[offsets[n]:offsets[n + 1]]`.
        members: one row per image: `image_id, set, created_at, repository, is_container`.
    """

    packages: np.ndarray
    offsets: np.ndarray
    members: pd.DataFrame

    @property
    def sizes(self) -> np.ndarray:
        return np.diff(self.offsets)


def package_parents(
    images: pd.DataFrame, packages: pd.DataFrame, orphans: pd.Series, bases: pd.Series
) -> pd.DataFrame:
    """Per orphan the largest base of which 95 % of the packages are in it.

    Args:
        images: the `images` table.
        packages: the `packages` table.
        orphans: ids of images that nothing else tells a parent of.
        bases: ids of images that others are known to be built on.

    Returns:
        Columns child_id, parent_id, contained (share of the parent's packages, 0 to 1), held (how
        many it has). An image without a time, or younger than the orphan, is nobody's parent.
    """
    named = packages["subject_id"].isin(pd.concat([orphans, bases]))
    rows = packages.loc[named, ["subject_id", *_PACKAGE]]
    rows = rows.dropna(subset=["source_name", "source_version"]).drop_duplicates()
    if not rows["subject_id"].isin(orphans).any():
        return _found([], [], [], [])
    sets = _sets(rows, images)
    child, parent, contained = _containments(sets, _of(sets, orphans), _of(sets, bases))
    pairs = pd.DataFrame({"child": child, "parent": parent, "contained": contained})
    return _chosen(sets, orphans, bases, pairs)


def _of(sets: _Sets, image_ids: pd.Series) -> np.ndarray:
    return np.unique(sets.members["set"][sets.members["image_id"].isin(image_ids)].to_numpy())


def _sets(rows: pd.DataFrame, images: pd.DataFrame) -> _Sets:
    image, image_ids = pd.factorize(rows["subject_id"])
    package = rows.groupby(_PACKAGE, dropna=False, sort=False).ngroup().to_numpy()
    frequency = np.bincount(package)
    order = np.lexsort([package, frequency[package], image])
    image, package = image[order], package[order]
    begins = np.searchsorted(image, np.arange(len(image_ids) + 1))
    noise = np.random.default_rng(0).integers(0, 2**63, len(frequency), dtype=np.uint64)
    signature = np.add.reduceat(noise[package], begins[:-1])
    which, first = np.unique(signature, return_inverse=True, return_index=True)[1:]
    owner, places = expand(begins, which)
    told = images[["image_id", "created_at"]].assign(
        repository=_repository(images), is_container=images["kind"].eq("container").fillna(False))
    members = pd.DataFrame({"image_id": image_ids, "set": first}).merge(
        told, on="image_id", how="left")
    return _Sets(package[places], np.append(0, np.cumsum(np.bincount(owner))), members)


def _repository(images: pd.DataFrame) -> pd.Series:
    """The name without tag and digest; what is nameless is like nothing else."""
    names = {name: repository_of(name) for name in images["name"].dropna().unique()}
    return images["name"].map(names).fillna(images["image_id"])


def _containments(
    sets: _Sets, children: np.ndarray, parents: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs (child set, parent set) of which the child holds most of the parent, and how much."""
    sizes, count = sets.sizes, int(sets.packages.max(initial=-1)) + 1
    owner = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(owner)) - sets.offsets[owner]
    rare = (place <= (sizes * (1 - CONTAINED)).astype(int)[owner]) & (sizes[owner] >= LEAST)
    rare &= np.isin(owner, parents)
    left = pd.DataFrame({"package": sets.packages[rare], "parent": owner[rare]})
    mine = np.isin(owner, children)
    right = pd.DataFrame({"package": sets.packages[mine], "child": owner[mine]})
    pairs = right.merge(left, on="package")[["child", "parent"]].drop_duplicates()
    pairs = pairs[sizes[pairs["parent"]] * CONTAINED <= sizes[pairs["child"]]]
    held = np.sort(owner[mine] * count + sets.packages[mine])
    child, parent = pairs["child"].to_numpy(), pairs["parent"].to_numpy()
    total = np.cumsum(sizes[parent])
    bounds = np.searchsorted(total, np.arange(0, total.max(initial=0), _AT_ONCE))
    parts = [_shared(sets, held, child[first:last], parent[first:last])
             for first, last in pairwise([*bounds, len(parent)])]
    share = (np.concatenate(parts) if parts else np.array([])) / sizes[parent]
    kept = share >= CONTAINED
    return child[kept], parent[kept], share[kept]


def _shared(
    sets: _Sets, held: np.ndarray, child: np.ndarray, parent: np.ndarray
) -> np.ndarray:
    """How many packages each pair has in common."""
    count = int(sets.packages.max()) + 1
    pair, place = expand(sets.offsets, parent)
    sought = child[pair] * count + sets.packages[place]
    spot = np.minimum(np.searchsorted(held, sought), len(held) - 1)
    return np.bincount(pair, weights=held[spot] == sought, minlength=len(parent))


def _chosen(
    sets: _Sets, orphans: pd.Series, bases: pd.Series, pairs: pd.DataFrame
) -> pd.DataFrame:
    """The parent of each orphan: that with most packages, then the surest, then the newest."""
    known = sets.members.dropna(subset=["created_at"])
    mine = known[known["image_id"].isin(orphans)].merge(pairs, left_on="set", right_on="child")
    parents = known[known["image_id"].isin(bases)].rename(columns={
        "image_id": "parent_id", "created_at": "parent_at", "repository": "parent_name"})
    both = mine.merge(
        parents, left_on=["parent", "is_container"], right_on=["set", "is_container"])
    both = both[both["parent_at"].lt(both["created_at"])
                & both["parent_name"].ne(both["repository"])]
    both = both.assign(held=sets.sizes[both["parent"]]).sort_values(
        ["image_id", "held", "contained", "parent_at", "parent_id"],
        ascending=[True, False, False, False, True])
    best = both.drop_duplicates("image_id")
    return _found(best["image_id"], best["parent_id"], best["contained"], best["held"])


def _found(*columns: "pd.Series | list[object]") -> pd.DataFrame:
    names = ("child_id", "parent_id", "contained", "held")
    types = ("string", "string", "Float64", "Int64")
    return pd.DataFrame({
        name: pd.Series(column, dtype=kind).reset_index(drop=True)
        for name, column, kind in zip(names, columns, types, strict=True)
    })
