"""The SDK, imported where it is used only."""

from importlib import import_module
from typing import Any

from fleetkit.errors import MissingExtraError


def sdk(module: str = "pyVmomi") -> Any:
    """A module of the SDK, which has no types.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError("vsphere", "vsphere") from error
