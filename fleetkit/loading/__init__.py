"""Sources to fleets: load, capture, retry, and what can be loaded."""

from fleetkit.loading.listing import help_of, policy, sources
from fleetkit.loading.retrying import retry
from fleetkit.loading.verbs import capture, load

__all__ = ["capture", "help_of", "load", "policy", "retry", "sources"]
