"""A cache and docker's settings of its own for each test; the engine and registries."""

import base64
import json

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.oci.making import write
from tests.real.conftest import engine  # noqa: F401 - a fixture
from tests.real.registry import registry as started

FOREIGN = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
           "NETRC", "REQUESTS_CA_BUNDLE")


@pytest.fixture(autouse=True)
def secluded(monkeypatch, tmp_path):
    """Nothing leaves this machine; no cache and no credentials of the user are read."""
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="session")
def registry(tmp_path_factory):
    """A registry that all tests share; each keeps to repositories of its own."""
    with started(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def loaded():
    """A function that loads a place or file."""
    return lambda *where, **options: load("oci", *where, progress=silent, **options)


@pytest.fixture
def archived(tmp_path, loaded):
    """A function that loads an archive with these members."""
    def read(members, packed=None, name="images.tar", **options):
        return loaded(write(tmp_path / name, members, packed), **options)

    return read


@pytest.fixture
def login(tmp_path):
    """A function that stores credentials as `docker login` does."""
    def store(host, user, password):
        (tmp_path / "docker").mkdir(exist_ok=True)
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        (tmp_path / "docker/config.json").write_text(json.dumps({"auths": {host: {"auth": pair}}}))

    return store
