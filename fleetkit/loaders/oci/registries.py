"""A registry: its repositories and tags, its manifests, and of its layers those that are new.

What is named by a digest is kept on disk, secrets taken out, and asked for once: a second load
asks for lists and digests only.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.oci.attestations import Statement, statements_in
from fleetkit.loaders.oci.configs import masked
from fleetkit.loaders.oci.documents import (
    INDEXES,
    MANIFESTS,
    OUTDATED,
    Descriptor,
    checked,
    digest_of_bytes,
)
from fleetkit.loaders.oci.layouts import checked_layer
from fleetkit.loaders.oci.limits import MAX_DOCUMENT_BYTES
from fleetkit.loaders.oci.places import parsed
from fleetkit.loaders.oci.strata import Layer, keep_layer, kept_layer
from fleetkit.loaders.oci.walking import Image
from fleetkit.loaders.oci.watching import Watch
from fleetkit.loaders.oci.wire import Wire
from fleetkit.plugins import Target
from fleetkit.redaction import mask_tree
from fleetkit.source import parse_json, recall, remember

ACCEPT = ", ".join((*INDEXES, *MANIFESTS, *OUTDATED))
_SHELF, _FORM = "oci-documents", "1"
_THREADS = 8
_RECENT = 256
_ATTEMPTS = 2
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


@dataclass
class Registry:
    """A registry and what earlier answers told.

    Args:
        wire: the way to it.
        options: what the user wants of it.
        tags: of each repository, once asked.
        images: with their repositories, once read.
        pool: asks several things side by side.
        has_referrers: whether it can list what refers to an image, as far as is known.
        failure: why nothing of it can be read.
    """

    wire: Wire
    options: dict[str, Any]
    tags: dict[str, list[str]] = field(default_factory=dict)
    images: list[tuple[str, Image]] = field(default_factory=list)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS))
    has_referrers: bool = True
    failure: ReadError | None = None
    _recent: OrderedDict[tuple[str, frozenset[str]], Layer | LoadError] = field(
        default_factory=OrderedDict)

    @property
    def host(self) -> str:
        """Its name in references."""
        return self.wire.place.host

    def close(self) -> None:
        """Ends what runs."""
        self.pool.shutdown(cancel_futures=True)
        self.wire.close()

    def layer(self, repository: str, image: Image, position: int, watch: Watch) -> Layer:
        """A layer of an image; the first one asked for brings the others along.

        Raises:
            LoadError: it cannot be had, or is not what its digests say.
        """
        wanted = (image.diff_ids[position], watch.more)
        if wanted not in self._recent:
            self._bring(repository, image, watch)
        found = self._recent[wanted]
        if isinstance(found, LoadError):
            raise found
        return found

    def _bring(self, repository: str, image: Image, watch: Watch) -> None:
        missing = {
            diff_id: named for diff_id, named in zip(image.diff_ids, image.layers, strict=True)
            if (diff_id, watch.more) not in self._recent
        }
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        found = self.pool.map(
            lambda item: self._layer(repository, item[1], item[0], watch), missing.items())
        for diff_id, layer in zip(missing, found, strict=True):
            self._recent[diff_id, watch.more] = layer

    def _layer(
        self, repository: str, named: Descriptor, diff_id: str, watch: Watch
    ) -> Layer | LoadError:
        kept = kept_layer(diff_id, watch)
        if kept is not None:
            return kept
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                portions = self.wire.stream(f"/v2/{repository}/blobs/{named.digest}")
                layer = checked_layer(portions, named, diff_id, watch)
            except LoadError as error:
                if attempt == _ATTEMPTS or not getattr(error, "retryable", False):
                    return error
            else:
                keep_layer(layer, watch)
                return layer
        return LoadError(f"{repository}: layer {named.digest[:19]} was not read")


@dataclass(frozen=True)
class Repository:
    """What one repository holds; see `walking.Store`."""

    registry: Registry
    repository: str

    def resolved(self, reference: str) -> str:
        """The digest that a tag leads to.

        Raises:
            LoadError: it is absent or refused.
        """
        if _DIGEST.fullmatch(reference):
            return reference
        path = f"/v2/{self.repository}/manifests/{reference}"
        said = self.registry.wire.head(path, ACCEPT).get("Docker-Content-Digest", "")
        if _DIGEST.fullmatch(said):
            return said
        return digest_of_bytes(self.registry.wire.get(path, MAX_DOCUMENT_BYTES, ACCEPT).content)

    def manifest(self, named: Descriptor) -> Any:
        """A manifest or index."""
        return self._kept("manifest", named, mask_tree)

    def config(self, named: Descriptor) -> Any:
        """The configuration of an image."""
        return self._kept("config", named, masked)

    def statements(self, named: Descriptor) -> list[Statement]:
        """What is understood of an attestation."""
        found = self._kept("statement", named, lambda document: [
            list(statement) for statement in statements_in(document, named.digest)])
        return [(str(kind), dict(content)) for kind, content in found]

    def _kept(self, what: str, named: Descriptor, made: Callable[[Any], Any]) -> Any:
        """A document from disk, or asked for, checked and kept without its secrets."""
        name = f"{what}-{named.digest.replace(':', '-')}"
        kept = recall(_SHELF, name, _FORM)
        if kept is not None:
            with suppress(orjson.JSONDecodeError):
                return orjson.loads(kept)
        is_manifest = what == "manifest"
        path = f"/v2/{self.repository}/{'manifests' if is_manifest else 'blobs'}/{named.digest}"
        accept = ACCEPT if is_manifest else "*/*"
        content = self.registry.wire.get(path, MAX_DOCUMENT_BYTES, accept).content
        where = f"{self.registry.host}/{self.repository}@{named.digest[:19]}…"
        document = made(parse_json(checked(content, named.digest, where), where))
        remember(_SHELF, name, _FORM, orjson.dumps(document))
        return document


def connect(target: Target, seconds: float) -> Registry:
    """The registry that a target names.

    Raises:
        ReadError: nothing answers, or something else than a registry.
    """
    options = dict(target.options)
    place = parsed(options["place"], insecure=options["insecure"])
    wire = Wire(place, seconds)
    try:
        with wire.opened("GET", "/v2/", "*/*"):
            pass
    except ReadError as error:
        if error.status != "denied" or error.code not in ("no_credentials", "access_denied"):
            wire.close()
            raise
    except LoadError as error:
        wire.close()
        raise ReadError(f"{place.host}: does not speak the distribution API (it has no /v2/)",
                        "unsupported", hint="is it a registry of images?") from error
    return Registry(wire, options)
