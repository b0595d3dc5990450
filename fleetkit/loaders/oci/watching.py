"""Which paths of a layer matter: package databases, os-release, changelogs, and what is above."""

from collections.abc import Iterable
from functools import lru_cache

from fleetkit.installed import PATHS
from fleetkit.installed.changelogs import FOLDER, is_changelog
from fleetkit.loaders.oci.limits import MAX_DEPTH, MAX_PATH

WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"
_DOCUMENTS = f"{FOLDER}/"


class Watch:
    """Paths whose content is kept.

    Args:
        more: paths besides the usual ones, which links lead to; that of a folder ends in a slash.
    """

    def __init__(self, more: Iterable[str] = ()) -> None:
        self.more = frozenset(more)
        paths = {*(place.path for place in PATHS), *self.more}
        self.folders = frozenset(path.rstrip("/") for path in paths if path.endswith("/"))
        self.files = frozenset(path for path in paths if not path.endswith("/"))
        self.above = frozenset(
            above for path in (*self.files, *self.folders, _DOCUMENTS) for above in _above(path)
        )
        self._exact = self.files | self.folders | self.above

    def covers(self, path: str) -> bool:
        """Whether what lies at the path matters: it is wanted, or above what is."""
        return (path in self._exact or path.rpartition("/")[0] in self.folders
                or is_document(path))

    def wants(self, path: str) -> bool:
        """Whether the content of a file there is kept."""
        return path in self.files or path.rpartition("/")[0] in self.folders


def is_document(path: str) -> bool:
    """Whether a changelog can be at the path, or the folder of one."""
    return path.startswith(_DOCUMENTS) and (
        "/" not in path.removeprefix(_DOCUMENTS) or is_changelog(path))


@lru_cache(maxsize=64)
def watch_of(more: frozenset[str] = frozenset()) -> Watch:
    """The usual paths and these."""
    return Watch(more)


def plain(name: str) -> str | None:
    """A member's name as a path from the root; "" for the root itself, None if it leads out."""
    path = name[2:] if name.startswith("./") else name
    path = path.strip("/")
    if len(path) > MAX_PATH or path.count("/") >= MAX_DEPTH:
        return None
    if "//" in path or "." in path:
        parts = [part for part in path.split("/") if part not in ("", ".")]
        return None if ".." in parts else "/".join(parts)
    return path


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]
