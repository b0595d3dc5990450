"""Patch levels: which fixes are missing where, over machines and containers alike."""

from fleetkit.patching.auditing import audit
from fleetkit.patching.comparison import compare, pivot, spread

__all__ = ["audit", "compare", "pivot", "spread"]
