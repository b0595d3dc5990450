"""Every reader of files, searched for a moment with coverage as the guide (Atheris)."""

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import pytest

from tests.fuzzing.__main__ import search
from tests.fuzzing.seeds import sources

pytestmark = pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris is not installed: it has no form for this Python")
SECONDS = 2


@pytest.fixture(scope="module")
def searches(tmp_path_factory):
    """All searches, two side by side: what came of each, by source."""
    folders = {source: tmp_path_factory.mktemp(source) for source in sources()}
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda source: search(source, SECONDS, folders[source]), folders)
        return dict(zip(folders, found, strict=True))


@pytest.mark.parametrize("source", sources())
def test_a_search_finds_nothing_that_breaks_a_reader(searches, source):
    found = searches[source]
    assert found.findings == []
    assert found.ended is None
    assert found.runs > 0
