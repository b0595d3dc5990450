"""Holdings: what images and machines hold, each beside another that it started from.

A thing is a package whatever its version; a build is a package in one version.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from fleetkit.versions import text_keys

THING = ["ecosystem", "name", "arch"]
BUILD = [*THING, "version"]


class Holdings(NamedTuple):
    """Whole numbers are positions.

    Attributes:
        rows: one row per holder and build, with `holder_id` and the columns of `BUILD`.
        ids: ids of the holders.
        holder: per row its holder.
        base: per holder the one that it is compared with; -1 where none is known.
        thing: per row the package, whatever its version.
    """

    rows: pd.DataFrame
    ids: pd.Index
    holder: np.ndarray
    base: np.ndarray
    thing: np.ndarray


def hold(rows: pd.DataFrame, base_of: pd.Series) -> Holdings:
    """The holdings of the rows.

    Args:
        rows: holder_id, the columns of `BUILD`, and any more; equal builds of a holder count once.
        base_of: holder -> the one that it is compared with.
    """
    rows = rows.drop_duplicates(["holder_id", *BUILD]).reset_index(drop=True)
    holder, ids = pd.factorize(rows["holder_id"].astype(object))
    named = pd.Index(ids, dtype=object)
    base = named.get_indexer(pd.Index(base_of.reindex(named).astype(object)))
    thing = rows.groupby(THING, dropna=False, sort=False).ngroup().to_numpy()
    return Holdings(rows, named, holder, base, thing)


def counterparts(held: Holdings) -> tuple[np.ndarray, np.ndarray]:
    """Per row the row of its base with the same build, and that with the same thing; else -1."""
    build = held.rows.groupby(BUILD, dropna=False, sort=False).ngroup().to_numpy()
    wanted = held.base[held.holder]
    return (_find(held.holder, build, wanted, build),
            _find(held.holder, held.thing, wanted, held.thing))


def lacking(held: Holdings) -> tuple[np.ndarray, np.ndarray]:
    """Holders, and the rows of their base of which they have the thing in no version."""
    known = np.flatnonzero(held.base >= 0)
    pairs = pd.DataFrame({"holder": known, "base": held.base[known]})
    owned = pd.DataFrame({"base": held.holder, "thing": held.thing}).reset_index(names="row")
    expected = pairs.merge(owned, on="base")
    holder, thing, row = expected[["holder", "thing", "row"]].to_numpy().T
    gone = _find(held.holder, held.thing, holder, thing) < 0
    return holder[gone], row[gone]


def directions(new: pd.DataFrame, old: pd.Series) -> np.ndarray:
    """Per row upgraded or downgraded; changed where no rule orders the two versions.

    Args:
        new: ecosystem, whose rule counts, and version that is there.
        old: version that it is compared with, row by row.
    """
    named = new["ecosystem"].fillna("").to_numpy(dtype=object)
    words = np.full(len(named), "changed", dtype=object)
    for name in np.unique(named.astype(str)):
        here = np.flatnonzero(named == name)
        this, that = (text_keys(name, part.take(here).reset_index(drop=True))
                      for part in (new["version"], old))
        words[here[(this > that).fillna(value=False).to_numpy(dtype=bool)]] = "upgraded"
        words[here[(this < that).fillna(value=False).to_numpy(dtype=bool)]] = "downgraded"
    return words


def _find(
    holder: np.ndarray, held: np.ndarray, wanted_holder: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """The first row in which a holder has what is wanted of it; else, and of holder -1, -1."""
    if not len(holder):
        return np.full(len(wanted), -1)
    width = int(held.max()) + 1
    keys = holder * width + held
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    sought = np.where(wanted_holder < 0, -1, wanted_holder * width + wanted)
    spot = np.minimum(np.searchsorted(ranked, sought), len(ranked) - 1)
    return np.where(ranked[spot] == sought, order[spot], -1)
