"""Loads documents that a test writes."""

import pytest

from tests.loaders.sbom.payloads import reader


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)
