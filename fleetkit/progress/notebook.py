"""Progress in a notebook: a tree of targets, regions and resources, drawn while they are read.

Plain HTML that is replaced in place: it needs no widget, stays in the saved notebook and shows
the same in every front end.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape

from fleetkit.progress.events import Event

_PAUSE = 0.3
_SHOWN_PLACES = 40
_COLOURS = {
    "ok": "#2e7d4f", "empty": "#6b7280", "reading": "#2563eb", "waiting": "#9ca3af",
    "denied": "#b45309", "unsupported": "#6b7280", "failed": "#b91c1c", "partial": "#b45309",
    "not_reached": "#b45309",
}
_STYLE = (
    "font:13px/1.5 system-ui,sans-serif;border-left:3px solid {colour};padding:1px 0 1px 10px;"
    "margin:2px 0"
)

Place = tuple[str, str | None, str | None]


class NotebookProgress:
    """A tree that follows the events.

    Args:
        show: draws HTML, replacing what it drew before.
        clock: seconds, for the time that is left.
    """

    def __init__(
        self, show: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._clock = clock
        self._began = clock()
        self._drawn = float("-inf")
        self._steps: dict[Place, dict[str, Event]] = {}

    def __call__(self, event: Event) -> None:
        """Note the step, and draw the tree: seldom while much happens, always at the end."""
        self._steps.setdefault(event.place, {})[event.resource] = event
        moment = self._clock()
        if self.is_over or moment - self._drawn >= _PAUSE:
            self._drawn = moment
            self._show(self.html())

    @property
    def is_over(self) -> bool:
        """Whether every resource that was announced is over."""
        return all(step.is_over for step in self._all())

    def html(self) -> str:
        """The tree as it stands."""
        places = sorted(self._steps.items(), key=lambda item: _urgency(item[1]))
        drawn = "".join(_branch(place, steps) for place, steps in places[:_SHOWN_PLACES])
        rest = len(places) - _SHOWN_PLACES
        more = f"<div style='opacity:.7'>and {rest:,} more</div>" if rest > 0 else ""
        return (
            f"<details open role='status'><summary style='font:600 13px system-ui,sans-serif'>"
            f"{escape(self._headline())}</summary>{drawn}{more}</details>"
        )

    def _all(self) -> Iterator[Event]:
        return (step for steps in self._steps.values() for step in steps.values())

    def _headline(self) -> str:
        steps = list(self._all())
        over = sum(step.is_over for step in steps)
        broken = sum(step.is_over and not step.is_whole for step in steps)
        parts = [
            f"{'read' if over == len(steps) else 'reading'} {over:,} of {len(steps):,} resources",
            _many(sum(step.rows for step in steps), "record"),
            _many(sum(step.calls for step in steps), "call"),
        ]
        if broken:
            parts.append(f"{broken:,} not read in full")
        return ", ".join([*parts, self._time(over, len(steps))])

    def _time(self, over: int, total: int) -> str:
        """Seconds that it took, or, from what is over, a guess of those that are left."""
        passed = self._clock() - self._began
        if over == total:
            return f"{passed:.1f} s"
        return f"about {passed / over * (total - over):.0f} s left" if over else "just begun"


def _urgency(steps: dict[str, Event]) -> int:
    """Places with trouble come first, then those that are being read."""
    found = {step.status for step in steps.values()}
    if found - {"ok", "empty", "reading", "waiting"}:
        return 0
    return 1 if "reading" in found else 2


def _branch(place: Place, steps: dict[str, Event]) -> str:
    statuses = Counter(step.status for step in steps.values())
    worst = next((name for name in ("failed", "denied", "partial", "not_reached", "unsupported",
                                    "reading", "waiting", "ok") if statuses[name]), "empty")
    name = " · ".join(escape(part) for part in place if part)
    rows = sum(step.rows for step in steps.values())
    over = sum(step.is_over for step in steps.values())
    whole = all(step.is_whole for step in steps.values())
    leaves = "".join(_leaf(step) for step in steps.values())
    return (
        f"<details {'' if whole or worst == 'waiting' else 'open'}"
        f" style='{_STYLE.format(colour=_COLOURS[worst])}'>"
        f"<summary>{name}: {over} of {len(steps)}, {_many(rows, 'record')}</summary>"
        f"{leaves}</details>"
    )


def _leaf(step: Event) -> str:
    seen = step.rows or step.is_whole  # not seen is not zero
    counts = [_many(step.rows, "record")] if seen else []
    counts += [_many(step.calls, "call")] if step.calls else []
    counts += [_many(step.problems, "problem")] if step.problems else []
    counts += [f"{step.seconds:.1f} s"] if step.is_over else []
    error = f"<div style='padding-left:16px'>{escape(step.error)}</div>" if step.error else ""
    return (
        f"<div style='padding-left:14px'><span style='color:{_COLOURS[step.status]}'>●</span>"
        f" {escape(step.resource.replace('_', ' '))} <b>{escape(step.status.replace('_', ' '))}</b>"
        f" <span style='opacity:.75'>{', '.join(counts)}</span>{error}</div>"
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
