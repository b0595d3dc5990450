"""How an image gets into an engine: loaded from an archive, or built by Docker's classic builder.

The classic builder (no BuildKit) fills in each image's parent. Builds have no network.
"""

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from docker.errors import APIError, ImageNotFound

from tests.real import parts
from tests.real.archive import Archive
from tests.real.engine import Engine
from tests.real.suites import Week

REGISTRY = "registry.shop.example"
CONTEXTS = Path(__file__).with_name("shop")
RECORD = "images.json"


@dataclass(frozen=True)
class Build:
    """One image built from a folder in `shop/` on another image.

    Attributes:
        tag: name of the image; the folder bears the repository's last word.
        base: image that it is built on.
        labels: what the command line adds to the Dockerfile's own.
        arguments: build arguments besides BASE.
        known_as: name in the record when the tag will move on to another build.
    """

    tag: str
    base: str
    labels: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    known_as: str = ""


@dataclass(frozen=True)
class Built:
    """Ids of all images by their name, and for those that could not be made the reason."""

    ids: dict[str, str]
    absent: dict[str, str]

    def write(self, folder: Path) -> None:
        """Keeps the record for later runs."""
        (folder / RECORD).write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Built":
        """The record of the last run; an empty one when there was none."""
        file = folder / RECORD
        return cls(**json.loads(file.read_text())) if file.exists() else cls({}, {})


def load(engine: Engine, archive: Archive) -> str:
    """Loads an archive unless its image is there by every name; returns the image's id."""
    if not set(archive.tags) <= _names(engine, archive.image_id):
        api = cast("Any", engine.client.api)
        api.load_image(archive.stream())  # the client's own load trips over podman's answer
    return archive.image_id


def build(engine: Engine, plan: Build, week: Week) -> str:
    """Builds an image, from the builder's own cache where nothing changed; returns its id."""
    name = plan.tag.rpartition("/")[2].partition(":")[0]
    image, _ = engine.client.images.build(
        fileobj=_context(CONTEXTS / name, week.debs(name)),
        custom_context=True,
        tag=plan.tag,
        labels=plan.labels,
        buildargs={"BASE": plan.base, **plan.arguments},
        network_mode="none",
        rm=True,
        forcerm=True,
    )
    return str(image.id)


def publish(engine: Engine, tag: str) -> None:
    """Pushes an image to the company's registry, which gives it a digest; without one, nothing.

    The registry forgets at each start, the engine keeps the digest.
    """
    name = f"{REGISTRY}/{tag}"
    there = _id(engine, name) == _id(engine, tag)
    if parts.find("docker-registry")[0] is None or there:
        return
    image = engine.client.images.get(tag)
    image.tag(name.rpartition(":")[0], name.rpartition(":")[2])
    told = engine.client.images.push(name)
    if "errorDetail" in told:
        raise AssertionError(told.strip().splitlines()[-1])


def sweep(engine: Engine, built: Built) -> None:
    """Removes what older weeks and older code left: images that no image of this run stands on."""
    api = engine.client.api
    kept: set[str] = set()
    for image_id in built.ids.values():
        while image_id and image_id not in kept:
            kept.add(image_id)
            image_id = str(engine.client.images.get(image_id).attrs["Parent"])
    for image in api.images(all=True):
        if image["Id"] not in kept:
            with suppress(APIError):  # gone with its child, or a container holds it until replaced
                api.remove_image(image["Id"], force=True)


def _names(engine: Engine, image_id: str) -> set[str]:
    """An image's names, without the registry that podman puts before them."""
    try:
        return {tag.removeprefix("localhost/") for tag in engine.client.images.get(image_id).tags}
    except ImageNotFound:
        return set()


def _id(engine: Engine, tag: str) -> str | None:
    try:
        return str(engine.client.images.get(tag).id)
    except ImageNotFound:
        return None


def _context(folder: Path, debs: list[Path]) -> io.BytesIO:
    """The folder as the builder takes it, with the packages below `debs/`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, path in _members(folder, debs):
            entry = tar.gettarinfo(str(path), name)
            entry.mode = 0o755 if entry.mode & 0o100 else 0o644
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            with path.open("rb") as file:
                tar.addfile(entry, file)
    buffer.seek(0)
    return buffer


def _members(folder: Path, debs: list[Path]) -> Iterator[tuple[str, Path]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield path.relative_to(folder).as_posix(), path
    for deb in debs:
        yield f"debs/{deb.name}", deb
