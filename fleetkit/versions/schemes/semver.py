"""SemVer 2.0: major[.minor[.patch]][-pre.release][+build].

A pre-release sorts below its version; its identifiers sort as numbers, or as text above all
numbers. The build counts for nothing. As in OSV a leading v is dropped and a missing number is 0;
all else must be as the specification says.

Source: semver.org, item 11.
"""

import re

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"v?({_NUMBER})(?:\.({_NUMBER}))?(?:\.({_NUMBER}))?"
    rf"(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)

_END, _COUNT, _TEXT = "\x01\x02\x03"
_EARLY, _FINAL = "\x02\xff"


def spell(version: str) -> str | None:
    """The spelling of a version of SemVer; None if it is none."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    major, minor, patch, early = found.groups("")
    return number(major) + number(minor) + number(patch) + (_early(early) if early else _FINAL)


def _early(identifiers: str) -> str:
    marks = [
        _COUNT + number(text) if text.isdigit() else _TEXT + text for text in identifiers.split(".")
    ]
    return _EARLY + "".join(marks) + _END


SCHEME = Scheme(
    name="semver",
    ecosystems=(
        "Bitnami",
        "Hex",
        "Kubernetes",
        "SwiftURL",
        "VSCode",
        "crates.io",
        "npm",
    ),
    spell=spell,
)
