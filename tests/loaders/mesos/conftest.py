"""A replay of a small cluster for each test, and nothing of the user's environment."""

from functools import partial

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.mesos.payloads import shop
from tests.loaders.saving import tables_of
from tests.real.replay import replay

FOREIGN = (
    "DCOS_URL", "DCOS_ACS_TOKEN", "DCOS_SSL_VERIFY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "NETRC",
)


@pytest.fixture(autouse=True)
def secluded(monkeypatch, tmp_path):
    """Nothing leaves this machine, and no credentials of the user are read."""
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def cluster():
    """A master and a Marathon at two addresses, as the pair (master, marathon)."""
    answers = shop()
    marathon = {path: body for path, body in answers.items() if path.startswith("/v2/")}
    master = {path: body for path, body in answers.items() if not path.startswith("/v2/")}
    with replay(master) as first, replay(marathon) as second:
        yield first, second


@pytest.fixture
def loaded(cluster):
    """A function that loads the cluster."""
    def read(**options):
        master, marathon = cluster
        return load("mesos", master.url, marathon=marathon.url, progress=silent, **options)

    return read


@pytest.fixture
def tables():
    """A function that makes tables of documents, each as a file of its own."""
    return partial(tables_of, "mesos")
