"""Patch levels: which fixes are missing where, over machines and containers alike."""

from fleetkit.patching.auditing import audit

__all__ = ["audit"]
