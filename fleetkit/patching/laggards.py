"""Laggards: which holdings are behind the fleet, of all whose build is not the newest.

Only packages of the operating system can be behind: one release promises one line of builds, each
meant to take the place of the one before. A library of a language promises no such thing: two
major versions of a module stand side by side on purpose, even within one application. Their levels
count newer builds all the same; no finding is made of it.
"""

import numpy as np
import pandas as pd

from fleetkit.patching.inventory import Inventory, pick
from fleetkit.versions import scheme

SYSTEMS = ("dpkg", "rpm", "apk")
_NAME = ["ecosystem", "release", "source_name"]


def is_system(sources: pd.DataFrame) -> np.ndarray:
    """Whether each source is a package of an operating system."""
    named = sources["base"].dropna().unique()
    kinds = pd.Series([scheme(name) in SYSTEMS for name in named], index=named, dtype=bool)
    return sources["base"].isin(kinds.index[kinds]).to_numpy(dtype=bool)


def late_holdings(inventory: Inventory, behind: pd.DataFrame) -> np.ndarray:
    """Whether each holding is behind the fleet.

    Args:
        inventory: what is installed.
        behind: per source: `builds_behind`.

    A build beside a newer one in the same subject (an old kernel that was kept) is not what the
    subject lags by: only the subject's newest build is compared.
    """
    older = behind["builds_behind"].gt(0).fillna(value=False).to_numpy(dtype=bool)
    late = (older & is_system(inventory.sources)).take(inventory.holdings["source_id"])
    kept: np.ndarray = late & ~outdone(inventory)
    return kept


def outdone(inventory: Inventory) -> np.ndarray:
    """Whether the subject of each holding has a newer build of the same family as well."""
    source = inventory.holdings["source_id"].to_numpy()
    subject = inventory.holdings["subject"].to_numpy()
    names = inventory.sources.groupby(_NAME, dropna=False, sort=False).ngroup().to_numpy()
    # holdings are sorted by subject and source: builds of one package are neighbours
    same = (subject[1:] == subject[:-1]) & (names.take(source[1:]) == names.take(source[:-1]))
    beside = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
    answer = np.zeros(len(source), dtype=bool)
    few = pick(inventory.sources[["family_id", "rank"]], source[beside]).assign(
        subject=subject[beside]
    )
    highest = few.groupby(["subject", "family_id"])["rank"].transform("max")
    answer[beside] = few["rank"].lt(highest).fillna(value=False).to_numpy(dtype=bool)
    return answer
