"""Sources to fleets: load, capture, retry and the list of sources."""

from fleetkit.loading.retrying import retry
from fleetkit.loading.verbs import capture, load, policy, sources

__all__ = ["capture", "load", "policy", "retry", "sources"]
