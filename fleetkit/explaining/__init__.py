"""Why a workload has its label, what would change it, what to ask, and whether chances are true."""

from fleetkit.explaining.calibration import learn
from fleetkit.explaining.explanation import Explanation, explain

__all__ = ["Explanation", "explain", "learn"]
