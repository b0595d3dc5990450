"""Progress on a terminal: one line per target and region, when it is over."""

import sys
from typing import TextIO

from fleetkit.progress.events import Event


class TerminalProgress:
    """A line per target and region on a terminal; elsewhere only where something went wrong."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._places: dict[tuple[str, str | None, str | None], dict[str, Event]] = {}

    def __call__(self, event: Event) -> None:
        """Note the step; write the line once all resources of its place are over."""
        resources = self._places.setdefault(event.place, {})
        resources[event.resource] = event
        if all(step.is_over for step in resources.values()):
            self._write(event, list(resources.values()))
            resources.clear()

    def _write(self, last: Event, steps: list[Event]) -> None:
        broken = [step for step in steps if not step.is_whole]
        if not broken and not self._stream.isatty():
            return
        place = " ".join(part for part in (last.target, last.account, last.region) if part)
        rows, seconds = sum(step.rows for step in steps), max(step.seconds for step in steps)
        lines = [f"{place}: {rows:,} records of {len(steps) - len(broken)} of {len(steps)}"
                 f" resources, {seconds:.1f} s"]
        lines += [f"  {words}" for words in _reasons(broken)]
        self._stream.write("".join(printable(line) + "\n" for line in lines))


def _reasons(broken: list[Event]) -> list[str]:
    """Why resources are not whole; the same reason once."""
    grouped: dict[tuple[str, str | None], list[str]] = {}
    for step in broken:
        grouped.setdefault((step.status, step.error), []).append(step.resource)
    return [
        f"{status.replace('_', ' ')}: {', '.join(resources)}" + (f": {error}" if error else "")
        for (status, error), resources in grouped.items()
    ]


def printable(text: str) -> str:
    """Text without control characters: names from a fleet may hold terminal escape codes."""
    return "".join(sign if sign.isprintable() else "·" for sign in text)
