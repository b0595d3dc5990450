"""What becomes of rows that bear the same key: united or set aside, never dropped in silence."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from fleetkit.schema import Row, Table
from fleetkit.tables import PROBLEMS
from fleetkit.tables.envelope import ENVELOPE

_WHERE = tuple(column.name for column in ENVELOPE)
_NOT_COMPARED = (
    *_WHERE, "name", "family", "owner", "parent_ref", "os_name",  # each source words these,
    "is_stub", "is_dangling", "size_bytes",  # and measures what it holds
)
_LONGEST = 2_000


def settle(table: Table, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with one row per key, and the problems met on the way.

    Rows of a shared table unite: lists join, and a value that only one row knows is kept. Of any
    other table the row that knows most stays. Each disagreement and each row that is set aside is
    a problem. Where anything was settled, the rows are sorted by key.
    """
    repeated = frame.duplicated(list(table.key), keep=False) if table.key else pd.Series(dtype=bool)
    if not repeated.any():
        return frame, PROBLEMS.empty()
    rows = _fullest_first(table, frame[repeated])
    groups = rows.groupby(list(table.key), dropna=False, sort=False).ngroup()
    if table.shared:
        kept, problems = _united(table, rows, groups), _conflicts(table, rows, groups)
    else:
        kept, problems = rows[~groups.duplicated()], _set_aside(table, rows, groups)
    settled = pd.concat([frame[~repeated], table.cast(kept)])
    return settled.sort_values(list(table.key), ignore_index=True), PROBLEMS.frame(problems)


def _fullest_first(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by how much they know; of a shared table, copies seen in several places count once."""
    if table.shared:
        lists = {column.name: "string" for column in table.columns if column.kind == "texts"}
        content = [name for name in table.names if name not in _WHERE]
        rows = rows[~rows[content].astype(lists).duplicated()]
    known = rows.notna().sum(axis=1)
    return rows.loc[known.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _united(table: Table, rows: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    lists = [column.name for column in table.columns if column.kind == "texts"]
    united = rows.drop(columns=lists).groupby(groups, sort=False).first()
    for name in lists:
        united[name] = _joined(rows[name], groups)
    if "is_stub" in united:  # a reference stays a stub until one source knows the image itself
        united["is_stub"] = rows["is_stub"].groupby(groups, sort=False).min()
    return united[list(rows.columns)]


def _joined(cells: pd.Series, groups: pd.Series) -> pd.Series:
    """All texts of the lists of each group, sorted; unknown where no row knows any."""
    found: dict[int, set[str]] = {}
    for group, cell in zip(groups, cells, strict=True):
        if cell is not pd.NA and cell is not None:
            found.setdefault(group, set()).update(text for text in cell if text is not None)
    texts = [sorted(found[group]) if group in found else None for group in groups.unique()]
    return pd.Series(texts, index=groups.unique(), dtype=cells.dtype)


def _conflicts(table: Table, rows: pd.DataFrame, groups: pd.Series) -> list[Row]:
    compared = [
        column.name for column in table.columns
        if column.kind != "texts" and column.name not in (*_NOT_COMPARED, *table.key)
    ]
    differs = rows[compared].groupby(groups, sort=False).nunique() > 1  # noqa: PD101 - per group
    guilty = groups.isin(differs.index[differs.any(axis=1)])
    message = f"sources disagree about a row of {table.name}, and the fuller one is believed"
    return [
        _problem(table, "conflict", message, group)
        for _, group in rows[guilty].groupby(groups[guilty], sort=False)
    ]


def _set_aside(table: Table, rows: pd.DataFrame, groups: pd.Series) -> list[Row]:
    message = f"two rows of {table.name} bear the same key; the fuller one is kept"
    return [
        _problem(table, "duplicate_key", message, group.iloc[[0, position]])
        for _, group in rows.groupby(groups, sort=False)
        for position in range(1, len(group))
    ]


def _problem(table: Table, code: str, message: str, group: pd.DataFrame) -> Row:
    last = group.iloc[-1]
    subject = "|".join(str(last[name]) for name in table.key)
    detail = json.dumps(dict(_differences(table, group)), ensure_ascii=False)
    return {
        "code": code, "phase": "merge", "severity": "warning", "subject_id": subject[:_LONGEST],
        "message": message, "detail": detail[:_LONGEST],
        "hint": "load one of the two sources only, or rename the key",
        **{name: None if pd.isna(last[name]) else last[name] for name in _WHERE if name in last},
    }


def _differences(table: Table, group: pd.DataFrame) -> Iterator[tuple[str, list[Any]]]:
    """Columns whose known values differ, with those values."""
    for column in table.columns:
        if column.kind != "texts" and column.name not in _NOT_COMPARED:
            values = [str(value) for value in group[column.name].dropna().unique()]
            if len(values) > 1:
                yield column.name, values
