"""Sources to fleets: load, capture and the list of sources."""

from fleetkit.loading.verbs import capture, load, sources

__all__ = ["capture", "load", "sources"]
