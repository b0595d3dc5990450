"""Documents out of files and folders, unpacked from attestations; nothing is written to disk."""

import zlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fleetkit.advisories.vex.texts import Note, maybe_named
from fleetkit.errors import LoadError
from fleetkit.plugins import Problem
from fleetkit.source import open_bytes, parse_json
from fleetkit.values import as_dict, as_list, clean

SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz")
FILE_BYTES = 256 << 20  # the largest that vendors publish have a tenth of it
LINES = 1_000_000

_BROKEN = (OSError, EOFError, ValueError, zlib.error)


class Document(NamedTuple):
    """A document, where it stands, and the artefacts that an attestation is about."""

    where: str
    content: Any
    subjects: list[str]


def documents(path: Path, note: Note) -> Iterator[Document]:
    """All documents of a file or folder.

    Raises:
        LoadError: the path does not exist or is a file of another form.
    """
    if not path.exists():
        raise LoadError(f"{path}: no such file or folder; expected judgements of flaws (VEX)")
    if path.is_file() and not path.name.lower().endswith(SUFFIXES):
        raise LoadError(f"{path}: expected judgements of flaws (VEX) in {', '.join(SUFFIXES)}")
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    for file in files:
        if file.name.lower().endswith(SUFFIXES) and file.is_file():
            yield from _documents(file, note)


def _documents(file: Path, note: Note) -> Iterator[Document]:
    where = clean(str(file))
    try:
        for place, text in _texts(file, where):
            yield from _parse(place, text, note)
    except _BROKEN as error:
        note(Problem("unreadable_feed", "a file of judgements (VEX) could not be read to its end",
                     where, clean(str(error))[:1000], "fetch it again", "error"))


def _texts(file: Path, where: str) -> Iterator[tuple[str, bytes]]:
    left = FILE_BYTES
    with open_bytes(file) as stream:
        if ".jsonl" not in file.name.lower():
            yield where, _bounded(stream.read(left + 1), left)
            return
        for number in range(1, LINES + 1):
            line = _bounded(stream.readline(left + 1), left)
            if not line:
                return
            left -= len(line)
            if line.strip():
                yield f"{where}, line {number}", line
        raise ValueError(f"has more than {LINES:,} lines")


def _bounded(content: bytes, largest: int) -> bytes:
    if len(content) > largest:
        raise ValueError(f"holds more than {FILE_BYTES:,} bytes")
    return content


def _parse(where: str, text: bytes, note: Note) -> Iterator[Document]:
    try:
        content = parse_json(text, where)
        found = [_unwrap(item, where) for item in content] if isinstance(content, list) else [
            _unwrap(content, where)]
    except (LoadError, ValueError, RecursionError) as error:
        note(Problem("unreadable_record", "a judgement (VEX) is no JSON and was passed over",
                     where, clean(str(error))[:1000], "fetch it again"))
        return
    for number, (inner, subjects) in enumerate(found, 1):
        place = f"{where}, entry {number}" if isinstance(content, list) else where
        yield Document(place, inner, subjects)


def _unwrap(content: Any, where: str) -> tuple[Any, list[str]]:
    """The document inside of an envelope and a statement of in-toto, and their subjects."""
    outer = as_dict(content)
    if isinstance(outer.get("payload"), str) and "payloadType" in outer:
        content = parse_json(b64decode(outer["payload"], validate=True), where)
        outer = as_dict(content)
    if "predicateType" not in outer:
        return content, []
    subjects = [_subject(as_dict(item)) for item in as_list(outer.get("subject"))]
    return outer.get("predicate"), [name for name in subjects if name]


def _subject(subject: dict[str, Any]) -> str:
    digest = maybe_named(as_dict(subject.get("digest")).get("sha256"))
    return f"sha256:{digest.lower()}" if digest else maybe_named(subject.get("name"))
