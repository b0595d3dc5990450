"""What was brought home from one target: raw records, problems, and what came of each resource."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fleetkit.plugins import Problem, Record, Target
from fleetkit.schema import Row

Origin = str


@dataclass
class Harvest:
    """Everything that one target gave.

    Args:
        source: loader that read it.
        target: what was read.
        origin: live, file or declared.
        observed_at: when the source answered, UTC.
    """

    source: str
    target: Target
    origin: Origin
    observed_at: datetime
    records: list[Record] = field(default_factory=list)
    problems: list[tuple[str | None, Problem]] = field(default_factory=list)
    coverage: list[dict[str, Any]] = field(default_factory=list)

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

    def take(self, items: Iterable[Record | Problem], resource: str | None) -> int:
        """Store what a loader yields; returns the number of records."""
        before = len(self.records)
        for item in items:
            if isinstance(item, Problem):
                self.problems.append((resource, item))
            else:
                self.records.append(item)
        return len(self.records) - before

    @property
    def has_read(self) -> bool:
        """Whether any resource answered."""
        return any(row["status"] in ("ok", "empty", "partial") for row in self.coverage)


def now() -> datetime:
    """This moment, UTC; the one place that asks the clock for a load."""
    return datetime.now(UTC)


def problem_row(problem: Problem, resource: str | None) -> Row:
    """A row of `problems`, envelope apart."""
    return {
        "code": problem.code,
        "phase": problem.phase,
        "severity": problem.severity,
        "subject_id": problem.subject_id,
        "resource": resource,
        "message": problem.message,
        "detail": problem.detail,
        "hint": problem.hint,
        "retryable": problem.retryable,
    }
