"""From a manifest or an index to the images that it names, whatever holds them.

An index names one image per platform. All of them become rows; the packages are read of those whose
platform is asked for, else of the first. The tag and the digest of the index belong to one image,
the first that is asked for; the others go by their own digest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.oci.attestations import Statement, statement_records
from fleetkit.loaders.oci.configs import configuration
from fleetkit.loaders.oci.documents import (
    REFERENCE_DIGEST,
    Descriptor,
    Mismatch,
    Missing,
    annotations_of,
    artifact_type,
    descriptor,
    descriptors,
    kind_of,
)
from fleetkit.loaders.oci.limits import MAX_PLATFORMS
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text, mask_tree

PLATFORM = "linux/amd64"
NOT_AN_IMAGE = "not_an_image"
_UNKNOWN = "unknown/unknown"
_DEEPEST = 3


class Store(Protocol):
    """What holds manifests and blobs; each call raises LoadError for what is absent or a lie."""

    def manifest(self, named: Descriptor) -> Any:
        """The manifest or index with a digest."""

    def config(self, named: Descriptor) -> Any:
        """The configuration with a digest."""

    def statements(self, named: Descriptor) -> list[Statement]:
        """What is understood of the attestation with a digest."""


@dataclass(frozen=True)
class Named:
    """A manifest or index, and the names that it goes by.

    Args:
        what: its descriptor.
        names: references, with their tags.
        repository: with its registry, where it is known: digests are written behind it.
        where: how it is called in problems.
        wanted: patterns of platforms whose packages are read.
    """

    what: Descriptor
    names: tuple[str, ...] = ()
    repository: str | None = None
    where: str = ""
    wanted: tuple[str, ...] = (PLATFORM,)


@dataclass(frozen=True)
class Image:
    """An image: what becomes a record, and what is needed to read its packages."""

    content: dict[str, Any]
    layers: tuple[Descriptor, ...]
    is_wanted: bool

    @property
    def image_id(self) -> str:
        """Digest of its configuration."""
        return str(self.content["Id"])

    @property
    def diff_ids(self) -> list[str]:
        """Digests of its layers, unpacked; the lowest first."""
        return list(self.content["Config"]["diff_ids"])


Found = Image | Record | Problem


def walk(store: Store, named: Named, depth: int = 0) -> Iterator[Found]:
    """The images that a manifest or index names, what was said about how they were built, problems.

    Only what a name leads to is lost where something is absent or broken, never its neighbours.
    """
    try:
        document = store.manifest(named.what)
        kind = kind_of(document)
        if kind == "index" and depth < _DEEPEST:
            yield from _walk_index(store, named, document, depth)
        elif kind == "manifest":
            yield image_of(store, named, document)
        else:
            yield _no_image(named, kind, document)
    except LoadError as error:
        yield unreadable(error, named.where, "an image could not be read")


def image_of(store: Store, named: Named, manifest: Mapping[str, Any]) -> Image:
    """The image of a manifest.

    Raises:
        LoadError: its configuration cannot be had, or is none.
    """
    configured = descriptor(manifest["config"], named.where)
    config = configuration(store.config(configured), named.where)
    layers = tuple(descriptors(manifest, "layers", named.where))
    digests = [_written(named.repository, named.what.digest)]
    return Image({
        "Id": configured.digest,
        "Names": list(named.names),
        "Repository": named.repository,
        "Digests": digests,
        "Annotations": mask_tree({**named.what.annotations, **annotations_of(manifest)}),
        "Config": config,
    }, layers, is_wanted=True)


def _walk_index(
    store: Store, named: Named, index: Mapping[str, Any], depth: int
) -> Iterator[Found]:
    children = list(descriptors(index, "manifests", named.where))
    if len(children) > MAX_PLATFORMS:
        raise LoadError(f"{named.where}: names {len(children):,} manifests; more than"
                        f" {MAX_PLATFORMS} are not read")
    images = [one for one in children if not one.is_attestation and one.platform != _UNKNOWN]
    chosen = _chosen(images, named.wanted)
    ids: dict[str, str] = {}
    for child in images:
        is_first = bool(chosen) and child.digest == chosen[0].digest
        for found in walk(store, _child(named, child, is_first=is_first), depth + 1):
            if isinstance(found, Image):
                ids[child.digest] = found.image_id
                yield _of_index(found, named, is_first=is_first, is_wanted=child in chosen)
            else:
                yield found
    for child in children:
        if child.is_attestation:
            yield from statements(store, named, child, ids)


def _child(named: Named, child: Descriptor, *, is_first: bool) -> Named:
    own = _written(named.repository, child.digest)
    names = named.names if is_first else (own,) if named.repository else ()
    where = f"{named.where} ({child.platform or child.digest[:19]})"
    return Named(child, names, named.repository, where, named.wanted)


def _of_index(found: Image, named: Named, *, is_first: bool, is_wanted: bool) -> Image:
    """The image, with the digest of the index if that leads to it."""
    content = dict(found.content)
    if is_first:
        content["Digests"] = [*content["Digests"],
                              _written(named.repository, named.what.digest)]
    return Image(content, found.layers, is_wanted and found.is_wanted)


def _chosen(images: Sequence[Descriptor], wanted: Sequence[str]) -> list[Descriptor]:
    fitting = [one for one in images if any(fits(one.platform, pattern) for pattern in wanted)]
    usual = [one for one in fitting if one.platform == PLATFORM]
    return [*usual, *(one for one in fitting if one not in usual)] or list(images[:1])


def fits(platform: str | None, pattern: str) -> bool:
    """Whether a platform is meant: with its variant, or without one."""
    if pattern == "all" or platform is None:
        return pattern == "all"
    return fnmatchcase(platform, pattern) or fnmatchcase(platform, f"{pattern}/*")


def statements(
    store: Store, named: Named, child: Descriptor, ids: Mapping[str, str]
) -> Iterator[Record | Problem]:
    """What an attestation manifest says about the image that it names."""
    subject = child.annotations.get(REFERENCE_DIGEST, "")
    where = f"{named.where}, attestation"
    try:
        yield from statement_records(store, child, subject, ids.get(subject), where)
    except LoadError as error:
        yield unreadable(error, where, "an attestation could not be read")


def _written(repository: str | None, digest: str) -> str:
    return f"{repository}@{digest}" if repository else digest


def _no_image(named: Named, kind: str, document: Any) -> Problem:
    if kind == "artifact":
        return no_image(named.where, artifact_type(document))
    what = "an outdated manifest (schema 1)" if kind == "outdated" else "no manifest and no index"
    return Problem(
        code="unsupported", message="a name leads to something that is not read",
        subject_id=named.where, detail=f"found {what}",
        hint="push it again with a current client" if kind == "outdated" else None,
    )


def no_image(subject: str, kind: str) -> Problem:
    """The note that something is an artifact of another kind."""
    return Problem(
        code=NOT_AN_IMAGE, message="names lead to artifacts that are no images",
        subject_id=subject, detail=mask_text(kind), severity="info",
        hint="nothing to do: charts, signatures and modules have no packages",
    )


def unreadable(error: LoadError, subject: str | None, message: str) -> Problem:
    """The row of `problems` for what could not be read."""
    told = error if isinstance(error, ReadError) else None
    is_lie = isinstance(error, Mismatch)
    code = ("digest_mismatch" if is_lie else "missing_content" if isinstance(error, Missing)
            else (told.code if told else None) or "unreadable_content")
    return Problem(
        code=code, message=message, subject_id=subject, detail=mask_text(str(error))[:500],
        severity="error" if is_lie else "warning",
        hint="was it copied in full, or tampered with?" if is_lie else told.hint if told else None,
        retryable=told.retryable if told else False,
    )
