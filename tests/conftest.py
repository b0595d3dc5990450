"""Settings of all tests, and the one browser that they share."""

import pytest
from hypothesis import settings

from tests.reporting.browser import chromium

# The machine may be busy, and nothing here is about time.
settings.register_profile("fleetkit", deadline=None)
settings.load_profile("fleetkit")


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; only one can be driven from a process."""
    with chromium() as running:
        yield running
