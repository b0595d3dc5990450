"""A fleet -> the scenes that show it, in the order in which they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from fleetkit.plugins import View, find, names

ORDER = ("overview", "pet_cattle", "lineage", "patch_matrix")
LAST = ("tables",)


@dataclass(frozen=True)
class Scene:
    """A view with the data of one fleet."""

    name: str
    view: View
    content: Mapping[str, Any]


def scenes(tables: Mapping[str, pd.DataFrame]) -> tuple[Scene, ...]:
    """All views of a fleet; those of third parties come before the tables."""
    return tuple(scene(name, tables) for name in ordered(names("views")))


def scene(name: str, tables: Mapping[str, pd.DataFrame]) -> Scene:
    """One view of a fleet.

    Raises:
        UnknownNameError: there is no view of that name; the message lists those there are.
    """
    view: View = find("views", name)
    return Scene(name, view, {"title": view.title, "doc": view.doc, **view.data(tables)})


def ordered(found: tuple[str, ...]) -> tuple[str, ...]:
    """Names of views in the order in which they are read."""
    strange = [name for name in found if name not in ORDER + LAST]
    return tuple(name for name in (*ORDER, *strange, *LAST) if name in found)
