"""What one layer says about the paths that matter, read in one pass and kept under its digest.

A layer is its content, so what was found in it can never go stale: it is read once, however many
images stand on it, from wherever it comes.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from fleetkit.installed.changelogs import is_changelog
from fleetkit.loaders.oci.histories import Texts
from fleetkit.loaders.oci.limits import (
    MAX_CHANGELOGS,
    MAX_CHANGES,
    MAX_FILE_BYTES,
    MAX_FOUND_BYTES,
    MAX_LAYER_BYTES,
    MAX_PATH,
)
from fleetkit.loaders.oci.members import Member, Tar
from fleetkit.loaders.oci.streams import Damaged, Flow, Portion, hashed, unpacked
from fleetkit.loaders.oci.watching import OPAQUE, WHITEOUT, Watch, is_document, plain
from fleetkit.source import recall, remember

_SHELF, _FORM = "oci-layers", "2"

Change = tuple[str, str, Any]
"""What a layer does, where, and with what.

It does: hide, empty, folder, file (with its content), changelog (with what it says), symlink and
hardlink (with their target), other.
"""


@dataclass(frozen=True, slots=True)
class Layer:
    """What was found in a layer.

    Args:
        diff_id: digest of its content, computed.
        size_bytes: of all files in it.
        escaping: names that lead out of the root, or deeper than anything real.
        packed: its changes as compressed JSON.
    """

    diff_id: str
    size_bytes: int
    escaping: int
    packed: bytes

    def changes(self) -> list[Change]:
        """Changes at paths that matter, in the order of the layer."""
        return [
            (verb, path, _content(value) if verb == "file" else value)
            for verb, path, value in orjson.loads(zlib.decompress(self.packed))
        ]


def read_layer(portions: Iterable[Portion], watch: Watch, where: str) -> Layer:
    """A layer out of a stream, packed or not; the stream is read to its end.

    Raises:
        Damaged: it breaks off, is no tar, or is larger than anything real.
    """
    digest = hashlib.sha256()
    flow = Flow(hashed(unpacked(portions, where, MAX_LAYER_BYTES), digest))
    finding = _Finding(watch, where)
    tar = Tar(flow, where)
    for member in tar:
        finding.take(member, tar)
    for _ in flow.rest():
        pass  # padding behind the archive is part of the digest
    return Layer(f"sha256:{digest.hexdigest()}", finding.size_bytes, finding.escaping,
                 zlib.compress(orjson.dumps(finding.changes), 1))


def kept_layer(diff_id: str, watch: Watch) -> Layer | None:
    """What an earlier reading found in a layer, or None."""
    content = recall(_SHELF, _name(diff_id, watch), _FORM)
    if content is None:
        return None
    try:
        said = orjson.loads(content)
        return Layer(diff_id, said["size"], said["escaping"],
                     zlib.compress(orjson.dumps(said["changes"]), 1))
    except (ValueError, KeyError, TypeError):
        return None


def keep_layer(layer: Layer, watch: Watch) -> None:
    """Keeps what was found for later loads."""
    content = orjson.dumps({
        "size": layer.size_bytes, "escaping": layer.escaping,
        "changes": orjson.Fragment(zlib.decompress(layer.packed)),
    })
    remember(_SHELF, _name(layer.diff_id, watch), _FORM, content)


def _name(diff_id: str, watch: Watch) -> str:
    asked = json.dumps([diff_id, sorted(watch.more)])
    return hashlib.sha256(asked.encode()).hexdigest()


class _Finding:
    """What a walk through a layer has found so far."""

    def __init__(self, watch: Watch, where: str) -> None:
        self._watch = watch
        self._where = where
        self._texts = Texts()
        self._documents = 0
        self._found_bytes = 0
        self.size_bytes = 0
        self.escaping = 0
        self.changes: list[tuple[str, str, Any]] = []

    def take(self, member: Member, tar: Tar) -> None:
        """Takes one member."""
        self.size_bytes += member.size if member.kind == "file" else (
            len(member.target) if member.kind == "symlink" else 0)  # as a file system states it
        path = plain(member.name)
        if path is None:
            self.escaping += 1
            return
        folder, _, name = path.rpartition("/")
        if name.startswith(WHITEOUT):
            self._hide(folder, name)
        elif self._watch.covers(path) and self._is_read(path):
            self._add(*self._change(path, member, tar))

    def _is_read(self, path: str) -> bool:
        """Documents beyond a sane number are left out: without them packages are still known."""
        self._documents += is_document(path)
        return self._documents <= MAX_CHANGELOGS or not is_document(path)

    def _hide(self, folder: str, name: str) -> None:
        if name == OPAQUE:
            if not folder or (self._watch.covers(folder) and self._is_read(folder)):
                self._add("empty", folder, None)
            return
        hidden = name.removeprefix(WHITEOUT)
        path = f"{folder}/{hidden}" if folder else hidden
        if self._watch.covers(path) and self._is_read(path):
            self._add("hide", path, None)

    def _change(self, path: str, member: Member, tar: Tar) -> Change:
        if member.kind == "file" and self._watch.wants(path):
            return ("file", path, self._packed(path, member, tar))
        if member.kind == "file" and is_changelog(path):
            return ("changelog", path, self._texts.read(path, member.size, tar.content()))
        if member.kind in ("symlink", "hardlink"):
            leads = len(member.target) <= MAX_PATH
            return (member.kind if leads else "other", path, _printable(member.target))
        return ("folder" if member.kind == "folder" else "other", path, None)

    def _packed(self, path: str, member: Member, tar: Tar) -> dict[str, str]:
        self._found_bytes += member.size
        if member.size > MAX_FILE_BYTES or self._found_bytes > MAX_FOUND_BYTES:
            raise Damaged(f"{self._where}: /{path} has {member.size:,} bytes, more than is read")
        content = b"".join(tar.content())
        try:
            return {"text": content.decode()}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(content).decode()}

    def _add(self, verb: str, path: str, value: Any) -> None:
        if len(self.changes) >= MAX_CHANGES:
            raise Damaged(f"{self._where}: changes paths that matter more than {MAX_CHANGES:,}"
                          " times")
        self.changes.append((verb, _printable(path), value))


def _content(value: Any) -> bytes:
    if "text" in value:
        return str(value["text"]).encode()
    return base64.b64decode(value["base64"])


def _printable(text: str) -> str:
    """Text that JSON can hold; names that are no UTF-8 matter to nobody here."""
    return text.encode(errors="surrogateescape").decode(errors="replace")
