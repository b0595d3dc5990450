"""What becomes of rows that bear the same key: united or set aside, never dropped in silence."""

import json
from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from fleetkit.schema import Row, Table
from fleetkit.tables import PROBLEMS
from fleetkit.tables.loaded import ENVELOPE

Cells = dict[Hashable, Any]
_WHERE = tuple(column.name for column in ENVELOPE)


def settle(table: Table, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with one row per key, and the problems met on the way.

    Rows of a shared table unite: lists join, a value that only one row knows is kept. Of another
    table the row that knows most stays. Each disagreement and each row set aside is a problem.
    """
    if not table.key or frame.empty:
        return frame, PROBLEMS.empty()
    key = list(table.key)
    repeated = frame.duplicated(key, keep=False)
    if not repeated.any():
        return frame, PROBLEMS.empty()
    once = frame[~repeated]
    kept: list[Cells] = []
    problems: list[Row] = []
    for group in _groups(_without_copies(table, frame[repeated]), key):
        row, met = _one(table, group)
        kept.append(row)
        problems.extend(met)
    made = table.cast(pd.DataFrame(kept, columns=list(frame.columns)))
    return pd.concat([once, made]).reset_index(drop=True), PROBLEMS.frame(problems)


def _without_copies(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a shared table that differ in nothing but where they were seen count once."""
    if not table.shared:
        return frame
    content = [name for name in table.names if name not in _WHERE]
    texts = frame[content].astype({
        column.name: "string" for column in table.columns
        if column.name in content and column.kind == "texts"
    })
    return frame[~texts.duplicated()]


def _groups(frame: pd.DataFrame, key: list[str]) -> Iterator[list[Cells]]:
    for _, group in frame.groupby(key, dropna=False, sort=False):
        known = group.notna().sum(axis=1)
        yield group.loc[known.sort_values(ascending=False, kind="stable").index].to_dict("records")


def _one(table: Table, group: list[Cells]) -> tuple[Cells, list[Row]]:
    first, *others = group
    if not others:
        return first, []
    subject = "|".join(str(first[name]) for name in table.key)
    if not table.shared:
        return first, [_problem(table, "duplicate_key", subject, first, other) for other in others]
    united = dict(first)
    problems = []
    for other in others:
        if _differences(table, united, other):
            problems.append(_problem(table, "conflict", subject, united, other))
        united = _united(table, united, other)
    return united, problems


def _united(table: Table, row: Cells, other: Cells) -> Cells:
    merged = dict(row)
    for column in table.columns:
        mine, its = row[column.name], other[column.name]
        if column.kind == "texts":
            merged[column.name] = sorted({*_listed(mine), *_listed(its)}) or mine
        elif column.name == "is_stub":
            merged[column.name] = _still_a_stub(mine, its)
        elif pd.isna(mine):
            merged[column.name] = its
    return merged


def _still_a_stub(mine: Any, its: Any) -> Any:
    """A reference stays a stub until one source knows the image itself."""
    known = [value for value in (mine, its) if not pd.isna(value)]
    return all(known) if known else pd.NA


def _differences(table: Table, row: Cells, other: Cells) -> dict[str, Any]:
    """Columns that both rows know and do not agree on."""
    return {
        column.name: [str(row[column.name]), str(other[column.name])]
        for column in table.columns
        if column.kind != "texts" and column.name not in (*_WHERE, "name", "is_stub", "is_dangling")
        and not pd.isna(row[column.name]) and not pd.isna(other[column.name])
        and row[column.name] != other[column.name]
    }


def _listed(value: Any) -> list[str]:
    return [] if value is None or value is pd.NA else list(value)


def _problem(
    table: Table, code: str, subject: str, row: Cells, other: Cells
) -> Row:
    said = {
        "duplicate_key": f"two rows of {table.name} bear the same key; the fuller one is kept",
        "conflict": f"two sources disagree about a row of {table.name}; the fuller one is believed",
    }
    return {
        "code": code, "phase": "merge", "severity": "warning", "subject_id": subject[:500],
        "message": said[code],
        "detail": json.dumps(_differences(table, row, other), ensure_ascii=False)[:2000],
        "hint": "load one of the two sources only, or rename the key",
        **{name: None if pd.isna(other.get(name)) else other.get(name) for name in _WHERE},
    }
