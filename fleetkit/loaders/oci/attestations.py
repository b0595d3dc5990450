"""What a builder says about an image: provenance and bills of materials, as raw records.

BuildKit hangs in-toto statements beside the image into its index; others refer to it through the
registry (OCI referrers). Sources: SLSA provenance 0.2 and 1; BuildKit, "SLSA definitions" and
"Image attestation storage"; in-toto attestation and DSSE envelope; SPDX 2.3.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.documents import STATEMENT, Descriptor, descriptors
from fleetkit.loaders.oci.materials import image_of_purl, library_of_purl
from fleetkit.plugins import Record
from fleetkit.redaction import mask_text
from fleetkit.source import parse_json

_PREDICATE = "in-toto.io/predicate-type"
_PROVENANCE = "https://slsa.dev/provenance/"
_SPDX = "https://spdx.dev/Document"
_BUILDERS = {"mobyproject.org/buildkit": "buildkit", "github.com/moby/buildkit": "buildkit"}
_SIGNED = ("dsse", "sigstore.bundle", "intoto", "in-toto")
_MOST_MATERIALS = 1_000
_MOST_PACKAGES = 100_000


Statement = tuple[str, dict[str, Any]]
"""Kind of record (build or sbom), and its content but for the image that it speaks of."""


class _Store(Protocol):
    def manifest(self, named: Descriptor) -> Any: ...

    def statements(self, named: Descriptor) -> list[Statement]: ...


def statement_records(
    store: _Store, manifest: Descriptor, subject: str, image_id: str | None, where: str
) -> Iterator[Record]:
    """One record for each statement of an attestation manifest that is understood.

    Raises:
        LoadError: the manifest or a statement cannot be had, or is something else.
    """
    document = store.manifest(manifest)
    if not isinstance(document, Mapping):
        raise LoadError(f"{where}: expected a manifest, found {type(document).__name__}")
    for blob in descriptors(document, "layers", where):
        predicate = blob.annotations.get(_PREDICATE, "")
        is_known = predicate.startswith((_PROVENANCE, _SPDX)) or (
            not predicate and any(word in blob.media_type for word in _SIGNED))
        if is_known and (blob.media_type == STATEMENT or "json" in blob.media_type):
            for kind, content in store.statements(blob):
                yield Record(kind, {"ImageId": image_id or subject, **content})


def statements_in(document: Any, digest: str) -> Iterator[Statement]:
    """What is understood of a statement, in an envelope or without; nothing of other predicates.

    Raises:
        LoadError: its envelope is damaged.
    """
    statement = _unwrapped(document, digest)
    predicate = _part(statement, "predicate")
    kind = str(statement.get("predicateType") or "")
    if kind.startswith(f"{_PROVENANCE}v0"):
        yield "build", _before_one(predicate, digest)
    elif kind.startswith(_PROVENANCE):
        yield "build", _since_one(predicate, digest)
    elif kind.startswith(_SPDX):
        yield "sbom", {"Packages": list(_libraries(predicate))}


def _unwrapped(document: Any, digest: str) -> Mapping[str, Any]:
    """The statement itself; signatures around it are not judged."""
    said = document if isinstance(document, Mapping) else {}
    envelope = said.get("dsseEnvelope", said)
    payload = envelope.get("payload") if isinstance(envelope, Mapping) else None
    if isinstance(payload, str):
        try:
            said = parse_json(base64.b64decode(payload, validate=True), f"statement {digest[:19]}")
        except (binascii.Error, ValueError) as error:
            raise LoadError(f"statement {digest[:19]}: its payload is damaged") from error
    return said if isinstance(said, Mapping) else {}


def _before_one(predicate: Mapping[str, Any], digest: str) -> dict[str, Any]:
    """A build as SLSA 0.2 describes it."""
    invocation, said = _part(predicate, "invocation"), _part(predicate, "metadata")
    vcs = _part(_part(said, "https://mobyproject.org/buildkit@v1#metadata"), "vcs")
    return {
        **_build(predicate.get("builder"), predicate.get("buildType"),
                 said.get("buildInvocationID") or said.get("buildInvocationId"), digest),
        "StartedAt": said.get("buildStartedOn"),
        "FinishedAt": said.get("buildFinishedOn"),
        **_recipe(_part(invocation, "configSource"), vcs),
        "Materials": list(_materials(predicate.get("materials"))),
    }


def _since_one(predicate: Mapping[str, Any], digest: str) -> dict[str, Any]:
    """A build as SLSA 1 describes it."""
    defined, run = _part(predicate, "buildDefinition"), _part(predicate, "runDetails")
    said = _part(run, "metadata")
    vcs = _part(_part(said, "buildkit_metadata"), "vcs")
    return {
        **_build(run.get("builder"), defined.get("buildType"),
                 said.get("invocationId") or said.get("invocationID"), digest),
        "StartedAt": said.get("startedOn"),
        "FinishedAt": said.get("finishedOn"),
        **_recipe(_part(_part(defined, "externalParameters"), "configSource"), vcs),
        "Materials": list(_materials(defined.get("resolvedDependencies"))),
    }


def _build(builder: Any, build_type: Any, run: Any, digest: str) -> dict[str, Any]:
    """Who built it, and in which run: where none is named, the statement stands for it."""
    who = _text(builder.get("id")) if isinstance(builder, Mapping) else None
    kind = _text(build_type) or ""
    known = next((name for place, name in _BUILDERS.items() if place in kind), None)
    return {
        "BuildId": _text(run) or who or f"provenance|{digest}",
        "Builder": known or kind or who,
        "BuilderId": who,
    }


def _recipe(source: Mapping[str, Any], vcs: Mapping[str, Any]) -> dict[str, Any]:
    digests = _part(source, "digest")
    entry = _text(source.get("entryPoint")) or _text(source.get("path"))
    place = _text(source.get("uri")) or _text(vcs.get("source"))
    return {
        "Revision": _text(vcs.get("revision")) or _text(digests.get("sha1"))
        or _text(digests.get("gitCommit")),
        "Recipe": " ".join(word for word in (place, entry) if word) or None,
    }


def _materials(listed: Any) -> Iterator[dict[str, str]]:
    """Images that went into the build, by name and digest of their manifest."""
    for material in (listed if isinstance(listed, list) else [])[:_MOST_MATERIALS]:
        said = material if isinstance(material, Mapping) else {}
        name = image_of_purl(str(said.get("uri") or ""))
        digest = _part(said, "digest").get("sha256")
        if name and isinstance(digest, str) and len(digest) == 64:
            yield {"Name": mask_text(name), "Digest": f"sha256:{digest}"}


def _libraries(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Packages of programming languages; those of the system are read from its database."""
    listed = document.get("packages")
    seen: set[tuple[str, ...]] = set()
    for package in (listed if isinstance(listed, list) else [])[:_MOST_PACKAGES]:
        for reference in _listed(package, "externalRefs"):
            found = library_of_purl(str(reference.get("referenceLocator") or ""))
            if found and tuple(found.values()) not in seen:
                seen.add(tuple(found.values()))
                yield found


def _listed(content: Any, name: str) -> Iterator[Mapping[str, Any]]:
    value = content.get(name) if isinstance(content, Mapping) else None
    listed = value if isinstance(value, list) else []
    return (item for item in listed if isinstance(item, Mapping))


def _part(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return mask_text(value) if isinstance(value, str) and value else None
