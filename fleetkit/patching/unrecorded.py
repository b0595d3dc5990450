"""Flaws that only a judgement names: somebody says "affected", and no record that was given does.

Such a flaw is no finding, for nothing says where it begins and ends; but it must not get lost.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.inventory import Inventory
from fleetkit.patching.targets import EVERYWHERE, find_targets
from fleetkit.plugins import Problem, Statement

_SHOWN = 3


def unrecorded(
    unheard: list[Statement], fleet: Fleet, inventory: Inventory
) -> Iterator[Problem]:
    """One problem that counts statements of affected builds that the fleet has.

    Args:
        unheard: statements that concern no finding.
        fleet: images and workloads.
        inventory: what is installed.
    """
    said = pd.DataFrame(
        [(row.flaw, row.product, row.component) for row in unheard if row.status == "affected"],
        columns=["flaw", "product", "component"],
    )
    pairs = said[["product", "component"]].drop_duplicates(ignore_index=True)
    targets = find_targets(pairs, inventory, fleet)
    wanted = said.merge(pd.concat([pairs, targets.frame], axis=1), on=["product", "component"])
    wanted = wanted[~wanted["void"] & ~wanted["hedged"] & wanted["version"].notna()]
    things = inventory.things.assign(thing_id=inventory.things.index)
    found = wanted.merge(things, on=["base", "name"], suffixes=("", "_here"))
    same = found["key"].eq(found["key_here"]).fillna(value=False) | found["version"].eq(
        found["version_here"]).fillna(value=False)
    here = found["place"].isna() | found["place"].eq(found["place_here"]).fillna(value=False)
    found = found[(same & here).to_numpy(dtype=bool)]
    found = found[_is_held(found, targets.members, inventory)]
    builds = found[["flaw", "name", "version_here"]].drop_duplicates()
    if len(builds):
        shown = ", ".join(f"{flaw} in {name} {version}" for flaw, name, version in builds.head(
            _SHOWN).itertuples(index=False, name=None))
        yield Problem("unrecorded_flaw", "judgements (VEX) call installed builds affected by flaws"
                      " that no record given names: they are no findings", None,
                      f"{len(builds):,} flaws of builds, as {shown}"[:1000],
                      "give the advisories of their ecosystem", phase="audit")


def _is_held(found: pd.DataFrame, members: pd.DataFrame, inventory: Inventory) -> np.ndarray:
    """Whether a subject of the statement's group has the build; everyone's is held by somebody."""
    grouped = found[found["group"].ne(EVERYWHERE)]
    held = inventory.installed[inventory.installed["thing_id"].isin(grouped["thing_id"])]
    subject = inventory.holdings["subject"].to_numpy()[held["holding_id"]]
    pairs = held.assign(subject=subject).merge(members, on="subject")
    known = pd.MultiIndex.from_frame(pairs[["group", "thing_id"]])
    inside: np.ndarray = pd.MultiIndex.from_frame(found[["group", "thing_id"]]).isin(known)
    return inside | found["group"].eq(EVERYWHERE).to_numpy(dtype=bool)
