"""Which image came from which: one edge per image to its nearest parent, with its evidence."""

from fleetkit.lineage.tracing import trace

__all__ = ["trace"]
