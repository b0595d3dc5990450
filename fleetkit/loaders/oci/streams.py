"""Streams of bytes in portions: hashed and inflated on the way, bounded, never on disk."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Protocol

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.limits import MAX_RATIO, SUSPICIOUS_BYTES

PORTION = 1 << 20
HEAD = 512
_GZIP, _ZSTD, _SKIPPABLE = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18"


Portion = bytes | memoryview


class Digest(Protocol):
    """What takes bytes: a hash of hashlib."""

    def update(self, content: Any, /) -> None:
        """Takes more bytes."""


class Damaged(LoadError):
    """A stream breaks off, is no valid packing, or holds more than anything real."""


class Flow:
    """A stream that gives exactly so many bytes, or skips them without keeping them."""

    def __init__(self, portions: Iterable[Portion]) -> None:
        # inflating may give nothing for a while
        self._portions = (portion for portion in portions if len(portion))
        self._held = memoryview(b"")

    def take(self, size: int) -> bytes:
        """So many bytes; fewer only at the end of the stream."""
        if len(self._held) >= size:
            taken, self._held = self._held[:size], self._held[size:]
            return bytes(taken)
        return b"".join(self.portions(size))

    def portions(self, size: int) -> Iterator[Portion]:
        """So many bytes, as they come; fewer only at the end of the stream."""
        while size > 0:
            if not self._held:
                self._held = memoryview(next(self._portions, b""))
                if not self._held:
                    return
            taken, self._held = self._held[:size], self._held[size:]
            size -= len(taken)
            yield taken

    def skip(self, size: int) -> int:
        """Passes over so many bytes; returns how many there were."""
        return sum(map(len, self.portions(size)))

    def rest(self) -> Iterator[Portion]:
        """All that is left."""
        if self._held:
            yield self._held
        self._held = memoryview(b"")
        yield from self._portions


def hashed(portions: Iterable[Portion], *digests: Digest) -> Iterator[Portion]:
    """The same portions, each of them told to the digests."""
    for portion in portions:
        for digest in digests:
            digest.update(portion)
        yield portion


def unpacked(portions: Iterable[Portion], where: str, largest: int) -> Iterator[Portion]:
    """The stream inflated if it is gzip or zstd, else as it is.

    Raises:
        Damaged: it breaks off, or holds more than `largest` bytes, or far more than its packed
            size would let anybody expect.
    """
    flow = Flow(portions)
    head = flow.take(4)
    packed = _Counted(chain([head] if head else [], flow.rest()))
    if head.startswith(_GZIP):
        return _bounded(_gunzipped(packed, where), packed, where, largest)
    if head.startswith(_ZSTD) or head[1:4] == _SKIPPABLE:
        return _bounded(_unzstandard(packed, where), packed, where, largest)
    return _bounded(packed, packed, where, largest)


def is_packed(head: bytes) -> bool:
    """Whether a stream that begins so is gzip or zstd."""
    return head.startswith((_GZIP, _ZSTD)) or head[1:4] == _SKIPPABLE


class _Counted:
    """Portions, and how many bytes of them were taken."""

    def __init__(self, portions: Iterator[Portion]) -> None:
        self._portions = portions
        self.taken = 0

    def __iter__(self) -> Iterator[Portion]:
        return self

    def __next__(self) -> Portion:
        portion = next(self._portions)
        self.taken += len(portion)
        return portion


def _bounded(
    portions: Iterable[Portion], packed: _Counted, where: str, largest: int
) -> Iterator[Portion]:
    given = 0
    for portion in portions:
        given += len(portion)
        if given > largest:
            raise Damaged(f"{where}: holds more than {largest:,} bytes; the rest is not read")
        if given > SUSPICIOUS_BYTES and given > MAX_RATIO * packed.taken:
            raise Damaged(
                f"{where}: {packed.taken:,} bytes inflate to more than {given:,}, which nothing"
                " real does; the rest is not read"
            )
        yield portion


def _gunzipped(packed: Iterable[Portion], where: str) -> Iterator[Portion]:
    """What a gzip stream holds, all of its members; zeros behind the last are padding."""
    inflate = zlib.decompressobj(wbits=31)
    has_begun = False
    try:
        for portion in packed:
            rest = portion
            while rest:
                if inflate.eof:
                    rest = bytes(rest).lstrip(b"\0")
                    if not rest:
                        break
                    inflate, has_begun = zlib.decompressobj(wbits=31), False
                has_begun = True
                yield inflate.decompress(rest, PORTION)
                rest = inflate.unconsumed_tail or inflate.unused_data
    except zlib.error as error:
        raise Damaged(f"{where}: is damaged gzip: {error}") from error
    if has_begun and not inflate.eof:
        raise Damaged(f"{where}: breaks off in the middle of its gzip; was it copied in full?")


def _unzstandard(packed: Iterator[Portion], where: str) -> Iterator[Portion]:
    import pyarrow as pa

    flow = Flow(packed)
    try:
        with pa.CompressedInputStream(pa.PythonFile(_File(flow), mode="r"), "zstd") as stream:
            while portion := stream.read(PORTION):
                yield portion
    except (OSError, pa.ArrowException) as error:
        raise Damaged(f"{where}: is damaged zstd: {error}") from error


class _File:
    """A flow as Arrow reads it."""

    closed = False

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def read(self, size: int = PORTION) -> bytes:
        """So many bytes."""
        return self._flow.take(PORTION if size < 0 else size)

    def close(self) -> None:
        """Nothing is open."""
