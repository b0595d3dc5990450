"""Holdings: what images and machines hold, told apart by whole numbers, so that any are compared.

A thing is a package whatever its version; a build is a package in one version.
"""

import numpy as np
import pandas as pd

from fleetkit.versions import text_keys

THING = ["ecosystem", "name", "arch"]


def numbers(frame: pd.DataFrame) -> np.ndarray:
    """The same whole number for equal rows; missing cells are equal."""
    code = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        part, values = pd.factorize(frame[name])
        code = pd.factorize(code * (len(values) + 1) + part + 1)[0]
    return code


def places(
    image: np.ndarray, held: np.ndarray, wanted_image: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """The first row in which an image holds a thing, for each pair that is wanted; else -1."""
    width = int(held.max(initial=-1)) + 1
    keys = image * width + held
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    sought = np.where(wanted_image < 0, -1, wanted_image * width + wanted)
    spot = np.searchsorted(ranked, sought)
    inside = np.minimum(spot, max(len(ranked) - 1, 0))
    hit = (ranked[inside] == sought) if len(ranked) else np.zeros(len(sought), dtype=bool)
    return np.where(hit, order[inside] if len(order) else -1, -1)


def directions(ecosystem: pd.Series, new: pd.Series, old: pd.Series) -> np.ndarray:
    """Per row upgraded or downgraded; changed where no rule orders the two versions.

    Args:
        ecosystem: of the row's package; its rule counts.
        new: version that is there.
        old: version that it is compared with.
    """
    named = ecosystem.fillna("").to_numpy(dtype=object)
    words = np.full(len(named), "changed", dtype=object)
    for name in np.unique(named.astype(str)):
        here = np.flatnonzero(named == name)
        this, that = (
            text_keys(name, part.take(here).reset_index(drop=True)) for part in (new, old))
        words[here[(this > that).fillna(value=False).to_numpy(dtype=bool)]] = "upgraded"
        words[here[(this < that).fillna(value=False).to_numpy(dtype=bool)]] = "downgraded"
    return words
