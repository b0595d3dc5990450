from itertools import pairwise

import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.real.parts import require
from tests.versions.chains import is_one_rank, known, rises, sign
from tests.versions.judges import Composer
from tests.versions.stems import pairs

RISING = [
    (
        *("1.0-dev", "1.0-alpha", "1.0-alpha1-dev", "1.0-alpha1", "1.0-beta2", "1.0-RC1", "1.0"),
        *("1.0-p", "1.0-p1", "1.0-p1.5", "1.0.0.1", "1.0.1", "1.1"),
    ),
    ("1.0.99", "1.0.x-dev", "1.1-dev", "1.x-dev", "2.0-dev"),
    ("2010-01-02-dev", "2010-01-02", "2010-01-02-p1", "2010-01-03", "2010.01.03.1", "20100102"),
    ("1.9", "1.10", "1.9223372036854775806", "1.9223372036854775807"),
    ("1.0-STABLE", "1.0-dev"),
    ("8.0.0-beta10", "8.0.0-rc2", "8.0.0", "8.0.11", "8.5.0"),
]
EQUAL = [
    ("1", "1.0", "v1.0.0.0", "1.0.0+build.7", "1.0@beta", "01.0", " 1.0\n", "1.0-stable", "1.0_"),
    ("1.0-beta.1", "1.0b1", "1.0.0.0-BETA1", "1.0_beta-1"),
    ("1.0-RC1", "1.0rc1", "1.0.rc.1"),
    ("1.0-pl2", "1.0p2", "1.0-patch2"),
    ("1.9223372036854775807", "1.9223372036854775808", "1." + "9" * 40),
    ("1.x-dev", "1.*-dev", "v1.X.x-dev"),
]
REFUSED = [
    *("", "a", "1.0-foo", "1.0.0.0.0", "1..0", ".1", "1.0-beta_1", "1 0", "1.0é", "v", "dev"),
    *("1.0+", "feature-dev", "1.0-dev-1"),
]
BRANCHES = ["dev-main", "dev-1.0", "DEV-x", "master", "trunk", "default"]


@pytest.fixture(scope="module")
def composer():
    require("php")
    require("composer-semver")
    with Composer() as judge:
        yield judge


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("Packagist", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_that_composer_calls_equal_have_one_key(same):
    assert is_one_rank("Packagist", *same)


@pytest.mark.parametrize("version", REFUSED)
def test_a_version_that_composer_calls_invalid_has_no_key(version):
    assert key("Packagist", version) is None


@pytest.mark.parametrize("version", BRANCHES)
def test_a_branch_without_order_has_no_key(version):
    assert key("Packagist", version) is None


@pytest.mark.parametrize("chain", RISING)
def test_composer_itself_says_that_the_chain_rises(composer, chain):
    assert composer.signs(list(pairwise(chain))) == [-1] * (len(chain) - 1)


@pytest.mark.parametrize("same", EQUAL)
def test_composer_itself_calls_these_equal(composer, same):
    printed = [version.strip() for version in same]
    assert set(composer.signs([(printed[0], other) for other in printed[1:]])) == {0}


@pytest.mark.parametrize("version", REFUSED)
def test_composer_itself_refuses_what_has_no_key(composer, version):
    assert composer.sign(version, "1") is None


def test_composer_itself_orders_no_two_branches(composer):
    assert set(composer.signs(list(pairwise(BRANCHES)))) == {None}


@settings(max_examples=25, deadline=None)
@given(pairs("composer", 500))
def test_composer_orders_any_two_versions_as_their_keys(composer, drawn):
    found = known("Packagist", drawn)
    judged = zip(found, composer.signs(found), strict=True)
    assert [(pair, given) for pair, given in judged if given != sign("Packagist", *pair)] == []


@settings(max_examples=25, deadline=None)
@given(pairs("composer", 200))
def test_composer_refuses_exactly_the_versions_without_key(composer, drawn):
    # a branch is no version here, though Composer knows whether it is the same branch
    versions = sorted({v for pair in drawn for v in pair if not v.lower().startswith("dev-")})
    signs = composer.signs([(version, version) for version in versions])
    refused = {version for version, given in zip(versions, signs, strict=True) if given is None}
    assert refused == {version for version in versions if key("Packagist", version) is None}
