"""Exposure over time: how long flaws stay open, who was exposed again, where fixes wait."""

from fleetkit.exposure.estimating import Survival, survival
from fleetkit.exposure.listing import episodes

__all__ = ["Survival", "episodes", "survival"]
