import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.real.parts import require
from tests.versions.chains import is_one_rank, known, rises, sign
from tests.versions.judges import Rpm
from tests.versions.stems import pairs

ALMALINUX_8 = Path(__file__).parents[3] / "shared" / "data" / "osv" / "almalinux8.jsonl.gz"

RISING = [
    ("1.0~rc1", "1.0", "1.0^git1", "1.0.1"),
    ("1.0~~", "1.0~", "1.0~1", "1.0", "1.0^", "1.0^1", "1.0a", "1.0.1"),
    ("1.0^20160101", "1.0.1"),
    ("1.0~rc1^git1", "1.0~rc2", "1.0"),
    ("2.0.1", "2.0.1a"),
    ("1.0", "1.0.0"),
    ("xyz.4", "2"),
    ("A", "B", "a", "aa", "b", "0", "1", "9", "10"),
    ("9.9-1", "1:0.5-1", "2:0-1"),
    ("1.0", "1.0-", "1.0-0", "1.0-1", "1.0-1.el9", "1.0-1.el9_2", "1.0-2"),
    ("1.0-99.el8", "1.0.1-1.el8"),
    ("1.14-1.module+el8.3.0+7085", "1.14-1.module+el8.10.0+22"),
    ("1.99999999999999999999", "1.100000000000000000000"),
]
EQUAL = [
    ("1.0-1", "0:1.0-1", ":1.0-1", "00:1.0-1"),
    ("10.0001", "10.1", "10.1."),
    ("2_0", "2.0", "2..0", "2é0", ".2.0"),
]


@pytest.fixture(scope="module")
def rpm():
    require("rpm")
    with Rpm() as judge:
        yield judge


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("Red Hat", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_that_rpm_calls_equal_have_one_key(same):
    assert is_one_rank("Red Hat", *same)


def test_the_text_that_queries_print_for_a_missing_epoch_is_epoch_zero():
    assert is_one_rank("Red Hat", "(none):1.0-1", "1.0-1")


@pytest.mark.parametrize("version", ["", ".", "~", "日本", "-1", "1:-1", "1:"])
def test_a_version_without_letter_or_digit_has_no_key(version):
    assert key("Red Hat", version) is None


@pytest.mark.parametrize("chain", RISING)
def test_rpm_itself_says_that_the_chain_rises(rpm, chain):
    assert [rpm.sign(low, high) for low, high in pairwise(chain)] == [-1] * (len(chain) - 1)


@pytest.mark.parametrize("same", EQUAL)
def test_rpm_itself_calls_these_equal(rpm, same):
    assert {rpm.sign(same[0], other) for other in same[1:]} == {0}


@settings(max_examples=100, deadline=None)
@given(pairs("rpm", 200))
def test_rpm_orders_any_two_versions_as_their_keys(rpm, drawn):
    found = known("Red Hat", drawn)
    assert [pair for pair in found if rpm.sign(*pair) != sign("Red Hat", *pair)] == []


def test_every_fix_of_a_vendor_has_a_key():
    assert [version for version in _almalinux_8() if key("AlmaLinux", version) is None] == []


def test_rpm_finds_the_fixes_of_a_vendor_sorted_by_key(rpm):
    versions = sorted(_almalinux_8(), key=lambda version: key("AlmaLinux", version))
    neighbours = pairwise(versions)
    wrong = [pair for pair in neighbours if rpm.sign(*pair) != sign("AlmaLinux", *pair)]
    assert wrong == []


def _almalinux_8():
    if not ALMALINUX_8.exists():
        pytest.skip(f"{ALMALINUX_8.name} is not beside this checkout")
    records = map(json.loads, gzip.decompress(ALMALINUX_8.read_bytes()).splitlines())
    affected = (entry for record in records for entry in record["affected"])
    ranges = (bounds for entry in affected for bounds in entry["ranges"])
    return sorted({event["fixed"] for b in ranges for event in b["events"] if "fixed" in event})
