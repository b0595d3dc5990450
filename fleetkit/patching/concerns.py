"""Concerns: which statement speaks of which part of which unit."""

from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.targets import EVERYWHERE

ALL = -1
"""Every flaw of a record, or every binary package of a finding."""


class Concerns(Protocol):
    """Units (`unit, hit, record, source_id, class, shape`) and what their numbers stand for."""

    @property
    def frame(self) -> pd.DataFrame:
        """One row per unit."""

    @property
    def shapes(self) -> pd.DataFrame:
        """`shape, name, binary`: binary packages by the number of their list."""

    @property
    def groups(self) -> pd.DataFrame:
        """`class, group`."""

    @property
    def arches(self) -> pd.Series:
        """Architecture of each class; NA where it is not known."""


class Concerned(NamedTuple):
    """Who speaks of what.

    Attributes:
        rows: `unit, statement, flaw, binary`; `ALL` for all flaws or binary packages.
        parts: `unit, binary, name`: the binary packages that must be judged; one row without a
            name where nobody asks for them.
    """

    rows: pd.DataFrame
    parts: pd.DataFrame


def concern(
    asked: pd.DataFrame, targets: pd.DataFrame, units: Concerns, hits: pd.DataFrame,
    inventory: Inventory,
) -> Concerned:
    """The units that each statement is about.

    Args:
        asked: `statement, record, flaw, target`.
        targets: what statements name.
        units: what can be judged.
        hits: of the verdicts.
        inventory: what is installed.
    """
    parts = _parts(units, hits, inventory)
    sources = inventory.things["name"].iloc[:len(inventory.sources)]
    frame = units.frame
    named = pd.concat([
        frame.assign(name=pick(sources, frame["source_id"]), binary=ALL),
        frame.assign(name="", binary=ALL),
        parts[parts["name"].notna()].merge(frame, on="unit"),
    ], ignore_index=True)
    cells = targets.drop(columns="exactness").rename(columns={
        name: f"target_{name}" for name in ("base", "place", "key", "version", "module")})
    wanted = asked.merge(cells, left_on="target", right_index=True)
    wanted = wanted[~wanted["void"]]
    pairs = named.astype({"name": wanted["name"].dtype}).merge(wanted, on=["record", "name"])
    right = _is_meant(pairs, hits, inventory) & _is_there(pairs, units)
    rows = pairs.loc[right, ["unit", "statement", "flaw", "binary"]]
    return Concerned(rows.drop_duplicates(ignore_index=True), parts)


def _parts(units: Concerns, hits: pd.DataFrame, inventory: Inventory) -> pd.DataFrame:
    """The binary packages of each unit; of records that name binary ones, those that they name."""
    frame = units.frame
    if units.shapes.empty:
        return frame[["unit"]].assign(binary=0, name=None).astype({"name": "string[pyarrow]"})
    every = frame[["unit", "hit", "record", "shape"]].merge(units.shapes, on="shape")
    hit = pick(hits, frame["hit"])
    by_binary = hit["thing_id"].to_numpy() >= len(inventory.sources)
    spoken = hits[["record"]].assign(name=pick(inventory.things["name"], hits["thing_id"]))
    wanted = pd.MultiIndex.from_frame(spoken[spoken["record"].isin(hit["record"])])
    is_spoken = pd.MultiIndex.from_frame(every[["record", "name"]]).isin(wanted)
    by_record = pd.Series(by_binary, index=frame["unit"]).reindex(every["unit"]).to_numpy()
    has_any = pd.Series(is_spoken).groupby(every["unit"].to_numpy()).transform("any").to_numpy()
    kept: pd.DataFrame = every[is_spoken | ~(by_record & has_any)]
    return kept[["unit", "binary", "name"]].reset_index(drop=True)


def _is_meant(pairs: pd.DataFrame, hits: pd.DataFrame, inventory: Inventory) -> np.ndarray:
    """Whether ecosystem, release, part, version and module are those that the target names."""
    source = pick(inventory.sources[["base", "place", "key", "source_version", "module"]],
                  pairs["source_id"])
    thing = pick(inventory.things[["name", "key", "version"]],
                 pick(hits["thing_id"], pairs["hit"]))
    other = pairs["part"].eq("binary").mask(pairs["binary"].ne(ALL), pairs["part"].eq("source"))
    plain = pairs["name"].eq("")
    right = ~(other & ~plain)
    for column, cell in (("target_base", "base"), ("target_place", "place"),
                         ("target_module", "module")):
        right &= pairs[column].isna() | pairs[column].eq(source[cell]).fillna(value=False)
    same = _same_version(pairs, source["key"], source["source_version"])
    own = _same_version(pairs, thing["key"], thing["version"]) & thing["name"].eq(pairs["name"])
    right &= pairs["target_version"].isna() | same | own.fillna(value=False)
    return right.to_numpy(dtype=bool)


def _same_version(pairs: pd.DataFrame, key: pd.Series, version: pd.Series) -> pd.Series:
    same = pairs["target_key"].eq(key).fillna(value=False)
    return same | pairs["target_version"].eq(version).fillna(value=False)


def _is_there(pairs: pd.DataFrame, units: Concerns) -> np.ndarray:
    """Whether the unit's subjects are of the group and of an architecture that could be meant."""
    groups = pd.MultiIndex.from_frame(units.groups[["class", "group"]])
    inside = pd.MultiIndex.from_frame(pairs[["class", "group"]]).isin(groups)
    arch = pick(units.arches, pairs["class"])
    other = pairs["arch"].ne(arch).fillna(value=False).to_numpy(dtype=bool)
    return (pairs["group"].eq(EVERYWHERE).to_numpy() | inside) & ~other
