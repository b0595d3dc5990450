"""NuGet: major[.minor[.patch[.revision]]][-pre.release][+build].

A pre-release sorts below its version. Its labels sort as numbers if 32 bits hold them, even with a
minus sign, and else above all numbers as text without regard to case. The build counts for
nothing.

Source: NuGet.Versioning, class VersionComparer; learn.microsoft.com, "Package versioning".
"""

import re
from functools import lru_cache

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_LABEL = r"(?!0[0-9]+(?:[.+]|\s*$))[0-9A-Za-z-]+"  # a number begins with no zero
_VERSION = re.compile(
    r"[ \t-\r]*([0-9]+(?:\.[0-9]+){0,3})"
    rf"(?:-({_LABEL}(?:\.{_LABEL})*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?[ \t-\r]*"
)
_INTEGER = re.compile(r"-?[0-9]+")
_HIGHEST = 2**31 - 1

_END, _NEGATIVE, _COUNT, _TEXT = "\x01\x02\x03\x04"
_EARLY, _FINAL = "\x02\xff"
_NONE = number("0")


def _spell(version: str) -> str | None:
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    numbers = [digits.lstrip("0") for digits in found[1].split(".")]
    if any(len(digits) > 9 and int(digits) > _HIGHEST for digits in numbers):
        return None
    counts = "".join(map(number, numbers)) + _NONE * (4 - len(numbers))
    if found[2] is None:
        return counts + _FINAL
    return counts + _EARLY + "".join(map(_label, found[2].split("."))) + _END


@lru_cache(8192)  # versions repeat the same few labels
def _label(label: str) -> str:
    value = int(label) if _INTEGER.fullmatch(label) else _HIGHEST + 1
    if 0 <= value <= _HIGHEST:
        return _COUNT + number(str(value))
    if -_HIGHEST - 1 <= value < 0:
        return _NEGATIVE + number(str(value + _HIGHEST + 1))
    return _TEXT + label.upper()


SCHEME = Scheme(name="nuget", ecosystems=("NuGet",), spell=_spell)
