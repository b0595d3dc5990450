"""Fleet: an immutable set of declared tables."""

from fleetkit.fleet.card import at_least
from fleetkit.fleet.container import Fleet

__all__ = ["Fleet", "at_least"]
