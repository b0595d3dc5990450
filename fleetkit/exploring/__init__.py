"""explore: a fleet -> a widget that shows it and hands back what was selected."""

from typing import Any

from fleetkit.errors import MissingExtraError
from fleetkit.fleet import Fleet


def explore(fleet: Fleet, view: str | None = None) -> Any:
    """A widget that shows the fleet in a notebook; `widget.selection` is a DataFrame.

    Where widgets cannot run, the cell shows the main numbers as HTML, or as text.

    Args:
        fleet: classify, trace and audit it first; a view whose tables are missing says so.
        view: the name of one view, such as "lineage"; None shows all as tabs.

    Raises:
        UnknownNameError: there is no view of that name; the message lists those there are.
        MissingExtraError: anywidget is not installed.
    """
    try:
        from fleetkit.exploring.widget import FleetWidget
    except ImportError as missing:
        raise MissingExtraError("explore", "lab") from missing
    return FleetWidget(fleet, view)


__all__ = ["explore"]
