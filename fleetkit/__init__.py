"""Explore a fleet of VMs and containers: a set of declared tables that every verb adds to.

A name is imported when it is first used, so that `import fleetkit` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fleetkit.classification import classify, learn
    from fleetkit.explaining import explain
    from fleetkit.exploring import explore
    from fleetkit.exposure import episodes, stages, survival
    from fleetkit.fleet import Fleet
    from fleetkit.following import follow
    from fleetkit.history import restore, save
    from fleetkit.identity import separate, unify
    from fleetkit.learning import propose
    from fleetkit.ledger import override, overrides
    from fleetkit.lineage import ancestors, descendants, drift, origins, rebuilds, remedies, trace
    from fleetkit.loading import capture, load, retry, sources
    from fleetkit.patching import audit, compare
    from fleetkit.reporting import report

__all__ = [
    "Fleet", "ancestors", "audit", "capture", "classify", "compare", "descendants", "drift",
    "episodes", "explain", "explore", "follow", "learn", "load", "origins", "override", "overrides",
    "propose", "rebuilds", "remedies", "report", "restore", "retry", "save", "separate", "sources",
    "stages", "survival", "trace", "unify",
]

_HOMES = {
    "Fleet": "fleet", "ancestors": "lineage", "audit": "patching", "capture": "loading",
    "classify": "classification", "compare": "patching", "descendants": "lineage",
    "drift": "lineage", "episodes": "exposure", "explain": "explaining", "explore": "exploring",
    "follow": "following", "learn": "classification", "load": "loading", "origins": "lineage",
    "override": "ledger", "overrides": "ledger", "propose": "learning", "rebuilds": "lineage",
    "remedies": "lineage", "report": "reporting", "restore": "history", "retry": "loading",
    "save": "history", "separate": "identity", "sources": "loading", "stages": "exposure",
    "survival": "exposure", "trace": "lineage", "unify": "identity",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"fleetkit has no {name!r}; there are {', '.join(__all__)}")
    globals()[name] = found = getattr(import_module(f"fleetkit.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
