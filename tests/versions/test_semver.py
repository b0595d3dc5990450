import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.versions.chains import is_one_rank, rises
from tests.versions.stems import pairs

RISING = [
    # the chain that semver.org itself prints
    (
        *("1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2"),
        *("1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"),
    ),
    ("1.0.0", "2.0.0", "2.1.0", "2.1.1", "2.1.10"),
    ("1.0.0-0", "1.0.0-1", "1.0.0-10", "1.0.0-99999999999999999999", "1.0.0--", "1.0.0-a"),
    ("1.0.0-1a", "1.0.0-A", "1.0.0-a", "1.0.0-a-b", "1.0.0-aa", "1.0.0-b"),
    ("v0.0.0-20230101000000-abcdef", "v0.0.0-20240101000000-abcdef", "v0.0.0"),
    ("1.2.3-0.20240101000000-abcdef", "1.2.3-pre.0.20230101000000-abcdef", "1.2.3"),
    ("1", "1.0.1", "1.1", "2"),
]
EQUAL = [
    ("1.0.0", "v1.0.0", "1.0", "1", "1.0.0+build.1", "1.0.0+incompatible"),
    ("1.0.0-rc.1", "v1.0.0-rc.1+7", "1-rc.1"),
]
REFUSED = [
    *("", "v", "a", "1.", "1..0", ".1", "1.0.0.0", "01.0.0", "1.0.00", "1.0.0-", "1.0.0-a..b"),
    *("1.0.0-01", "1.0.0-a_b", "1.0.0+", "1.0.0+a_b", "V1.0.0", "=1.0.0", "-1.0.0", " 1.0.0"),
    *("1.0.0 ", "1.0.0\n", "1.0.0-é", "١.0.0", "go1.20", "branch-v0.1.1"),
]


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("npm", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_of_equal_precedence_have_one_key(same):
    assert is_one_rank("Go", *same)


@pytest.mark.parametrize("version", REFUSED)
def test_a_version_outside_the_specification_has_no_key(version):
    assert key("npm", version) is None


@settings(deadline=None)
@given(pairs("semver", 50))
def test_the_build_counts_for_nothing(drawn):
    for version in _unbuilt(drawn):
        assert is_one_rank("npm", version, f"{version}+exp.sha-5114f85")


@settings(deadline=None)
@given(pairs("semver", 50))
def test_a_further_identifier_sorts_above(drawn):
    for version in _unbuilt(drawn):
        early = version if "-" in version else f"{version}-x"
        assert rises("npm", early, f"{early}.0", f"{early}.a")


def _unbuilt(drawn):
    return (left for left, right in drawn if key("npm", left) and "+" not in left)
