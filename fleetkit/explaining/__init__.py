"""Why a workload has its label, what would change it, and what to ask about it."""

from fleetkit.explaining.explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
