"""The numbers that pets and cattle are told apart by, in log-odds (research note C.1)."""

DECIDED = 1.1
"""Log-odds from which an axis is decided: a probability of 0.75."""
CERTAIN = 2.2
"""Log-odds from which uniqueness alone makes a pet: a probability of 0.9, so never one reason."""
ENOUGH = 0.4
"""Coverage from which an axis may be decided."""
CAP = 3.5
"""The most that one family may say, in log-odds."""
ECHO = 0.3
"""What a signal counts beside a stronger one of its family."""
