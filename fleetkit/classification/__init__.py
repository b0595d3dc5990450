"""Pet, cattle or unsure, and why: three additive scores over declared signals.

Reads `workloads` and whatever else was loaded; makes `evidence` and `labels`.
"""

from fleetkit.classification.judgement import Judgement, classify, learn, score

__all__ = ["Judgement", "classify", "learn", "score"]
