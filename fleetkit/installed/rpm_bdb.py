"""`Packages`, a Berkeley DB hash (RHEL 5 to 8, older SUSE and Fedora), read page by page.

Headers are longer than a page, so a hash page holds their number and points at the first of a
chain of overflow pages. An overflow page is used at most once, so that a chain which bites its tail
ends and the work is bounded by the file. Source: files written by Berkeley DB 5.3.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from fleetkit.installed.faults import Fault

_MAGIC, _MAGIC_AT = 0x061561, 12
_META_SIZE, _HASH_META = 72, 8
_VERSIONS = {8, 9}
_PAGE_SIZES = {1 << bits for bits in range(9, 17)}
_HEAD = 26  # bytes before the contents of a page
_HASH_PAGES, _OVERFLOW_PAGE = {2, 13}, 7
_INLINE, _OFF_PAGE = 1, 3
_COUNTER = b"\x01" + bytes(4)  # key 0 holds the highest package number


@dataclass(frozen=True, slots=True)
class _File:
    database: bytes
    order: str
    page_size: int
    last_page: int
    used: bytearray  # overflow pages that belong to a header already

    def read(self, layout: str, page: int, offset: int = 0) -> tuple[int, ...]:
        return struct.unpack_from(
            self.order + layout, self.database, page * self.page_size + offset
        )


def is_bdb(database: bytes) -> bool:
    """Whether the file carries the magic of a Berkeley DB hash, in either byte order."""
    return len(database) >= _META_SIZE and _order(database) is not None


def read_bdb(database: bytes, path: str) -> Iterator[bytes | Fault]:
    """The header blobs, in the order of hash pages."""
    order = _order(database) or "<"
    version, page_size, cipher, kind, flags, last_page = struct.unpack_from(
        order + "IIBBB5xI", database, _MAGIC_AT + 4
    )
    # cipher: pages are encrypted; flag 1: pages carry checksums, which moves their contents
    if (
        version not in _VERSIONS
        or page_size not in _PAGE_SIZES
        or (kind, cipher, flags & 1)
        != (
            _HASH_META,
            0,
            0,
        )
    ):
        message = (
            f"Berkeley DB hash of version {version}, page size {page_size}, type {kind}, "
            f"cipher {cipher}, flags {flags}; known are plain ones of version 8 and 9"
        )
        yield Fault("unknown_format", path, message)
        return
    held = len(database) // page_size
    if held <= last_page:
        message = f"Berkeley DB: the file ends after {held} of {last_page + 1} pages"
        yield Fault("corrupt_database", path, message)
    file = _File(database, order, page_size, min(last_page, held - 1), bytearray(held))
    for page in range(1, file.last_page + 1):
        for blob in _read_page(file, page):
            yield blob if isinstance(blob, bytes) else _fault(path, page, blob)


def _order(database: bytes) -> str | None:
    orders = (o for o in "<>" if struct.unpack_from(o + "I", database, _MAGIC_AT)[0] == _MAGIC)
    return next(orders, None)


def _fault(path: str, page: int, why: str) -> Fault:
    return Fault("unreadable_entry", path, f"Berkeley DB, page {page}: {why}")


def _read_page(file: _File, page: int) -> Iterator[bytes | str]:
    """The blobs of one hash page, or why there is none; nothing for other pages."""
    entries, _, _, kind = file.read("HHBB", page, 20)
    if kind not in _HASH_PAGES:
        return
    floor = _HEAD + 2 * entries
    if entries % 2 or floor > file.page_size:
        yield f"{entries} entries"
        return
    starts = file.read(f"{entries}H", page, _HEAD)
    spans = list(zip(starts, (file.page_size, *starts), strict=False))
    for key, value in zip(spans[::2], spans[1::2], strict=True):
        if not floor <= value[0] < value[1] <= key[0] < key[1] <= file.page_size:
            yield f"entry at bytes {value[0]} to {key[1]}"
        elif _cut(file, page, key) != _COUNTER:
            yield _read_value(file, _cut(file, page, value))


def _cut(file: _File, page: int, span: tuple[int, int]) -> bytes:
    start = page * file.page_size
    return file.database[start + span[0] : start + span[1]]


def _read_value(file: _File, value: bytes) -> bytes | str:
    if value[0] == _INLINE:
        return value[1:]
    if value[0] != _OFF_PAGE or len(value) != 12:
        return f"value of type {value[0]} and {len(value)} bytes"
    first, length = struct.unpack(file.order + "4xII", value)
    return _read_chain(file, first, length)


def _read_chain(file: _File, page: int, length: int) -> bytes | str:
    parts, missing = [], length
    while missing > 0:
        if not 0 < page <= file.last_page or file.used[page]:
            return f"chain of {length} bytes leads to page {page}, which is outside or used"
        file.used[page] = 1
        following, _, filled, _, kind = file.read("IHHBB", page, 16)
        if kind != _OVERFLOW_PAGE or not 0 < filled <= min(missing, file.page_size - _HEAD):
            return f"chain leads to page {page} of type {kind} with {filled} bytes"
        parts.append(_cut(file, page, (_HEAD, _HEAD + filled)))
        page, missing = following, missing - filled
    return b"".join(parts)
