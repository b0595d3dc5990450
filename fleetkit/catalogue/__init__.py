"""Facts as data files, each with its date."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def fact_file(name: str) -> Traversable:
    """A data file of the catalogue."""
    return files(__name__) / name
