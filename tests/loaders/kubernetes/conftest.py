"""A furnished API server for all tests of this folder, and nobody's kubeconfig."""

import json

import pytest

from fleetkit.loading import load
from tests.loaders.kubernetes.estate import furnish
from tests.loaders.kubernetes.payloads import as_list, write
from tests.real.kubernetes import ADMIN, NOBODY, READER, needed, server
from tests.real.papers import papers


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """An API server that is furnished once; tests only read it."""
    needed()
    folder = tmp_path_factory.mktemp("kubernetes")
    signed = papers(tmp_path_factory.mktemp("papers"))
    with server(folder, signed) as running:
        furnish(running)
        yield running


@pytest.fixture(scope="session")
def kubeconfig(cluster, tmp_path_factory):
    """Contexts of an administrator (twice), of a user with few rights, and of one with none."""
    return cluster.kubeconfig(tmp_path_factory.mktemp("config"), **{
        "shop-a": ADMIN, "shop-b": ADMIN, "reader": READER, "nobody": NOBODY,
        "stranger": "no such token"})


@pytest.fixture(autouse=True)
def _nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)


@pytest.fixture
def live(kubeconfig):
    """Loads contexts of the kubeconfig."""
    def run(*contexts, **options):
        return load("kubernetes", *contexts, kubeconfig=kubeconfig, progress=False, **options)

    return run


@pytest.fixture
def loaded(tmp_path):
    """Loads objects as kubectl prints them, in one list."""
    def run(*entries):
        return load("kubernetes", write(tmp_path / "list.json", as_list(*entries)), progress=False)

    return run


@pytest.fixture
def one_by_one(tmp_path):
    """Loads the same objects one by one, from JSON lines."""
    def run(*entries):
        path = tmp_path / "objects.jsonl"
        path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        return load("kubernetes", path, progress=False)

    return run
