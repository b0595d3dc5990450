"""Exposure over time: how long flaws stay open, who was exposed again, where fixes wait."""

from fleetkit.exposure.estimating import Survival, survival
from fleetkit.exposure.listing import episodes
from fleetkit.exposure.waiting import stages

__all__ = ["Survival", "episodes", "stages", "survival"]
