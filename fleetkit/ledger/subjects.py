"""Subjects: which workloads an entry is for, and whose word holds where several speak."""

from collections.abc import Sequence

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.ledger.entries import SUBJECT, Entry
from fleetkit.tables import WORKLOADS


def caught(entries: Sequence[Entry], workloads: pd.DataFrame) -> pd.DataFrame:
    """Positions of workloads (`row`) that the entries (`entry`, a position too) are for."""
    forms: dict[tuple[str, ...], list[int]] = {}
    for number, entry in enumerate(entries):
        forms.setdefault(_form(entry), []).append(number)
    none = pd.DataFrame({"entry": [], "row": []}, dtype="int64")
    found = [_joined(entries, numbers, form, workloads) for form, numbers in forms.items()]
    return pd.concat([none, *found], ignore_index=True)


def with_twins(caught: pd.DataFrame, fleet: Fleet) -> pd.DataFrame:
    """The same, and the other rows of a machine or container that several sources know."""
    if "entities" not in fleet or caught.empty:
        return caught
    ids = fleet.workloads["workload_id"]
    lists = fleet.entities["members"]
    members = lists[lists.list.len() > 1].explode().astype(ids.dtype)
    meant = members.index[members.isin(ids.take(caught["row"].to_numpy()).unique())]
    members = members[members.index.isin(meant)].rename("id").rename_axis("entity").reset_index()
    rows = ids[ids.isin(members["id"])].rename("id").rename_axis("row").reset_index()
    placed = rows.merge(members, on="id")[["row", "entity"]]
    entities = caught.merge(placed, on="row")[["entry", "entity"]]
    twins = entities.merge(placed, on="entity")[["entry", "row"]]
    return pd.concat([caught, twins]).drop_duplicates(ignore_index=True)


def newest(caught: pd.DataFrame, entries: Sequence[Entry]) -> pd.DataFrame:
    """Of the entries that are for one workload, the one made last; of one day, the lower one."""
    order = sorted(range(len(entries)), key=lambda number: (entries[number].made, number))
    rank = pd.Series(range(len(order)), index=order, dtype="int64")
    ranked = caught.assign(rank=rank.reindex(caught["entry"]).array).sort_values(["row", "rank"])
    return ranked.drop_duplicates("row", keep="last").drop(columns="rank").reset_index(drop=True)


def _form(entry: Entry) -> tuple[str, ...]:
    """Its columns, the most telling first: one that is known and names somebody."""
    values = dict(entry.subject)
    return tuple(sorted(values, key=lambda name: (values[name] is None, SUBJECT.index(name))))


def _joined(
    entries: Sequence[Entry], numbers: Sequence[int], form: tuple[str, ...], workloads: pd.DataFrame
) -> pd.DataFrame:
    """The rows that equal the entries of one form in all its columns; unknown equals unknown."""
    named = [dict(entries[number].subject) for number in numbers]
    wanted = pd.DataFrame({
        name: pd.array([one[name] for one in named], dtype=WORKLOADS.column(name).dtype)
        for name in form
    }).assign(entry=list(numbers))
    likely = workloads[form[0]].isin(wanted[form[0]].unique())
    few = workloads.loc[likely, list(form)]
    few = few.assign(row=likely.to_numpy().nonzero()[0])
    return wanted.merge(few, on=list(form))[["entry", "row"]]
