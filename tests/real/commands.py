"""What `python -m tests.real.engine VERB [FOLDER]` does; one function a verb."""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.real import engine, images, sharing


def start(folder: Path) -> None:
    """Starts the engines, empty or as they were left."""
    engine.start(folder)


def build(folder: Path) -> None:
    """Starts the engines and makes the images."""
    images.ensure(engine.start(folder))
    if engine.podman_of(folder).answers():
        images.ensure_podman(engine.podman_of(folder))


def run(folder: Path) -> None:
    """Starts the engines and brings the whole fleet up; they stay until `stop`."""
    engine.start(folder)
    sharing.fill(folder)


def stop(folder: Path) -> None:
    """Removes containers, volumes and networks, and ends the engines."""
    engine.stop(folder)


def env(folder: Path) -> None:
    """Prints the variables that point clients and tests at the folder's engines."""
    for name, value in (
        ("DOCKER_HOST", engine.docker_of(folder).socket),
        ("CONTAINER_HOST", engine.podman_of(folder).socket),
        ("FLEETKIT_REAL_FOLDER", str(folder)),
    ):
        sys.stdout.write(f"export {name}={value}\n")


VERBS: dict[str, Callable[[Path], None]] = {
    "start": start,
    "build": build,
    "run": run,
    "stop": stop,
    "env": env,
}


def main(words: list[str]) -> int:
    """Runs one verb; 2 when there is no such verb."""
    verb = VERBS.get(words[0]) if words else None
    if verb is None:
        sys.stderr.write(f"usage: python -m tests.real.engine {'|'.join(VERBS)} [FOLDER]\n")
        return 2
    folder = Path(words[1]).resolve() if len(words) > 1 else engine.default_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with sharing.locked(folder):
        verb(folder)
    return 0
