"""Pairs of versions that differ late: both made by mutating one stem.

Two versions drawn apart nearly always differ in the first number, and say nothing of the rest.
"""

import random

from hypothesis import strategies as st

PIECES = {
    "dpkg": [*"0129aBz~~+-..:", "10", "01", "00", "rc", "deb12u1", "+b1", "+esm1", "ubuntu0", "-0"],
    "rpm": [*"0129aBz~^.._+-:", "10", "01", "00", "rc", "el9_2", ".module", "^git1", "~~", "é"],
    "apk": [
        *("0", "1", "9", "10", "01", "00", ".0", ".1", ".01", ".00", ".10", "a", "z", "_alpha"),
        *("_beta1", "_pre", "_rc", "_rc0", "_cvs", "_svn", "_git20230101", "_hg", "_p", "_p1"),
        *("~ab", "~0c", "-r0", "-r1", "-r01", "-r10"),
    ],
    "semver": [*"0129aBz..-+", "10", "00", "alpha", ".1", "-0", "-a", ".rc.1", ".x", "+1"],
    "pep440": [
        *("0", "1", "9", "10", "01", ".0", ".1", ".00", "a", "b1", "rc", "c0", "pre", "preview2"),
        *(".post", "post1", "-1", "rev", ".dev", "dev3", "+a", "+1", "+a.1", "-", "_", ".", "1!"),
    ],
    "semver_build": [*"0129aBz..-+", "10", "00", ".1", "-a", "rc.1", "+1", "+a.0", "+0.3.6"],
    "go": [*"0129aBz..-+", "10", "go", "rc1", "beta2", ".1", "-0", ".x", "+incompatible"],
    "integers": [*"0129.-", "10", "01", "00", ".1", ".0", "-1", "a"],
    "maven": [
        *("0", "1", "9", "10", "00", "01", ".0", ".1", "-", "_", ".", "-1", "-0", "rc", "x", "sp"),
        *("ga", "final", "a", "A1", "b", "m2", "-SNAPSHOT", "release", "cr", "foo", "~", "alpha"),
        *("-rc", "-x", ".x", ".RC1"),
    ],
    "rubygems": [
        *("0", "1", "9", "10", "00", "01", ".0", ".1", ".a", ".b", "a", "B", "pre", "rc", "-"),
        *("-1", "-a", ".0.0", ".", " ", "é", "_", "+"),
    ],
    "nuget": [
        *("0", "1", "9", "10", "01", ".0", ".1", "-", "-0", "-1", "-a", "A", ".b", ".rc", "RC"),
        *("+b", ".-1", ".", " ", ".2147483647", ".2147483648", ".-2147483648"),
    ],
    "composer": [
        *("0", "1", "9", "10", "01", ".0", ".1", "-", "_", ".", "a", "b", "RC", "rc1", "beta"),
        *("alpha2", "p", "pl1", "patch", "dev", "-dev", "stable", "STABLE", "x", "*", "v", "+b"),
        *("@dev", ":", "99999", "9223372036854775807", "9223372036854775808", "dev-", " "),
    ],
}
STEMS = {
    "dpkg": ["1.0", "1:2.36-9+deb12u4", "3.0.11-1~deb12u2", "5.15.0-91.101", "1.0~rc1-0.1"],
    "rpm": ["1.0", "1:3.0.7-27.el9", "4.18.0-553.el8_10", "1.0^20160101-1", "1.0~rc1-0.1.fc39"],
    "apk": ["1.0", "3.1.4-r5", "1.02.10a_rc1-r1", "0_git20230101-r0", "1.2.3_p1~ab-r3", "1.0.1"],
    "semver": ["1.0.0", "1.20.3-rc.1", "0.0.0-20240101120000-abcdef123456", "v2.0.0-a.b.c+x"],
    "pep440": ["1.0", "1.0rc1", "1!2.0.0.post1.dev3", "2.0a1.dev2", "1.0+local.7", "v1.0-1"],
    "semver_build": ["1.0.0", "1.2.3-rc.1+4", "0.12.0+3", "1.0.0-a+b.2", "3.0.13+1"],
    "go": ["v1.0.0", "go1.21rc2", "go1.20.3", "v0.0.0-20240101120000-abcdef123456", "1.20.3"],
    "integers": ["1.0", "0.1.2.3", "1.5-2", "2023.10.1", "9.4.8"],
    "maven": [
        *("1.0", "1.2.3-SNAPSHOT", "4.1.0.Final-redhat-1", "2.0.0.RC1", "1.0-alpha-2", "1-rc.1"),
        *("v1-rev20-1.25.0", "31.1-jre", "0.0.1", "1.0.0.v2011", "2.0-m3-sp1"),
    ],
    "rubygems": ["1.0.0", "1.2.3.pre.1", "1.0.0-rc1", "2.0.0.beta2.0.0.1", "1.0.a.0.1", "6.1.7.10"],
    "nuget": [
        *("1.0.0", "1.2.3.4-beta.2", "1.0.0-RC1", "1.0.0--5.2", "1.0.0-20240101120000"),
        *("01.02-alpha.2147483648+x", "1.0.0-a.-1"),
    ],
    "composer": [
        *("1.0.0", "v1.2.3", "1.2.3-beta2", "1.2.3.4-RC1", "2010.01.02", "20100102-1530"),
        *("1.x-dev", "1.0.0-alpha.1.2-dev", "2.0-patch1", "1.0-stable"),
    ],
}


def pairs(scheme, count):
    """Lists of pairs of versions; each pair of one stem, some malformed, some equal."""
    return st.integers(0, 2**32).map(lambda seed: mutants(scheme, count, seed))


def mutants(scheme, count, seed):
    """The list of pairs that a seed gives."""
    chance = random.Random(seed)
    stems = chance.choices(STEMS[scheme], k=count)
    return [tuple(_mutant(scheme, stem, chance) for _ in range(2)) for stem in stems]


def _mutant(scheme, text, chance):
    for _ in range(chance.randint(0, 2)):
        start = chance.randint(0, len(text))
        piece = chance.choice(["", *PIECES[scheme]])
        text = text[:start] + piece + text[start + chance.randint(0, 2) :]
    return text
