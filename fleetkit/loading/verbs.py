"""load, capture and sources: what a user calls."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from fleetkit import plugins
from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.loading.engine import Budget, read_live
from fleetkit.loading.harvest import Harvest
from fleetkit.loading.saved import is_capture, read_capture, read_files, write_capture
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Loader
from fleetkit.progress import Progress, TerminalProgress


def load(
    source: str,
    *where: str | Path,
    timeout: float | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Fleet:
    """The fleet of one source, live or from saved payloads.

    Args:
        source: name of a loader; `sources()` lists them.
        where: files or folders (saved payloads, or what `capture` wrote); anything else is an
            endpoint, account or context, as the source names it. Nothing: the source's default.
        timeout: seconds for the whole load; what was read until then is returned, marked.
        progress: is told each step; by default a line per resource on a terminal.
        options: of the source, as `regions=["eu-west-1"]`; never a secret.

    Returns:
        A fleet whose `coverage` says what was read and whose `problems` say what was not.

    Raises:
        LoadError: nothing could be read.
        UnknownNameError: there is no such source.

    Examples:
        >>> fleet = load("sample")
        >>> fleet.workloads["kind"].unique().tolist()
        ['container', 'vm']
    """
    request = _Request(source, where, Budget(timeout), progress or TerminalProgress(), options)
    name, harvests = _harvests(request)
    return tabulate(plugins.find("loaders", name), harvests)


def capture(
    source: str,
    *where: str | Path,
    to: str | Path,
    timeout: float | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Path:
    """A folder with the raw records of a live read, secrets taken out; `load` reads it back.

    Whoever has the credentials need not be the analyst.

    Raises:
        LoadError: nothing could be read, or the folder holds something else.
    """
    request = _Request(source, where, Budget(timeout), progress or TerminalProgress(), options)
    name, harvests = _harvests(request)
    return write_capture(name, harvests, Path(to))


def sources() -> pd.DataFrame:
    """What can be loaded: one row per source, with the files it reads and the tables it fills."""
    rows = []
    for name in plugins.names("loaders"):
        loader: Loader = plugins.find("loaders", name)
        rows.append({
            "source": name,
            "reads": loader.doc,
            "files": "; ".join(loader.reads),
            "tables": ", ".join(table.name for table in loader.rows),
            "permissions": "; ".join(loader.permissions),
            "installed": _is_installed(loader),
        })
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Request:
    source: str
    where: tuple[str | Path, ...]
    budget: Budget
    progress: Progress
    options: dict[str, Any]


def _harvests(request: _Request) -> tuple[str, list[Harvest]]:
    """The name of the loader that understands the records, and the records."""
    source, where = request.source, request.where
    loader: Loader = plugins.find("loaders", source)
    if loader.captured is not None:
        return read_capture(loader.captured)
    paths = [Path(place) for place in where if _is_file(place)]
    if paths and len(paths) < len(where):
        raise LoadError(f"{source}: files and endpoints in one call; load them apart and add them")
    if paths:
        return source, _saved(source, loader, paths)
    if loader.targets is None:
        raise LoadError(f"{source}: give it a file: {', '.join(loader.reads)}")
    targets = list(loader.targets(*where, **request.options))
    return source, read_live(source, loader, targets, request.budget, request.progress)


def _saved(source: str, loader: Loader, paths: list[Path]) -> list[Harvest]:
    harvests: list[Harvest] = []
    for path in paths:
        if is_capture(path):
            name, found = read_capture(path)
            if name != source:
                raise LoadError(f"{path}: was captured from {name!r}; load it with {name!r}")
            harvests += found
        else:
            harvests += read_files(source, loader, path)
    return harvests


def _is_file(place: str | Path) -> bool:
    """Whether a place is meant as a path: it exists, or is written like one."""
    if isinstance(place, Path):
        return True
    if "://" in place:
        return False
    path = Path(place)
    return path.is_file() or path.is_dir() or path.suffix in (".json", ".jsonl", ".gz")


def _is_installed(loader: Loader) -> bool:
    return loader.sdk is None or find_spec(loader.sdk) is not None
