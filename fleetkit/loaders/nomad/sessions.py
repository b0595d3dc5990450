"""A session with one region of a cluster, signed in as the nomad command would be."""

import base64
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from fleetkit.endpoints import Answer, Endpoint
from fleetkit.errors import ReadError
from fleetkit.plugins import Target

_NEXT = "X-Nomad-NextToken"
_PER_PAGE = "1000"
_MOST_PAGES = 10_000
_SIDE_BY_SIDE = 8
_PORTION = 64
_DENIED = ("give NOMAD_TOKEN a policy with list-jobs, read-job, csi-list-volume and node read;"
           " `fleetkit sources nomad --policy` prints one")
_TRUE = ("1", "t", "true")

Place = tuple[str, str]  # namespace and id


@dataclass
class Region:
    """A region that is read.

    Args:
        endpoint: its API.
        options: sent with every call: the region, if one was named.
        namespace: the one that is read; "*" is all.
        completed: whether allocations that are over are wanted.
        versions: job -> its version, as the list of jobs says.
        moving: jobs of which several versions may run.
        known: whether anything was read that tells of jobs.
    """

    endpoint: Endpoint
    options: dict[str, str]
    namespace: str
    completed: bool
    versions: dict[Place, int | None] = field(default_factory=dict)
    moving: set[Place] = field(default_factory=set)
    known: bool = False

    def pages(self, path: str, options: dict[str, str]) -> Iterator[Answer]:
        """Each page of a list.

        Raises:
            ReadError: a call failed, or a page names one that was read before.
        """
        asked = {**self.options, **options, "per_page": _PER_PAGE}
        tokens: set[str] = set()
        for _ in range(_MOST_PAGES):
            answer = self.endpoint.get(path, asked)
            if not isinstance(answer.body, list):
                raise misshapen(self.endpoint.name, path)
            yield answer
            token = answer.headers.get(_NEXT)
            if not token:
                return
            if token in tokens:
                break
            tokens.add(token)
            asked["next_token"] = token
        raise ReadError(f"{self.endpoint.name}{path}: names a page that was read before",
                        code="repeated_page", hint="load again")

    def each(
        self, calls: Iterable[tuple[str, dict[str, str]]]
    ) -> Iterator[tuple[str, Answer | ReadError]]:
        """Answers to many calls in their order, several at once; failures in their place."""
        def ask(call: tuple[str, dict[str, str]]) -> tuple[str, Answer | ReadError]:
            path, options = call
            try:
                return path, self.endpoint.get(path, {**self.options, **options})
            except ReadError as error:
                return path, error

        listed = list(calls)
        with ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE) as pool:
            for start in range(0, len(listed), _PORTION):
                yield from pool.map(ask, listed[start:start + _PORTION])

    def close(self) -> None:
        """Ends the session."""
        self.endpoint.close()


def connect(target: Target, seconds: float) -> Region:
    """A session with a region; whether it answers is seen at the first call."""
    return Region(
        Endpoint(target.name, seconds, _headers(), _verified(), _certificate(), _DENIED),
        {"region": target.region} if target.region else {},
        str(target.options.get("namespace") or "*"), bool(target.options.get("completed")),
    )


def misshapen(name: str, path: str) -> ReadError:
    """The failure of an answer that is JSON, but not what it should be."""
    return ReadError(f"{name}{path}: the answer does not have the expected form",
                     code="unreadable", hint="does a proxy answer in its place?")


def _headers() -> dict[str, str]:
    headers = {}
    if token := os.environ.get("NOMAD_TOKEN"):
        headers["X-Nomad-Token"] = token
    if user := os.environ.get("NOMAD_HTTP_AUTH"):
        headers["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
    return headers


def _verified() -> bool | str:
    if os.environ.get("NOMAD_SKIP_VERIFY", "").lower() in _TRUE:
        return False
    return os.environ.get("NOMAD_CACERT") or os.environ.get("NOMAD_CAPATH") or True


def _certificate() -> Any:
    cert, key = os.environ.get("NOMAD_CLIENT_CERT"), os.environ.get("NOMAD_CLIENT_KEY")
    return (cert, key) if cert and key else cert or None
