"""One workload by itself: its own rows, edits of them, and the facts and scores that follow.

Facts after an edit are gathered anew, from edited copies of its rows, so that whatever follows from
a row follows: a path that its image declares is bare once the volume is gone. Each copy is alone in
an account of its own. Facts that stand on neighbours, as the size of its group, stay what they are
in the fleet, unless an edit names them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.classification.engines import entered
from fleetkit.classification.facts import READ, gather
from fleetkit.fleet import Fleet
from fleetkit.identities.software import Catalogue
from fleetkit.tables import IMAGES, MOUNTS, WORKLOADS

_GATHERED: "WeakKeyDictionary[Fleet, tuple[Catalogue | None, pa.Table]]" = WeakKeyDictionary()
"""Facts of fleets that are still in use: a fleet never changes."""
_IMAGE = "its image"


@dataclass(frozen=True)
class Edit:
    """What would be otherwise, on a workload's own rows or in what is known of its neighbours.

    Args:
        row: columns of `workloads`.
        image: columns of `images`, for its own image.
        tags: values of tags; None takes a tag away.
        env_names: names of variables, and whether they are given.
        gone: places of its mounts that are gone, in `Case.mounts`.
        mounts: rows of `mounts` that are added.
        told: all its mounts are known now, whatever the source told.
        facts: facts that follow from no row of its own.
    """

    row: Mapping[str, Any] = field(default_factory=dict)
    image: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str | None] = field(default_factory=dict)
    env_names: Mapping[str, bool] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    mounts: tuple[Mapping[str, Any], ...] = ()
    told: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A workload of a fleet.

    Args:
        table: its facts, one row.
        row: its row of `workloads`, what is unknown left out.
        image: its image's row of `images`; empty where that is unknown.
        mounts: its rows of `mounts`.
        catalogue: the software that is known; None is the catalogue that is shipped.
    """

    table: pa.Table
    row: Mapping[str, Any]
    image: Mapping[str, Any]
    mounts: tuple[Mapping[str, Any], ...]
    catalogue: Catalogue | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Its facts by name, None where unknown."""
        found: dict[str, Any] = self.table.to_pylist()[0]
        return found

    @property
    def tags(self) -> dict[str, str]:
        """Its tags; empty where unknown."""
        read: dict[str, str] = json.loads(self.row.get("tags", "{}"))
        return read

    @property
    def env_names(self) -> list[str]:
        """Names of its variables; empty where unknown."""
        return list(self.row.get("env_names", ()))


def case_of(fleet: Fleet, workload_id: str, catalogue: Catalogue | None = None) -> Case | None:
    """The case of a workload; None for a host, which is neither pet nor cattle."""
    facts = _facts(fleet, catalogue)
    own = facts.filter(pc.equal(facts["workload_id"], workload_id))
    if not len(own):
        return None
    row = _rows(fleet.workloads, "workload_id", workload_id)[0]
    images = _rows(fleet.images, "image_id", row["image_id"]) if "image_id" in row else []
    return Case(own.slice(0, 1), row, images[0] if images else {},
                tuple(_rows(fleet.mounts, "workload_id", workload_id)), catalogue)


def after(case: Case, sets: Sequence[Sequence[Edit]]) -> pa.Table:
    """Facts after each set of edits; the ids are the places of the sets, as text."""
    together = [(), *sets]
    known = _gathered({
        "workloads": WORKLOADS.frame([row for number, edits in enumerate(together)
                                      for row in _copies(case, number, edits)]),
        "mounts": MOUNTS.frame([row for number, edits in enumerate(together)
                                for row in _mounts(case, number, edits)]),
        "images": IMAGES.frame([{**case.image, **_merged(edits, "image"),
                                 "image_id": f"{_IMAGE} {number}"}
                                for number, edits in enumerate(together)
                                if case.image or _merged(edits, "image")]),
    }, case.catalogue)
    ids = pa.array(map(str, range(len(together))), pa.string())
    places = pc.index_in(ids, known["workload_id"])
    copies = known.take(places)
    columns = {name: _changed(case.table[name], copies[name]) for name in case.table.column_names}
    columns["workload_id"] = pa.array(map(str, range(len(sets))), pa.string())
    for name in sorted({name for edits in sets for edit in edits for name in edit.facts}):
        columns[name] = _named(columns[name], [_merged(edits, "facts") for edits in sets], name)
    return pa.table(columns)


def _facts(fleet: Fleet, catalogue: Catalogue | None) -> pa.Table:
    known, facts = _GATHERED.get(fleet, (None, None))
    if facts is None or known is not catalogue:
        tables = {name: fleet[name] for name in READ if name in fleet and len(fleet[name])}
        facts = _gathered(tables, catalogue)
        _GATHERED[fleet] = (catalogue, facts)
    return facts


def _gathered(tables: Mapping[str, pd.DataFrame], catalogue: Catalogue | None) -> pa.Table:
    filled = {name: frame for name, frame in tables.items() if len(frame)}
    facts = gather(entered(filled, READ), catalogue)
    known: pa.Table = facts.collect(backend="pyarrow").to_native()
    texts = [field.with_type(pa.string()) if _is_text(field.type) else field
             for field in known.schema]
    return known.cast(pa.schema(texts))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _rows(frame: pd.DataFrame, key: str, value: str) -> list[dict[str, Any]]:
    own = frame[frame[key].eq(value).fillna(value=False)]
    return [{str(name): value for name, value in row.items() if not _missing(value)}
            for row in own.to_dict("records")]


def _missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _copies(case: Case, number: int, edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """A copy of its row; beside it, where its mounts are known, another that tells of mounts."""
    alone = {**case.row, "workload_id": str(number), "account": str(number),
             "image_id": f"{_IMAGE} {number}", **_merged(edits, "row")}
    tags, variables = _merged(edits, "tags"), _merged(edits, "env_names")
    if tags:
        alone["tags"] = {name: value for name, value in {**case.tags, **tags}.items()
                         if value is not None}
    if variables:
        given = dict.fromkeys(case.env_names, True) | variables
        alone["env_names"] = [name for name, stays in given.items() if stays]
    if not _told(case, edits):
        return [alone]
    scope: dict[str, Any] = {
        name: alone[name] for name in ("source", "account", "region") if name in alone}
    return [alone, {**scope, "workload_id": f"beside {number}"}]


def _mounts(case: Case, number: int, edits: Sequence[Edit]) -> list[dict[str, Any]]:
    gone = frozenset[int]().union(*(edit.gone for edit in edits))
    kept = [mount for place, mount in enumerate(case.mounts) if place not in gone]
    added = [mount for edit in edits for mount in edit.mounts]
    own = [{**mount, "workload_id": str(number)} for mount in (*kept, *added)]
    beside = {"workload_id": f"beside {number}", "kind": "tmpfs"}
    return [*own, beside] if _told(case, edits) else own


def _told(case: Case, edits: Sequence[Edit]) -> bool:
    known = case.table["mounts_known"][0].as_py()
    return known is not None or any(edit.told for edit in edits)


def _merged(edits: Sequence[Edit], part: str) -> dict[str, Any]:
    return {name: value for edit in edits for name, value in getattr(edit, part).items()}


def _changed(real: pa.ChunkedArray, copies: pa.ChunkedArray) -> pa.Array:
    """The fact as it is, and another value where the copy differs from the copy without edits."""
    values = copies.cast(real.type).combine_chunks()
    before, others = values[0], values.slice(1)
    both_unknown = pc.and_(pc.is_null(others), pa.scalar(not before.is_valid))
    same = pc.or_(pc.fill_null(pc.equal(others, before), False), both_unknown)
    return pc.if_else(same, real[0], others)


def _named(values: pa.Array, facts: Sequence[Mapping[str, Any]], name: str) -> pa.Array:
    told = [known.get(name, value) for known, value in zip(facts, values.to_pylist(), strict=True)]
    return pa.array(told, values.type)
