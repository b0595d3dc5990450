"""One machine, many names: which rows of several sources are the same thing, and why."""

from fleetkit.identity.unifying import separate, unify

__all__ = ["separate", "unify"]
