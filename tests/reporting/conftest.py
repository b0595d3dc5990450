"""One report for all tests of the page, and readers of it."""

import pytest

from fleetkit.reporting import report
from tests.reporting.browser import Reader
from tests.reporting.hostile import hostile
from tests.views.fleets import synthetic


@pytest.fixture(scope="session")
def fleet():
    return synthetic(200)


@pytest.fixture(scope="session")
def written(fleet, tmp_path_factory):
    return report(fleet, tmp_path_factory.mktemp("report") / "fleet.html")


@pytest.fixture(scope="session")
def attacked(tmp_path_factory):
    return report(hostile(), tmp_path_factory.mktemp("hostile") / "fleet.html")


@pytest.fixture
def read(browser, written):
    """A reader of the report; at the end it must not have met a fault."""
    readers = []

    def opened(path=written, **options):
        readers.append(Reader(browser, path, **options))
        return readers[-1]

    yield opened
    for reader in readers:
        reader.close()
