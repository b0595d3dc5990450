"""What is asked of a registry: repositories and tags, manifests, layers."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar
from urllib.parse import quote, urljoin, urlsplit

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.oci.documents import Descriptor, Missing
from fleetkit.loaders.oci.limits import MAX_DOCUMENT_BYTES, MAX_PAGES
from fleetkit.loaders.oci.reading import package_items
from fleetkit.loaders.oci.referring import Referred, referred_by_tags, referred_items
from fleetkit.loaders.oci.registries import Registry, Repository
from fleetkit.loaders.oci.walking import (
    NOT_AN_IMAGE,
    Found,
    Image,
    Named,
    no_image,
    unreadable,
    walk,
)
from fleetkit.plugins import Item, Problem, Record
from fleetkit.source import parse_json

RESOURCES = {"repositories": (), "manifests": ("repositories",), "layers": ("manifests",)}
_PAGE = 1000
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*rel="?next"?')
_DIGEST = re.compile(r"sha(?:256|512):[0-9a-f]{64,128}")
_NAME = re.compile(r"\w[\w./-]{0,254}", re.ASCII)  # anything else would be another address
_EPOCH = "1970"
_Answer = TypeVar("_Answer")


def read(registry: Registry, resource: str) -> Iterator[Item]:
    """The raw records of one resource, secrets taken out.

    Raises:
        ReadError: the registry refuses, or nothing of the resource could be read.
    """
    if registry.failure is not None:
        raise registry.failure
    try:
        for item in _READERS[resource](registry):
            yield from registry.wire.calls()
            yield item
    except LoadError as error:
        if resource == "repositories":  # then nothing is known of the rest either
            registry.failure = _as_failure(error)
        raise _as_failure(error) from error
    yield from registry.wire.calls()


def _repositories(registry: Registry) -> Iterator[Item]:
    place = registry.wire.place
    if place.repository is not None and place.reference is not None:
        registry.tags[place.repository] = [place.reference]
        yield _repository(registry, place.repository)
    elif place.repository is not None:
        registry.tags[place.repository] = _tags(registry, place.repository)
        yield _repository(registry, place.repository)
    else:
        yield from _all_repositories(registry)


def _all_repositories(registry: Registry) -> Iterator[Item]:
    wanted = registry.options["repositories"]
    try:
        listed = list(_pages(registry, "/v2/_catalog", "repositories"))
    except (ReadError, Missing) as error:
        status = error.status if isinstance(error, ReadError) else "unsupported"
        raise ReadError(
            f"{registry.host}: does not list its repositories: {error}", status,
            hint=f"name them, as {registry.host}/team/web; many registries list to nobody",
            retryable=getattr(error, "retryable", False),
        ) from error
    names = [name for name in listed if _fits(name, wanted)]
    problems: list[LoadError] = []
    for name, found in zip(names, registry.pool.map(
            lambda name: _tried(_tags, registry, name), names), strict=True):
        if isinstance(found, LoadError):
            problems.append(found)
            yield unreadable(found, f"{registry.host}/{name}", "a repository could not be read")
        else:
            registry.tags[name] = found
            yield _repository(registry, name)
    _check(problems, registry.tags)


def _repository(registry: Registry, name: str) -> Record:
    return Record("repository", {"Name": f"{registry.host}/{name}",
                                 "Tags": registry.tags[name]})


def _tags(registry: Registry, repository: str) -> list[str]:
    wanted = registry.options["tags"]
    found = _pages(registry, f"/v2/{quote(repository)}/tags/list", "tags")
    return [tag for tag in found if _fits(tag, wanted) or tag.startswith("sha256-")]


def _pages(registry: Registry, path: str, name: str) -> Iterator[str]:
    """The texts of all pages of a list."""
    place: str | None = f"{path}?n={_PAGE}"
    seen: set[str] = set()
    while place is not None:
        if place in seen or len(seen) >= MAX_PAGES:
            raise ReadError(f"{registry.wire.shown(path)}: its pages do not end")
        seen.add(place)
        reply = registry.wire.get(place, MAX_DOCUMENT_BYTES, "application/json")
        document = parse_json(reply.content, registry.wire.shown(path))
        listed = document.get(name) if isinstance(document, dict) else None
        if listed is None and isinstance(document, dict):
            listed = []  # a repository whose tags are all gone
        if not isinstance(listed, list):
            raise ReadError(f"{registry.wire.shown(path)}: expected a list of {name}, found"
                            f" {type(document).__name__}; is it a registry?", "unsupported")
        yield from (item for item in listed
                    if isinstance(item, str) and _NAME.fullmatch(item) and ".." not in item)
        place = _following(reply.headers.get("Link", ""), path)


def _following(link: str, path: str) -> str | None:
    """Path and query of the next page, on the registry itself."""
    match = _NEXT.search(link)
    if match is None:
        return None
    parts = urlsplit(urljoin(f"https://registry.invalid{path}", match[1]))
    return f"{parts.path}?{parts.query}"


def _manifests(registry: Registry) -> Iterator[Item]:
    problems: list[LoadError] = []
    registry.images.clear()
    for repository in list(registry.tags):
        yield from _of_repository(registry, repository, problems)
    _check(problems, registry.images)


def _of_repository(
    registry: Registry, repository: str, problems: list[LoadError]
) -> Iterator[Item]:
    store = Repository(registry, repository)
    tags, referring = referred_by_tags(registry.tags[repository])
    named: dict[str, list[str]] = {}
    for tag, found in zip(tags, registry.pool.map(
            lambda tag: _tried(store.resolved, tag), tags), strict=True):
        if isinstance(found, LoadError):
            problems.append(found)
            yield unreadable(found, f"{registry.host}/{repository}:{tag}",
                             "a tag could not be read")
        else:
            named.setdefault(found, []).append(tag)
    walked = registry.pool.map(lambda item: list(walk(store, _named(registry, repository, *item))),
                               named.items())
    kept = _newest([list(items) for items in walked], registry.options["newest"])
    ids: dict[str, str] = {}
    others: Counter[str | None] = Counter()
    for item in (item for items in kept for item in items):
        if isinstance(item, Image):
            registry.images.append((repository, item))
            ids[_manifest_of(item)] = item.image_id
            yield Record("image", item.content)
        elif isinstance(item, Problem) and item.code == NOT_AN_IMAGE:
            others[item.detail] += 1
        else:
            yield item
    for kind, count in sorted(others.items(), key=str):
        yield no_image(f"{registry.host}/{repository}", f"{count:,} × {kind}")
    yield from referred_items(Referred(store, referring, ids))


def _named(registry: Registry, repository: str, digest: str, tags: list[str]) -> Named:
    full = f"{registry.host}/{repository}"
    names = tuple(f"{full}:{tag}" for tag in tags if not _DIGEST.fullmatch(tag))
    return Named(Descriptor(digest), names or (f"{full}@{digest}",), full,
                 names[0] if names else f"{full}@{digest[:19]}", registry.options["platform"])


def _manifest_of(image: Image) -> str:
    return str(image.content["Digests"][0]).rpartition("@")[2]


def _newest(walked: list[list[Found]], newest: int | None) -> Sequence[Iterable[Found]]:
    """The images that were built last; what is no image stays."""
    if newest is None:
        return walked

    def built(items: list[Found]) -> str:
        return max((str(item.content["Config"].get("created") or _EPOCH) for item in items
                    if isinstance(item, Image)), default="")

    ranked = sorted((items for items in walked if built(items)), key=built, reverse=True)
    return [*ranked[:newest], *(items for items in walked if not built(items))]


def _layers(registry: Registry) -> Iterator[Record | Problem]:
    if not registry.options["packages"]:
        return
    homes = {id(image): repository for repository, image in registry.images}
    yield from package_items(
        [image for _, image in registry.images],
        lambda image, position, watch: registry.layer(homes[id(image)], image, position, watch))


def _as_failure(error: LoadError) -> ReadError:
    if isinstance(error, ReadError):
        return error
    return ReadError(str(error), code="not_found" if isinstance(error, Missing) else None,
                     hint="is the name right, and may you see it?")


def _tried(call: Callable[..., _Answer], *words: object) -> _Answer | LoadError:
    try:
        return call(*words)
    except LoadError as error:
        return error


def _check(problems: Sequence[LoadError], found: object) -> None:
    """Fails where nothing at all could be read: the first refusal says why."""
    refused = [error for error in problems if isinstance(error, ReadError)]
    if refused and not found:
        raise refused[0]


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


_READERS: dict[str, Callable[[Registry], Iterator[Item]]] = {
    "repositories": _repositories, "manifests": _manifests, "layers": _layers,
}
