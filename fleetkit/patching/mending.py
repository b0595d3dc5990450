"""Mending: from entries of changelogs to the stretches of versions that have a flaw."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pandas as pd

FLAW = ["base", "place", "name", "flaw"]
"""Columns that tell one flaw of one package in one release from another."""


def order_entries(entries: pd.DataFrame) -> pd.DataFrame:
    """The entries by flaw and version, each version once.

    Of several builds that tell of one entry, the lowest is believed: the others have it from there.

    Args:
        entries: `FLAW`, the version `at` which each takes effect, and the keys of that and of the
            build, `key` and `build_key`.
    """
    ordered = entries.sort_values([*FLAW, "key", "build_key"])
    return ordered.drop_duplicates([*FLAW, "key"], ignore_index=True)


def stretches(entries: pd.DataFrame) -> pd.DataFrame:
    """`begin` and `end`: the entries at which each unbroken stretch with a flaw begins and ends.

    They are row numbers; -1 is no entry: the stretch has no known beginning, or no end. The first
    fix ends it, unless a later entry says that it was not enough (`completed`) or was taken back
    (`undone`).

    Args:
        entries: as `order_entries` gives them, with `says`.
    """
    number = entries.groupby(FLAW, dropna=False, sort=False).ngroup().to_numpy()
    is_odd = entries["says"].ne("fixed").to_numpy(dtype=bool)
    odd = np.zeros(int(number.max(initial=-1)) + 1, dtype=bool)
    odd[number[is_odd]] = True
    first = np.flatnonzero(np.diff(number, prepend=-1) != 0)
    plain = first[~odd[number[first]]]
    rows = np.flatnonzero(odd[number])
    says = entries["says"].tolist()
    found = [
        turn for _, group in groupby(rows.tolist(), key=lambda row: number[row])
        for turn in _turns(list(group), says)
    ]
    pairs = np.array([*((-1, row) for row in plain), *found], dtype=np.int64).reshape(-1, 2)
    return pd.DataFrame({"begin": pairs[:, 0], "end": pairs[:, 1]})


def _turns(rows: list[int], says: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The stretches of one flaw; none where nothing tells of a fix."""
    completed = [place for place, row in enumerate(rows) if says[row] == "completed"]
    begin, is_open = -1, True
    for row in rows[completed[-1] if completed else 0:]:
        if is_open == (says[row] == "undone"):
            continue
        if is_open:
            yield begin, row
        begin, is_open = row, not is_open
    if is_open and begin >= 0:
        yield begin, -1
