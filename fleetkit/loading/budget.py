"""How long a load may take, and whether it was stopped."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import current_thread, main_thread
from typing import Any

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

    @contextmanager
    def ending_on_interrupt(self) -> Iterator[None]:
        """Within it the first interrupt ends the read in order; the second one is as usual.

        Signals reach the main thread only; in any other one nothing changes.
        """
        if current_thread() is not main_thread():
            yield
            return
        usual: Any = signal.getsignal(signal.SIGINT)

        def end(number: int, frame: Any) -> None:
            if self.stopped.is_set() and callable(usual):
                usual(number, frame)
            self.stopped.set()

        signal.signal(signal.SIGINT, end)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, usual)
