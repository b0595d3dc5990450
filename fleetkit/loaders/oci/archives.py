"""Archives: what `docker save` and `skopeo copy` write, read in one pass and never unpacked.

The order of members is not fixed, so each is taken for what it looks like (a layer, a document) and
gets its role at the end. Digests are computed from what is there; what a name claims is compared.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.attestations import Statement, statements_in
from fleetkit.loaders.oci.documents import Descriptor, Mismatch, Missing, checked
from fleetkit.loaders.oci.limits import (
    MAX_ARCHIVE_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_DOCUMENTS,
    MAX_PASSES,
)
from fleetkit.loaders.oci.members import BLOCK, Member, Tar, is_tar
from fleetkit.loaders.oci.strata import Layer, keep_layer, read_layer
from fleetkit.loaders.oci.streams import (
    PORTION,
    Damaged,
    Flow,
    Portion,
    hashed,
    is_packed,
    unpacked,
)
from fleetkit.loaders.oci.watching import Watch, plain, watch_of
from fleetkit.plugins import Problem
from fleetkit.redaction import mask_text
from fleetkit.source import parse_json

_MOST_DOCUMENT_BYTES = 512 << 20
_MOST_HELD_BYTES = 4 << 30  # of what was found in layers, packed
_MOST_ALIASES = 100_000
_MOST_STEPS = 8
_MOST_LISTED = 20


@dataclass(frozen=True)
class _Blob:
    """A layer in the archive, and the digest of its bytes as they lie there."""

    layer: Layer
    digest: str


@dataclass
class Archive:
    """An archive and what its passes have found.

    Args:
        path: the file.
        problems: what is wrong with the archive itself.
    """

    path: Path
    problems: list[Problem] = field(default_factory=list)
    _documents: dict[str, bytes] = field(default_factory=dict)
    _aliases: dict[str, str] = field(default_factory=dict)
    _blobs: dict[frozenset[str], dict[str, _Blob]] = field(default_factory=dict)
    _broken: dict[str, LoadError] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _damage: LoadError | None = None
    _escaping: int = 0
    _document_bytes: int = 0
    _held_bytes: int = 0

    def __post_init__(self) -> None:
        """Reads the archive.

        Raises:
            LoadError: it cannot be opened.
        """
        error = self._pass(watch_of())
        if error is not None:
            self.problems.append(Problem(
                code="unreadable_file", message="an archive could not be read to its end",
                subject_id=self.path.name, detail=mask_text(str(error))[:500], severity="error",
                phase="parse", hint="was it written and copied in full?",
            ))
        if self._escaping:
            self.problems.append(Problem(
                code="escaping_member", message="an archive holds names that lead out of it",
                subject_id=self.path.name, phase="parse",
                detail=f"{self._escaping:,} members are left alone",
                hint="nothing is ever unpacked, so nothing was written; who made this archive?",
            ))

    def json(self, name: str) -> Any:
        """A document by its name; None where there is none.

        Raises:
            LoadError: it is no JSON.
        """
        content = self._documents.get(self._resolved(name))
        return None if content is None else parse_json(content, f"{self.path}: {name}")

    def content(self, name: str) -> bytes:
        """The bytes of a document.

        Raises:
            Missing: there is none of that name.
        """
        content = self._documents.get(self._resolved(name))
        if content is None:
            raise Missing(f"{self.path}: names {name!r:.200}, which is not in it")
        return content

    def statements(self, named: Descriptor) -> list[Statement]:
        """What is understood of an attestation; see `walking.Store`."""
        return list(statements_in(self.manifest(named), named.digest))

    def config(self, named: Descriptor) -> Any:
        """The configuration with a digest; see `walking.Store`."""
        return self.manifest(named)

    def manifest(self, named: Descriptor) -> Any:
        """The document with a digest; see `walking.Store`."""
        name = blob_name(named.digest)
        return parse_json(checked(self.content(name), named.digest, f"{self.path}: {name}"),
                          f"{self.path}: {name}")

    def layer(self, name: str, diff_id: str, watch: Watch) -> Layer:
        """The layer of that name, kept for later loads.

        Raises:
            LoadError: it is not there, damaged, or not the one that it is said to be.
        """
        real = self._resolved(name)
        found = self._passed(watch).get(real)
        if found is None:
            raise self._broken.get(real) or Missing(
                f"{self.path}: names the layer {name!r:.200}, which is not in it")
        claimed = _claimed(real)
        lies = claimed is not None and claimed != found.digest
        if lies or found.layer.diff_id != diff_id:
            raise Mismatch(f"{self.path}: layer {name!r:.200} has another content"
                           f" ({found.layer.diff_id[:19]}…) than its digest says; it is not"
                           " believed")
        keep_layer(found.layer, watch)
        return found.layer

    def listed(self) -> str:
        """Some of the names in it, for a message."""
        return ", ".join(self._names) or "nothing"

    def _passed(self, watch: Watch) -> dict[str, _Blob]:
        if watch.more not in self._blobs:
            if len(self._blobs) >= MAX_PASSES:
                raise LoadError(f"{self.path}: links in its layers lead to ever new places")
            self._pass(watch)
        return self._blobs[watch.more]

    def _pass(self, watch: Watch) -> LoadError | None:
        """Reads the archive once; returns what ended it before its end."""
        found = self._blobs.setdefault(watch.more, {})
        try:
            for member, tar in self._members():
                name = plain(member.name)
                if name is None:
                    self._escaping += not watch.more
                elif member.kind == "file":
                    self._take(name, member, tar, watch, found)
                elif member.kind in ("symlink", "hardlink") and len(self._aliases) < _MOST_ALIASES:
                    self._aliases[name] = _target(name, member)
        except LoadError as error:
            return self._damage or error
        except OSError as error:
            raise LoadError(f"{self.path}: cannot be read: {error}") from error
        return None

    def _watched(self, portions: Iterator[Portion]) -> Iterator[Portion]:
        """The portions; what ends them early is known even where a layer was being read."""
        try:
            yield from portions
        except LoadError as error:
            self._damage = error
            raise

    def _members(self) -> Iterator[tuple[Member, Tar]]:
        where = str(self.path)
        with self.path.open("rb") as stream:
            portions = unpacked(iter(lambda: stream.read(PORTION), b""), where, MAX_ARCHIVE_BYTES)
            tar = Tar(Flow(self._watched(portions)), where)
            for member in tar:
                if len(self._names) < _MOST_LISTED:
                    self._names.append(repr(member.name[:80]))
                yield member, tar
            if not tar.has_end:
                raise Damaged(f"{where}: breaks off behind a member; was it copied in full?")

    def _take(
        self, name: str, member: Member, tar: Tar, watch: Watch, found: dict[str, _Blob]
    ) -> None:
        """Takes a member for a layer or a document, by how it begins."""
        head = tar.take(BLOCK)
        content = chain([head], tar.content())
        if is_tar(head) or is_packed(head):
            where = f"{self.path}: {name[:200]}"
            try:
                found[name] = blob = _blob(content, head, watch, where)
                self._held_bytes += len(blob.layer.packed)
            except LoadError as error:
                self._broken[name] = error
            if self._held_bytes > _MOST_HELD_BYTES:
                raise LoadError(f"{self.path}: its package databases are larger than anything real")
        elif (not watch.more and member.size <= MAX_DOCUMENT_BYTES
              and head.lstrip()[:1] in (b"{", b"[")):
            self._keep(name, b"".join(content))

    def _keep(self, name: str, content: bytes) -> None:
        self._document_bytes += len(content)
        if len(self._documents) >= MAX_DOCUMENTS or self._document_bytes > _MOST_DOCUMENT_BYTES:
            raise LoadError(f"{self.path}: holds more documents than anything real")
        self._documents[name] = content

    def _resolved(self, name: str) -> str:
        """The member that a name stands for: older archives link layers that are alike."""
        path = plain(name) or ""
        for _ in range(_MOST_STEPS):
            if path not in self._aliases:
                break
            path = self._aliases[path]
        return path


def blob_name(digest: str) -> str:
    """Where a layout keeps the content with a digest."""
    return "blobs/" + digest.replace(":", "/", 1)


def _blob(content: Iterator[Portion], head: bytes, watch: Watch, where: str) -> _Blob:
    if not is_packed(head):
        layer = read_layer(content, watch, where)
        return _Blob(layer, layer.diff_id)
    digest = hashlib.sha256()
    layer = read_layer(hashed(content, digest), watch, where)
    return _Blob(layer, f"sha256:{digest.hexdigest()}")


def _claimed(name: str) -> str | None:
    """The digest that a name claims, in a layout."""
    words = name.split("/")
    return f"{words[1]}:{words[2]}" if words[0] == "blobs" and len(words) == 3 else None


def _target(name: str, member: Member) -> str:
    folder = name.rpartition("/")[0] if member.kind == "symlink" else ""
    parts = [] if member.target.startswith("/") else [part for part in folder.split("/") if part]
    for part in member.target.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
