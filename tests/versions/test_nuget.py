import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.versions import key
from tests.versions.chains import is_one_rank, rises, sign
from tests.versions.stems import pairs

# No .NET runs on the machines that test: these are the orders that NuGet's own pages print, and
# what follows from its rules: numbers of 32 bits, a fourth number, text without regard to case.
RISING = [
    ("1.0.1-aaa", "1.0.1-alpha", "1.0.1-beta", "1.0.1-open", "1.0.1-rc", "1.0.1-zzz", "1.0.1"),
    ("1.0.1-alpha", "1.0.1-alpha.2", "1.0.1-alpha.10", "1.0.1-alpha.beta", "1.0.1-beta"),
    ("1.0.0", "1.0.0.1", "1.0.1-a", "1.0.1.1-a", "1.0.1.1", "1.0.2"),
    ("1.0.0.1-a", "1.0.0.1-b", "1.0.0.1", "1.0.0.2-a"),
    ("1.0-a", "1.0-B", "1.0-c", "1.0-C.1", "1.0-c.a"),
    ("1.0--", "1.0--a", "1.0-a"),
    ("1.0--2147483648", "1.0--5", "1.0--1", "1.0-0", "1.0-2147483647", "1.0-10000000000"),
    ("1.0-10000000000", "1.0-2147483648", "1.0-a"),
    ("1.9", "1.10", "1.2147483647", "2147483647"),
]
EQUAL = [
    ("1.0", "1", "1.00", "01.0.0", "1.0.0.0", "1.00.0", " 1.0\n", "1.0.0+r3456", "1.0.0.0+a.01"),
    ("1.01.1", "1.1.1"),
    ("1.00.0.1", "1.0.0.1"),
    ("1.0-Beta.1", "1.0.0-bETA.1", "1-beta.1+x"),
    ("1.0-0", "1.0--0", "1.0--00"),
]
REFUSED = [
    *("", "a", "v1.0", ".1", "1.", "1..0", "1.0.0.0.0", "1.0-", "1.0+", "1.0-a+", "1.0-a..b"),
    *("1.0-a.", "1.0-01", "1.0-a.00", "1.0-a_b", "1.0+a_b", "1.0+a+b", "1 0", "1.0 -a", "-1"),
    *("2147483648", "1.99999999999999999999", "1.0-é", "1.0é", "١.0", "1.0\n.0"),
]
_BEYOND_SEMVER = re.compile(r"[0-9]{10}|[-.]-[0-9]")


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("NuGet", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_that_nuget_calls_equal_have_one_key(same):
    assert is_one_rank("NuGet", *same)


@pytest.mark.parametrize("version", REFUSED)
def test_a_version_that_nuget_calls_invalid_has_no_key(version):
    assert key("NuGet", version) is None


@settings(deadline=None)
@given(pairs("semver", 200))
def test_nuget_orders_lower_case_semver_as_semver_does(drawn):
    common = [
        (left.lower(), right.lower()) for left, right in drawn
        if not _BEYOND_SEMVER.search(f"{left} {right}") and "v" not in left + right
    ]  # fmt: skip
    found = [pair for pair in common if sign("npm", *pair) is not None]
    assert [pair for pair in found if sign("NuGet", *pair) != sign("npm", *pair)] == []


@settings(deadline=None)
@given(pairs("nuget", 200))
def test_case_counts_for_nothing(drawn):
    for version in {version for pair in drawn for version in pair}:
        assert key("NuGet", version.upper()) == key("NuGet", version.lower())


@given(st.integers(-(2**33), 2**33), st.integers(-(2**33), 2**33))
def test_labels_of_32_bits_are_numbers_below_all_others(left, right):
    low, high = sorted([left, right], key=_rank)
    assert rises("NuGet", f"1.0-{low}", f"1.0-{high}") or _rank(low) == _rank(high)


def _rank(label):
    return (0, label, "") if -(2**31) <= label < 2**31 else (1, 0, str(label))
