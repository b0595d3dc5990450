"""One engine for all test runs of a folder: started by the first, stopped by the last.

The kernel keeps the count: every run holds a shared lock on `users.lock`, and gives it up even when
it is killed. What starts and stops the engine holds `setup.lock` meanwhile.
"""

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.real import engine, fleet, images
from tests.real.engine import OURS, READY, Engine, EngineError

SETUP_S = 1800.0
_MADE_BY = ("archive", "building", "commands", "containers", "engine", "fleet", "images", "mirror",
            "others", "planted", "roots", "rpms", "suites")


@contextmanager
def shared(folder: Path) -> Iterator[Engine]:
    """A running Docker engine with the whole fleet in it, podman's beside it.

    An engine that ran before any test stays when the last one ends.

    Raises:
        EngineError, Unavailable: a part is absent here; the text says which one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users.lock").open("w") as users:
        with locked(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                running = _ready(folder)
            except BaseException:
                _leave(folder, users)
                raise
        try:
            yield running
        finally:
            running.client.close()
            with locked(folder):
                _leave(folder, users)


def fill(folder: Path) -> None:
    """Brings images and containers of the folder's running engines up to date with this code."""
    code = _code()
    stamp = folder / READY
    if stamp.exists() and stamp.read_text() == code:
        return
    running, podman = engine.docker_of(folder), engine.podman_of(folder)
    images.ensure(running)
    fleet.ensure(running)
    if podman.answers():
        images.ensure_podman(podman)
        fleet.ensure_podman(podman)
    for one in (running, podman):
        one.client.close()
    stamp.write_text(code)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else starts, fills or stops the folder's engines meanwhile."""
    limit = time.monotonic() + SETUP_S
    with (folder / "setup.lock").open("w") as lock:
        while not _taken(lock):
            if time.monotonic() > limit:
                raise EngineError(f"{folder}: another run held its lock for {SETUP_S:g} s")
            time.sleep(0.1)
        yield


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ready(folder: Path) -> Engine:
    if not engine.is_running(folder):
        engine.start(folder)
        (folder / OURS).touch()
    fill(folder)
    return engine.docker_of(folder)


def _leave(folder: Path, users: IO[str]) -> None:
    if _taken(users) and (folder / OURS).exists():  # the last user
        engine.stop(folder)


def _code() -> str:
    """Changes with what makes the fleet, so that an older one is brought up to date."""
    here = Path(__file__).parent
    code = [here / f"{name}.py" for name in _MADE_BY]
    files = sorted([*code, *here.glob("shop/*/*"), *here.glob("scripts/*.sh")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
