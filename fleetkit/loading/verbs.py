"""load and capture: what a user calls first."""

from pathlib import Path
from typing import Any

from fleetkit import plugins
from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.loading.budget import Budget
from fleetkit.loading.captures import is_capture, read_capture, write_capture
from fleetkit.loading.engine import Reading, read_live
from fleetkit.loading.harvest import Harvest
from fleetkit.loading.request import Request
from fleetkit.loading.saved import read_files
from fleetkit.loading.shelf import Shelf
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Loader
from fleetkit.progress import Progress, usual

_DAY = 86_400.0


def load(
    source: str,
    *where: str | Path,
    timeout: float | None = None,
    max_age: float | None = None,
    refresh: bool = False,
    progress: Progress | None = None,
    **options: Any,
) -> Fleet:
    """The fleet of one source, live or from saved payloads.

    Args:
        source: name of a loader; `sources()` lists them.
        where: files or folders (saved payloads, or what `capture` wrote); anything else is an
            endpoint, account or context, as the source names it. Nothing: the source's default.
        timeout: seconds for the whole load; what was read until then is returned, marked.
        max_age: seconds; a target that was read in full within them is taken from the cache, which
            `coverage` says (`cached`, `observed_at`). Without it nothing is cached.
        refresh: read everything anew, and keep that in the cache.
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
    kept = Shelf(source, _DAY if max_age is None else max_age, refresh)
    shelf = kept if refresh or max_age is not None else None
    name, harvests = _harvests(request, Budget(timeout), progress, shelf)
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
    if request.paths:
        raise LoadError(f"{source}: a capture is of a live read; the files are there already")
    name, harvests = _harvests(request, Budget(timeout), progress)
    return write_capture(name, harvests, Path(to))


def _harvests(
    request: Request, budget: Budget, progress: Progress | None, shelf: Shelf | None = None
) -> tuple[str, list[Harvest]]:
    """The name of the loader that understands the records, and the records."""
    source, loader, paths = request.source, request.loader, request.paths
    if loader.captured is not None:
        return read_capture(loader.captured)
    if paths:
        return source, _saved(source, loader, paths)
    reading = Reading(source, loader, budget, progress or usual(), request.text(), shelf)
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
