"""Why a finding holds: what is installed, which record speaks of it, and how they compare."""

from fleetkit.explaining.findings.explanation import FindingExplanation, explain_finding
from fleetkit.explaining.findings.row import FindingRow

__all__ = ["FindingExplanation", "FindingRow", "explain_finding"]
