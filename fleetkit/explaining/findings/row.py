"""The row of `findings` that is asked about, however it is given."""

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from fleetkit.errors import MissingTableError, UnknownFindingError
from fleetkit.explaining.findings.facts import few, same
from fleetkit.fleet import Fleet
from fleetkit.schema import Row
from fleetkit.tables import FINDINGS


class NamedCells(Protocol):
    """A named tuple, as `itertuples` gives it."""

    def _asdict(self) -> dict[str, Any]: ...


FindingRow = pd.Series | pd.DataFrame | Mapping[str, Any] | NamedCells
"""A row of `findings`: a Series, a frame of that one row, a mapping or a named tuple."""


def finding_of(fleet: Fleet, given: FindingRow) -> pd.Series:
    """The row of `fleet.findings` that has the given key; columns that are not given are any.

    Raises:
        MissingTableError: the fleet has not been audited.
        UnknownFindingError: no row has that key, or several have it.
    """
    if FINDINGS.name not in fleet:
        raise MissingTableError(FINDINGS.name, "audit")
    cells = _cells(given)
    keyed = {name: cells[name] for name in FINDINGS.key if name in cells}
    if "subject_id" not in keyed:
        raise UnknownFindingError(
            f"a finding is asked for by {_keys()}; given were {few(cells, 20) or 'no columns'};"
            " pass a row of fleet.findings")
    rows = same(fleet.findings, **keyed)
    if len(rows) != 1:
        raise UnknownFindingError(
            f"{len(rows):,} of {len(fleet.findings):,} findings have {_shown(keyed)};"
            " pass one row of fleet.findings of this very fleet, with its columns"
            f" {_keys()}")
    return rows.iloc[0]


def _cells(given: FindingRow) -> Row:
    if isinstance(given, pd.DataFrame):
        if len(given) != 1:
            raise UnknownFindingError(
                f"one finding is explained at a time; the frame has {len(given):,} rows; choose"
                " one with .iloc[0]")
        given = given.iloc[0]
    if isinstance(given, pd.Series):
        return {str(name): cell for name, cell in given.items()}
    if isinstance(given, Mapping):
        return {str(name): cell for name, cell in given.items()}
    if not hasattr(given, "_asdict"):
        raise UnknownFindingError(
            f"a finding is a row of fleet.findings, not {type(given).__name__!r}; pass"
            " fleet.findings.iloc[0] or another of its rows")
    return given._asdict()


def _keys() -> str:
    return ", ".join(FINDINGS.key)


def _shown(keyed: Row) -> str:
    cells = (f"{name} {str(cell)[:80]!r}" for name, cell in keyed.items() if not pd.isna(cell))
    return ", ".join(cells)
