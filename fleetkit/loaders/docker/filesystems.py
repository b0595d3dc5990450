"""Package databases of images: read out of a container that is made, never started, removed.

Images with the same layers have the same files, so each stack of layers is read once, and kept on
disk under the digest of the stack: it can never go stale.
"""

import base64
import hashlib
import io
import json
import posixpath
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fleetkit.installed import PATHS, Installed, Place, read_installed
from fleetkit.installed.histories import Missing
from fleetkit.installed.places import OS_RELEASES, WAL_SUFFIX
from fleetkit.loaders.docker.documents import Known, read_documents
from fleetkit.loaders.docker.endpoints import Engine
from fleetkit.loaders.docker.names import content_id
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text
from fleetkit.source import recall, remember

PROBE = "fleetkit.probe"
_LARGEST = 256 << 20
_MOST_FILES = 5_000
_MOST_HOPS = 5
_FORM = "2"
_SYSTEMS = tuple(place for place in PATHS if place.path in OS_RELEASES)
_DATABASES = tuple(place for place in PATHS if place.path not in OS_RELEASES)

Files = dict[str, dict[str, str]]


@dataclass
class _Stack:
    """Images with the same layers."""

    digest: str
    image_ids: list[str] = field(default_factory=list)


def read_filesystems(engine: Engine) -> Iterator[Record | Problem]:
    """One record per stack of layers, with the files that tell what is installed."""
    missing, known = Missing(), Known()
    for stack in _stacks(engine):
        kept = recall("docker-packages", stack.digest, _FORM)
        if kept is not None:
            found = json.loads(kept)
        else:
            found, hindrances = _probed(engine, stack, known)
            yield from hindrances
            if not hindrances:
                remember("docker-packages", stack.digest, _FORM, json.dumps(found).encode())
        missing.add(found["Changelogs"])
        yield Record("filesystem", {"ImageIds": stack.image_ids, **found})
        yield from _faults(stack, found)
    for fault in missing.faults():
        yield Problem(
            code=fault.code,
            message="source builds without a changelog to read name no flaws",
            detail=fault.message[:500],
            hint="slim images leave documents out; give `audit` advisories for these",
            severity="info",
        )


def _stacks(engine: Engine) -> list[_Stack]:
    """Images grouped by their layers, in the order of the engine's list."""
    stacks: dict[str, _Stack] = {}
    for image_id, layers in engine.layers.items():
        digest = hashlib.sha256("\n".join(layers or [image_id]).encode()).hexdigest()
        stacks.setdefault(digest, _Stack(digest)).image_ids.append(str(content_id(image_id)))
    return list(stacks.values())


def _probed(engine: Engine, stack: _Stack, known: Known) -> tuple[dict[str, Any], list[Problem]]:
    """Files of a stack by path, what its changelogs say, and what hindered to read all of them."""
    from docker.errors import APIError

    try:
        made = engine.api.create_container(
            stack.image_ids[0], command=["fleetkit-never-starts-this"], labels={PROBE: "packages"},
            network_disabled=True, use_config_proxy=False,
        )
    except APIError as error:
        return {"Files": {}, "Changelogs": {}}, [hindrance(stack.image_ids[0], error)]
    try:
        files, hindrances = read_files(engine, made["Id"], stack.image_ids[0])
        return {
            "Files": files,
            "Changelogs": read_documents(
                engine, made["Id"], installed_in(files).packages, known),
        }, hindrances
    finally:
        engine.api.remove_container(made["Id"], v=True, force=True)


def read_files(engine: Engine, container: str, subject: str) -> tuple[Files, list[Problem]]:
    """The files of a container that tell what is installed in it, by path, and what hindered.

    One os-release and one database tell all; the two are fetched side by side.
    """
    system = engine.aside.submit(_first, engine, container, _SYSTEMS)
    found, hindrances = _first(engine, container, _DATABASES)
    also_found, also_hindered = system.result()
    files = {path: as_text(content) for path, content in (also_found | found).items()}
    return files, [hindrance(subject, error) for error in (*also_hindered, *hindrances)]


def _first(
    engine: Engine, container: str, places: Sequence[Place]
) -> tuple[dict[str, bytes], list[Exception]]:
    """The files of the first place that has any; each place asked costs the engine a mount."""
    from docker.errors import APIError

    found: dict[str, bytes] = {}
    errors: list[Exception] = []
    for place in places:
        if found and place.path.removesuffix(WAL_SUFFIX) not in found:
            continue  # a write-ahead log belongs to its database
        try:
            read = _folder if place.kind == "folder" else _file
            found |= read(engine, container, place.path)
        except (APIError, tarfile.TarError) as error:
            errors.append(error)
    return found, errors


def _file(engine: Engine, container: str, path: str) -> dict[str, bytes]:
    """Content of a file by its path; symbolic links are followed inside the image only."""
    place = path
    for _ in range(_MOST_HOPS):
        for member, content in _members(engine, container, place):
            if content is not None:
                return {path: content}
            if member.issym():
                target = posixpath.join("/", posixpath.dirname(place), member.linkname)
                place = posixpath.normpath(target).lstrip("/")
                break
        else:
            return {}
    return {}


def _folder(engine: Engine, container: str, path: str) -> dict[str, bytes]:
    """Files directly in a folder, by their path; names that point elsewhere are left alone."""
    found: dict[str, bytes] = {}
    base = path.rstrip("/")
    for member, content in _members(engine, container, base):
        name = posixpath.basename(member.name)
        inside = posixpath.normpath(member.name) == f"{posixpath.basename(base)}/{name}"
        if member.isfile() and inside and content is not None:
            found[f"{base}/{name}"] = content
    return found


def _members(
    engine: Engine, container: str, path: str
) -> Iterator[tuple[tarfile.TarInfo, bytes | None]]:
    """Members of the archive of a path, in memory and bounded; nothing is ever unpacked."""
    from docker.errors import NotFound

    try:
        chunks, _ = engine.api.get_archive(container, f"/{path}")
    except NotFound:
        return
    buffer = io.BytesIO()
    for chunk in chunks:
        buffer.write(chunk)
        if buffer.tell() > _LARGEST:
            raise tarfile.TarError(f"/{path}: is larger than {_LARGEST:,} bytes")
    buffer.seek(0)
    with tarfile.open(fileobj=buffer, mode="r:") as archive:
        for number, member in enumerate(archive):
            if number >= _MOST_FILES:
                raise tarfile.TarError(f"/{path}: holds more than {_MOST_FILES:,} files")
            stream = archive.extractfile(member) if member.isfile() else None
            yield member, stream.read() if stream else None


def hindrance(subject: str, error: Exception) -> Problem:
    """The problem that a path of an image or container could not be read."""
    return Problem(
        code="unreadable_path",
        message="a path could not be read, so the packages of its image or container may be"
                " incomplete",
        subject_id=subject,
        detail=mask_text(str(error))[:500],
        hint="without a package database its patch level is unknown, not clean",
    )


def as_text(content: bytes) -> dict[str, str]:
    """Bytes as JSON can hold them: text where it is UTF-8, base64 where it is not."""
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def installed_in(files: Files) -> Installed:
    """What the files of a stack say; several tables ask, so the last answers are kept."""
    held = tuple((path, *next(iter(content.items()))) for path, content in sorted(files.items()))
    return _installed(held)


@lru_cache(maxsize=256)
def _installed(held: tuple[tuple[str, str, str], ...]) -> Installed:
    return read_installed({
        path: text.encode() if form == "text" else base64.b64decode(text)
        for path, form, text in held
    })


def _faults(stack: _Stack, found: Mapping[str, Any]) -> Iterator[Problem]:
    yield from faults_of(stack.image_ids[0], found["Files"])
    for path, said in found["Changelogs"].get("Faults") or ():
        yield Problem(
            code="unreadable_changelog",
            message="changelogs of an image could not be read in full",
            subject_id=stack.image_ids[0],
            detail=f"{path}: {said}"[:500],
            phase="parse",
        )


def faults_of(subject: str, files: Files) -> Iterator[Problem]:
    """What could not be read in package databases."""
    for fault in installed_in(files).faults:
        yield Problem(
            code=fault.code,
            message="a package database could not be read in full",
            subject_id=subject,
            detail=f"{fault.path}: {fault.message}"[:500],
            phase="parse",
        )
