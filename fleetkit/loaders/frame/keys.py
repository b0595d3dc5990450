"""What identifies a row: the ids that the table has, else ids made of columns that name things."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.errors import LoadError
from fleetkit.loaders.frame.matching import Match
from fleetkit.loaders.frame.raw import Raw
from fleetkit.loaders.frame.receipts import Receipt
from fleetkit.loaders.frame.wishes import Wishes
from fleetkit.plugins import Problem
from fleetkit.redaction import mask_text
from fleetkit.schema import Table

_NAMING = {
    "workloads": ("native_id", "machine_uuid", "name", "hostname"),
    "images": ("name",),
    "builds": ("name",),
    "services": ("service_name",),
}
_ALSO = {"services": ("workload_id", "address", "port")}
_WORDS = {"images": "image", "builds": "build", "services": "service"}

Columns = dict[str, pa.Array]


def identify(raw: Raw, columns: Columns, wishes: Wishes, receipt: Receipt) -> None:
    """Gives each row its id, where its columns name it; a row that they do not name has none.

    Raises:
        LoadError: no column names the rows.
    """
    table = wishes.table
    key = table.key[0]
    naming = [name for name in _NAMING.get(table.name, ()) if name in columns]
    if key not in columns and not naming:
        wanted = " or ".join((key, *_NAMING.get(table.name, ())))
        raise LoadError(
            f"{raw.name}: no column of it names a row of {table.name}; its columns are"
            f" {', '.join(raw.columns)[:400] or 'none'}; say columns={{'…': '{wanted}'}}"
        )
    given = columns.get(key, pa.nulls(len(raw), pa.string()))
    columns[key] = given
    if naming and (missing := given.null_count):
        made = _made(table, columns, naming, raw.scope(wishes.scope))
        columns[key] = pc.coalesce(given, made)
        also = [name for name in _ALSO.get(table.name, ()) if name in columns]
        receipt.add("key", key, f"frame|{raw.scope(wishes.scope)}|{_word(table)}|"
                    + " or ".join(naming) + "".join(f" {name}" for name in also),
                    "there is no column of ids; rows that are named alike are one", missing)


def expand(raw: Raw, columns: Columns, matches: list[Match], wishes: Wishes,
           receipt: Receipt) -> None:
    """Names of workloads in another table become ids, as those of this source are made."""
    match = next((match for match in matches if match.column.name == "workload_id"), None)
    if match is None or wishes.table.name == "workloads" or match.how == "exact":
        return
    ids = columns["workload_id"]
    scope = f"frame|{raw.scope(wishes.scope)}|{wishes.kind}|"
    bare = pc.invert(pc.match_substring(ids, "|"))
    columns["workload_id"] = pc.if_else(bare, pc.binary_join_element_wise(scope, ids, ""), ids)
    receipt.add("key", match.header, f"{scope}{match.header}",
                "workloads are named, not identified; say scope= for the file that has them",
                len(ids) - ids.null_count)


def _word(table: Table) -> str:
    return _WORDS.get(table.name, "kind")


def _made(table: Table, columns: Columns, naming: list[str], scope: str) -> pa.Array:
    named = pc.coalesce(*(columns[name] for name in naming))
    kind: Any = _WORDS.get(table.name) or pc.fill_null(columns["kind"], "unknown")
    also = [columns[name].cast(pa.string()) for name in _ALSO.get(table.name, ())
            if name in columns]
    parts = [named, *(pc.fill_null(part, "") for part in also)]
    return pc.binary_join_element_wise("frame", scope, kind, *parts, "|")


def settled(raw: Raw, columns: Columns, table: Table) -> tuple[np.ndarray[Any, Any], list[Problem]]:
    """Which rows stay, and a problem for each that does not: it has no id, or that of another."""
    nameless = columns[table.key[0]].is_null().to_numpy(zero_copy_only=False)
    keys = pd.DataFrame({
        name: columns[name].to_pandas() for name in table.key if name in columns
    }, index=range(len(raw)))
    again = keys.duplicated().to_numpy() & ~nameless
    problems = [_nameless(raw, row) for row in np.flatnonzero(nameless).tolist()]
    if again.any():
        groups = keys.groupby(list(keys), dropna=False, sort=False).ngroup()
        first = pd.Series(range(len(raw))).groupby(groups.to_numpy()).transform("first").to_numpy()
        ids = columns[table.key[0]]
        problems += [_repeated(raw, row, first[row], ids[row].as_py())
                     for row in np.flatnonzero(again).tolist()]
    return ~(nameless | again), problems


def _nameless(raw: Raw, row: int) -> Problem:
    return Problem(
        code="no_key", message="a row has neither an id nor a name", subject_id=raw.place(row),
        hint="fill the columns that identify rows, or map others to them", phase="parse",
        severity="error",
    )


def _repeated(raw: Raw, row: int, first: int, key: str) -> Problem:
    return Problem(
        code="duplicate_key", message="two rows of a file bear the same key; the first is kept",
        subject_id=raw.place(row),
        detail=mask_text(f"row {raw.numbers[first]:,} is {key!r} too")[:500],
        hint="map a column that tells them apart", phase="parse",
    )
