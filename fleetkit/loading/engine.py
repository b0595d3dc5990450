"""The live read: bounded threads over targets and resources, errors bound to where they came from.

Threads read; the thread that called waits, tells the progress and minds the budget.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from fleetkit.errors import LoadError, ReadError
from fleetkit.loading.budget import Budget
from fleetkit.loading.failures import coverage_of, not_reached, problem_of, strange_answer
from fleetkit.loading.harvest import Harvest, Part, now
from fleetkit.loading.request import Request
from fleetkit.loading.schedule import Schedule, Task, Visit
from fleetkit.loading.shelf import Shelf
from fleetkit.plugins import Batch, Call, Item, Loader, Problem, Target
from fleetkit.progress import Event, Progress, Shown, Status, silent, usual

_THREADS = 16
_TICK = 0.2
_PAUSE = 0.5


@dataclass
class Reading:
    """How a source is read.

    Args:
        source: name of the loader.
        loader: what knows the source.
        budget: time that there is.
        progress: is told each step, in the thread that called.
        request: what `load` was asked, as JSON.
        wanted: what is asked of each target; none named: all that the loader knows.
        shelf: answers of earlier reads, if they may be used.
        news: steps that were not told yet.
    """

    source: str
    loader: Loader
    budget: Budget = field(default_factory=Budget)
    progress: Progress = silent
    request: str | None = None
    wanted: Sequence[str] = ()
    shelf: Shelf | None = None
    news: SimpleQueue[Event] = field(default_factory=SimpleQueue)

    @property
    def resources(self) -> list[str]:
        """What is asked of each target."""
        return list(self.wanted or self.loader.resources)

    def tell(self) -> None:
        """Tells the steps that threads have reported."""
        while True:
            try:
                self.progress(self.news.get_nowait())
            except Empty:
                return


def reading_of(request: Request, budget: Budget, progress: Shown) -> Reading:
    """How a request is read; what is shown is the usual where nothing else is named."""
    if progress is None or progress is True:
        progress = usual()
    return Reading(request.source, request.loader, budget, progress or silent, request.text(),
                   request.resources)


def read_live(reading: Reading, targets: Sequence[Target]) -> list[Harvest]:
    """Reads all targets side by side; the order of the answers is that of the targets.

    An interrupt ends the read: what was read until then is returned, the rest marked.

    Raises:
        LoadError: nothing at all could be read; the message says why for each target.
    """
    if reading.loader.connect is None or reading.loader.read is None:
        raise LoadError(f"{reading.source}: has no live form; give it a file")
    with reading.budget.ending_on_interrupt():
        homes = divide(reading, targets)
        visits = [Visit(home, reading.resources) for home in homes]
        harvests = visit_all(reading, visits)
    if not any(harvest.has_read for harvest in harvests):
        raise LoadError(_nothing_read(reading.source, harvests))
    _tell_unreached(reading, harvests)
    return harvests


def divide(reading: Reading, targets: Sequence[Target]) -> list[Harvest]:
    """An empty harvest for each target, and for each of the targets in it that the source names."""
    if reading.loader.split is None:
        return [_harvest(reading, target) for target in targets]
    with ThreadPoolExecutor(max_workers=max(1, min(_THREADS, len(targets)))) as pool:
        parts = list(pool.map(lambda target: _divided(reading, target), targets))
    return [harvest for part in parts for harvest in part]


def _divided(reading: Reading, target: Target) -> list[Harvest]:
    whole = _harvest(reading, target)
    split = reading.loader.split
    if split is None:
        return [whole]
    found: list[Harvest] = []
    try:
        for item in split(target, reading.budget.longest_call):
            if isinstance(item, Problem):
                whole.problems.append(item)
            else:
                found.append(_harvest(reading, item))
    except Exception as met:  # noqa: BLE001 - a strange answer of one target must not end the others
        _unreached(reading, whole, strange_answer(met))
    if not found and not whole.parts:
        _unreached(reading, whole, ReadError(f"{target.name}: has no account or region to read"))
    return [whole, *found] if whole.problems else found


def _harvest(reading: Reading, target: Target) -> Harvest:
    return Harvest(reading.source, target, "live", now(), request=reading.request)


def visit_all(reading: Reading, visits: Sequence[Visit]) -> list[Harvest]:
    """Reads what each visit wants, side by side; the answers are in the order of the visits."""
    for visit in visits:
        _prepare(reading, visit)
    _run(reading, Schedule(visits, reading.loader.resources, reading.loader.limits))
    for visit in visits:
        if visit.failure is not None:
            _unreached(reading, visit.home, visit.failure)
        elif reading.shelf is not None:
            reading.shelf.remember(visit.home)
    return [visit.home for visit in visits]


def _prepare(reading: Reading, visit: Visit) -> None:
    """Announces what will be read: nothing where it could not be divided, or is on the shelf."""
    home = visit.home
    kept = reading.shelf.recall(home.target) if reading.shelf is not None else None
    if home.parts or home.problems:
        visit.wanted.clear()
    elif kept is not None:
        visit.wanted.clear()
        kept.request = home.request
        visit.home = kept
        for part in kept.parts.values():
            reading.news.put(_event(kept, part, part.status))
    for resource in visit.wanted:
        home.parts[resource] = Part(resource)
        reading.news.put(_event(home, home.parts[resource], "waiting"))


def _run(reading: Reading, schedule: Schedule) -> None:
    running: dict[Future[None], Task] = {}
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        while running or not schedule.is_empty:
            for task in schedule.take(_THREADS - len(running)):
                running[pool.submit(_read_task, reading, task)] = task
            over, _ = wait(running, timeout=_TICK, return_when=FIRST_COMPLETED)
            reading.tell()
            for job in over:
                schedule.finish(running.pop(job))
                job.result()
    reading.tell()


def _read_task(reading: Reading, task: Task) -> None:
    """Reads one resource of one target, again where that may help; the fullest answer counts."""
    visit, resource = task
    started = time.monotonic()
    best = part = Part(resource)
    for attempt in range(1, reading.loader.tries + 1):
        part = Part(resource, retries=attempt - 1 or None)
        failure = _read_once(reading, visit, part)
        best = part if failure is None or part.rows >= best.rows else best
        again = failure is not None and failure.retryable and visit.failure is None
        if not again or attempt == reading.loader.tries or reading.budget.is_spent:
            break
        reading.budget.pause(_PAUSE * 2 ** (attempt - 1))
    best.retries, best.seconds = part.retries, time.monotonic() - started
    visit.home.parts[resource] = best
    if visit.failure is None:
        reading.news.put(_event(visit.home, best, best.status))


def _read_once(reading: Reading, visit: Visit, part: Part) -> ReadError | None:
    """Fills the part and says how it ended; returns the failure."""
    if reading.budget.is_spent:
        not_reached(part)
        return None
    reading.news.put(_event(visit.home, part, "reading"))
    try:
        _fill(reading, visit, part)
    except Exception as met:  # noqa: BLE001 - a strange answer of one target must not end the others
        failure = strange_answer(met)
        part.status, part.error = coverage_of(failure, read_any=part.rows > 0)
        if visit.failure is None:
            part.problems.append(problem_of(failure))
        return failure
    if reading.budget.is_spent:
        part.status, part.error = "partial", "stopped before the end"
    else:
        part.status = "ok" if part.rows else "empty"
    return None


def _fill(reading: Reading, visit: Visit, part: Part) -> None:
    client = visit.client(reading.loader, reading.budget.longest_call)
    items = reading.loader.read(client, part.resource) if reading.loader.read else ()
    for item in _until_spent(items, reading.budget):
        part.take(item)
        if isinstance(item, Call):
            reading.news.put(_event(visit.home, part, "reading"))


def _until_spent(
    items: Iterable[Item | Batch], budget: Budget
) -> Iterator[Item | Batch]:
    for item in items:
        yield item
        if budget.is_spent:
            return


def _event(home: Harvest, part: Part, status: Status) -> Event:
    return Event(
        home.target.name, home.target.region, part.resource, status, part.rows, part.seconds,
        part.error, account=home.target.account, calls=part.calls or 0,
        problems=len(part.problems),
    )


def _unreached(reading: Reading, home: Harvest, failure: ReadError) -> None:
    """A target that does not answer: one problem, and each of its resources says so."""
    problem = problem_of(failure, "connect")
    home.problems.append(problem)
    status, error = coverage_of(failure, read_any=False)
    for resource in home.parts or reading.resources:
        home.parts[resource] = Part(resource, status=status, error=error)


def _tell_unreached(reading: Reading, harvests: Sequence[Harvest]) -> None:
    """What could not be reached is told at the end: where it is all, the error says it."""
    for harvest in harvests:
        if not harvest.has_read:
            for part in harvest.parts.values():
                reading.news.put(_event(harvest, part, part.status))
    reading.tell()


def _nothing_read(source: str, harvests: Sequence[Harvest]) -> str:
    reasons = {
        harvest.target.name: _reason(harvest) for harvest in harvests if harvest.parts
    }
    if len(reasons) == 1:
        return next(iter(reasons.values()))
    said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    return f"{source}: none of {len(reasons)} targets could be read: {said}"


def _reason(harvest: Harvest) -> str:
    """Why nothing of a target was read, and what to do."""
    first = next(iter(harvest.parts.values()))
    hints = [problem.hint for problem in (*harvest.problems, *first.problems) if problem.hint]
    return "; ".join([str(first.error), *hints[:1]])
