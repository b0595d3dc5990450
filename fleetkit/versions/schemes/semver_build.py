"""SemVer whose build counts too: what has one sorts just above what has none.

The identifiers of a build sort as those of a pre-release do. Identifiers that one of the ecosystems
reads as a number and another as text (signs, hexadecimal digits, more than 18 digits) have no key.

Sources: pub.dev, package pub_semver; Julia's manual, "Version Number Literals".
"""

import re

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_IDENTIFIER = r"(?!-?(?:[0-9]{19,}|0[xX][0-9A-Fa-f]+)(?:[.+]|$))(?!-[0-9]+(?:[.+]|$))[0-9A-Za-z-]+"
_IDENTIFIERS = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"
_VERSION = re.compile(
    r"v?([0-9]{1,18})(?:\.([0-9]{1,18}))?(?:\.([0-9]{1,18}))?"
    rf"(?:-({_IDENTIFIERS}))?(?:\+({_IDENTIFIERS}))?"
)

_END, _COUNT, _TEXT = "\x01\x02\x03"
_EARLY, _FINAL = "\x02\xff"
_NO_BUILD, _BUILD = "\x01\x02"


def _spell(version: str) -> str | None:
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    major, minor, patch, early, build = found.groups("")
    marks = [
        number(major) + number(minor) + number(patch),
        _EARLY + _identifiers(early) if early else _FINAL,
        _BUILD + _identifiers(build) if build else _NO_BUILD,
    ]
    return "".join(marks)


def _identifiers(texts: str) -> str:
    marks = [
        _COUNT + number(text) if text.isdigit() else _TEXT + text for text in texts.split(".")
    ]
    return "".join(marks) + _END


SCHEME = Scheme(name="semver_build", ecosystems=("Julia", "Pub"), spell=_spell)
