"""What a fleet's own people teach: intercepts, weights, and which workloads to ask about next."""

from fleetkit.learning.proposing import propose

__all__ = ["propose"]
