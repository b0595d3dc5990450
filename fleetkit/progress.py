"""What a load tells while it runs: one stream of events, several ways to show it."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TextIO

Status = Literal[
    "waiting", "reading",
    "ok", "empty", "denied", "unsupported", "failed", "partial", "not_reached",
]
STATUSES: tuple[str, ...] = (
    "ok", "empty", "denied", "unsupported", "failed", "partial", "not_reached",
)


@dataclass(frozen=True, slots=True)
class Event:
    """A step of one target × region × resource."""

    target: str
    region: str | None
    resource: str
    status: Status
    rows: int = 0
    seconds: float = 0.0
    error: str | None = None
    account: str | None = None
    calls: int = 0
    problems: int = 0


Progress = Callable[[Event], None]


def silent(event: Event) -> None:
    """Show nothing."""


class TerminalProgress:
    """One line per finished resource on a terminal; elsewhere only what went wrong."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr

    def __call__(self, event: Event) -> None:
        """Write the line of a finished resource."""
        if event.status in ("waiting", "reading") or not self._wanted(event):
            return
        place = "/".join(part for part in (event.target, event.region, event.resource) if part)
        tail = f"  {event.error}" if event.error else ""
        line = f"{event.status:>11}  {place}  {event.rows:,} records, {event.seconds:.1f} s{tail}"
        self._stream.write(printable(line) + "\n")

    def _wanted(self, event: Event) -> bool:
        return self._stream.isatty() or event.status not in ("ok", "empty")


def printable(text: str) -> str:
    """Text without control characters: names from a fleet may hold terminal escape codes."""
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def usual() -> Progress:
    """What is shown where nobody asked for anything else."""
    return TerminalProgress()
