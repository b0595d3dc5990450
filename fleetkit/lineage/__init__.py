"""Which image came from which, and what runs on it: one graph from build to service."""

from fleetkit.lineage.drift import drift
from fleetkit.lineage.kinship import ancestors, common_ancestor, descendants, path, roots
from fleetkit.lineage.origins import origins
from fleetkit.lineage.rebuilding import rebuilds, remedies
from fleetkit.lineage.tracing import trace

__all__ = [
    "ancestors", "common_ancestor", "descendants", "drift", "origins", "path", "rebuilds",
    "remedies", "roots", "trace",
]
