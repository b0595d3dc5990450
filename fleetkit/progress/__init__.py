"""What a load tells while it runs, and the ways to show it."""

import sys
from typing import Any

from fleetkit.progress.events import STATUSES, Event, Progress, Shown, Status, silent
from fleetkit.progress.notebook import NotebookProgress
from fleetkit.progress.terminal import TerminalProgress, printable

__all__ = [
    "STATUSES", "Event", "NotebookProgress", "Progress", "Shown", "Status", "TerminalProgress",
    "printable", "silent", "usual",
]


def usual() -> Progress:
    """What is shown where nobody asked for anything else: a tree in a notebook, else lines."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if type(shell).__name__ == "ZMQInteractiveShell":
        return NotebookProgress(_shown_in_place())
    return TerminalProgress()


def _shown_in_place() -> Any:
    from IPython.display import HTML, display

    handle: Any = None

    def show(html: str) -> None:
        nonlocal handle
        if handle is None:
            handle = display(HTML(html), display_id=True)  # type: ignore[no-untyped-call]
        else:
            handle.update(HTML(html))  # type: ignore[no-untyped-call]

    return show
