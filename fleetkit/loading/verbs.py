"""load, capture, retry and sources: what a user calls."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from fleetkit import plugins
from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.loading.budget import Budget
from fleetkit.loading.captures import is_capture, read_capture, write_capture
from fleetkit.loading.engine import Reading, read_live
from fleetkit.loading.harvest import Harvest
from fleetkit.loading.request import Request
from fleetkit.loading.saved import read_files
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Loader
from fleetkit.progress import Progress, usual


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
        progress: is told each step; by default a tree in a notebook, a line per target on a
            terminal.
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
    request = Request(source, where, options)
    name, harvests = _harvests(request, Budget(timeout), progress or usual())
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
    request = Request(source, where, options)
    name, harvests = _harvests(request, Budget(timeout), progress or usual())
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
            "tables": ", ".join(table.name for table in loader.tables),
            "permissions": "; ".join(loader.permissions),
            "installed": _is_installed(loader),
        })
    return pd.DataFrame(rows)


def _harvests(
    request: Request, budget: Budget, progress: Progress
) -> tuple[str, list[Harvest]]:
    """The name of the loader that understands the records, and the records."""
    source, loader, paths = request.source, request.loader, request.paths
    if loader.captured is not None:
        return read_capture(loader.captured)
    if paths:
        return source, _saved(source, loader, paths)
    reading = Reading(source, loader, budget, progress, request.text())
    return source, read_live(reading, request.targets())


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


def _is_installed(loader: Loader) -> bool:
    try:
        return loader.sdk is None or find_spec(loader.sdk) is not None
    except ModuleNotFoundError:  # of a dotted name, the package above it
        return False
