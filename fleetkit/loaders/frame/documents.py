"""JSON documents that hold a list of objects, and JSON lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fleetkit.errors import LoadError
from fleetkit.loaders.frame.raw import Raw, as_array, broken_row, headed
from fleetkit.plugins import Problem
from fleetkit.source import read_json, read_json_lines

_LINES = (".jsonl", ".ndjson")
_MOST_CELLS = 50_000_000


def read(path: Path) -> Iterator[Raw]:
    """The table in a file.

    Raises:
        LoadError: the file cannot be read, or holds no list of objects.
    """
    if any(suffix in _LINES for suffix in path.suffixes):
        yield from _lines(path)
    else:
        yield table(path.name, enumerate(listed(read_json(path), str(path)), start=1), str(path))


def listed(document: Any, where: str) -> list[Any]:
    """The list of a document: itself, or the only list of objects that one of its members is.

    Raises:
        LoadError: there is none, or several.
    """
    if isinstance(document, list):
        return document
    members = document if isinstance(document, dict) else {}
    lists = {name: part for name, part in members.items()
             if isinstance(part, list) and any(isinstance(item, dict) for item in part)}
    if len(lists) == 1:
        return next(iter(lists.values()))
    found = f"lists named {', '.join(sorted(lists))[:200]}" if lists else (
        f"{type(document).__name__!r} without one")
    raise LoadError(f"{where}: expected one list of objects, found {found}; save that list alone")


def table(name: str, items: Iterable[tuple[int, Any]], where: str) -> Raw:
    """The objects as rows; what is no object is a problem.

    Raises:
        LoadError: there are more columns or cells than any table has.
    """
    rows: list[dict[Any, Any]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    for number, item in items:
        if isinstance(item, dict):
            rows.append(item)
            numbers.append(number)
        else:
            problems.append(broken_row(name, number, f"{type(item).__name__} where an object is"))
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if len(keys) * len(rows) > _MOST_CELLS:
        raise LoadError(
            f"{where}: has {len(keys):,} names in {len(rows):,} objects; is it a table?")
    columns = {
        header: as_array([row.get(key) for row in rows])
        for header, key in zip(headed(keys, where), keys, strict=True)
    }
    return Raw(name, columns, np.array(numbers, int), len(rows) + len(problems), problems)


def _lines(path: Path) -> Iterator[Raw]:
    """A file that breaks off gives the rows before the damage; then the error is raised."""
    items: list[tuple[int, Any]] = []
    damage: LoadError | None = None
    try:
        items.extend(read_json_lines(path))
    except LoadError as error:
        damage = error
    if items or damage is None:
        yield table(path.name, items, str(path))
    if damage is not None:
        raise damage
