"""A replay of a small region for each test, and nothing of the user's environment."""

import os
from functools import partial

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.nomad.payloads import shop
from tests.loaders.saving import tables_of
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
    return partial(tables_of, "nomad")
