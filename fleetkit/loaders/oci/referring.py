"""Statements that refer to an image from beside it: OCI referrers, their tags, cosign's tags.

Sources: OCI distribution-spec 1.1, "Listing referrers" and "Referrers tag schema"; cosign's
signature storage.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.oci.attestations import statement_records
from fleetkit.loaders.oci.documents import Descriptor, Missing, descriptors
from fleetkit.loaders.oci.limits import MAX_DOCUMENT_BYTES, MAX_PLATFORMS
from fleetkit.loaders.oci.registries import Repository
from fleetkit.loaders.oci.walking import unreadable
from fleetkit.plugins import Problem, Record
from fleetkit.source import parse_json

_TAG = re.compile(r"sha256-([0-9a-f]{64})(\.\w+)?")
_INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Referred:
    """Images of a repository, and tags that stand for what refers to them.

    Args:
        store: the repository.
        tags: as sha256-…, by the digest that they speak of.
        ids: image ids by the digest of their manifest.
    """

    store: Repository
    tags: Mapping[str, list[str]]
    ids: Mapping[str, str]


def referred_by_tags(tags: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Tags of images, and those that only refer to one, by its digest."""
    images: list[str] = []
    referring: dict[str, list[str]] = {}
    for tag in tags:
        match = _TAG.fullmatch(tag)
        if match is None:
            images.append(tag)
        elif match[2] in (None, ".att"):  # others are signatures and bills without an envelope
            referring.setdefault(f"sha256:{match[1]}", []).append(tag)
    return images, referring


def referred_items(referred: Referred) -> Iterator[Record | Problem]:
    """What was said about the images of a repository beside them."""
    registry = referred.store.registry
    digests = list(referred.ids)
    listed = registry.pool.map(lambda digest: list(_of_image(referred, digest)), digests)
    for items in listed:
        yield from items


def _of_image(referred: Referred, digest: str) -> Iterator[Record | Problem]:
    store = referred.store
    where = f"{store.registry.host}/{store.repository}@{digest[:19]}, referrers"
    try:
        for named in [*_by_api(store, digest), *_by_tags(store, referred.tags.get(digest, ()))]:
            yield from statement_records(store, named, digest, referred.ids[digest], where)
    except LoadError as error:
        yield unreadable(error, where, "an attestation could not be read")


def _by_api(store: Repository, digest: str) -> Iterator[Descriptor]:
    """What the registry lists; an older one does not, and is asked once."""
    registry = store.registry
    if not registry.has_referrers:
        return
    path = f"/v2/{store.repository}/referrers/{digest}"
    try:
        reply = registry.wire.get(path, MAX_DOCUMENT_BYTES, _INDEX)
    except (Missing, ReadError) as error:
        if isinstance(error, ReadError) and error.retryable:
            raise
        registry.has_referrers = False
        return
    yield from _statements(parse_json(reply.content, registry.wire.shown(path)), path)


def _by_tags(store: Repository, tags: Sequence[str]) -> Iterator[Descriptor]:
    for tag in tags:
        named = Descriptor(store.resolved(tag))
        if tag.endswith(".att"):
            yield named
        else:
            yield from _statements(store.manifest(named), tag)


def _statements(index: object, where: str) -> Iterator[Descriptor]:
    """Those of an index that may hold statements; signatures are left alone."""
    if isinstance(index, Mapping):
        listed = list(descriptors(index, "manifests", where))[:MAX_PLATFORMS]
        yield from (named for named in listed if named.may_state)
