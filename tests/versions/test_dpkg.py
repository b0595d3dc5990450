import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.real.parts import require
from tests.versions.chains import is_one_rank, known, rises, sign
from tests.versions.judges import dpkg_agrees
from tests.versions.stems import pairs

DISTRO = Path(__file__).parents[3] / "shared" / "data" / "distro"
DEBIAN_11 = DISTRO / "debian-11-first-package-versions.json.gz"

RISING = [
    ("1.0~rc1", "1.0", "1.0a", "1.0+b", "1.0.1"),
    ("1.0~~", "1.0~~a", "1.0~", "1.0", "1.0A", "1.0Z", "1.0a", "1.0z"),
    ("0:1.0+1-1", "0:1.0-1-1", "0:1.0.1-1", "0:1.0:1-1"),
    ("9.9", "1:0.5", "2:0", "10:0"),
    ("1.9", "1.10", "1.100", "1.99999999999999999999", "1.100000000000000000000"),
    ("2.36-9", "2.36-9+b1", "2.36-9+deb12u2", "2.36-9+deb12u10", "2.36-10"),
    ("3.0.2-0~bpo12+1", "3.0.2-0", "3.0.2-0ubuntu1", "3.0.2-0ubuntu1.1", "3.0.2-0ubuntu1.1+esm1"),
    ("1.0", "1.0-0.1", "1.0-1~", "1.0-1"),
]
EQUAL = [
    ("1.0", "1.0-0", "0:1.0", "1.00", "01.0", "1.", " 1.0\t", "1.0-00", "00:1.0"),
    ("1.01", "1.1"),
    ("1.0-a", "1.0-a0"),
]
REFUSED = ["1.0-", ":1.0", "1:", "1:-1", "a:1.0", "2147483648:1", "1 0"]


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("Debian", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_that_dpkg_calls_equal_have_one_key(same):
    assert is_one_rank("Debian", *same)


@pytest.mark.parametrize("version", [*REFUSED, "", "-1", "1.0\n", "1.0\x01", "1.0é", "١.0"])
def test_a_version_that_dpkg_cannot_read_has_no_key(version):
    assert key("Debian", version) is None


@pytest.mark.parametrize("chain", RISING)
def test_dpkg_itself_says_that_the_chain_rises(chain):
    require("dpkg")
    assert all(dpkg_agrees(low, -1, high) for low, high in pairwise(chain))


@pytest.mark.parametrize("same", EQUAL)
def test_dpkg_itself_calls_these_equal(same):
    require("dpkg")
    assert all(dpkg_agrees(same[0], 0, other) for other in same[1:])


@pytest.mark.parametrize("version", REFUSED)
def test_dpkg_itself_refuses_what_has_no_key(version):
    require("dpkg")
    assert dpkg_agrees(version, 0, version) is None


@settings(max_examples=20, deadline=None)
@given(pairs("dpkg", 20))
def test_dpkg_orders_any_two_versions_as_their_keys(drawn):
    require("dpkg")
    found = known("Debian", drawn)
    assert [pair for pair in found if not _agrees(*pair)] == []


@settings(max_examples=20, deadline=None)
@given(pairs("dpkg", 20))
def test_dpkg_refuses_exactly_the_versions_without_key(drawn):
    require("dpkg")
    # dpkg also reads the epochs "+1:" and "-0:", which its manual does not allow
    versions = {version for pair in drawn for version in pair if version[:1] not in "+-"}
    refused = {version for version in versions if dpkg_agrees(version, 0, version) is None}
    assert refused == {version for version in versions if key("Debian", version) is None}


def test_every_version_of_a_debian_release_has_a_key():
    versions = _debian_11()
    assert [version for version in versions if key("Debian", version) is None] == []


def test_dpkg_finds_the_versions_of_a_debian_release_sorted_by_key():
    require("dpkg")
    versions = sorted(_debian_11(), key=lambda version: key("Debian", version))
    neighbours = list(pairwise(versions))[::50]
    assert [pair for pair in neighbours if not _agrees(*pair)] == []


def _agrees(left, right):
    return dpkg_agrees(left, sign("Debian", left, right), right)


def _debian_11():
    if not DEBIAN_11.exists():
        pytest.skip(f"{DEBIAN_11.name} is not beside this checkout")
    return sorted(set(json.loads(gzip.decompress(DEBIAN_11.read_bytes())).values()))
