"""Chance of each flaw to be exploited within 30 days, as FIRST's model (EPSS) reckons daily.

Source: first.org/epss, epss_scores-YYYY-MM-DD.csv.gz (its first line is a comment with the
model's version and the day; the oldest files have none, then the name of the file tells the day)
and answers of api.first.org/data/v1/epss. Models differ: numbers of two versions do not compare.
"""

import csv
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from io import TextIOWrapper
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.plugins import AdvisorySource, Exploitation, Problem
from fleetkit.source import open_bytes, parse_json, read_bytes
from fleetkit.values import BrokenError, clean, named

FILE_BYTES = 512 << 20  # a day of all flaws has a twentieth of it
LINES = 5_000_000

_SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz")
_LONGEST_LINE = 10_000
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)
_LONGEST_COMMENT = 20
_BROKEN = (OSError, EOFError, zlib.error, csv.Error, ValueError)

Note = Callable[[Problem], None]


def rows(path: Path, note: Note) -> Iterator[Exploitation]:
    """One row per flaw, in the order of the file.

    Raises:
        LoadError: the file cannot be opened, or is of another form.
    """
    name = path.name.lower()
    if not name.endswith(_SUFFIXES):
        raise LoadError(f"{path}: expected chances of exploitation ({', '.join(_SUFFIXES)})")
    where = clean(str(path))
    if ".json" in name:
        yield from _from_json(path, where, note)
        return
    try:
        with open_bytes(path) as stream, TextIOWrapper(
            stream, "utf-8-sig", "replace", newline=""
        ) as text:
            yield from _from_csv(text, where, note)
    except _BROKEN as error:
        raise LoadError(f"{where}: cannot be read: {error}") from error


def _from_csv(stream: TextIOWrapper, where: str, note: Note) -> Iterator[Exploitation]:
    lines = _lines(stream)
    comments: list[str] = []
    head = next(lines, "")
    while head.startswith("#") and len(comments) < _LONGEST_COMMENT:
        comments.append(head)
        head = next(lines, "")
    columns = [column.strip() for column in head.split(",")]
    if not {"cve", "epss"} <= set(columns):
        raise LoadError(f"{where}: expected columns cve and epss, found {head.strip()[:200]!r}")
    day = _day(" ".join(comments)) or _day(where.rpartition("/")[2])
    flaw, chance = columns.index("cve"), columns.index("epss")
    for number, row in enumerate(_cells(lines, where, note), len(comments) + 2):
        place = f"{where}, line {number}"
        try:
            yield Exploitation(named(row[flaw], "'cve'"), place, None, _chance(row[chance]), day)
        except IndexError:
            if row:
                note(_breach(place, f"has {len(row)} cells, not {len(columns)}"))
        except BrokenError as error:
            note(_breach(place, str(error)))


def _cells(lines: Iterator[str], where: str, note: Note) -> Iterator[list[str]]:
    """The cells of each line, up to where the file is damaged."""
    try:
        yield from csv.reader(lines)
    except _BROKEN as error:
        note(Problem("unreadable_feed", "chances of exploitation could not be read to their end",
                     where, clean(str(error))[:1000], "fetch the file again", "error"))


def _lines(stream: TextIOWrapper) -> Iterator[str]:
    """Lines within bounds; a file that has more is no list of flaws."""
    for line in islice(iter(lambda: stream.readline(_LONGEST_LINE + 1), ""), LINES):
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"a line is longer than {_LONGEST_LINE:,} characters")
        yield line
    if stream.readline(1):
        raise ValueError(f"has more than {LINES:,} lines")


def _from_json(path: Path, where: str, note: Note) -> Iterator[Exploitation]:
    document = parse_json(read_bytes(path, FILE_BYTES), where)
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, list):
        raise LoadError(f"{where}: expected an answer of FIRST with 'data', found"
                        f" {type(document).__name__}")
    total = document.get("total")
    if isinstance(total, int) and total > len(data):
        note(Problem("incomplete_feed", "an answer of FIRST holds a part of the flaws only", where,
                     f"{len(data):,} of {total:,}", "take the file of all flaws"))
    for number, entry in enumerate(data, 1):
        place = f"{where}, entry {number}"
        try:
            yield _read_entry(entry, place)
        except BrokenError as error:
            note(_breach(place, str(error)))


def _read_entry(entry: Any, where: str) -> Exploitation:
    if not isinstance(entry, dict):
        raise BrokenError(f"expected an entry, found {type(entry).__name__}")
    return Exploitation(named(entry.get("cve"), "'cve'"), where, None, _chance(entry.get("epss")),
                        _day(entry.get("date")))


def _chance(value: Any) -> float:
    try:
        chance = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        chance = -1.0
    if not (isfinite(chance) and 0 <= chance <= 1):
        raise BrokenError(f"'epss' is no chance from 0 to 1: {str(value)[:80]!r}")
    return chance


def _day(value: Any) -> date | None:
    match = _DAY.search(value[:_LONGEST_LINE]) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def _breach(where: str, said: str) -> Problem:
    return Problem("broken_record", "a chance of exploitation breaks its form and was passed over",
                   where, clean(said)[:1000], "fetch the file again")


ADVISORIES = AdvisorySource(
    doc="the chance of each flaw to be exploited within 30 days (EPSS)",
    reads=("a day of FIRST's model (.csv, .csv.gz)", "an answer of FIRST's API (.json, .json.gz)"),
    rows=rows,
)
