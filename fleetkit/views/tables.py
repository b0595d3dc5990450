"""Every row of every table: what all numbers of the other views lead to."""

from typing import Any

import numpy as np
import pandas as pd

from fleetkit.plugins import View
from fleetkit.schema import Column, Table
from fleetkit.tables import FINDINGS, LABELS, PATCH_LEVELS, TABLES, WORKLOADS
from fleetkit.views import Tables, coded, groups, patch_facts, pick

_MOST_ROWS = 100_000
_MOST_CELLS = 4_000_000
_ORDER = (
    "workloads", "labels", "findings", "patch_levels", "images", "lineage", "patches", "coverage",
    "problems", "receipt", "mounts", "services", "builds", "links", "packages", "layers",
    "evidence",
)
_JOINED = (
    Column("service", "text", "controller, else image, else the workload itself"),
    Column("label", "text", "pet, cattle or unsure, from labels"),
    Column("quadrant", "text", "state × uniqueness, from labels"),
    Column("prize_bull", "boolean", "member of a herd that must not be stopped now, from labels"),
    Column("patch_status", "text", "the worst that is known of it and its image, from findings"),
    Column("unpatched", "texts", "source packages whose fix is missing, from findings"),
    Column("behind", "texts", "source packages that the fleet has newer builds of, from findings"),
    Column("end_of_life", "boolean", "runs a system past its end of support, from findings"),
)


def data(tables: Tables) -> dict[str, Any]:
    budget = _MOST_CELLS
    listed = []
    for table in sorted(TABLES.values(), key=_rank):
        if table.name in tables:
            made = _shown(table, tables, budget)
            budget -= made["kept"] * len(made["columns"])
            listed.append(made)
    return {"tables": listed, "missing": [
        {"table": table.name, "verb": table.made_by, "doc": table.doc}
        for table in TABLES.values() if table.name not in tables
    ]}


def _rank(table: Table) -> int:
    """What readers look for first; it also keeps its rows first where room is short."""
    return _ORDER.index(table.name) if table.name in _ORDER else len(_ORDER)


def _shown(table: Table, tables: Tables, budget: int) -> dict[str, Any]:
    frame = pick(tables, table)
    most = max(min(_MOST_ROWS, budget // max(len(frame.columns), 1)), 1_000)
    extra = _joined(tables) if table is WORKLOADS else pd.DataFrame(index=frame.index)
    declared = [(column, frame[column.name]) for column in table.columns]
    joined = [(column, extra[column.name]) for column in _JOINED if column.name in extra.columns]
    own = [
        (Column(str(name), "text", "column that the fleet brought along"), frame[name].astype(str))
        for name in frame.columns if name not in table.names
    ]
    return {
        "name": table.name, "doc": table.doc, "rows": len(frame), "kept": min(len(frame), most),
        "verb": table.made_by, "key": list(table.key),
        "columns": [
            {**_column(column, values.iloc[:most]), "joined": column in _JOINED}
            for column, values in _keyed(table, declared, joined) + own
        ],
    }


def _keyed(table: Table, declared: list[Any], joined: list[Any]) -> list[Any]:
    """The key first, then names, then what was joined, then the rest."""
    leading = {*table.key, "name", "kind", "state"} if joined else set(table.key)
    return [
        *(pair for pair in declared if pair[0].name in leading), *joined,
        *(pair for pair in declared if pair[0].name not in leading),
    ]


def _joined(tables: Tables) -> pd.DataFrame:
    """What verbs found out about each workload, beside it."""
    workloads = pick(tables, WORKLOADS)
    made = pd.DataFrame({"service": groups(tables)})
    if LABELS.name in tables:
        labels = tables[LABELS.name].drop_duplicates("workload_id").set_index("workload_id")
        for name in ("label", "quadrant", "prize_bull"):
            values = workloads["workload_id"].map(labels[name])
            made[name] = values.astype(LABELS.column(name).dtype)
    if FINDINGS.name in tables or PATCH_LEVELS.name in tables:
        facts = patch_facts(tables).rename(columns={"status": "patch_status"})
        made = pd.concat([made, facts], axis=1)
    return made


def _column(column: Column, values: pd.Series) -> dict[str, Any]:
    meaning = {"name": column.name, "kind": column.kind, "unit": column.unit, "doc": column.doc}
    return {**meaning, "known": int(values.notna().sum()), **_ENCODED[column.kind](values)}


def _number(values: pd.Series) -> dict[str, Any]:
    return {"numbers": values.to_numpy(dtype=np.float64, na_value=np.nan)}


def _truth(values: pd.Series) -> dict[str, Any]:
    return {"truths": values.astype("Int8").fillna(-1).to_numpy(dtype=np.int8)}


def _time(values: pd.Series) -> dict[str, Any]:
    stamps = values.astype("int64").to_numpy(dtype=np.float64) / 1_000  # to milliseconds
    return {"times": np.where(values.isna(), np.nan, stamps)}


def _joined_texts(values: pd.Series) -> dict[str, Any]:
    if isinstance(values.dtype, pd.StringDtype):  # joined already
        return coded(values)
    lists = values.array.__arrow_array__().to_pylist()
    joined = [None if cell is None else "; ".join(cell) for cell in lists]
    return coded(pd.Series(joined, dtype="str"))


def _size(values: pd.Series) -> dict[str, Any]:
    sizes = [None if cell is None else f"{len(cell):,} bytes"
             for cell in values.array.__arrow_array__().to_pylist()]
    return coded(pd.Series(sizes, dtype="str"))


_ENCODED = {
    "text": coded, "mapping": coded, "texts": _joined_texts, "bytes": _size,
    "integer": _number, "real": _number, "boolean": _truth, "time": _time,
}

VIEW = View(
    title="Tables",
    doc="Every row behind every number: search, filter, sort, take away.",
    needs=tuple(TABLES.values()),
    data=data,
)
