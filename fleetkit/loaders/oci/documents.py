"""Manifests, indexes and descriptors: what they are, and what they name.

Sources: OCI image-spec 1.1 (manifest, index, descriptor); Docker's image manifest v2, schema 2.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fleetkit.errors import LoadError

_OCI, _DOCKER = "application/vnd.oci.", "application/vnd.docker."
INDEXES = (f"{_OCI}image.index.v1+json", f"{_DOCKER}distribution.manifest.list.v2+json")
MANIFESTS = (f"{_OCI}image.manifest.v1+json", f"{_DOCKER}distribution.manifest.v2+json")
OUTDATED = tuple(f"{_DOCKER}distribution.manifest.v1+{form}" for form in ("json", "prettyjws"))
CONFIGS = (f"{_OCI}image.config.v1+json", f"{_DOCKER}container.image.v1+json")
_LAYERS = (f"{_OCI}image.layer.", f"{_DOCKER}image.rootfs.")
STATEMENT = "application/vnd.in-toto+json"
_ENCRYPTED = "+encrypted"
_REFERENCE_TYPE, _ATTESTATION = "vnd.docker.reference.type", "attestation-manifest"
REFERENCE_DIGEST = "vnd.docker.reference.digest"
_DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})")


class Mismatch(LoadError):
    """Content is not what its digest says."""


class Missing(LoadError):
    """Content is named and not there."""


@dataclass(frozen=True)
class Descriptor:
    """What names content by its digest."""

    digest: str
    size: int | None = None
    media_type: str = ""
    platform: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    artifact_type: str = ""

    @property
    def may_state(self) -> bool:
        """Whether it may name statements about an image: by its type, or by telling none."""
        kind = self.artifact_type
        return not kind or any(word in kind for word in ("in-toto", "sigstore.bundle", "dsse"))

    @property
    def is_attestation(self) -> bool:
        """Whether it names what BuildKit says about an image."""
        return self.annotations.get(_REFERENCE_TYPE) == _ATTESTATION

    @property
    def is_layer(self) -> bool:
        """Whether it names a layer of files that can be read."""
        return self.media_type.startswith(_LAYERS) and not self.media_type.endswith(_ENCRYPTED)


def descriptor(content: Any, where: str) -> Descriptor:
    """A descriptor out of a document.

    Raises:
        LoadError: it has no usable digest.
    """
    said = content if isinstance(content, Mapping) else {}
    digest = said.get("digest")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise LoadError(f"{where}: expected a descriptor with a digest, found"
                        f" {type(content).__name__!r} without one")
    size = said.get("size")
    return Descriptor(
        digest,
        size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        _word(said.get("mediaType")) or "",
        platform_of(said["platform"]) if isinstance(said.get("platform"), Mapping) else None,
        annotations_of(said),
        _word(said.get("artifactType")) or "",
    )


def descriptors(document: Mapping[str, Any], name: str, where: str) -> Iterator[Descriptor]:
    """The descriptors in a list of a document.

    Raises:
        LoadError: one of them has no usable digest.
    """
    listed = document.get(name)
    if not isinstance(listed, list):
        raise LoadError(f"{where}: expected a list of {name}, found {type(listed).__name__}")
    return (descriptor(item, where) for item in listed)


def annotations_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Annotations that are text."""
    said = document.get("annotations")
    if not isinstance(said, Mapping):
        return {}
    return {str(name): value for name, value in said.items() if isinstance(value, str)}


def platform_of(said: Mapping[str, Any]) -> str | None:
    """System, architecture and variant, as linux/arm64/v8."""
    words = [_word(said.get(name)) for name in ("os", "architecture", "variant")]
    return "/".join(word for word in words if word) or None


def kind_of(document: Any) -> str:
    """What a document is: index, manifest, artifact, outdated or unknown."""
    if not isinstance(document, Mapping):
        return "unknown"
    if isinstance(document.get("manifests"), list):
        return "index"
    if "fsLayers" in document or document.get("mediaType") in OUTDATED:
        return "outdated"
    if not isinstance(document.get("config"), Mapping):
        return "artifact" if document.get("artifactType") else "unknown"
    return "artifact" if _is_artifact(document) else "manifest"


def artifact_type(document: Mapping[str, Any]) -> str:
    """What an artifact says that it is."""
    config = document.get("config")
    configured = config.get("mediaType") if isinstance(config, Mapping) else None
    layers = document.get("layers")
    first = layers[0] if isinstance(layers, list) and layers else {}
    inside = first.get("mediaType") if isinstance(first, Mapping) else None
    said = [document.get("artifactType"), configured if configured not in CONFIGS else None, inside]
    return next((str(word)[:120] for word in said if word), "unknown")


def _is_artifact(document: Mapping[str, Any]) -> bool:
    configured = document["config"].get("mediaType")
    layers = document.get("layers")
    types = [str(layer.get("mediaType") or "") for layer in layers
             if isinstance(layer, Mapping)] if isinstance(layers, list) else []
    if document.get("artifactType") and configured not in CONFIGS:
        return True
    strange = [kind for kind in types if kind and not kind.startswith(_LAYERS)]
    return bool(configured) and (configured not in CONFIGS or len(strange) == len(types) > 0)


def checked(content: bytes, digest: str, where: str) -> bytes:
    """The content, if it is what its digest says.

    Raises:
        Mismatch: it is not.
    """
    name, _, stated = digest.partition(":")
    found = hashlib.new(name, content).hexdigest() if name in ("sha256", "sha512") else ""
    if found != stated:
        raise Mismatch(f"{where}: content has the digest {name}:{found[:16]}…, not {digest[:23]}…"
                       " as it is named; it is not believed")
    return content


def digest_of_bytes(content: bytes) -> str:
    """The digest that names content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _word(value: Any) -> str | None:
    return value[:200] if isinstance(value, str) and value else None
