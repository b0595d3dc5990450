"""Why a workload has its label and a finding holds, what would change it, and what to ask."""

from fleetkit.explaining.explanation import Explanation
from fleetkit.explaining.findings import FindingExplanation
from fleetkit.explaining.subject import explain

__all__ = ["Explanation", "FindingExplanation", "explain"]
