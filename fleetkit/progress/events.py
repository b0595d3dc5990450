"""What a load tells while it runs: one stream of events, several ways to show it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Status = Literal[
    "waiting", "reading",
    "ok", "empty", "denied", "unsupported", "failed", "partial", "not_reached",
]
STATUSES: tuple[str, ...] = (
    "ok", "empty", "denied", "unsupported", "failed", "partial", "not_reached",
)


@dataclass(frozen=True, slots=True)
class Event:
    """A step of one target × region × resource; the numbers are those until then.

    Args:
        target: what is read.
        region: part of the target, if it has such.
        resource: what is asked for.
        status: `waiting` and `reading` before the end, then what came of it.
        rows: records so far.
        seconds: time that it took, once it is over.
        error: why it is not ok.
        account: owner of the target, if known.
        calls: calls to the source so far.
        problems: things met that a reader should know.
    """

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

    @property
    def is_over(self) -> bool:
        """Whether it is the last step of its resource."""
        return self.status in STATUSES

    @property
    def is_whole(self) -> bool:
        """Whether the resource was read in full."""
        return self.status in ("ok", "empty")

    @property
    def place(self) -> tuple[str, str | None, str | None]:
        """Target, account and region: what resources belong to."""
        return self.target, self.account, self.region


Progress = Callable[[Event], None]
Shown = Progress | bool | None
"""What a user may ask to be shown: her own, the usual (None or True), or nothing (False)."""


def silent(event: Event) -> None:
    """Show nothing."""
