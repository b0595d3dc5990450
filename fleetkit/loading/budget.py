"""How long a load may take, and whether it was stopped."""

import time
from dataclasses import dataclass, field
from threading import Event as Flag

_LONGEST_CALL = 20.0


@dataclass
class Budget:
    """How long a load may take, and whether it was stopped.

    Args:
        seconds: for the whole load; None where only single calls are bounded.
    """

    seconds: float | None = None
    started: float = field(default_factory=time.monotonic)
    stopped: Flag = field(default_factory=Flag)

    @property
    def left(self) -> float:
        """Seconds that remain."""
        if self.seconds is None:
            return float("inf")
        return self.seconds - (time.monotonic() - self.started)

    @property
    def is_spent(self) -> bool:
        """Whether reading has to stop now."""
        return self.stopped.is_set() or self.left <= 0

    @property
    def longest_call(self) -> float:
        """Seconds that one call may take."""
        return max(0.1, min(_LONGEST_CALL, self.left))

    def pause(self, seconds: float) -> None:
        """Waits, but not beyond a stop or the end."""
        self.stopped.wait(max(0.0, min(seconds, self.left)))
