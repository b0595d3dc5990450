r"""Composer: four numbers or a date, then [-stability[number]][-dev].

At each place sort dev, alpha, beta, RC, the end, a further number, a patch, in this order. Numbers
end at 2^63 - 1. A branch of numbers ("1.x-dev") lies above all of its releases; no other branch
has an order.

Source: Composer\Semver, classes VersionParser and Comparator; PHP, function version_compare.
"""

import re

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_MODIFIERS = (
    r"[._-]?(?:(?P<stability>stable|beta|b|RC|alpha|a|patch|pl|p)(?P<count>(?:[.-]?[0-9]+)*+)?)?"
    r"(?P<dev>[.-]?dev)?"
)
_FLAGS = re.ASCII | re.IGNORECASE
_CLASSIC = re.compile(rf"v?([0-9]{{1,5}}(?:\.[0-9]++){{0,3}}){_MODIFIERS}", _FLAGS)
_DATE = re.compile(
    rf"v?([0-9]{{4}}(?:[.:-]?[0-9]{{2}}){{1,6}}(?:[.:-]?[0-9]{{1,3}})?){_MODIFIERS}", _FLAGS
)
_BRANCH = re.compile(r"v?([0-9]+(?:\.(?:[0-9]+|[x*])){0,3})[ \t-\r]*[.-]?dev", _FLAGS)
_FLAG = re.compile(r"@(?:stable|RC|beta|alpha|dev)$", _FLAGS)
_BUILD = re.compile(r"([^,\s+]+)\+\S+", re.ASCII)
_BLANKS = " \t\n\r\v"
_NOT_DIGITS = re.compile(r"[^0-9]+")
_ANY = "9999999"  # stands for the x of a branch
_HIGHEST = str(2**63 - 1)

_UNKNOWN, _DEV, _ALPHA, _BETA, _CANDIDATE = "\x01\x02\x03\x04\x05"
_END, _NUMBER, _PATCH = "\x06\x07\x08"
_STABILITIES = {
    "stable": _UNKNOWN,
    **dict.fromkeys(["a", "alpha"], _ALPHA),
    **dict.fromkeys(["b", "beta"], _BETA),
    "rc": _CANDIDATE,
    **dict.fromkeys(["p", "pl", "patch"], _PATCH),
}


def _spell(version: str) -> str | None:
    plain = _plain(version)
    found = _CLASSIC.fullmatch(plain)
    if found:
        return _numbers(_four(found[1].split("."))) + _modifiers(found) + _END
    found = _DATE.fullmatch(plain)
    if found:
        return _numbers(_NOT_DIGITS.split(found[1])) + _modifiers(found) + _END
    found = _BRANCH.fullmatch(plain)
    return _branch(found[1]) if found else None


def _plain(version: str) -> str:
    """The version without blanks around it, stability flag and build."""
    plain = _FLAG.sub("", version.strip(_BLANKS))
    build = _BUILD.fullmatch(plain)
    return build[1] if build else plain


def _four(numbers: list[str]) -> list[str]:
    return [*numbers, "0", "0", "0"][:4]


def _numbers(numbers: list[str]) -> str:
    return "".join([_NUMBER + _number(digits) for digits in numbers])


def _number(digits: str) -> str:
    if len(digits) < len(_HIGHEST):
        return number(digits)
    return number(min(digits.lstrip("0"), _HIGHEST, key=lambda text: (len(text), text)))


def _modifiers(found: re.Match[str]) -> str:
    stability, count, dev = found["stability"], found["count"], found["dev"]
    if stability == "stable":  # in any other case it is an unknown word to version_compare
        return ""
    marks = _STABILITIES[stability.lower()] if stability else ""
    if count:
        marks += _numbers(_NOT_DIGITS.split(count.lstrip(".-")))
    return marks + (_DEV if dev else "")


def _branch(numbers: str) -> str:
    given = [_ANY if text in "xX*" else text for text in numbers.split(".")]
    return _numbers([*given, _ANY, _ANY, _ANY][:4]) + _DEV + _END


SCHEME = Scheme(name="composer", ecosystems=("Packagist",), spell=_spell)
