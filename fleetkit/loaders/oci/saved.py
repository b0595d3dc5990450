"""Files: archives of images, and OCI layouts as folders or archives."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.archives import Archive, blob_name
from fleetkit.loaders.oci.configs import configuration
from fleetkit.loaders.oci.documents import Descriptor, Mismatch, descriptors, digest_of_bytes
from fleetkit.loaders.oci.layouts import MARK, Layout
from fleetkit.loaders.oci.names import shown_name
from fleetkit.loaders.oci.options import platforms
from fleetkit.loaders.oci.reading import package_items
from fleetkit.loaders.oci.strata import Layer
from fleetkit.loaders.oci.walking import PLATFORM, Found, Image, Named, unreadable, walk
from fleetkit.loaders.oci.watching import Watch
from fleetkit.plugins import Problem, Record
from fleetkit.source import parse_json

_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_LAYER = "application/vnd.oci.image.layer.v1.tar"

Items = Iterable[Record | Problem]


def scan(
    path: Path, *, platform: str | Iterable[str] = PLATFORM, packages: bool = True
) -> Iterator[tuple[str, Items]]:
    """Images of an archive or a layout, then the packages in their layers.

    Args:
        path: a tar (gzip and zstd too), or the file oci-layout of a folder.
        platform: whose packages are read, of images for several, as linux/arm64 or linux/*; all
            for each.
        packages: read the layers.

    Raises:
        LoadError: the file is neither.
    """
    wanted = platforms(platform)
    if path.name == MARK:
        yield from _layout(Layout(path.parent), wanted, packages=packages)
    else:
        yield from _archive(Archive(path), wanted, packages=packages)


def _layout(
    layout: Layout, wanted: tuple[str, ...], *, packages: bool
) -> Iterator[tuple[str, Items]]:
    images: list[Image] = []
    yield "manifests", _recorded(
        _indexed(layout, layout.index(), layout.folder.name, wanted), images)
    if packages:
        yield "layers", package_items(images, lambda image, position, watch: layout.layer(
            image.layers[position], image.diff_ids[position], watch))


def _archive(
    archive: Archive, wanted: tuple[str, ...], *, packages: bool
) -> Iterator[tuple[str, Items]]:
    images: list[Image] = []
    places: dict[str, list[str]] = {}
    saved, index = archive.json("manifest.json"), archive.json("index.json")
    if saved is None and index is None:
        raise LoadError(_no_archive(archive))
    yield "manifests", _recorded(chain(
        archive.problems,
        _listed(archive, saved, places) if saved is not None else (),
        _indexed(archive, index, archive.path.name, wanted) if index is not None else (),
    ), images)

    def fetch(image: Image, position: int, watch: Watch) -> Layer:
        listed = places.get(image.image_id)
        name = listed[position] if listed else blob_name(image.layers[position].digest)
        return archive.layer(name, image.diff_ids[position], watch)

    if packages:
        yield "layers", package_items(images, fetch)


def _no_archive(archive: Archive) -> str:
    broken = "; ".join(str(problem.detail) for problem in archive.problems)
    return (
        f"{archive.path}: expected an archive of images with manifest.json or index.json, as"
        f" `docker save` and `skopeo copy` write them, found {archive.listed()}"
        f"{f' ({broken})' if broken else ''}; what `docker export` writes has no layers to read"
    )


def _listed(archive: Archive, saved: Any, places: dict[str, list[str]]) -> Iterator[Found]:
    """Images of the file manifest.json."""
    where = f"{archive.path}: manifest.json"
    if not isinstance(saved, list):
        raise LoadError(f"{where}: expected a list of images, found {type(saved).__name__}")
    for position, entry in enumerate(saved):
        try:
            image, names = _saved_image(archive, entry, f"{where}[{position}]")
        except LoadError as error:
            yield unreadable(error, f"{archive.path.name}[{position}]",
                             "an image could not be read")
        else:
            places[image.image_id] = names
            yield image


def _saved_image(archive: Archive, entry: Any, where: str) -> tuple[Image, list[str]]:
    said = entry if isinstance(entry, Mapping) else {}
    name, layers, tags = said.get("Config"), said.get("Layers") or [], said.get("RepoTags") or []
    if not isinstance(name, str) or not _are_texts(layers) or not _are_texts(tags):
        raise LoadError(f"{where}: expected Config, RepoTags and Layers, found"
                        f" {type(entry).__name__!r} without them")
    content = archive.content(name)
    digest = digest_of_bytes(content)
    stated = name.removesuffix(".json").rpartition("/")[2]
    if len(stated) == 64 and f"sha256:{stated}" != digest:
        raise Mismatch(f"{where}: configuration {name[:80]!r} has the digest {digest[:19]}…; it is"
                       " not believed")
    config = configuration(parse_json(content, f"{archive.path}: {name}"), where)
    named = tuple(Descriptor(diff_id, None, _LAYER) for diff_id in config["diff_ids"])
    return Image({
        "Id": digest, "Names": tags, "Repository": None, "Digests": [], "Annotations": {},
        "Config": config,
    }, named[:len(layers)], is_wanted=True), layers


def _are_texts(listed: Any) -> bool:
    return isinstance(listed, list) and all(isinstance(item, str) for item in listed)


def _indexed(
    store: Archive | Layout, index: Any, where: str, wanted: tuple[str, ...]
) -> Iterator[Found]:
    """Images of the file index.json of a layout."""
    if not isinstance(index, Mapping):
        raise LoadError(f"{where}: expected index.json to be an object, found"
                        f" {type(index).__name__}")
    for child in descriptors(index, "manifests", f"{where}: index.json"):
        names = _names(child)
        called = f"{where}:{names[0]}" if names else f"{where}@{child.digest[:19]}"
        yield from walk(store, Named(child, names, None, called, wanted))


def _names(child: Descriptor) -> tuple[str, ...]:
    """What the image is called, if only by a tag."""
    told = (child.annotations.get(name) for name in _NAMES)
    return tuple(dict.fromkeys(shown_name(name) for name in told if name))[:1]


def _recorded(items: Iterable[Found], images: list[Image]) -> Iterator[Record | Problem]:
    """Records and problems; images are listed for the reading of their packages."""
    for item in items:
        if isinstance(item, Image):
            images.append(item)
            yield Record("image", item.content)
        else:
            yield item
