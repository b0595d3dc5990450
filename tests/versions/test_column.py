import pandas as pd
import pyarrow as pa
import pytest

from fleetkit.versions import HIGHEST, key, keys, text_keys

VERSIONS = ["1.10", None, "1.9", "1 0", "1.9"]
DTYPES = ["str", "string", "object", "category", pd.ArrowDtype(pa.string())]


@pytest.mark.parametrize("dtype", DTYPES)
def test_each_row_gets_the_key_of_its_version(dtype):
    found = keys("Debian:12", pd.Series(VERSIONS, dtype=dtype))
    nine, ten = key("Debian", "1.9"), key("Debian", "1.10")
    assert found.tolist() == [ten, pd.NA, nine, pd.NA, nine]


def test_keys_are_arrow_binary_on_the_same_index_and_name():
    versions = pd.Series(VERSIONS, index=list("abcde"), name="version")
    found = keys("Debian", versions)
    assert found.dtype == pd.ArrowDtype(pa.binary())
    assert (list(found.index), found.name) == (list("abcde"), "version")


def test_text_keys_are_the_hexadecimal_text_of_the_keys():
    found = text_keys("Debian", pd.Series(VERSIONS, index=list("abcde"), name="version"))
    assert found.dtype == pd.StringDtype("pyarrow", na_value=pd.NA)
    assert found["a"] == key("Debian", "1.10").hex()
    assert (found.isna().tolist(), found.name) == ([False, True, False, True, False], "version")


@pytest.mark.parametrize("make", [keys, text_keys])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_column_of_nothing_keeps_its_type(make, dtype):
    empty = make("Debian", pd.Series([], dtype=dtype))
    assert len(empty) == 0
    assert empty.dtype == make("Debian", pd.Series(["1"])).dtype


@pytest.mark.parametrize("make", [keys, text_keys])
def test_an_ecosystem_without_scheme_gives_only_missing_keys(make):
    found = make("Android", pd.Series(["1.0", "2.0"]))
    assert found.isna().all()
    assert found.dtype == make("Debian", pd.Series(["1"])).dtype


@pytest.mark.parametrize("cells", [[1.1, 1.2], [["1"], {}], [b"1.0", 7], ["1.0\ud800", "\0"]])
def test_cells_that_are_no_version_have_no_key(cells):
    assert keys("Debian", pd.Series(cells, dtype=object)).isna().all()


def test_the_column_itself_stays_as_it_was():
    versions = pd.Series(VERSIONS, dtype=object)
    keys("Debian", versions)
    assert versions.tolist() == VERSIONS


def test_pandas_sorts_by_key_as_the_ecosystem_does():
    versions = pd.Series(["1.0.1", "1.0", "1:0", "1.0~rc1", "1.0a"])
    order = text_keys("Debian", versions).sort_values().index
    assert versions[order].tolist() == ["1.0~rc1", "1.0", "1.0a", "1.0.1", "1:0"]


def test_an_unknown_fix_lies_above_every_text_key():
    assert text_keys("npm", pd.Series(["9" * 1000 + ".0.0", "999.0.0"])).max() < HIGHEST.hex()
