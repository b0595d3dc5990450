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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fleetkit.installed import PATHS, read_installed
from fleetkit.loaders.docker.endpoints import Engine
from fleetkit.loaders.docker.names import content_id
from fleetkit.plugins import Problem, Record
from fleetkit.source import recall, remember

PROBE = "fleetkit.probe"
_LARGEST = 256 << 20
_MOST_FILES = 5_000
_MOST_HOPS = 5
_FORM = "1"

Files = dict[str, dict[str, str]]


@dataclass
class _Stack:
    """Images with the same layers."""

    digest: str
    image_ids: list[str] = field(default_factory=list)


def read_filesystems(engine: Engine) -> Iterator[Record | Problem]:
    """One record per stack of layers, with the files that tell what is installed."""
    for stack in _stacks(engine):
        kept = recall("docker-packages", stack.digest, _FORM)
        files = json.loads(kept) if kept is not None else None
        if files is None:
            files = _probed(engine, stack)
            if isinstance(files, Problem):
                yield files
                continue
            remember("docker-packages", stack.digest, _FORM, json.dumps(files).encode())
        yield Record("filesystem", {"ImageIds": stack.image_ids, "Files": files})
        yield from _faults(stack, files)


def _stacks(engine: Engine) -> list[_Stack]:
    """Images grouped by their layers, in the order of the engine's list."""
    stacks: dict[str, _Stack] = {}
    for image_id, layers in engine.layers.items():
        digest = hashlib.sha256("\n".join(layers or [image_id]).encode()).hexdigest()
        stacks.setdefault(digest, _Stack(digest)).image_ids.append(str(content_id(image_id)))
    return list(stacks.values())


def _probed(engine: Engine, stack: _Stack) -> Files | Problem:
    """Files of a stack by path; or the problem that hindered."""
    from docker.errors import APIError

    try:
        made = engine.api.create_container(
            stack.image_ids[0], command=["fleetkit-never-starts-this"], labels={PROBE: "packages"},
            network_disabled=True, use_config_proxy=False,
        )
    except APIError as error:
        return _not_probed(stack, error)
    try:
        return _files(engine, made["Id"])
    except (APIError, tarfile.TarError) as error:
        return _not_probed(stack, error)
    finally:
        engine.api.remove_container(made["Id"], v=True, force=True)


def _files(engine: Engine, container: str) -> Files:
    files: dict[str, bytes] = {}
    for place in PATHS:
        if place.kind == "file" and place.path not in files:
            content = _file(engine, container, place.path)
            if content is not None:
                files[place.path] = content
        elif place.kind == "folder":
            files.update(_folder(engine, container, place.path))
    return {path: as_text(content) for path, content in files.items()}


def _file(engine: Engine, container: str, path: str, hops: int = _MOST_HOPS) -> bytes | None:
    """Content of a file; a symbolic link is followed inside the image only."""
    for member, content in _members(engine, container, path):
        if member.issym() and hops:
            target = posixpath.join("/", posixpath.dirname(path), member.linkname)
            return _file(engine, container, posixpath.normpath(target).lstrip("/"), hops - 1)
        if member.isfile():
            return content
    return None


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


def _not_probed(stack: _Stack, error: Exception) -> Problem:
    return Problem(
        code="unobservable",
        message="the packages of an image could not be read",
        subject_id=stack.image_ids[0],
        detail=str(error)[:500],
        hint="its patch level is unknown, not clean",
        retryable=True,
    )


def as_text(content: bytes) -> dict[str, str]:
    """Bytes as JSON can hold them: text where it is UTF-8, base64 where it is not."""
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def as_bytes(held: Mapping[str, str]) -> bytes:
    """The bytes that `as_text` held."""
    return held["text"].encode() if "text" in held else base64.b64decode(held["base64"])


def _faults(stack: _Stack, files: Files) -> Iterator[Problem]:
    found = read_installed({path: as_bytes(held) for path, held in files.items()})
    for fault in found.faults:
        yield Problem(
            code=fault.code,
            message="a package database could not be read in full",
            subject_id=stack.image_ids[0],
            detail=f"{fault.path}: {fault.message}"[:500],
            phase="parse",
        )
