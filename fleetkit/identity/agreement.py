"""Agreement: what sources say about one thing, compared as people would."""

from collections.abc import Iterator

import pandas as pd

from fleetkit.schema import Row
from fleetkit.tables import WORKLOADS

_ARCHITECTURES = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "i686": "i386"}
_GUEST_SHARE = 0.85  # a guest sees its memory less what firmware and kernel keep


def disagreements(rows: pd.DataFrame, leader: pd.Series) -> Iterator[Row]:
    """A row of `problems` for each column about which sources of one thing disagree.

    Args:
        rows: workloads, in the order in which they are believed.
        leader: for each the number of the row that leads its thing.
    """
    several = leader.duplicated(keep=False)
    known, groups = rows[several], leader[several]
    for column in WORKLOADS.compared:
        said = _comparable(known[column], column).dropna()
        for group in _differing(said, groups.loc[said.index], column):
            yield _problem(known.loc[group], column)


def _comparable(cells: pd.Series, column: str) -> pd.Series:
    if column == "arch":
        lower = cells.str.lower()
        return lower.replace(_ARCHITECTURES)
    if column == "hostname":
        return cells.str.lower().str.extract(r"^([^.]+)")[0]
    if column == "os_version":
        return cells.str.extract(r"^(\d+)")[0]
    return cells.str.lower() if WORKLOADS.column(column).kind == "text" else cells


def _differing(said: pd.Series, groups: pd.Series, column: str) -> Iterator[list[int]]:
    """Row numbers of each thing about which there are several opinions."""
    if said.empty:
        return
    grouped = said.groupby(groups)
    if column == "memory_bytes":
        bad = grouped.min() < _GUEST_SHARE * grouped.max()
    else:
        bad = grouped.nunique() > 1  # noqa: PD101 - per group
    guilty = bad.index[bad.fillna(False)]
    concerned = groups[groups.isin(guilty)]
    for _, members in concerned.groupby(concerned):
        yield members.index.tolist()


def _problem(rows: pd.DataFrame, column: str) -> Row:
    opinions = rows.drop_duplicates(["source", column])
    said = "; ".join(
        f"{source if source is not pd.NA else 'a frame'} says {value}"
        for source, value in zip(opinions["source"], opinions[column], strict=True)
    )
    first = rows.iloc[0]
    return {
        "code": "conflict", "phase": "unify", "severity": "warning",
        "subject_id": first["workload_id"],
        "message": f"sources that know one machine disagree about its {column}",
        "detail": said[:2_000],
        "hint": "the first that is named is believed; if these are two machines, keep them apart",
    }
