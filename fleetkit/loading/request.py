"""What a user asks of `load`: a source, places, options; and how that is written down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from fleetkit import plugins
from fleetkit.errors import LoadError, UnknownNameError
from fleetkit.plugins import Loader, Target
from fleetkit.redaction import mask_tree

_FILES = (
    ".json", ".jsonl", ".ndjson", ".gz", ".csv", ".tsv", ".xlsx", ".zip", ".parquet", ".yaml",
    ".yml", ".xml", ".tar", ".hcl", ".tf", ".tfstate",
)


@dataclass(frozen=True)
class Request:
    """A source as it was asked for.

    Args:
        source: name of the loader.
        where: files, folders, endpoints, accounts or contexts; or objects in memory.
        options: of the source.
        only: resources that are read; none named: all.
    """

    source: str
    where: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    @property
    def loader(self) -> Loader:
        """What knows the source."""
        found: Loader = plugins.find("loaders", self.source)
        return found

    @property
    def objects(self) -> list[Any]:
        """The objects in memory among the places, as data frames.

        Raises:
            LoadError: the source takes none, or some places are objects and some are not.
        """
        found = [place for place in self.where if not isinstance(place, str | PathLike)]
        if found and self.loader.given is None:
            raise LoadError(
                f"{self.source}: expected a file or a name, found {type(found[0]).__name__!r}"
            )
        if found and len(found) < len(self.where):
            raise LoadError(
                f"{self.source}: tables and names in one call; load them apart and add them"
            )
        return found

    @property
    def paths(self) -> list[Path]:
        """The files and folders among the places.

        Raises:
            LoadError: some places are files and some are not.
        """
        paths = [Path(place) for place in self.where if _is_file(place)]
        if paths and len(paths) < len(self.where):
            raise LoadError(
                f"{self.source}: files and endpoints in one call; load them apart and add them"
            )
        return paths

    @property
    def resources(self) -> list[str]:
        """The resources that are read: those that were named, with those whose answers they need.

        Raises:
            UnknownNameError: the source has no such resource; the message lists those it has.
        """
        needs = self.loader.resources
        for name in self.only:
            if name not in needs:
                raise UnknownNameError(f"resource of {self.source}", name, needs)
        return with_needed(needs, set(self.only) or set(needs))

    def targets(self) -> list[Target]:
        """The targets that the places and options name.

        Raises:
            LoadError: the source is read from files only, or does not know an option.
        """
        loader = self.loader
        if loader.targets is None:
            raise LoadError(f"{self.source}: give it a file: {', '.join(loader.reads)}")
        try:
            return list(loader.targets(*self.where, **self.options))
        except TypeError as error:
            raise LoadError(f"{self.source}: {error}; see help(load)") from error

    def text(self) -> str:
        """The request as JSON, credentials in it masked; `parsed` reads it."""
        said = {"where": [str(place) for place in self.where], "options": dict(self.options),
                "only": self.only}
        return json.dumps(mask_tree(said), sort_keys=True, default=str)


def parsed(source: str, text: str) -> Request:
    """The request that `Request.text` wrote."""
    said = json.loads(text)
    return Request(source, tuple(said["where"]), said["options"], tuple(said["only"]))


def with_needed(needs: Mapping[str, Sequence[str]], wanted: set[str]) -> list[str]:
    """The resources and those whose answers they need, in the order of the loader."""
    found = set(wanted)
    for resource in reversed(list(needs)):  # each is declared after those that it needs
        if resource in found:
            found |= set(needs[resource])
    return [resource for resource in needs if resource in found]


def _is_file(place: str | PathLike[str]) -> bool:
    """Whether a place is meant as a path: it exists, or is written like one."""
    if not isinstance(place, str):
        return True
    if "://" in place:
        return False
    path = Path(place)
    return path.is_file() or path.is_dir() or path.suffix.lower() in _FILES
