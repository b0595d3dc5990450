import re
from itertools import pairwise

import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.versions.chains import is_one_rank, rises, sign
from tests.versions.stems import pairs

# No apk runs on the machines that test: these are the rules of its own table of versions, reworded.
RISING = [
    ("1.0", "1.00", "1.01", "1.1", "1.9", "1.10"),
    ("1.0_alpha", "1.0_beta", "1.0_pre", "1.0_rc", "1.0"),
    ("1.0", "1.0_cvs", "1.0_svn", "1.0_git", "1.0_hg", "1.0_p"),
    ("1.0_alpha", "1.0", "1.0_p1", "1.0a", "1.0.1"),
    ("1.0_rc", "1.0_rc0", "1.0_rc1", "1.0_rc10"),
    ("1.0_p9-r0", "1.0_p10-r0"),
    ("0.1.0_alpha_pre2", "0.1.0_alpha", "0.1.0_alpha_p1", "0.1.0"),
    ("1.0", "1.0-r0", "1.0-r1", "1.0-r10", "1.0.0"),
    ("1.0-r9", "1.0~ab", "1.0~ab-r0", "1.0~ab0", "1.0~b", "1.0_p", "1.0a", "1.0b"),
    ("1.0_p_rc", "1.0_p", "1.0_p-r0", "1.0_p~ab", "1.0_p0", "1.0_p9", "1.0_p_cvs"),
    ("0.98", "1.00", "1.06-r6", "006", "7"),
    ("8.2.0015", "8.2.002", "8.2.1"),
    ("3.0.20060720", "20060720"),
    ("2.2.39-r1", "021109-r3", "20060512"),
    ("1.0.0_pre20191002222144-r0", "1.0.0_pre20210530193627-r0"),
    ("0_git20230101", "0_git20240101"),
]
EQUAL = [("1.0-r1", "1.0-r01"), ("1.0", "01.0"), ("1.0_rc1", "1.0_rc01")]
REFUSED = [
    *(
        "",
        "a",
        ".1",
        "1.",
        "1..0",
        "1.0bc",
        "1.0a1",
        "1.0a.1",
        "1.0B",
        "1.0_",
        "1.0_foo",
        "1.0_RC1",
    ),
    *("1.0_rc-1", "1.0-1", "1.0-r", "1.0-r1-r2", "1.0-r1_p1", "1.0~", "1.0~AB", "1.0~ab~cd"),
    *("1:1.0", "v1.0", "1.0 ", "1.0é", "١.0"),
]


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("Alpine", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_that_apk_calls_equal_have_one_key(same):
    assert is_one_rank("Alpine", *same)


@pytest.mark.parametrize("version", REFUSED)
def test_a_version_that_apk_calls_invalid_has_no_key(version):
    assert key("Alpine", version) is None


@pytest.mark.parametrize("version", ["{}", "1.{}", "1.0_p{}", "1.0-r{}"])
def test_a_number_beyond_the_counter_of_apk_has_no_key(version):
    counted, uncounted = version.format("9" * 19), version.format("1" + "0" * 19)
    assert (key("Alpine", counted) is None, key("Alpine", uncounted) is None) == (False, True)


def test_long_digits_that_apk_compares_as_text_keep_their_key():
    assert rises("Alpine", "1.0~" + "1" * 40, "1.0.0" + "1" * 30, "1.0.0" + "1" * 31)


@settings(deadline=None)
@given(pairs("apk", 50))
def test_what_follows_a_version_moves_it_as_its_mark_says(drawn):
    for version in _plain(drawn):
        below = [f"{version}_alpha", f"{version}_rc"]
        above = [f"{version}-r0", f"{version}~0", f"{version}_p"]
        assert rises("Alpine", *below, version, *above)


@settings(deadline=None)
@given(pairs("apk", 50))
def test_the_same_revision_keeps_the_order(drawn):
    plain = list(_plain(drawn))
    orders = [sign("Alpine", *pair) for pair in pairwise(plain)]
    assert [sign("Alpine", f"{a}-r3", f"{b}-r3") for a, b in pairwise(plain)] == orders


def _plain(drawn):
    ends = re.compile("[-~]")
    return (a for a, b in drawn if key("Alpine", a) and not ends.search(a))
