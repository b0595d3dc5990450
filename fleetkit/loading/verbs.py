"""load and capture: what a user calls first."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from fleetkit import plugins
from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.loading.budget import Budget
from fleetkit.loading.captures import is_capture, read_capture, write_capture
from fleetkit.loading.engine import read_live, reading_of
from fleetkit.loading.given import read_given
from fleetkit.loading.harvest import Harvest
from fleetkit.loading.request import Request
from fleetkit.loading.saved import read_files
from fleetkit.loading.shelf import Shelf
from fleetkit.loading.tabulating import tabulate
from fleetkit.progress import Shown

_DAY = 86_400.0


def load(  # noqa: PLR0913 - each is a thing that users ask for by name
    source: str,
    *where: Any,
    only: str | Sequence[str] = (),
    timeout: float | None = None,
    max_age: float | None = None,
    refresh: bool = False,
    progress: Shown = None,
    **options: Any,
) -> Fleet:
    """The fleet of one source, live or from saved payloads.

    Args:
        source: name of a loader; `sources()` lists them.
        where: files or folders (saved payloads, or what `capture` wrote), or data frames; any
            other text is an endpoint, account or context, as the source names it. Nothing: the
            source's default.
        only: resources that are read, as ["instances", "images"], with those that they need;
            `sources()` lists them. Not named: all.
        timeout: seconds for the whole load; what was read until then is returned, marked.
        max_age: seconds; a target that was read in full within them is taken from the cache, which
            `coverage` says (`cached`, `observed_at`). Without it nothing is cached.
        refresh: read everything anew, and keep that in the cache.
        progress: is told each step; by default a tree in a notebook, a line per target on a
            terminal, with False nothing.
        options: of the source, as `regions=["eu-west-1"]`; never a secret.

    Returns:
        A fleet whose `coverage` says what was read and whose `problems` say what was not.

    Raises:
        LoadError: nothing could be read.
        UnknownNameError: there is no such source.

    Examples:
        >>> fleet = load("sample")
        >>> sorted(fleet.workloads["kind"].unique())
        ['container', 'host', 'vm']
    """
    request = Request(source, where, options, _listed(only))
    if request.loader.captured is not None:
        return _shipped(request.loader.captured)
    if request.objects:
        harvests = read_given(source, request.loader, request.objects, options)
        return tabulate(request.loader, harvests)
    if request.paths:
        return tabulate(request.loader, _saved(request))
    kept = Shelf(request, _DAY if max_age is None else max_age, refresh)
    shelf = kept if refresh or max_age is not None else None
    return tabulate(request.loader, _live(request, timeout, progress, shelf))


def capture(
    source: str,
    *where: str | Path,
    to: str | Path,
    only: str | Sequence[str] = (),
    timeout: float | None = None,
    progress: Shown = None,
    **options: Any,
) -> Path:
    """A folder with the raw records of a live read, secrets taken out; `load` reads it back.

    Whoever has the credentials need not be the analyst.

    Raises:
        LoadError: nothing could be read, or the folder holds something else.
    """
    request = Request(source, where, options, _listed(only))
    if request.objects or request.paths or request.loader.captured is not None:
        raise LoadError(f"{source}: a capture is of a live read; the files are there already")
    return write_capture(source, _live(request, timeout, progress), Path(to))


def _live(
    request: Request, timeout: float | None, progress: Shown, shelf: Shelf | None = None
) -> list[Harvest]:
    reading = reading_of(request, Budget(timeout), progress)
    reading.shelf = shelf
    return read_live(reading, request.targets())


def _listed(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _shipped(folder: Path) -> Fleet:
    """The fleet of all captures in a folder, each of its own source."""
    fleets = []
    for path in sorted(path for path in folder.iterdir() if is_capture(path)):
        source, harvests = read_capture(path)
        fleets.append(tabulate(plugins.find("loaders", source), harvests))
    return reduce(add, fleets)


def _saved(request: Request) -> list[Harvest]:
    harvests: list[Harvest] = []
    for path in request.paths:
        if is_capture(path):
            name, found = read_capture(path)
            if name != request.source:
                raise LoadError(f"{path}: was captured from {name!r}; load it with {name!r}")
            harvests += found
        else:
            harvests += read_files(request.source, request.loader, path, request.options)
    return harvests
