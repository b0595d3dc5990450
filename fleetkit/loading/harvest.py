"""What was brought home from one target: raw records, problems, and what came of each resource."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa

from fleetkit.plugins import Batch, Call, Item, Problem, Record, Target
from fleetkit.progress import Status
from fleetkit.schema import Row
from fleetkit.values import clean

Line = tuple[str, bytes]


@dataclass
class Part:
    """What one resource of a target gave. Records are kept as JSON text, the form of a capture.

    Args:
        resource: what was asked for.
        lines: kind and JSON text of each record.
        shaped: kind and columns of records that were read all at once.
        batches: rows that came as whole tables.
        problems: what a reader of the numbers should know.
        status: what came of it, as in `coverage`.
        calls: calls to the source; None where nobody counted.
        retries: of these, how many were repeated.
        seconds: time that it took.
        error: why it is not ok.
        cached: whether it is the answer of an earlier read.
    """

    resource: str
    lines: list[Line] = field(default_factory=list)
    shaped: list[tuple[str, pa.Table]] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    status: Status = "not_reached"
    calls: int | None = None
    retries: int | None = None
    seconds: float = 0.0
    error: str | None = None
    cached: bool = False

    def take(self, item: Item | Batch) -> None:
        """Stores what a loader yields."""
        if isinstance(item, Record):
            self.lines.append((item.kind, as_line(item.content)))
        elif isinstance(item, Problem):
            self.problems.append(item)
        elif isinstance(item, Batch):
            self.batches.append(item)
        else:
            self._count(item)

    def _count(self, call: Call) -> None:
        self.calls = (self.calls or 0) + 1 + call.retries
        self.retries = (self.retries or 0) + call.retries

    @property
    def rows(self) -> int:
        """Number of records."""
        at_once = sum(len(records) for _, records in self.shaped)
        return len(self.lines) + at_once + sum(batch.read for batch in self.batches)

    @property
    def is_whole(self) -> bool:
        """Whether the resource was read in full."""
        return self.status in ("ok", "empty")


@dataclass
class Harvest:
    """Everything that one target gave.

    Args:
        source: loader that read it.
        target: what was read.
        origin: live, file or declared.
        observed_at: when the source answered, UTC.
        parts: one per resource, in the order of the loader.
        problems: those of the target as a whole.
        request: what `load` was asked, as JSON; None for files.
    """

    source: str
    target: Target
    origin: str
    observed_at: datetime
    parts: dict[str, Part] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    request: str | None = None

    @property
    def envelope(self) -> dict[str, Any]:
        """The columns that say where a row comes from."""
        return {
            "source": self.source,
            "origin": self.origin,
            "target": self.target.name,
            "account": self.target.account,
            "region": self.target.region,
            "observed_at": self.observed_at,
        }

    @property
    def has_read(self) -> bool:
        """Whether any resource answered."""
        return any(part.status in ("ok", "empty", "partial") for part in self.parts.values())

    @property
    def lines(self) -> Iterator[Line]:
        """Kind and JSON text of all records, in the order of the resources."""
        return (line for part in self.parts.values() for line in part.lines)

    def coverage(self) -> Iterator[Row]:
        """One row of `coverage` per resource."""
        for part in self.parts.values():
            yield {
                **self.envelope,
                "resource": part.resource, "status": part.status, "rows": part.rows,
                "calls": part.calls, "retries": part.retries, "seconds": part.seconds,
                "error": part.error, "cached": part.cached, "request": self.request,
            }

    def all_problems(self) -> Iterator[Row]:
        """One row of `problems` for each that was met while reading."""
        for problem in self.problems:
            yield {**problem_row(problem, None), **self.envelope}
        for part in self.parts.values():
            for problem in part.problems:
                yield {**problem_row(problem, part.resource), **self.envelope}


def now() -> datetime:
    """This moment, UTC; the one place that asks the clock for a load."""
    return datetime.now(UTC)


def as_line(content: Mapping[str, Any]) -> bytes:
    """The JSON text of a raw record; times as ISO 8601, what JSON has no word for as text."""
    try:
        return orjson.dumps(content, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # text that is no Unicode, or numbers beyond 64 bits
        return json.dumps(content, default=str, separators=(",", ":")).encode()


def problem_row(problem: Problem, resource: str | None) -> Row:
    """A row of `problems`, envelope apart."""
    return {
        "code": problem.code,
        "phase": problem.phase,
        "severity": problem.severity,
        "subject_id": _text(problem.subject_id),
        "resource": resource,
        "message": problem.message,
        "detail": _text(problem.detail),
        "hint": _text(problem.hint),
        "retryable": problem.retryable,
    }


def _text(said: str | None) -> str | None:
    """The text with a mark where it is no Unicode: half a letter, as broken JSON has it."""
    return None if said is None else clean(said)
