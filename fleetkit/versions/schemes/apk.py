"""apk: number{.number}[letter]{_suffix[number]}[~hash][-r number].

After equal beginnings the next mark decides: an early suffix, the end, a revision, a hash, a
suffix's number, a late suffix, a letter, a further number. Further numbers that begin with zero
sort as text, below all others. These are the rules since apk-tools 2.14; before, leading zeros
sorted otherwise.

Source: apk-tools, behaviour of `apk version --test`.
"""

import re
from functools import lru_cache

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_SUFFIX_MARKS = {
    "alpha": "\x01\x01",
    "beta": "\x01\x02",
    "pre": "\x01\x03",
    "rc": "\x01\x04",
    "cvs": "\x06\x06",
    "svn": "\x06\x07",
    "git": "\x06\x08",
    "hg": "\x06\x09",
    "p": "\x06\x0a",
}
_END, _REVISION, _HASH, _COUNT, _LETTER, _DOT = "\x02\x03\x04\x05\x07\x08"
_TEXT = "\x00"

_COUNTED = r"(?=[0-9])0*(?:[1-9][0-9]{0,18})?"  # apk's own counter overflows at 20 digits
_VERSION = re.compile(
    rf"({_COUNTED})"
    r"((?:\.(?:0[0-9]*|[1-9][0-9]{0,18}))*)"
    r"([a-z]?)"
    rf"((?:_(?:{'|'.join(_SUFFIX_MARKS)})(?:{_COUNTED})?)*)"
    r"(?:~([0-9a-f]+))?"
    rf"(?:-r({_COUNTED}))?"
)
_SUFFIXES = re.compile(r"_([a-z]+)([0-9]*)")


def _spell(version: str) -> str | None:
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    first, further, letter, suffixes, commit, revision = found.groups()
    marks = number(first) + "".join(map(_further, further.split(".")[1:]))
    if letter:
        marks += _LETTER + letter
    if suffixes:
        marks += "".join([_suffix(*suffix) for suffix in _SUFFIXES.findall(suffixes)])
    if commit:
        marks += _HASH + commit
    if revision:
        marks += _REVISION + number(revision)
    return marks + _END


@lru_cache(8192)  # versions repeat the same few numbers
def _further(digits: str) -> str:
    return _DOT + (_TEXT + digits if digits.startswith("0") else number(digits))


def _suffix(word: str, digits: str) -> str:
    return _SUFFIX_MARKS[word] + (_COUNT + number(digits) if digits else "")


SCHEME = Scheme(
    name="apk",
    ecosystems=(
        "Alpaquita",
        "Alpine",
        "BellSoft Hardened Containers",
        "Chainguard",
        "MinimOS",
        "Wolfi",
    ),
    spell=_spell,
)
