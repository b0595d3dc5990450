"""Entities: of all rows of one thing, what the most believed one knows, completed by the others."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.tables import ENTITIES

_LISTS = [column.name for column in ENTITIES.columns if column.kind == "texts"]


def entities_of(
    rows: pd.DataFrame, leader: pd.Series, weakest: dict[int, float]
) -> pd.DataFrame:
    """The `entities` table.

    Args:
        rows: workloads, in the order in which they are believed.
        leader: for each the number of the row that leads its thing.
        weakest: leader -> confidence of the weakest merge.
    """
    known = rows.assign(
        entity_id=rows["workload_id"].take(leader.to_numpy()).array,
        members=_each(rows["workload_id"]), sources=_each(rows["source"]),
        confidence=leader.map(weakest).astype("Float64").array,
    )
    named = list(ENTITIES.names)
    several = leader.duplicated(keep=False).to_numpy()
    whole = known[named][~several]
    united = _united(known[several], leader[several])
    return ENTITIES.cast(pd.concat([whole, united[named]])).sort_values(
        "entity_id", ignore_index=True)


def _united(rows: pd.DataFrame, leader: pd.Series) -> pd.DataFrame:
    """One row per thing: lists join, and of anything else the first that is known counts."""
    if rows.empty:
        return rows
    united = rows.drop(columns=_LISTS).groupby(leader, sort=True).first()
    for name in _LISTS:
        united[name] = _joined(rows[name], leader, united.index)
    return united


def _joined(cells: pd.Series, groups: pd.Series, order: pd.Index) -> pd.Series:
    flat = cells.dropna()
    if flat.empty:
        return pd.Series(None, index=order, dtype=cells.dtype)
    texts = flat.list.flatten()
    pairs = pd.DataFrame({"text": texts.array, "group": groups.loc[texts.index].array})
    pairs = pairs.drop_duplicates().sort_values(["group", "text"])
    table = pa.Table.from_pandas(pairs, preserve_index=False)
    lists = table.group_by("group", use_threads=False).aggregate([("text", "list")])
    found = pd.Series(
        _as_lists(lists["text_list"].combine_chunks()), index=lists["group"].to_pylist()
    )
    return found.reindex(order)


def _each(texts: pd.Series) -> pd.Series:
    """Each text as a list of its own."""
    found = pa.array(texts)  # a column of joined fleets comes in chunks
    values = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    known = values.drop_null()
    ends = pc.cumulative_sum(pc.is_valid(values).cast(pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pd.Series(_as_lists(pa.ListArray.from_arrays(offsets, known)), index=texts.index)


def _as_lists(lists: pa.Array) -> Any:
    """Lists of text in the form of a column of the kind texts."""
    return ENTITIES.column("members").dtype.__from_arrow__(lists.cast(pa.list_(pa.string())))
