"""Workbooks: one sheet of them, its first row the header."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from fleetkit.errors import LoadError
from fleetkit.loaders.frame.raw import Raw, as_array, broken_row, headed
from fleetkit.loaders.frame.wishes import Wishes
from fleetkit.plugins import Problem
from fleetkit.spreadsheets.packages import Package
from fleetkit.spreadsheets.workbooks import Cell, Row, Sheet, Workbook

_MOST_CELLS = 60_000_000


def read(path: Path, wishes: Wishes) -> Iterator[Raw]:
    """The table in a sheet; one that breaks off gives its rows before the damage.

    Raises:
        LoadError: the file is no workbook, or has no such sheet.
    """
    with Package(path) as package:
        workbook = Workbook(package, path)
        name = _chosen(workbook, path, wishes.sheet)
        with closing(workbook.sheet(name)) as sheet:
            rows: list[Row] = []
            damage = _taken(sheet, rows)
            if rows or damage is None:
                raw = _table(name, rows, sheet, path)
                raw.file = path.name
                raw.notes += _others([other for other in workbook.parts if other != name])
                yield raw
            if damage is not None:
                raise damage


def _others(names: list[str]) -> list[tuple[str, str, str | None, str]]:
    said = f"one sheet is read; for {', '.join(names)} say sheet="
    return [("dropped", "other sheets", None, said)] if names else []


def _chosen(workbook: Workbook, path: Path, wanted: str | int | None) -> str:
    names = list(workbook.parts)
    if isinstance(wanted, str) and wanted.isdecimal() and wanted not in names:
        wanted = int(wanted[:6])  # the command line has no numbers
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 0 < wanted <= len(names):
        return names[wanted - 1]
    if wanted in workbook.parts:
        return str(wanted)
    if wanted is not None or not names:
        raise LoadError(
            f"{path}: has no sheet {wanted!r}; it has {', '.join(names)[:300] or 'none'}")
    for name in names[:-1]:
        with closing(workbook.sheet(name)) as sheet:
            rows: list[Row] = []
            if _taken(sheet, rows, most=2) is not None or len(rows) == 2:
                return name
    return names[-1]


def _taken(sheet: Sheet, rows: list[Row], most: int | None = None) -> LoadError | None:
    """Adds the rows of a sheet, as many as wanted; returns the damage that ended them."""
    try:
        for row in sheet.rows:
            rows.append(row)
            if len(rows) == most:
                break
    except LoadError as error:
        return error
    return None


def _table(name: str, rows: list[Row], sheet: Sheet, path: Path) -> Raw:
    where = f"{path}: {name}"
    if not rows:
        raise LoadError(f"{where}: is empty; it needs a row of headers, and rows under it")
    (_, header), *body = rows
    places = sorted(header)
    kept: list[tuple[int, dict[int, Cell]]] = []
    problems: list[Problem] = []
    known = frozenset(places)
    for number, cells in body:
        strange = cells.keys() - known
        if strange:
            problems.append(broken_row(
                name, number, f"{len(strange):,} cells under no header",
                "give each column a header"))
        else:
            kept.append((number, cells))
    if len(places) * len(kept) > _MOST_CELLS:
        raise LoadError(f"{where}: has {len(places) * len(kept):,} cells; split it")
    headers = headed([header[place] for place in places], where)
    columns = {
        said: as_array([cells.get(place) for _, cells in kept])
        for said, place in zip(headers, places, strict=True)
    }
    numbers = np.array([number for number, _ in kept], int)
    return Raw(name, columns, numbers, len(body), problems, sheet.empty)
