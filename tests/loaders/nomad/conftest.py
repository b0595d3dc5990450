"""A replay of a small region for each test, and nothing of the user's environment."""

import os

import pytest

from fleetkit.loaders.nomad import LOADER
from fleetkit.loading import load
from fleetkit.loading.harvest import Harvest, Part, now
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Target
from fleetkit.progress import silent
from tests.loaders.nomad.payloads import shop
from tests.real.replay import replay

FOREIGN = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def secluded(monkeypatch, tmp_path):
    """Nothing leaves this machine, and no credentials of the user are read."""
    for name in [*FOREIGN, *(name for name in os.environ if name.startswith("NOMAD_"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def region():
    """A region behind a replay of the API."""
    with replay(shop()) as running:
        yield running


@pytest.fixture
def loaded(region):
    """A function that loads the region."""
    def read(**options):
        return load("nomad", region.url, progress=silent, **options)

    return read


@pytest.fixture
def tables():
    """A function that makes tables of documents, each as a file of its own."""
    def make(*documents, **options):
        harvests = []
        for number, document in enumerate(documents):
            part = Part("file", status="ok")
            for item in LOADER.parse(document, f"{number}.json", **options):
                part.take(item)
            harvests.append(Harvest("nomad", Target(f"{number}.json"), "file", now(),
                                    {"file": part}))
        return tabulate(LOADER, harvests)

    return make
