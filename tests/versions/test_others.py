"""Ecosystems that differ from another scheme in one point only."""

import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.versions.chains import is_one_rank, rises, sign
from tests.versions.stems import pairs

# No R, Cabal, Dart, Julia runs on the machines that test: these are the orders that they document.
RISING = [
    ("Pub", ("1.0.0-dev", "1.0.0-dev+1", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.0+10", "1.0.0+a")),
    ("Pub", ("1.0.0+1", "1.0.0+1.0", "1.0.0+1.a", "1.0.1-0", "1.0.1")),
    ("Julia", ("3.0.8+0", "3.0.8+1", "3.0.12+0", "3.0.13", "3.0.13+1")),
    ("CRAN", ("0.9", "1.0", "1.0.0", "1.0-1", "1.2", "1.10", "2023.10.1")),
    ("Hackage", ("0.1.2", "0.1.2.0", "0.1.2.1", "0.1.10", "0.2")),
    ("Go", ("go1.13beta1", "go1.13rc1", "go1.13", "go1.13.1", "go1.20", "go1.21rc2", "go1.21.0")),
    ("Go", ("v0.0.0-20230101000000-abcdef", "v0.0.0-20240101000000-abcdef", "v0.0.1")),
]
EQUAL = [
    ("Pub", ("1.0.0+01", "1.0.0+1")),
    ("CRAN", ("1.0-1", "1.0.1", "1.0.01")),
    ("Go", ("go1.20", "1.20.0", "v1.20", "1.20.0+incompatible")),
    ("Go", ("go1.21rc2", "1.21.0-rc.2")),
]
REFUSED = [
    *(("Pub", "1.0.0+"), ("Pub", "1.0.0--5"), ("Pub", "1.0.0+0x1f"), ("Pub", "1.0.0+a_b")),
    *(("Pub", "1.0.0-" + "1" * 19), ("Pub", "1.0.0 "), ("CRAN", "1."), ("CRAN", "1.a")),
    *(("Hackage", "1.0.*"), ("Go", "go"), ("Go", "go1.20x"), ("Go", "go1.20-rc1"), ("npm", "go1")),
]


@pytest.mark.parametrize(("ecosystem", "chain"), RISING)
def test_keys_rise_along_the_chain(ecosystem, chain):
    assert rises(ecosystem, *chain)


@pytest.mark.parametrize(("ecosystem", "same"), EQUAL)
def test_spellings_of_one_version_have_one_key(ecosystem, same):
    assert is_one_rank(ecosystem, *same)


@pytest.mark.parametrize(("ecosystem", "version"), REFUSED)
def test_what_the_rule_does_not_know_has_no_key(ecosystem, version):
    assert key(ecosystem, version) is None


@settings(deadline=None)
@given(pairs("semver_build", 200))
def test_where_builds_count_they_only_part_what_semver_calls_equal(drawn):
    for pair in drawn:
        ours, semver = sign("Pub", *pair), sign("npm", *pair)
        assert semver in {ours, 0, None} or ours is None


@settings(deadline=None)
@given(pairs("semver", 200))
def test_modules_of_go_sort_as_semver(drawn):
    assert [sign("Go", *pair) for pair in drawn] == [sign("npm", *pair) for pair in drawn]
