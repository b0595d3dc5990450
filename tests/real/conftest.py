"""`engine` and `podman` for every test below this folder; others import them from here.

from tests.real.conftest import engine, podman
"""

from collections.abc import Iterator

import pytest

from tests.real import parts
from tests.real.engine import Engine, EngineError, default_folder, podman_of
from tests.real.sharing import shared
from tests.real.suites import Unavailable


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A private Docker engine with the shop's images and containers, shared by all workers."""
    parts.require("docker-engine")
    try:
        with shared(default_folder()) as running:
            yield running
    except (EngineError, Unavailable) as error:
        parts.refuse(str(error))


@pytest.fixture(scope="session")
def podman(engine: Engine) -> Iterator[Engine]:
    """The podman service beside the engine, with three of its images and three containers."""
    parts.require("podman-engine")
    running = podman_of(engine.folder)
    yield running
    running.client.close()
