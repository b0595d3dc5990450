"""Which resource of which target is read next: in order, within limits, after what it needs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from threading import Lock
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.loading.harvest import Harvest
from fleetkit.plugins import Loader

_SIDE_BY_SIDE = 8


@dataclass
class Visit:
    """One target while it is read.

    Args:
        home: where the answers go.
        wanted: resources that are read, in the order of the loader.
    """

    home: Harvest
    wanted: list[str]
    done: set[str] = field(default_factory=set)
    _client: Any = None
    _failure: ReadError | None = None
    _door: Lock = field(default_factory=Lock)

    def client(self, loader: Loader, seconds: float) -> Any:
        """The connection, made once.

        Raises:
            ReadError: the target does not answer; every resource is told the same.
        """
        with self._door:
            if self._failure is not None:
                raise self._failure
            if self._client is None and loader.connect is not None:
                try:
                    self._client = loader.connect(self.home.target, seconds)
                except ReadError as error:
                    self._failure = error
                    raise
            return self._client

    @property
    def failure(self) -> ReadError | None:
        """Why nothing of the target could be read."""
        return self._failure

    def leave(self) -> None:
        """Closes the connection."""
        if hasattr(self._client, "close"):
            self._client.close()


Task = tuple[Visit, str]


class Schedule:
    """Tasks in the order of targets and resources.

    Args:
        visits: the targets, in order.
        needs: resource -> resources of the same target that have to be read before.
        limits: resource -> how many targets of one account may be asked at once.
    """

    def __init__(
        self,
        visits: Sequence[Visit],
        needs: Mapping[str, Sequence[str]],
        limits: Mapping[str, int],
    ) -> None:
        self._visits = visits
        self._needs = needs
        self._limits = limits
        self._order = {resource: place for place, resource in enumerate(needs)}
        self._number = {id(visit): number for number, visit in enumerate(visits)}
        self._running: Counter[tuple[str | None, str]] = Counter()
        self._ready = [
            self._entry(visit, resource) for visit in visits for resource in visit.wanted
            if not self._needed(visit, resource)
        ]
        heapify(self._ready)

    @property
    def is_empty(self) -> bool:
        """Whether no task may begin, now or when another is over."""
        return not self._ready

    def take(self, most: int) -> Iterator[Task]:
        """Tasks that may begin now, at most that many."""
        held = []
        while self._ready and most > 0:
            entry = heappop(self._ready)
            visit, resource = self._visits[entry[0]], entry[2]
            account = (visit.home.target.account, resource)
            if self._running[account] >= self._limits.get(resource, _SIDE_BY_SIDE):
                held.append(entry)
                continue
            self._running[account] += 1
            most -= 1
            yield visit, resource
        for entry in held:
            heappush(self._ready, entry)

    def finish(self, task: Task) -> None:
        """A task is over; those that waited for it may begin."""
        visit, resource = task
        self._running[visit.home.target.account, resource] -= 1
        visit.done.add(resource)
        for other in visit.wanted:
            needed = self._needed(visit, other)
            if resource in needed and needed <= visit.done:
                heappush(self._ready, self._entry(visit, other))
        if visit.done >= set(visit.wanted):
            visit.leave()

    def _needed(self, visit: Visit, resource: str) -> set[str]:
        return set(self._needs.get(resource, ())) & set(visit.wanted)

    def _entry(self, visit: Visit, resource: str) -> tuple[int, int, str]:
        return self._number[id(visit)], self._order[resource], resource
