import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.installed.purl import Naming
from fleetkit.loaders.packages.osquery import TABLES, package_cells, results, system_of
from fleetkit.loaders.packages.printed import read_list
from fleetkit.loaders.packages.scanning import scan

WORD = st.text(max_size=12)
LINE = st.one_of(WORD, st.lists(WORD, min_size=2, max_size=6).map("\t".join),
                 st.lists(WORD, min_size=2, max_size=6).map(" ".join),
                 st.just("a\t1-1\tall\ta\t1-1\tinstalled"))
VALUE = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | WORD,
                     lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                         st.sampled_from(["name", "version", "snapshot", "columns", "platform",
                                          "major", "epoch", "release", *TABLES]), inner,
                         max_size=4), max_leaves=12)


@given(st.lists(LINE, max_size=8))
def test_any_lines_are_packages_problems_or_refused(lines):
    with contextlib.suppress(LoadError):
        for item in read_list(lines, Naming("debian", "debian-12"), "a.txt"):
            assert getattr(item, "name", None) or item.code


@given(VALUE)
def test_any_document_of_osquery_is_rows_or_none(document):
    for result in results(document, None):
        system_of(result.rows)
        for row in result.rows:
            for table in ("deb_packages", "rpm_packages", "npm_packages"):
                with contextlib.suppress(ValueError):
                    package_cells(table, row)


def read(path):
    with contextlib.suppress(LoadError):
        return [item for _, items in scan(path) for item in items]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "web-1.txt"
    path.write_bytes(content)
    read(path)


@given(VALUE)
def test_any_json_is_read_or_refused(tmp_path_factory, document):
    path = tmp_path_factory.mktemp("json") / "web-1.json"
    path.write_text(json.dumps(document))
    read(path)
