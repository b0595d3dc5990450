"""The root file system that layers make, one on top of another, as far as it matters.

Whiteouts hide what lower layers hold, never what their own layer does; a file takes the place of
a folder and the other way round, as overlayfs shows it. Links are followed inside the root only.
"""

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fleetkit.installed import PATHS, Place
from fleetkit.installed.places import OS_RELEASES, WAL_SUFFIX
from fleetkit.loaders.oci.limits import MAX_HOPS
from fleetkit.loaders.oci.strata import Change
from fleetkit.loaders.oci.watching import Watch

_SYSTEMS = tuple(place for place in PATHS if place.path in OS_RELEASES)
_DATABASES = tuple(place for place in PATHS if place.path not in OS_RELEASES)

Node = tuple[str, Any]
"""What lies at a path: folder, file (with content), symlink (with target) or other."""


@dataclass
class Root:
    """A root file system.

    Args:
        watch: paths that layers were asked for.
        nodes: what lies at each path.
        unseen: paths that links lead to and that no layer was asked for.
    """

    watch: Watch
    nodes: dict[str, Node] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)

    def apply(self, changes: Iterable[Change]) -> bool:
        """Puts a layer on top; whether it changes anything that matters."""
        listed = list(changes)
        for verb, path, _ in listed:
            if verb == "hide":
                self._remove(path)
            elif verb == "empty":
                self._empty(path)
        for verb, path, value in listed:
            if verb not in ("hide", "empty"):
                self._place(verb, path, value)
        return bool(listed)

    def files(self) -> dict[str, bytes]:
        """Content of os-release and of the first package database that is there."""
        found: dict[str, bytes] = {}
        for place in _SYSTEMS:
            found |= self._at(place)
        databases: dict[str, bytes] = {}
        for place in _DATABASES:
            if not databases or place.path.removesuffix(WAL_SUFFIX) in databases:
                databases |= self._at(place)
        return found | databases

    def document(self, path: str) -> Any:
        """What the changelog at a path says; None where there is none."""
        kind, told = self.nodes.get(self._resolved(path), ("", None))
        return told if kind == "changelog" else None

    def _place(self, verb: str, path: str, value: Any) -> None:
        if verb == "folder":
            if self.nodes.get(path, ("", None))[0] != "folder":
                self._remove(path)
        else:
            self._remove(path)
        for above in _parents(path):
            if self.nodes.get(above, ("folder", None))[0] != "folder":
                self._remove(above)
            self.nodes[above] = ("folder", None)
        self.nodes[path] = self._same_as(value) if verb == "hardlink" else (verb, value)

    def _same_as(self, target: str) -> Node:
        """What a hard link stands for: what lies at its target at this moment."""
        path = posixpath.normpath(posixpath.join("/", target)).lstrip("/")
        if path not in self.nodes and not self.watch.covers(path):
            self.unseen.add(path)
        return self.nodes.get(path, ("other", None))

    def _remove(self, path: str) -> None:
        """Takes away what lies at a path; only a folder has anything below it."""
        if self.nodes.pop(path, ("", None))[0] == "folder":
            self._empty(path)

    def _empty(self, path: str) -> None:
        within = f"{path}/" if path else ""
        for name in [name for name in self.nodes if name.startswith(within)]:
            del self.nodes[name]

    def _at(self, place: Place) -> dict[str, bytes]:
        real = self._followed(place.path.rstrip("/"), place.kind)
        kind, content = self.nodes.get(real, ("", None)) if real is not None else ("", None)
        if place.kind == "file":
            return {place.path: bytes(content or b"")} if kind == "file" else {}
        if kind != "folder":
            return {}
        return {f"{place.path}{name}": content for name, content in self._within(real or "")}

    def _within(self, folder: str) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self.nodes):
            above, _, name = path.rpartition("/")
            kind, content = self.nodes[path]
            if above == folder and kind == "file":
                yield name, content

    def _followed(self, path: str, kind: str) -> str | None:
        """The path without links in it; None where they lead nowhere or in a circle."""
        real = self._resolved(path)
        if real:
            self._see(real, kind)
        return real or None

    def _resolved(self, path: str) -> str:
        """The path without links in it; empty where they lead to the root or in a circle."""
        done: list[str] = []
        left = path.split("/")[::-1]
        hops = 0
        while left:
            name = left.pop()
            if name in ("", "."):
                continue
            if name == "..":
                done[-1:] = []
                continue
            here = "/".join([*done, name])
            found, target = self.nodes.get(here, ("", None))
            if found != "symlink":
                done.append(name)
                continue
            hops += 1
            if hops > MAX_HOPS:
                return ""
            done = [] if target.startswith("/") else done
            left += target.split("/")[::-1]
        return "/".join(done)

    def _see(self, path: str, kind: str) -> None:
        asked = path in (self.watch.folders if kind == "folder" else self.watch.files)
        if not asked:
            self.unseen.add(f"{path}/" if kind == "folder" else path)


def _parents(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
