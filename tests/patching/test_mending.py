"""Entries of one flaw, in the order of their versions, and the stretches that they leave."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.patching.mending import order_entries, stretches

SAYS = st.sampled_from(["fixed", "completed", "undone"])


def entries(*flaws):
    """Entries of flaws, each given by what its entries say at the versions 1, 2, …"""
    return pd.DataFrame([
        {"base": "Debian", "place": None, "name": "shop", "flaw": f"CVE-2026-{number:04}",
         "key": f"{place:02}", "build_key": "99", "at": f"1.{place}", "says": word}
        for number, says in enumerate(flaws) for place, word in enumerate(says, start=1)
    ], columns=["base", "place", "name", "flaw", "key", "build_key", "at", "says"])


def has_flaw(says, build):
    """Whether the build at a version has the flaw, told step by step."""
    last = max((place for place, word in enumerate(says, 1) if word == "completed"), default=0)
    if build < last:
        return True
    counted = [(place, word) for place, word in enumerate(says, 1) if place >= max(last, 1)]
    ends = [place for place, word in counted if word != "undone"]
    if not ends:
        return False  # nothing tells of a fix, so nothing is known
    if build < ends[0]:
        return True
    return [word for place, word in counted if place <= build][-1] == "undone"


@given(st.lists(st.lists(SAYS, min_size=1, max_size=6), max_size=5))
def test_builds_have_the_flaws_that_a_walk_along_the_entries_gives_them(flaws):
    ordered = order_entries(entries(*flaws))
    found = stretches(ordered)
    for number, says in enumerate(flaws):
        rows = ordered.index[ordered["flaw"] == f"CVE-2026-{number:04}"]
        spans = [(0 if begin < 0 else begin - rows[0] + 1, 99 if end < 0 else end - rows[0] + 1)
                 for begin, end in found.itertuples(index=False) if {begin, end} & set(rows)]
        for build in range(len(says) + 2):
            is_inside = any(begin <= build < end for begin, end in spans)
            assert is_inside == has_flaw(says, build), (says, build)


def test_of_builds_that_tell_of_one_entry_the_lowest_is_believed():
    told = entries(["fixed"])
    both = pd.concat([told.assign(build_key="98", says="undone"), told])
    assert order_entries(both)["says"].tolist() == ["undone"]


def test_no_entries_leave_no_stretches():
    assert stretches(order_entries(entries())).empty
