from itertools import pairwise

import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.real.parts import require
from tests.versions.chains import is_one_rank, known, rises, sign
from tests.versions.judges import RubyGems
from tests.versions.stems import pairs

RISING = [
    ("1.0.a", "1.0.a.1", "1.0.b1", "1.0.b.2", "1.0.rc1", "1.0", "1.0.1"),
    ("0", "0.0.0.1", "0.0.1", "0.1", "1"),
    ("1.A", "1.Z", "1.a", "1.aa", "1.b", "1"),
    ("1.9", "1.10", "1.99999999999999999999", "1.100000000000000000000"),
    ("1.a.b", "1.a.0.b", "1.a.0.0.b", "1.a", "1.a.0.0.1", "1.a.0.1", "1.a.1"),
    ("6.1.7.9", "6.1.7.10", "7.0.0.alpha1", "7.0.0.beta1", "7.0.0.rc1", "7.0.0"),
    ("1.0-rc1", "1.0.rc1", "1.0"),
]
EQUAL = [
    ("1", "1.0", "1.0.0", "01", " 1.0\n"),
    ("1.a", "1.0.a", "1.0.0.a", "1.a.0", "1.0a", "1.a.0.0"),
    ("1.0-1", "1.0.pre.1"),
    ("1.a1", "1.a.1", "1.a.01"),
]
REFUSED = ["v1.0", "1..0", ".1", "1.", "1.0_1", "1.0+1", "1 0", "1.0é", "١.0", "junk", "1.0-", "-1"]


@pytest.fixture(scope="module")
def rubygems():
    require("ruby")
    with RubyGems() as judge:
        yield judge


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("RubyGems", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_that_rubygems_calls_equal_have_one_key(same):
    assert is_one_rank("RubyGems", *same)


@pytest.mark.parametrize("version", [*REFUSED, "", " ", "1.0\n2.0"])
def test_a_version_that_rubygems_calls_malformed_has_no_key(version):
    assert key("RubyGems", version) is None


@pytest.mark.parametrize("chain", RISING)
def test_rubygems_itself_says_that_the_chain_rises(rubygems, chain):
    assert rubygems.signs(list(pairwise(chain))) == [-1] * (len(chain) - 1)


@pytest.mark.parametrize("same", EQUAL)
def test_rubygems_itself_calls_these_equal(rubygems, same):
    printed = [version.strip() for version in same]
    assert set(rubygems.signs([(printed[0], other) for other in printed[1:]])) == {0}


@pytest.mark.parametrize("version", REFUSED)
def test_rubygems_itself_refuses_what_has_no_key(rubygems, version):
    assert rubygems.sign(version, "1") is None


@settings(max_examples=25, deadline=None)
@given(pairs("rubygems", 1000))
def test_rubygems_orders_any_two_versions_as_their_keys(rubygems, drawn):
    found = known("RubyGems", drawn)
    judged = zip(found, rubygems.signs(found), strict=True)
    assert [(pair, given) for pair, given in judged if given != sign("RubyGems", *pair)] == []


@settings(max_examples=25, deadline=None)
@given(pairs("rubygems", 200))
def test_rubygems_refuses_exactly_the_versions_without_key(rubygems, drawn):
    # to RubyGems nothing at all is version 0
    versions = sorted({version for pair in drawn for version in pair if version.strip()})
    signs = rubygems.signs([(version, version) for version in versions])
    refused = {version for version, given in zip(versions, signs, strict=True) if given is None}
    assert refused == {version for version in versions if key("RubyGems", version) is None}
