"""The live read: bounded threads over targets, a time budget, errors bound to their target."""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Any

from fleetkit.errors import LoadError, ReadError
from fleetkit.loading.harvest import Harvest, now
from fleetkit.plugins import Loader, Problem, Record, Target
from fleetkit.progress import Event, Progress, Status, silent
from fleetkit.redaction import mask_text

_THREADS = 8
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


def read_live(
    source: str, loader: Loader, targets: Sequence[Target], budget: Budget, progress: Progress
) -> list[Harvest]:
    """Reads all targets side by side; the order of the answers is that of the targets.

    An interrupt ends the read: what was read until then is returned, the rest marked.

    Raises:
        LoadError: nothing at all could be read; the message says why for each target.
    """
    harvests = [Harvest(source, target, "live", now()) for target in targets]
    with ThreadPoolExecutor(max_workers=max(1, min(_THREADS, len(targets)))) as pool:
        jobs = [pool.submit(_read_target, loader, home, budget, progress) for home in harvests]
        try:
            wait(jobs)
        except KeyboardInterrupt:
            budget.stopped.set()
            wait(jobs)
    for job in jobs:
        job.result()
    unread = [harvest for harvest in harvests if not harvest.has_read]
    if len(unread) == len(harvests):
        raise LoadError(_nothing_read(source, harvests))
    for harvest in unread:
        first = harvest.coverage[0]
        progress(Event(harvest.target.name, harvest.target.region, first["resource"],
                       first["status"], error=first["error"]))
    return harvests


def _read_target(loader: Loader, harvest: Harvest, budget: Budget, progress: Progress) -> None:
    if loader.connect is None or loader.read is None:
        raise LoadError(f"{harvest.source}: has no live form; give it a file")
    try:
        client = loader.connect(harvest.target, budget.longest_call)
    except ReadError as error:
        _not_read(loader.resources, harvest, error)
        return
    try:
        for resource in loader.resources:
            _read_resource(resource, loader.read(client, resource), harvest, budget, progress)
    finally:
        if hasattr(client, "close"):
            client.close()


def _read_resource(
    resource: str,
    items: Iterable[Record | Problem],
    harvest: Harvest,
    budget: Budget,
    progress: Progress,
) -> None:
    if budget.is_spent:
        _note(harvest, resource, "not_reached", progress, error="the time budget was spent")
        return
    started = time.monotonic()
    before = len(harvest.records)
    progress(Event(harvest.target.name, harvest.target.region, resource, "reading"))
    status: Status = "ok"
    error: str | None = None
    try:
        harvest.take(_until_spent(items, budget), resource)
        if budget.is_spent:
            status, error = "partial", "stopped before the end"
    except Exception as met:  # noqa: BLE001 - a strange answer of one target must not end the others
        failure = met if isinstance(met, ReadError) else _strange_answer(met)
        status, error = _failed_as(failure, read_any=len(harvest.records) > before)
        harvest.problems.append((resource, _as_problem(failure)))
    rows = len(harvest.records) - before
    if status == "ok" and rows == 0:
        status = "empty"
    _note(harvest, resource, status, progress, rows=rows, error=error,
          seconds=time.monotonic() - started)


def _strange_answer(error: Exception) -> ReadError:
    return ReadError(f"the answer does not have the expected form: {type(error).__name__}: {error}")


def _until_spent(
    items: Iterable[Record | Problem], budget: Budget
) -> Iterator[Record | Problem]:
    for item in items:
        yield item
        if budget.is_spent:
            return


def _failed_as(failure: ReadError, *, read_any: bool) -> tuple[Status, str]:
    said = mask_text(str(failure))
    if read_any:
        return "partial", said
    return ("denied" if failure.status == "denied" else
            "unsupported" if failure.status == "unsupported" else "failed"), said


def _as_problem(failure: ReadError) -> Problem:
    codes = {"denied": "access_denied", "unsupported": "unsupported"}
    return Problem(
        code=codes.get(failure.status, "unreadable"),
        message="a resource could not be read",
        detail=mask_text(str(failure)),
        severity="error",
        phase="list",
        retryable=failure.retryable,
    )


def _not_read(resources: Sequence[str], harvest: Harvest, failure: ReadError) -> None:
    """A target that does not answer: every one of its resources says so."""
    status, error = _failed_as(failure, read_any=False)
    harvest.problems.append((None, Problem(
        code="unreachable" if status == "failed" else "access_denied",
        message="a target could not be reached",
        detail=error, severity="error", phase="connect", retryable=failure.retryable,
    )))
    for resource in resources:
        _note(harvest, resource, status, silent, error=error)


def _note(
    harvest: Harvest, resource: str, status: Status, progress: Progress, **measured: Any
) -> None:
    """One row of `coverage`, and the same as an event."""
    rows, seconds = measured.get("rows", 0), measured.get("seconds", 0.0)
    error = measured.get("error")
    harvest.coverage.append({
        "resource": resource, "status": status, "rows": rows, "seconds": seconds, "error": error,
    })
    progress(Event(harvest.target.name, harvest.target.region, resource, status, rows, seconds,
                   error))


def _nothing_read(source: str, harvests: Sequence[Harvest]) -> str:
    reasons = {
        harvest.target.name: str(harvest.coverage[0]["error"])
        for harvest in harvests if harvest.coverage
    }
    if len(reasons) == 1:
        return next(iter(reasons.values()))
    said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    return f"{source}: none of {len(harvests)} targets could be read: {said}"
