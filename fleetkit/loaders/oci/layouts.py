"""OCI layouts: folders with an index and content by digest. Nothing outside the folder is read."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.archives import blob_name
from fleetkit.loaders.oci.attestations import Statement, statements_in
from fleetkit.loaders.oci.documents import Descriptor, Mismatch, Missing, checked
from fleetkit.loaders.oci.limits import MAX_DOCUMENT_BYTES
from fleetkit.loaders.oci.strata import Layer, keep_layer, kept_layer, read_layer
from fleetkit.loaders.oci.streams import PORTION, Portion, hashed
from fleetkit.loaders.oci.watching import Watch
from fleetkit.source import parse_json

MARK = "oci-layout"


@dataclass(frozen=True)
class Layout:
    """A layout in a folder."""

    folder: Path

    def index(self) -> Any:
        """What the layout holds.

        Raises:
            LoadError: it has no index, or that is no JSON.
        """
        return parse_json(self._bytes("index.json"), str(self.folder / "index.json"))

    def statements(self, named: Descriptor) -> list[Statement]:
        """What is understood of an attestation; see `walking.Store`."""
        return list(statements_in(self.manifest(named), named.digest))

    def config(self, named: Descriptor) -> Any:
        """The configuration with a digest; see `walking.Store`."""
        return self.manifest(named)

    def manifest(self, named: Descriptor) -> Any:
        """The document with a digest; see `walking.Store`."""
        where = f"{self.folder}: {named.digest[:19]}…"
        return parse_json(checked(self._bytes(blob_name(named.digest)), named.digest, where), where)

    def layer(self, named: Descriptor, diff_id: str, watch: Watch) -> Layer:
        """A layer, from an earlier load if it was read before.

        Raises:
            LoadError: it is absent, damaged, or not what its digest says.
        """
        kept = kept_layer(diff_id, watch)
        if kept is not None:
            return kept
        layer = checked_layer(self._portions(blob_name(named.digest)), named, diff_id, watch)
        keep_layer(layer, watch)
        return layer

    def _bytes(self, name: str) -> bytes:
        content = b""
        for portion in self._portions(name):
            content += portion
            if len(content) > MAX_DOCUMENT_BYTES:
                raise LoadError(f"{self.folder / name}: is too large for a document")
        return content

    def _portions(self, name: str) -> Iterator[bytes]:
        path = self.folder / name
        try:
            if not path.resolve().is_relative_to(self.folder.resolve()):
                raise LoadError(f"{path}: leads out of the layout; it is not read")
            if not path.is_file():
                raise Missing(f"{path}: is named and not there")
            with path.open("rb") as stream:
                yield from iter(lambda: stream.read(PORTION), b"")
        except (OSError, RuntimeError) as error:
            raise LoadError(f"{path}: cannot be read: {error}") from error


def checked_layer(
    portions: Iterator[Portion], named: Descriptor, diff_id: str, watch: Watch
) -> Layer:
    """A layer out of a stream, if it is what its two digests say.

    Raises:
        LoadError: it is damaged, or something else.
    """
    where = f"layer {named.digest[:19]}…"
    algorithm, _, stated = named.digest.partition(":")
    digest = hashlib.new(algorithm)
    layer = read_layer(hashed(portions, digest), watch, where)
    if digest.hexdigest() != stated:
        raise Mismatch(f"{where}: has the digest {algorithm}:{digest.hexdigest()[:16]}…; it is not"
                       " believed")
    if layer.diff_id != diff_id:
        raise Mismatch(f"{where}: unpacked it has the digest {layer.diff_id[:19]}…, the image names"
                       f" {diff_id[:19]}…; it is not believed")
    return layer
