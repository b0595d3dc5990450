import pytest
from hypothesis import given, settings
from packaging.version import InvalidVersion, Version

from fleetkit.versions import key
from tests.versions.chains import is_one_rank, known, rises, sign
from tests.versions.stems import pairs

RISING = [
    (
        *("1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a1.post1", "1.0b1", "1.0rc1", "1.0"),
        *("1.0+local", "1.0.post1.dev1", "1.0.post1", "1.0.1"),
    ),
    ("1.9", "1.10", "1!0.1", "2!0"),
    ("1.0+a", "1.0+a.b", "1.0+a.1", "1.0+b", "1.0+0", "1.0+9", "1.0+10"),
    ("1.0.post1", "1.0.post2.dev0", "1.0-2", "1.0.post10"),
    ("0", "0.0.0.1", "0.1"),
]
EQUAL = [
    ("1.0", "1.0.0", "1", "v1.0", " 1.0\n", "0!1.0", "01.00"),
    ("1.0a1", "1.0alpha1", "1.0-A_1", "1.0.ALPHA.01"),
    ("1.0rc0", "1.0c", "1.0-pre", "1.0preview0"),
    ("1.0.post1", "1.0-1", "1.0rev1", "1.0-r1"),
    ("1.0+a.1", "1.0+A-1", "1.0+a_01"),
    ("0", "0.0", "0!0"),
]
REFUSED = [
    "",
    "a",
    "1.",
    "1..0",
    "0.1-bulbasaur",
    "1.0+",
    "1.0+a..b",
    "1!!0",
    "1.0 rc1",
    "١.0",
    "1.0é",
    "1.0poſt1",
    "1.0+K",
    " 1.0",
]


@pytest.mark.parametrize("chain", RISING)
def test_keys_rise_along_the_chain(chain):
    assert rises("PyPI", *chain)


@pytest.mark.parametrize("same", EQUAL)
def test_spellings_of_one_version_have_one_key(same):
    assert is_one_rank("PyPI", *same)


@pytest.mark.parametrize("version", REFUSED)
def test_a_version_outside_the_rule_has_no_key(version):
    assert key("PyPI", version) is None


@settings(max_examples=100, deadline=None)
@given(pairs("pep440", 100))
def test_packaging_orders_any_two_versions_as_their_keys(drawn):
    for pair in known("PyPI", drawn):
        left, right = map(Version, pair)
        assert (left > right) - (left < right) == sign("PyPI", *pair), pair


@settings(max_examples=100, deadline=None)
@given(pairs("pep440", 100))
def test_packaging_refuses_exactly_the_versions_without_key(drawn):
    for version in {version for pair in drawn for version in pair}:
        assert _is_version(version) == (key("PyPI", version) is not None), version


def _is_version(text):
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
