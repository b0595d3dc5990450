from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.versions import HIGHEST, LOWEST, key, scheme
from fleetkit.versions.numbers import LONGEST, number
from tests.versions.stems import PIECES, pairs

SCHEMES = sorted(PIECES)
OFTEN = settings(max_examples=30, deadline=None)
HOSTILE = [
    *("", " ", "\0", "1.0\0", "\x00" * 10, "\ud800", "1.0\ud800", "日本", "١٢٣", "1.0\u200b"),
    *("9" * 1000, "0" * 1000, "1." * 500, "~" * 1000, "1" + "a0" * 499, "-" * 1000, "1:" * 500),
    *("1" + "_p0" * 333, "1" + "_p0" * 332 + "!", "1-" + "a." * 499, "1+" + "a." * 499 + "!"),
    *(
        "1" + ".0" * 499,
        "1" + ".00" * 332 + "!",
        "1.0" + "-" * 900 + "!",
        "1" + "_rc00" * 199 + "!",
    ),
    *("a" * 1000, "1e999", "<script>", "NaN", "None", "' or 1=1", "1.0\n2.0"),
]


def _keys(name, drawn):
    found = {key(name, version) for pair in drawn for version in pair} - {None}
    assert len(found) > len(drawn) / 20
    return sorted(found)


@pytest.mark.parametrize("name", SCHEMES)
@OFTEN
@given(st.data())
def test_no_key_ends_in_a_zero_byte(name, data):
    assert not [found for found in _keys(name, data.draw(pairs(name, 50))) if found[-1] == 0]


@pytest.mark.parametrize("name", SCHEMES)
@OFTEN
@given(st.data())
def test_no_key_begins_with_another(name, data):
    neighbours = pairwise(_keys(name, data.draw(pairs(name, 50))))
    assert [(low, high) for low, high in neighbours if high.startswith(low)] == []


@pytest.mark.parametrize("name", SCHEMES)
@OFTEN
@given(st.data())
def test_all_keys_lie_between_the_lowest_and_the_highest(name, data):
    found = _keys(name, data.draw(pairs(name, 50)))
    assert LOWEST < found[0] < found[-1] < HIGHEST


@pytest.mark.parametrize("name", SCHEMES)
@OFTEN
@given(st.data())
def test_hexadecimal_text_sorts_as_the_bytes_do(name, data):
    found = _keys(name, data.draw(pairs(name, 50)))
    texts = [one.hex() for one in [LOWEST, *found, HIGHEST]]
    assert texts == sorted(texts)


@pytest.mark.parametrize("name", SCHEMES)
@settings(deadline=None)
@given(st.text(max_size=50))
def test_any_text_has_a_key_or_none_and_raises_nothing(name, text):
    assert isinstance(key(name, text), bytes | None)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("version", HOSTILE)
def test_a_hostile_version_has_a_short_key_or_none(name, version):
    found = key(name, version)
    assert found is None or (LOWEST < found < HIGHEST and len(found) <= 4 * LONGEST)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_version_longer_than_the_bound_has_no_key(name):
    longest, longer = "1.0.0".ljust(LONGEST + 1, "0")[:-1], "1.0.0".ljust(LONGEST + 1, "0")
    assert key(name, longer) is None
    assert key(name, longest) is not None or name in {"go", "semver", "semver_build"}


@pytest.mark.parametrize("name", SCHEMES)
def test_the_greatest_number_of_the_bound_stays_below_the_highest_key(name):
    found = key(name, "9" * LONGEST)
    assert found is None or found < HIGHEST


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("version", [None, 1.1, 1, b"1.0", float("nan"), ["1.0"]])
def test_what_is_no_text_has_no_key(name, version):
    assert key(name, version) is None


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("version", ["\0", "\x001.0.0", "1.0.0\0", "1.0\0.0"])
def test_a_version_with_a_zero_byte_has_no_key(name, version):
    assert key(name, version) is None


def test_a_version_of_an_unknown_ecosystem_has_no_key():
    assert key("Android", "1.0") is None


@settings(deadline=None)
@given(st.integers(0, 10**300), st.integers(0, 10**300))
def test_numbers_sort_as_integers(left, right):
    assert (number(str(left)) < number(str(right))) == (left < right)


@settings(deadline=None)
@given(st.integers(0, 10**30), st.integers(0, 9))
def test_leading_zeros_count_for_nothing(value, zeros):
    assert number("0" * zeros + str(value)) == number(str(value))


def test_the_count_of_digits_sorts_across_its_own_carry():
    spellings = [number("9" * count) for count in range(LONGEST + 1)]
    assert spellings == sorted(spellings)


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [
        *(("Debian", "dpkg"), ("Debian:12", "dpkg"), ("Ubuntu:Pro:22.04:LTS", "dpkg")),
        *(("Red Hat:rhel_aus:8.4::appstream", "rpm"), ("Rocky Linux:9", "rpm")),
        *(("AlmaLinux", "rpm"), ("SUSE:Linux Enterprise Server 15", "rpm"), ("openSUSE", "rpm")),
        *(("Oracle Linux", "rpm"), ("Amazon Linux", "rpm"), ("Fedora", "rpm"), ("CentOS", "rpm")),
        *(("openEuler", "rpm"), ("Azure Linux", "rpm"), ("Photon OS:3.0", "rpm")),
        *(("Alpine:v3.20", "apk"), ("Wolfi", "apk"), ("Chainguard", "apk")),
        *(("PyPI", "pep440"), ("npm", "semver"), ("crates.io", "semver"), ("Hex", "semver")),
        *(("Go", "go"), ("Pub", "semver_build"), ("Julia", "semver_build"), ("CRAN", "integers")),
        *(("Maven", "maven"), ("Maven:https://repo.example/releases", "maven")),
        *(("RubyGems", "rubygems"), ("NuGet", "nuget"), ("Packagist", "composer")),
        *(("dpkg", "dpkg"), ("rpm", "rpm"), ("apk", "apk"), ("semver", "semver")),
        *(("Android", None), ("debian", None), ("", None), (":12", None)),
        ("Root:Alpine:3.18", None),
    ],
)
def test_an_ecosystem_has_the_scheme_of_its_base_name(ecosystem, name):
    assert scheme(ecosystem) == name
