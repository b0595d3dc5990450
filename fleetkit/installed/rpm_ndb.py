"""`Packages.db`, rpm's own container (SUSE): slots that point at checksummed blobs.

All numbers are little-endian. The file starts with a header of 32 bytes, then slots of 16 bytes
up to the end of the last slot page; blobs are counted in blocks of 16 bytes and carry a head
(16 bytes), padding and a tail (checksum, length, magic). Source: files written by rpm 4.20.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from fleetkit.installed.faults import Fault

_BLOCK = 16
_SLOT_PAGE = 4096
_SLOTS_START = 32
_HEAD = struct.Struct("<4sIIIIIII")
_SLOT = struct.Struct("<4sIII")
_BLOB_HEAD = struct.Struct("<4sIII")
_BLOB_TAIL = struct.Struct("<II4s")


@dataclass(frozen=True, slots=True)
class _Slot:
    package: int
    start: int
    end: int


def is_ndb(database: bytes) -> bool:
    """Whether the file carries the magic of an ndb database."""
    return database.startswith(b"RpmP")


def read_ndb(database: bytes, path: str) -> Iterator[bytes | Fault]:
    """The header blob of every used slot, in the order of slots."""
    if len(database) < _HEAD.size:
        yield Fault("corrupt_database", path, f"ndb: only {len(database)} bytes")
        return
    version, slot_pages = _HEAD.unpack_from(database)[1], _HEAD.unpack_from(database)[3]
    if version != 0:
        yield Fault("unknown_format", path, f"ndb: version {version}; known is 0")
        return
    slots_end = slot_pages * _SLOT_PAGE
    if not 0 < slots_end <= len(database):
        message = f"ndb: {slot_pages} slot pages do not fit into {len(database)} bytes"
        yield Fault("corrupt_database", path, message)
        return
    budget = len(database)  # slots that share a blob must not multiply the work
    for slot in _read_slots(database, slots_end):
        budget -= slot.end - slot.start if isinstance(slot, _Slot) else 0
        if isinstance(slot, str) or budget < 0:
            why = slot if isinstance(slot, str) else "slots overlap"
            yield Fault("corrupt_database", path, f"ndb: {why}; the slots after it are not read")
            return
        blob = _read_blob(database, slot, slots_end)
        yield blob if isinstance(blob, bytes) else Fault("unreadable_entry", path, f"ndb: {blob}")


def _read_slots(database: bytes, slots_end: int) -> Iterator[_Slot | str]:
    slots = memoryview(database)[_SLOTS_START:slots_end]
    for magic, package, block, blocks in _SLOT.iter_unpack(slots):
        if magic != b"Slot":
            yield f"slot with magic {magic!r}"
            return
        if package:
            yield _Slot(package, block * _BLOCK, (block + blocks) * _BLOCK)


def _read_blob(database: bytes, slot: _Slot, slots_end: int) -> bytes | str:
    """The blob that a slot points at, or why it cannot be read."""
    called = f"package {slot.package} at byte {slot.start}"
    tail = slot.end - _BLOB_TAIL.size
    body = slot.start + _BLOB_HEAD.size
    if slot.start < slots_end or slot.end > len(database) or body > tail:
        return f"{called} lies outside the file"
    magic, package, _, length = _BLOB_HEAD.unpack_from(database, slot.start)
    checksum, length_again, tail_magic = _BLOB_TAIL.unpack_from(database, tail)
    if (magic, package, length, tail_magic) != (b"BlbS", slot.package, length_again, b"BlbE"):
        return f"{called} is not framed as a blob"
    if body + length > tail or zlib.adler32(memoryview(database)[slot.start : tail]) != checksum:
        return f"{called} fails its checksum"
    return database[body : body + length]
