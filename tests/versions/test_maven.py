from itertools import pairwise

import pytest
from hypothesis import given, settings

from fleetkit.versions import key
from tests.real.parts import require
from tests.versions.chains import is_one_rank, known, rises, sign
from tests.versions.judges import maven_signs
from tests.versions.stems import pairs

RISING = [
    (
        *("1.0-alpha-1", "1.0-alpha-2", "1.0-alpha-10", "1.0-beta-1", "1.0-M1", "1.0-rc-1"),
        *("1.0-SNAPSHOT", "1.0", "1.0-sp", "1.0-abc", "1.0-xyz", "1.0-1", "1.0.1"),
    ),
    ("4.1.0.Beta1", "4.1.0.CR1", "4.1.0.Final", "4.1.0.Final-redhat-1", "4.1.1"),
    ("31.1-android", "31.1-jre", "32.0-android", "32.0-jre"),
    ("v1-rev20-1.25.0", "v1-rev110-1.25.0", "v1-rev110-1.26.0", "v2-rev1-1.0.0"),
    ("r03", "r09", "0-alpha", "0-1", "0.0.1", "10.0"),
    ("1.9", "1.10", "1.99999999999999999999", "1.100000000000000000000"),
    ("1-rc", "1-rc1", "1-rc.1", "1-rc.2"),
    ("2.2.rc.1", "2.2", "2.2.0.1"),
    ("1.0-20240101.120000-1", "1.0-20240101.120000-2", "1.0.1-20230101.120000-1"),
]
EQUAL = [
    ("1", "1.0", "1.0.0", "1-0", "01", "1.", "1-", "1.0.0-ga", "1.0.Final", "1-RELEASE", "1..0"),
    ("1-rc1", "1-cr1", "1-rc-1", "1RC1", "1.0.0.rc1"),
    ("1-a1", "1-alpha-1", "1-alpha01"),
    ("1.0-M2", "1-milestone-2"),
]
CIRCULAR = ["0", "0.0.0", "final", "1.x.1", "1.0.rc.1", "1.ga.1", "1-0-rc", "1-x-0-rc1"]


@pytest.fixture(scope="module")
def jar():
    require("java")
    return require("maven-artifact")


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("Maven", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_versions_that_maven_calls_equal_have_one_key(same):
    assert is_one_rank("Maven", *same)


@pytest.mark.parametrize("version", CIRCULAR)
def test_a_version_that_maven_orders_in_a_circle_has_no_key(version):
    assert key("Maven", version) is None


@pytest.mark.parametrize("version", ["", "1.0 ", "1 0", "1.0\n", "1.0é", "١.0", "1.0\x7f"])
def test_a_version_beyond_printed_ascii_has_no_key(version):
    assert key("Maven", version) is None


def test_maven_itself_says_that_the_chains_rise(jar):
    steps = [step for chain in RISING for step in pairwise(chain)]
    found = zip(steps, maven_signs(jar, steps), strict=True)
    assert [(step, given) for step, given in found if given != -1] == []


def test_maven_itself_calls_these_equal(jar):
    same = [(spellings[0], other) for spellings in EQUAL for other in spellings[1:]]
    found = zip(same, maven_signs(jar, same), strict=True)
    assert [(pair, given) for pair, given in found if given != 0] == []


@pytest.mark.parametrize(
    "circle",
    [("x", "0-alpha", "0"), ("1.x.1", "1-rc", "1"), ("1-x", "1-0-rc", "1"),
     ("1.0.rc.1", "1", "1-x")],
)  # fmt: skip
def test_maven_itself_runs_in_these_circles(jar, circle):
    assert set(maven_signs(jar, list(pairwise([*circle, circle[0]])))) == {-1}


@settings(max_examples=6, deadline=None)
@given(pairs("maven", 2500))
def test_maven_orders_any_two_versions_as_their_keys(jar, drawn):
    found = known("Maven", drawn)
    judged = zip(found, maven_signs(jar, found), strict=True)
    assert [(pair, given) for pair, given in judged if given != sign("Maven", *pair)] == []
