"""Packages of a stack of layers, and in which layer each of them came.

The package database is read anew at each layer that changes it. `first_layer` is the lowest one at
which a package is in it, by name, version, architecture and database; `current_layer` the one since
which it is there without a break, so the two differ after a removal and a return.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from fleetkit.installed import Installed, Package, read_installed
from fleetkit.loaders.oci.histories import tell_changelogs
from fleetkit.loaders.oci.limits import MAX_ROUNDS
from fleetkit.loaders.oci.roots import Root
from fleetkit.loaders.oci.strata import Layer
from fleetkit.loaders.oci.watching import Watch, watch_of
from fleetkit.plugins import Problem, Record

_REMEMBERED = 128
_KEPT = ("name", "version", "source_name", "source_version", "arch", "kind", "path", "module",
         "purl", "size_bytes")

Identity = tuple[str, str, str | None, str]
Fetch = Callable[[str, Watch], Layer]


@dataclass
class Memory:
    """Databases that were read lately: images that share layers share them too."""

    _installed: OrderedDict[bytes, Installed] = field(default_factory=OrderedDict)

    def installed(self, files: dict[str, bytes]) -> Installed:
        """What the files say."""
        digest = hashlib.sha256()
        for path, content in sorted(files.items()):
            digest.update(f"{path} {len(content)}\n".encode())
            digest.update(content)
        name = digest.digest()
        if name not in self._installed:
            self._installed[name] = read_installed(files)
        self._installed.move_to_end(name)
        if len(self._installed) > _REMEMBERED:
            self._installed.popitem(last=False)
        return self._installed[name]


@dataclass
class Stack:
    """What layers on top of each other hold.

    Args:
        layers: the lowest first.
        installed: what is there in the end.
        first: lowest layer of each package that was ever there.
        current: layer since which each package is there.
        told: what the changelogs of the packages say, as a record holds it.
        unseen: paths that links lead to and that the layers were not asked for.
    """

    layers: Sequence[Layer]
    installed: Installed = field(default_factory=lambda: read_installed({}))
    first: dict[Identity, int] = field(default_factory=dict)
    current: dict[Identity, int] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)


def read_stack(diff_ids: Sequence[str], fetch: Fetch, memory: Memory) -> Stack:
    """The stack of the layers with these digests.

    Raises:
        LoadError: one of them cannot be had; without it nothing is known of the whole.
    """
    more: frozenset[str] = frozenset()
    for _ in range(MAX_ROUNDS):
        watch = watch_of(more)
        stack = _stacked([fetch(diff_id, watch) for diff_id in diff_ids], watch, memory)
        if stack.unseen <= more:
            break
        more |= stack.unseen
    return stack


def _stacked(layers: Sequence[Layer], watch: Watch, memory: Memory) -> Stack:
    stack, root = Stack(layers), Root(watch)
    before: set[Identity] = set()
    for position, layer in enumerate(layers):
        if not root.apply(layer.changes()):
            continue
        stack.installed = memory.installed(root.files())
        there = {_identity(package) for package in stack.installed.packages}
        for identity in there:
            stack.first.setdefault(identity, position)
        stack.current = {
            identity: stack.current[identity] if identity in before else position
            for identity in there
        }
        before = there
    stack.told = tell_changelogs(stack.installed.packages, root)
    stack.unseen = root.unseen
    return stack


def _identity(package: Package) -> Identity:
    return package.name, package.version, package.arch, package.path


def stack_record(image_ids: Sequence[str], stack: Stack) -> Record:
    """The packages of all images with the same layers, as one record."""
    found = stack.installed
    return Record("packages", {
        "ImageIds": list(image_ids),
        "Layers": [{"DiffId": layer.diff_id, "Size": layer.size_bytes} for layer in stack.layers],
        "System": asdict(found.os) if found.os else None,
        "Observable": found.observable,
        "Packages": [_described(package, stack) for package in found.packages],
        "Changelogs": stack.told,
    })


def _described(package: Package, stack: Stack) -> dict[str, Any]:
    identity = _identity(package)
    return {
        **{name: getattr(package, name) for name in _KEPT},
        "first": stack.first[identity],
        "current": stack.current[identity],
    }


def stack_problems(image_id: str, stack: Stack) -> Iterator[Problem]:
    """What a reader of the packages should know."""
    for fault in stack.installed.faults:
        yield Problem(
            code=fault.code, message="a package database could not be read in full",
            subject_id=image_id, detail=f"{fault.path}: {fault.message}"[:500], phase="parse",
        )
    for path, said in stack.told["Faults"]:
        yield Problem(
            code="unreadable_changelog", message="changelogs of an image could not be read in full",
            subject_id=image_id, detail=f"{path}: {said}"[:500], phase="parse",
        )
    escaping = sum(layer.escaping for layer in stack.layers)
    if escaping:
        yield Problem(
            code="escaping_member", message="a layer holds names that lead out of the image",
            subject_id=image_id, phase="parse",
            detail=f"{escaping:,} members lead upwards, or lie deeper than anything real",
            hint="nothing is ever unpacked, so nothing was written; who built this image?",
        )
