"""Changelogs of an image's packages, out of the archive of its folder of documents.

An engine mounts the image anew for each path that it is asked for, so the folder comes as one
archive. It is read as a stream, of which only changelogs are kept; images with rpm or apk are not
asked, for they have none there.
"""

import hashlib
import io
import posixpath
import tarfile
from collections.abc import Iterator, Sequence
from typing import Any

from fleetkit.installed import Fault, Package
from fleetkit.installed.changelogs import (
    FOLDER,
    Inflated,
    Mentions,
    pair_changelogs,
    read_changelog,
    wanted_paths,
)
from fleetkit.installed.histories import tell
from fleetkit.installed.limits import MAX_CHANGELOGS_BYTES, MAX_FAULTS
from fleetkit.loaders.docker.endpoints import Engine
from fleetkit.redaction import mask_text

_LARGEST = 256 << 20  # of the archive; beyond it lie the manuals of whole desktops
_LARGEST_FILE = 8 << 20
_MOST_FILES = 200_000


class _Stream(io.RawIOBase):
    """The chunks of an answer as a file that is read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""
        self._taken = 0

    def read(self, size: int = -1) -> bytes:
        """So many bytes; fewer at the end, or where the answer is larger than anything useful."""
        parts = [self._rest]
        held = len(self._rest)
        while held < size and self._taken <= _LARGEST:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            self._taken += len(chunk)
            held += len(chunk)
            parts.append(chunk)
        joined = b"".join(parts)
        self._rest = joined[size:]
        return joined[:size]

    @property
    def is_cut(self) -> bool:
        """Whether more was there than is read."""
        return self._taken > _LARGEST


Known = dict[bytes, Inflated | Fault]
"""Changelogs that were read already, by the digest of their bytes: images share them."""


def read_documents(
    engine: Engine, container: str, packages: Sequence[Package], known: Known
) -> dict[str, Any]:
    """What the changelogs of the packages say, as a record holds it.

    What was wrong with them, and with the folder of them, is in `Faults`: path and message.

    Args:
        engine: where the container is.
        container: its id; it need not run.
        packages: of its image.
        known: changelogs of other images; those of this one are added.
    """
    wanted = wanted_paths(packages)
    files, faults = _fetched(engine, container, wanted) if wanted else ({}, [])
    told = tell(pair_changelogs(packages, _Reader(files, known, faults)))
    return {**told, "Faults": [[fault.path, fault.message] for fault in faults[:MAX_FAULTS]]}


class _Reader:
    """Reads a changelog by its path, as long as the texts of one image are of a sane size."""

    def __init__(self, files: dict[str, bytes], known: Known, faults: list[Fault]) -> None:
        self._files = files
        self._known = known
        self._faults = faults
        self._left = MAX_CHANGELOGS_BYTES

    def __call__(self, path: str) -> Mentions | None:
        if path not in self._files or self._left < 0:
            return None
        content = self._files[path]
        digest = hashlib.sha256(content).digest()
        if digest not in self._known:
            self._known[digest] = read_changelog(content, path)
        found = self._known[digest]
        if isinstance(found, Fault):
            self._faults.append(found)
            return None
        self._left -= found.size
        if self._left < 0:
            self._faults.append(Fault(
                "unreadable_changelog", FOLDER,
                f"changelogs unfold to more than {MAX_CHANGELOGS_BYTES:,} bytes; the rest is not"
                " read"))
        return found.mentions


def _fetched(
    engine: Engine, container: str, wanted: set[str]
) -> tuple[dict[str, bytes], list[Fault]]:
    from docker.errors import APIError, NotFound

    files: dict[str, bytes] = {}
    try:
        chunks, _ = engine.api.get_archive(container, f"/{FOLDER}", chunk_size=1 << 20)
    except NotFound:
        return files, []
    except APIError as error:
        return files, [Fault("unreadable_changelog", FOLDER, mask_text(str(error)))]
    stream = _Stream(iter(chunks))
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for number, member in enumerate(archive):
                path = posixpath.join(posixpath.dirname(FOLDER), posixpath.normpath(member.name))
                if number >= _MOST_FILES:
                    said = f"holds more than {_MOST_FILES:,} files"
                    return files, [Fault("unreadable_changelog", FOLDER, said)]
                if path in wanted and member.isfile() and member.size <= _LARGEST_FILE:
                    content = archive.extractfile(member)
                    files[path] = content.read() if content else b""
    except tarfile.TarError as error:
        said = f"is larger than {_LARGEST:,} bytes" if stream.is_cut else f"breaks off: {error}"
        return files, [Fault("unreadable_changelog", FOLDER, said)]
    return files, []
