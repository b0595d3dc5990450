"""Flaws known to be exploited: CISA's catalogue (KEV), and others in its form.

Source: cisa.gov, known_exploited_vulnerabilities.json and .csv, and the schema beside them. The
CSV states no date of release: the day of its newest entry stands for it. The day of listing is
when the catalogue's keeper had proof, which may be years after the first attack.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.plugins import AdvisorySource, Exploitation, Problem
from fleetkit.source import parse_json, read_bytes
from fleetkit.values import BrokenError, clean, named

FILE_BYTES = 256 << 20  # the catalogue has a hundredth of it

_SUFFIXES = (".json", ".json.gz", ".csv", ".csv.gz")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.ASCII)

Note = Callable[[Problem], None]
Entries = Iterable[tuple[str, Any]]


def rows(path: Path, note: Note) -> Iterator[Exploitation]:
    """One row per flaw of the catalogue, in its order.

    Raises:
        LoadError: the file cannot be read, or is of another form.
    """
    if not path.name.lower().endswith(_SUFFIXES):
        raise LoadError(f"{path}: expected a catalogue of exploited flaws ({', '.join(_SUFFIXES)})")
    where, content = clean(str(path)), read_bytes(path, FILE_BYTES)
    entries, released = (
        _from_json(content, where) if ".json" in path.name.lower() else _from_csv(content, where)
    )
    read = list(_read(entries, note))
    as_of = released or max((row.exploited_since for row in read if row.exploited_since),
                            default=None)
    for row in read:
        yield Exploitation(row.flaw, row.where, row.exploited_since, as_of=as_of)


def _read(entries: Entries, note: Note) -> Iterator[Exploitation]:
    for where, entry in entries:
        try:
            yield _read_entry(entry, where)
        except BrokenError as error:
            note(Problem("broken_record", "an entry of a catalogue of exploited flaws was passed"
                         " over", where, clean(str(error))[:1000], "fetch the catalogue again"))


def _read_entry(entry: Any, where: str) -> Exploitation:
    if not isinstance(entry, dict):
        raise BrokenError(f"expected an entry, found {type(entry).__name__}")
    flaw, since = named(entry.get("cveID"), "'cveID'"), _day(entry.get("dateAdded"))
    if since is None:
        raise BrokenError(f"{flaw}: 'dateAdded' is no day: {str(entry.get('dateAdded'))[:80]!r}")
    return Exploitation(flaw, where, since)


def _from_json(content: bytes, where: str) -> tuple[Entries, date | None]:
    document = parse_json(content, where)
    if not isinstance(document, dict) or not isinstance(document.get("vulnerabilities"), list):
        raise LoadError(f"{where}: expected a catalogue of exploited flaws with 'vulnerabilities',"
                        f" found {type(document).__name__}")
    listed = document["vulnerabilities"]
    numbered = ((f"{where}, entry {number}", entry) for number, entry in enumerate(listed, 1))
    return numbered, _day(document.get("dateReleased"))


def _from_csv(content: bytes, where: str) -> tuple[Entries, date | None]:
    text = content.decode("utf-8-sig", "replace").lstrip("\u200b")
    reader = csv.DictReader(StringIO(text, newline=""))
    if not {"cveID", "dateAdded"} <= set(reader.fieldnames or ()):
        raise LoadError(f"{where}: expected a catalogue of exploited flaws with the columns cveID"
                        f" and dateAdded, found {', '.join(reader.fieldnames or ())[:200]!r}")
    return _numbered(reader, where), None


def _numbered(reader: "csv.DictReader[str]", where: str) -> Entries:
    try:
        for row in reader:
            yield f"{where}, line {reader.line_num}", row
    except csv.Error as error:
        raise LoadError(f"{where}: cannot be read at line {reader.line_num}: {error}") from error


def _day(value: Any) -> date | None:
    match = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


ADVISORIES = AdvisorySource(
    doc="flaws known to be exploited, and since when that is known",
    reads=("the catalogue of CISA (.json, .csv, gzipped or not)",),
    rows=rows,
)
