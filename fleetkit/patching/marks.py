"""Marks of files: whether what was read from a path is still what lies there."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Mark(NamedTuple):
    """What the files of a path look like from outside."""

    digest: str
    files: int
    size: int


def mark(path: Path) -> Mark:
    """The mark of a file or folder: it changes with name, size or times of any file in it.

    The time of the last change of state counts too, so that an edit is seen where its tool sets
    the time of the file back. What cannot be looked at has the mark of an empty folder.
    """
    digest, files, size = hashlib.sha256(), 0, 0
    try:
        for name, found in looks(path):
            look = f"{name}\0{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}\n"
            digest.update(look.encode(errors="surrogateescape"))
            files, size = files + 1, size + found.st_size
    except OSError:
        return Mark("", 0, 0)
    return Mark(digest.hexdigest(), files, size)


def looks(path: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Name and state of a file, or of all files below a folder, in a fixed order."""
    if path.is_file():
        yield path.name, path.stat()
    folders = [str(path)] if path.is_dir() else []
    while folders:
        with os.scandir(folders.pop()) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                yield entry.path, _look(entry)


def _look(entry: os.DirEntry[str]) -> os.stat_result:
    try:
        return entry.stat()
    except OSError:  # a link that leads nowhere
        return entry.stat(follow_symlinks=False)
