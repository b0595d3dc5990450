"""Objects in memory, as data frames, that a source takes in the place of a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from fleetkit.loading.harvest import Harvest, Part, now
from fleetkit.loading.saved import check_options
from fleetkit.plugins import Loader, Target


def read_given(
    source: str, loader: Loader, things: Sequence[Any], options: Mapping[str, Any]
) -> list[Harvest]:
    """One harvest per object.

    Args:
        source: name of the loader.
        loader: what takes them.
        things: as they were given to `load`.
        options: of the source.

    Raises:
        LoadError: one of them is no table, or an option is not one that the source knows.
    """
    check_options(source, loader, options)
    harvests = []
    for number, thing in enumerate(things, start=1):
        target = Target("dataframe" if number == 1 else f"dataframe {number}")
        harvest = Harvest(source, target, "declared", now())
        _fill(harvest, loader, thing, options)
        harvests.append(harvest)
    return harvests


def _fill(harvest: Harvest, loader: Loader, thing: Any, options: Mapping[str, Any]) -> None:
    for name, items in loader.given(thing, **options) if loader.given is not None else ():
        part = harvest.parts.setdefault(name, Part(name))
        for item in items:
            part.take(item)
        part.status = "ok" if part.rows else "empty"
