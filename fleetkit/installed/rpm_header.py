"""One rpm header: the wanted tags of a blob as rpm stores it in every kind of database.

A blob is two big-endian counts (index entries, bytes of data), the index (tag, type, offset,
count) and the data. Entries added at installation follow the signed region and replace what it
says. Source: rpm's description of the header structure.
"""

import struct
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

NAME, VERSION, RELEASE, EPOCH = 1000, 1001, 1002, 1003
INSTALL_TIME, SIZE, VENDOR, ARCH, SOURCE_RPM = 1008, 1009, 1011, 1022, 1044
LONG_SIZE, MODULARITY_LABEL = 5009, 5096
CHANGELOG_TIME, CHANGELOG_NAME, CHANGELOG_TEXT = 1080, 1081, 1082

_WANTED = frozenset({NAME, VERSION, RELEASE, EPOCH, INSTALL_TIME, SIZE, VENDOR, ARCH, SOURCE_RPM})
_WANTED |= {LONG_SIZE, MODULARITY_LABEL}
_CHANGES = frozenset({CHANGELOG_TIME, CHANGELOG_NAME, CHANGELOG_TEXT})
_MAGIC = b"\x8e\xad\xe8\x01\x00\x00\x00\x00"  # in package files; databases leave it out
_COUNTS = struct.Struct(">II")
_ENTRY = struct.Struct(">IIII")
_NUMBERS = {4: struct.Struct(">I"), 5: struct.Struct(">Q")}
_TEXTS = frozenset({6, 8, 9})  # a string, and lists of them, of which the first counts
_MAX_WANTED = 4 * len(_WANTED)  # real headers state a tag once, or twice when replaced
_MAX_ENTRIES = 0xFFFF  # rpm's own limit
_MAX_CHANGES = 20_000  # entries of a changelog; the longest real ones have some 5,000


@dataclass(frozen=True, slots=True)
class Header:
    """The wanted tags that are present, texts not yet decoded."""

    texts: dict[int, bytes]
    numbers: dict[int, int]


class Change(NamedTuple):
    """One entry of a changelog: seconds since 1970, author and version, what was done."""

    seconds: int
    name: bytes
    text: bytes


def read_header(blob: bytes) -> Header | str:
    """The header, or the reason why it cannot be read."""
    blob = blob.removeprefix(_MAGIC)
    if len(blob) < _COUNTS.size:
        return f"has only {len(blob)} bytes"
    entries, size = _COUNTS.unpack_from(blob)
    start = _COUNTS.size + entries * _ENTRY.size
    if not 0 < entries <= _MAX_ENTRIES or start + size > len(blob):
        return f"claims {entries} index entries and {size} bytes of data in {len(blob)} bytes"
    index = _ENTRY.iter_unpack(memoryview(blob)[_COUNTS.size : start])
    present = (entry for entry in index if entry[0] in _WANTED and entry[3])
    wanted = list(islice(present, _MAX_WANTED + 1))
    if len(wanted) > _MAX_WANTED:
        return f"states more than {_MAX_WANTED} values for {len(_WANTED)} tags"
    header = Header({}, {})
    for tag, kind, offset, _ in wanted:
        if not _add(header, blob, (tag, kind), (start + offset, start + size)):
            return f"has tag {tag} of type {kind} at byte {offset} of {size}"
    return header


def read_changes(blob: bytes) -> list[Change] | None:
    """The changelog of a header that `read_header` can read, newest first; None without one.

    A changelog whose lists do not fit each other or the data counts as none.
    """
    blob = blob.removeprefix(_MAGIC)
    entries, size = _COUNTS.unpack_from(blob)
    start = _COUNTS.size + entries * _ENTRY.size
    index = _ENTRY.iter_unpack(memoryview(blob)[_COUNTS.size : start])
    found = {tag: (offset, count) for tag, _, offset, count in index if tag in _CHANGES}
    counts = {count for _, count in found.values()}
    if len(found) < len(_CHANGES) or len(counts) != 1 or not 0 < min(counts) <= _MAX_CHANGES:
        return None
    (count,), end = counts, start + size
    first = start + found[CHANGELOG_TIME][0]
    if first + 4 * count > end:
        return None
    names, texts = (
        blob[start + found[tag][0] : end].split(b"\0", count)
        for tag in (CHANGELOG_NAME, CHANGELOG_TEXT)
    )
    if len(names) <= count or len(texts) <= count:  # behind the last one is the rest
        return None
    seconds = struct.unpack_from(f">{count}I", blob, first)
    return [Change(*change) for change in zip(seconds, names[:-1], texts[:-1], strict=True)]


def _add(header: Header, blob: bytes, tagged: tuple[int, int], span: tuple[int, int]) -> bool:
    """Whether the value of the tag lies inside the data; then it is in the header."""
    (tag, kind), (start, end) = tagged, span
    if kind in _TEXTS:
        stop = blob.find(b"\0", start, end)
        if stop >= 0:
            header.texts[tag] = blob[start:stop]
        return stop >= 0
    number = _NUMBERS.get(kind)
    if number is None or start + number.size > end:
        return False
    header.numbers[tag] = number.unpack_from(blob, start)[0]
    return True
