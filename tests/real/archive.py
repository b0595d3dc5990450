"""A root file system as `docker load` and `podman load` take it, with a date and history we choose.

`docker import` would stamp the moment of the import; a golden image is older than the machine that
it lands on.
"""

import datetime
import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

CHUNK = 1 << 20
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Archive:
    """One image of one layer.

    Attributes:
        tags: every name that the image gets; the first one is its own.
        layer: tar of the root file system, not compressed.
        created: what the image claims; part of its id.
        command: what a container of it runs.
        settings: more of the image's configuration, in its own spelling.
        made_by: how the layer came to be, for the image's history.
    """

    tags: tuple[str, ...]
    layer: Path
    created: datetime.datetime
    made_by: str
    command: tuple[str, ...] = ("/bin/sh",)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def image_id(self) -> str:
        """Id of the image once loaded: the digest of its configuration."""
        return f"sha256:{hashlib.sha256(self._configuration).hexdigest()}"

    def stream(self) -> Iterator[bytes]:
        """The archive in pieces; the layer is read from disk only here."""
        name = self.image_id.removeprefix("sha256:")
        layer = f"{self._diff_id.removeprefix('sha256:')}/layer.tar"
        manifest = [{"Config": f"{name}.json", "RepoTags": list(self.tags), "Layers": [layer]}]
        yield from _small(f"{name}.json", self._configuration)
        yield from _large(layer, self.layer)
        yield from _small("manifest.json", json.dumps(manifest).encode())
        yield bytes(2 * tarfile.BLOCKSIZE)

    @cached_property
    def _diff_id(self) -> str:
        """Digest of the layer; kept beside it, as the file never changes."""
        kept = self.layer.with_suffix(".sha256")
        if not kept.exists():
            with self.layer.open("rb") as file:
                kept.write_text(hashlib.file_digest(file, "sha256").hexdigest())
        return f"sha256:{kept.read_text()}"

    @cached_property
    def _configuration(self) -> bytes:
        when = self.created.strftime("%Y-%m-%dT%H:%M:%SZ")
        words = json.dumps(list(self.command))
        configuration = {
            "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "created": when,
            "config": {
                "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "Cmd": list(self.command),
                **self.settings,
            },
            "history": [
                {"created": when, "created_by": self.made_by},
                {"created": when, "created_by": f"CMD {words}", "empty_layer": True},
            ],
            "rootfs": {"type": "layers", "diff_ids": [self._diff_id]},
        }
        return json.dumps(configuration, sort_keys=True).encode()


class Program(bytes):
    """The content of a file that can be run."""


class Link(str):
    """The target of a symbolic link."""

    __slots__ = ()


Tree = Mapping[str, bytes | Link]


def write_tar(path: Path, files: Tree, created: datetime.datetime) -> Path:
    """A tar of small files, with their folders before them; the same bytes each time."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for folder in sorted({str(p) for name in files for p in Path(name).parents} - {"."}):
            tar.addfile(_entry(folder, created, tarfile.DIRTYPE, 0o755))
        for name, content in files.items():
            if isinstance(content, Link):
                entry = _entry(name, created, tarfile.SYMTYPE, 0o777)
                entry.linkname = str(content)
                tar.addfile(entry)
            else:
                mode = 0o755 if isinstance(content, Program) else 0o644
                entry = _entry(name, created, tarfile.REGTYPE, mode)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return path


def _entry(name: str, when: datetime.datetime, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime = kind, mode, int(when.timestamp())
    return entry


def _small(name: str, content: bytes) -> Iterator[bytes]:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    yield entry.tobuf(tarfile.GNU_FORMAT) + content + _padding(len(content))


def _large(name: str, path: Path) -> Iterator[bytes]:
    entry = tarfile.TarInfo(name)
    entry.size = path.stat().st_size
    yield entry.tobuf(tarfile.GNU_FORMAT)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
    yield _padding(entry.size)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)
