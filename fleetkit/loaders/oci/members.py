"""Members of a tar, one after another out of a stream: names, kinds and sizes, bounded.

Python's tarfile keeps every member that it has seen and reads an extended header however long it
claims to be; of an archive that may be hostile, and of which few files are wanted, this walks the
headers only. It knows ustar, GNU (long names, sparse files) and pax (path, linkpath, size, sparse
names). Sources: POSIX pax(1); GNU tar's description of its format.
"""

from collections.abc import Iterator
from typing import NamedTuple

from fleetkit.loaders.oci.limits import MAX_HEADER_BYTES, MAX_MEMBERS
from fleetkit.loaders.oci.streams import Damaged, Flow, Portion

BLOCK = 512
_SUM = slice(148, 156)
_BLANKS = 8 * ord(" ")  # the sum counts its own field as blanks
_KINDS = {
    "0": "file", "\0": "file", "7": "file", "1": "hardlink", "2": "symlink",
    "3": "device", "4": "device", "5": "folder", "6": "fifo",
}  # a sparse file is another kind: its content is not its bytes
_WITHOUT_CONTENT = ("hardlink", "symlink", "device", "folder", "fifo")
_LONG_NAME, _LONG_LINK, _PAX_GLOBAL = "L", "K", "g"
_EXTENDED = (_LONG_NAME, _LONG_LINK, "x", "X", _PAX_GLOBAL)
_SPARSE = b"S"
_GNU = (_SPARSE, b"L", b"K")
_BASE_256 = (0x80, 0xFF)
_LONGEST_NUMBER = 18
_PAX_PATH = ("path", "GNU.sparse.name")
_PAX_USED = (*_PAX_PATH, "linkpath", "size", "GNU.sparse.major")


class Member(NamedTuple):
    """A member: its name as it stands there, its kind, its size, and where a link leads."""

    name: str
    kind: str
    size: int
    target: str


class Tar:
    """The members of a tar; after each, its content may be taken, else it is skipped.

    `has_end` says, behind the last one, whether the mark of the end was there.
    """

    def __init__(self, flow: Flow, where: str) -> None:
        self._flow = flow
        self._where = where
        self._left = 0
        self._padding = 0
        self._has_map = False
        self.has_end = False

    def __iter__(self) -> Iterator[Member]:
        """Each member.

        Raises:
            Damaged: a header is none, is longer than anything real, or the stream breaks off.
        """
        extended: dict[str, str] = {}
        defaults: dict[str, str] = {}
        for _ in range(MAX_MEMBERS):
            block = self._flow.take(BLOCK)
            if len(block) < BLOCK or block == bytes(BLOCK):
                if block and len(block) < BLOCK:
                    raise self._broken()
                self.has_end = bool(block)
                return
            header = self._header(block)
            if header.kind in _EXTENDED:
                self._extend(header, extended, defaults)
                continue
            member = self._member(header, {**defaults, **extended} if defaults else extended)
            yield member
            self._pass()
            extended = {}
        raise Damaged(f"{self._where}: has more than {MAX_MEMBERS:,} members; the rest is not read")

    def take(self, size: int) -> bytes:
        """So many bytes of the present member, or all that it has left."""
        taken = self._flow.take(min(size, self._left))
        self._left -= len(taken)
        return taken

    def content(self) -> Iterator[Portion]:
        """The content of the present member, in portions.

        Raises:
            Damaged: the stream breaks off in it.
        """
        while self._left > 0:
            portion = next(self._flow.portions(self._left), b"")
            if not portion:
                raise self._broken()
            self._left -= len(portion)
            yield portion

    def _pass(self) -> None:
        if self._left + self._padding:
            if self._flow.skip(self._left) < self._left:
                raise self._broken()
            self._flow.skip(self._padding)
        self._left = self._padding = 0

    def _broken(self) -> Damaged:
        return Damaged(f"{self._where}: breaks off; was it written and copied in full?")

    def _header(self, block: bytes) -> Member:
        """The member as the block alone states it; its kind is still the type byte."""
        if _number(block[_SUM]) != sum(block) - sum(block[_SUM]) + _BLANKS:
            raise Damaged(f"{self._where}: a header fails its checksum; is it a tar, and whole?")
        size, kind = _number(block[124:136]), block[156:157]
        if size is None or size < 0:
            raise Damaged(f"{self._where}: a member has the size {block[124:136]!r}")
        name = _text(block[:100])
        if block[257:263] == b"ustar\0" and block[345] and kind not in _GNU:
            name = f"{_text(block[345:500])}/{name}"
        self._has_map = kind == _SPARSE and bool(block[482])
        return Member(name, kind.decode("latin-1"), size, _text(block[157:257]))

    def _extend(
        self, header: Member, extended: dict[str, str], defaults: dict[str, str]
    ) -> None:
        size, kind = header.size, header.kind
        if size > MAX_HEADER_BYTES:
            raise Damaged(
                f"{self._where}: an extended header claims {size:,} bytes; real ones have less"
                f" than {MAX_HEADER_BYTES:,}"
            )
        content = self._flow.take(size)
        if len(content) < size:
            raise self._broken()
        self._flow.skip(-size % BLOCK)
        if kind in (_LONG_NAME, _LONG_LINK):
            extended["path" if kind == _LONG_NAME else "linkpath"] = _text(content)
        else:
            (defaults if kind == _PAX_GLOBAL else extended).update(self._records(content))

    def _records(self, content: bytes) -> Iterator[tuple[str, str]]:
        """Keywords and values of a pax header, each with its length before it."""
        at = 0
        while at < len(content) and content[at]:
            length, _, _ = content[at:at + 20].partition(b" ")
            size = int(length) if length.isdigit() else 0
            record = content[at + len(length) + 1:at + size]
            keyword, sign, value = record.partition(b"=")
            if not sign or not record.endswith(b"\n"):
                raise Damaged(f"{self._where}: an extended header is damaged")
            if (known := keyword.decode(errors="replace")) in _PAX_USED:
                yield known, value[:-1].decode(errors="surrogateescape")
            at += size

    def _member(self, header: Member, extended: dict[str, str]) -> Member:
        name, code, size, target = header
        if extended:
            name = next((extended[key] for key in _PAX_PATH if key in extended), name)
            target = extended.get("linkpath", target)
            size = self._stated(extended.get("size"), size)
        kind = _KINDS.get(code, "other") if "GNU.sparse.major" not in extended else "other"
        if code == "\0" and name.endswith("/"):  # before there was a type for folders
            kind = "folder"
        if kind in _WITHOUT_CONTENT:
            size = 0
        while self._has_map:  # blocks that say where a sparse file has data
            block = self._flow.take(BLOCK)
            self._has_map = len(block) == BLOCK and bool(block[504])
        self._left, self._padding = size, -size % BLOCK
        return Member(name, kind, size, target)

    def _stated(self, text: str | None, size: int) -> int:
        if text is None:
            return size
        if not text.isdigit() or len(text) > _LONGEST_NUMBER:
            raise Damaged(f"{self._where}: a member has the size {text[:40]!r}")
        return int(text)


def is_tar(head: bytes) -> bool:
    """Whether a stream that begins so is a tar: a header, or the zeros of an empty one."""
    if len(head) < BLOCK:
        return False
    block = head[:BLOCK]
    return block == bytes(BLOCK) or _number(block[_SUM]) == (
        sum(block) - sum(block[_SUM]) + _BLANKS)


def _number(field: bytes) -> int | None:
    """An octal number, or one in base 256 where that is too small; None for anything else."""
    if field[0] in _BASE_256:
        return int.from_bytes(bytes([field[0] & 0x7F, *field[1:]]), "big") if (
            field[0] == _BASE_256[0]) else -1
    digits = field.split(b"\0", 1)[0].strip()
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        return None


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode(errors="surrogateescape")
