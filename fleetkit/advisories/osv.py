"""OSV records from files: one JSON document, a list, JSON lines, gzip, a zip archive or a folder.

Source: OSV schema 1.7. A record that breaks the schema is noted and passed over; of a record with
one broken entry, the others are kept. Nothing is ever unpacked to disk.
"""

import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from fleetkit.errors import LoadError
from fleetkit.plugins import AdvisorySource, Affected, Problem
from fleetkit.source import open_bytes, parse_json
from fleetkit.values import LONGEST_NAME, BrokenError, as_dict, clean, named

RECORD_BYTES = 32 << 20  # the largest records of the public feeds have a tenth of it
FILE_BYTES = 2 << 30
FEED_BYTES = 32 << 30
ENTRIES = 2_000_000
EVENT_KINDS = ("introduced", "fixed", "last_affected", "limit")
RANGE_TYPES = ("SEMVER", "ECOSYSTEM", "GIT")

_SUFFIXES = (".json", ".jsonl", ".json.gz", ".jsonl.gz", ".zip")
_BROKEN = (OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error,
           lzma.LZMAError, zipfile.BadZipFile)
_BUG_FIX = re.compile(r"(?:AL|RH|RL|EL)(?:BA|EA)-|(?:open)?SUSE-[RFO]U-", re.IGNORECASE)
_STREAM = re.compile(r"(?:^|\s)([A-Za-z][\w.+-]*:\w[\w.+-]*)\s")
_HINTS = {
    "unimportant": "unimportant",
    "end-of-life": "end_of_life",
    "wont-fix": "will_not_fix",
    "will-not-fix": "will_not_fix",
}
_SCORES = ("CVSS_V4", "CVSS_V3", "CVSS_V2")
_SPECIFIC = ("ecosystem_specific", "database_specific")

Note = Callable[[Problem], None]


class _Document(NamedTuple):
    where: str
    content: Any


def rows(path: Path, note: Note) -> Iterator[Affected]:
    """What the records of a file or folder say, in the order of names and lines.

    Raises:
        LoadError: the path does not exist or is of no form that is read.
    """
    if not path.exists():
        raise LoadError(f"{path}: no such file or folder; expected OSV records")
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    wanted = [file for file in files if file.name.lower().endswith(_SUFFIXES)]
    if path.is_file() and not wanted:
        raise LoadError(f"{path}: expected a file of OSV records ({', '.join(_SUFFIXES)})")
    for file in wanted[:ENTRIES]:
        if file.is_file():
            for document in _documents(file, note):
                yield from _read_record(document, note)


def _documents(file: Path, note: Note) -> Iterator[_Document]:
    try:
        with open_bytes(file) as stream:
            if file.suffix.lower() == ".zip":
                yield from _unzip(file, stream, note)
            else:
                yield from _parse(str(file), file.name.lower(), stream, note)
    except _BROKEN as error:
        note(_unreadable(str(file), error))


def _unzip(file: Path, stream: IO[bytes], note: Note) -> Iterator[_Document]:
    """Records of an archive; entries are read one after the other, within a budget."""
    archive = zipfile.ZipFile(stream)
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise ValueError(f"{len(entries):,} entries; at most {ENTRIES:,} are read")
    left = FEED_BYTES
    for entry in entries:
        name, where = entry.filename.lower(), f"{file}, entry {entry.filename[:LONGEST_NAME]}"
        if not name.endswith((".json", ".jsonl")):
            continue
        left -= entry.file_size
        if left < 0:
            raise ValueError(f"inflates to more than {FEED_BYTES:,} bytes")
        try:
            with archive.open(entry) as content:
                yield from _parse(where, PurePosixPath(name).name, content, note)
        except _BROKEN as error:
            note(_unreadable(where, error))


def _parse(where: str, name: str, stream: IO[bytes], note: Note) -> Iterator[_Document]:
    if ".jsonl" in name:
        for number, line in _lines(stream):
            yield from _load(f"{where}, line {number}", line, note)
        return
    content = stream.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise ValueError(f"holds more than {FILE_BYTES:,} bytes")
    for document in _load(where, content, note):
        if isinstance(document.content, list):
            for number, record in enumerate(document.content, 1):
                yield _Document(f"{where}, entry {number}", record)
        else:
            yield document


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(iter(lambda: stream.readline(RECORD_BYTES + 1), b""), 1):
        if len(line) > RECORD_BYTES:
            raise ValueError(f"line {number} is longer than {RECORD_BYTES:,} bytes")
        if line.strip():
            yield number, line


def _load(where: str, text: bytes, note: Note) -> Iterator[_Document]:
    try:
        yield _Document(where, parse_json(text, where))
    except (LoadError, ValueError) as error:
        note(Problem("unreadable_record", "a record is no JSON and was passed over", where,
                     clean(str(error)), "fetch the feed again"))


def _read_record(document: _Document, note: Note) -> Iterator[Affected]:
    where, record = document
    try:
        frame = _read_frame(record, where)
    except BrokenError as error:
        note(_breach(where, str(error)))
        return
    entries = record.get("affected") or []
    if not isinstance(entries, list):
        note(_breach(where, f"{frame['osv_id']}: 'affected' is no list"))
        entries = []
    if not entries:
        yield Affected(**frame)
    for number, entry in enumerate(entries, 1):
        try:
            yield Affected(**frame, **_read_entry(entry, record))
        except BrokenError as error:
            note(_breach(where, f"{frame['osv_id']}, affected {number}: {error}"))


def _read_frame(record: Any, where: str) -> dict[str, Any]:
    """What all entries of a record share."""
    if not isinstance(record, dict):
        raise BrokenError(f"expected a record, found {type(record).__name__}")
    osv_id = named(record.get("id"), "id")
    if not isinstance(record.get("modified"), str):
        raise BrokenError(f"{osv_id}: 'modified' is no time: {str(record.get('modified'))[:80]!r}")
    times = {name: _text(record.get(name)) for name in ("modified", "published", "withdrawn")}
    return {
        "osv_id": osv_id, "where": where, **times,
        "aliases": _texts(record.get("aliases")), "upstream": _texts(record.get("upstream")),
    }


def _read_entry(entry: Any, record: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(entry, dict) or not isinstance(entry.get("package"), dict):
        raise BrokenError("names no package")
    ranges = tuple(_read_range(item) for item in _listed(entry, "ranges"))
    severities = [*_dicts(entry.get("severity")), *_dicts(record.get("severity"))]
    kind, score = _score(severities) if severities else (None, None)
    severity, hint = _words(entry, record)
    return {
        "ecosystem": named(entry["package"].get("ecosystem"), "ecosystem"),
        "package": named(entry["package"].get("name"), "package name"),
        "ranges": tuple(item for item in ranges if item[0] != "GIT"),
        "versions": _texts(entry.get("versions")),
        "severity": severity, "severity_type": kind, "severity_score": score, "hint": hint,
        "module": _module(ranges, record),
    }


def _read_range(item: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not isinstance(item, dict) or item.get("type") not in RANGE_TYPES:
        raise BrokenError(f"a range has no known type; known are {', '.join(RANGE_TYPES)}")
    if item["type"] == "GIT":
        return "GIT", ()
    events = [
        (kind, named(version, kind))
        for event in _listed(item, "events")
        for kind, version in (event.items() if isinstance(event, dict) else [("", event)])
        if kind in EVENT_KINDS or _refuse(kind)
    ]
    if "introduced" not in [kind for kind, _ in events]:
        raise BrokenError("a range has no 'introduced' event")
    return item["type"], tuple(events)


def _refuse(kind: str) -> bool:
    raise BrokenError(f"unknown event {kind[:80]!r}; known are {', '.join(EVENT_KINDS)}")


def _listed(holder: dict[str, Any], name: str) -> list[Any]:
    found = holder.get(name) or []
    if not isinstance(found, list):
        raise BrokenError(f"{name!r} is no list")
    return found


def _score(severities: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """The vector of the newest CVSS; the package's own comes before the record's."""
    for kind in _SCORES:
        for severity in severities:
            if severity.get("type") == kind:
                return kind, _text(severity.get("score"))
    return None, None


def _words(entry: dict[str, Any], record: dict[str, Any]) -> tuple[str | None, str | None]:
    """Severity in words and what they hint at; the package's before the record's."""
    holders = entry, record
    specific = [part for holder in holders for name in _SPECIFIC
                if (part := as_dict(holder.get(name)))]
    said = [_text(part.get(name)) for part in specific for name in ("urgency", "severity")]
    distro = [_text(item.get("score")) for holder in holders if "severity" in holder
              for item in _dicts(holder["severity"]) if item.get("type") not in _SCORES]
    severity = next((word for word in (*distro, *said) if word), None)
    states = [severity, *(_text(part.get("fix_state")) for part in specific)]
    hint = next((_HINTS[state] for state in states if state in _HINTS), None)
    if _BUG_FIX.match(str(record.get("id"))):
        return severity, "not_security"
    return severity, hint


def _module(ranges: Iterable[tuple[str, tuple[tuple[str, str], ...]]], record: Any) -> str:
    """Builds of an rpm module say so in their release; which stream, only the summary says."""
    if not any(".module" in version for _, events in ranges for _, version in events):
        return ""
    found = _STREAM.search(_text(record.get("summary")) or "")
    return found[1] if found else "*"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> tuple[str, ...]:
    if not value or not isinstance(value, list):
        return ()
    return tuple([clean(item) for item in value if isinstance(item, str) and item])


def _text(value: Any) -> str | None:
    return clean(value) if isinstance(value, str) and value else None


def _breach(where: str, said: str) -> Problem:
    return Problem("broken_record", "a record breaks the OSV schema and was passed over", where,
                   clean(said)[:1000], "tell the publisher of the feed")


def _unreadable(where: str, error: Exception) -> Problem:
    return Problem("unreadable_feed", "a file of records could not be read to its end",
                   clean(where), clean(str(error))[:1000], "fetch it again", "error")


ADVISORIES = AdvisorySource(
    doc="OSV records: what osv.dev, distributions and package registries publish",
    reads=("a folder of records", "a record (.json)", "a list of records (.json)",
           "one record per line (.jsonl, .jsonl.gz)", "an archive of records (.zip)"),
    rows=rows,
)
