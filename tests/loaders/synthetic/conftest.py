"""One fleet of 2,000 workloads with what was planted in it, for all tests that only look."""

import pytest

from fleetkit.loaders.synthetic import Truth, truth
from fleetkit.loading import load

WISHES = {"workloads": 2_000, "seed": 3}


@pytest.fixture(scope="session")
def fleet():
    return load("synthetic", progress=False, **WISHES)


@pytest.fixture(scope="session")
def planted() -> Truth:
    return truth(**WISHES)
