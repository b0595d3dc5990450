"""Maven: numbers and words, one level deeper behind each hyphen and each change between the two.

A level loses its trailing zeros and releases ("ga", "final", "release"). Items are compared from
the left: a word lies below a deeper level, that below a number. Early words (alpha, beta,
milestone, rc, snapshot) lie below the end of a level, all other words above it.

In places Maven's own comparison runs in circles: x > 0 > 0-alpha > x. What takes part in one has no
key: zero itself, a word that is not the first of its level ("1.x.1", "1.0.rc.1"; early words behind
a number other than zero are sound), and an early word behind hyphens with but zeros between them
("1-0-rc").

Source: Maven 3.8, behaviour of its class ComparableVersion.
"""

import re
from functools import lru_cache
from itertools import pairwise

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_VERSION = re.compile(r"[!-~]+")  # beyond ASCII, digits and lower case are Java's affair
_RUNS = re.compile(r"[0-9]+|[^0-9.-]+|[.-]")

_ALIASES = {"cr": "rc", "ga": "", "final": "", "release": ""}
_LETTERS = {"a": "alpha", "b": "beta", "m": "milestone"}  # before a digit

_EARLY, _BELOW, _END, _ABOVE, _NUMBER = "\x01\x02\x03\x04\x05"
_FIRST_RELEASE, _SERVICE, _WORD, _FIRST_BELOW, _FIRST_ABOVE, _FIRST_NUMBER = (
    "\x02\x03\x04\x05\x06\x07"
)
_RELEASE, _ZERO = "", _NUMBER + number("0")
_KNOWN = {
    "alpha": _EARLY + "\x01",
    "beta": _EARLY + "\x02",
    "milestone": _EARLY + "\x03",
    "rc": _EARLY + "\x04",
    "snapshot": _EARLY + "\x05",
    "": _RELEASE,
    "sp": _SERVICE,
}


def _spell(version: str) -> str | None:
    if _PLAIN.fullmatch(version):
        return _join([_trimmed([_NUMBER + number(digits) for digits in version.split(".")])])
    return _join(_levels(version.lower())) if _VERSION.fullmatch(version) else None


def _levels(version: str) -> list[list[str]]:
    """The items of each level, without those that count for nothing."""
    levels: list[list[str]] = [[]]
    runs = _RUNS.findall(version)
    before = "."
    for run, after in zip(runs, [*runs[1:], ""], strict=True):
        if run in ".-":
            levels[-1].extend([_ZERO] if before in ".-" else [])
        elif run.isdigit():
            levels[-1].append(_NUMBER + number(run))
        else:
            if levels[-1] and after not in (".", "-"):
                levels.append([])
            levels[-1].append(_word(run, counted=after.isdigit()))
        if run == "-" or (run != "." and after not in ".-"):
            levels.append([])
        before = run
    return [_trimmed(level) for level in levels]


@lru_cache(8192)  # versions repeat the same few words
def _word(word: str, *, counted: bool) -> str:
    word = _LETTERS.get(word, word) if counted else word
    word = _ALIASES.get(word, word)
    return _KNOWN.get(word, _WORD + word)


def _trimmed(level: list[str]) -> list[str]:
    while level and level[-1] in (_RELEASE, _ZERO):
        level.pop()
    return level


def _join(levels: list[list[str]]) -> str | None:
    """The marks of all levels, from the deepest up; None where Maven has no sound order."""
    while levels and not levels[-1]:
        levels.pop()
    if not levels or not all(map(_is_sound, levels)):
        return None
    marks = [_END]
    is_above = True  # whether the deeper levels lie above the end of this one
    for depth in reversed(range(len(levels))):
        level = levels[depth]
        if depth < len(levels) - 1:
            if depth and not level and not is_above:
                return None
            marks.append(_deeper(level, is_above=is_above))
        marks.extend(reversed(level[1:]))
        marks.extend(_first(item) for item in level[:1])
        is_above = _is_above(level, deeper=is_above)
    return "".join(reversed(marks))


def _is_sound(level: list[str]) -> bool:
    return all(
        item[:1] == _NUMBER or (item[:1] == _EARLY and before not in (_RELEASE, _ZERO))
        for before, item in pairwise(level)
    )


def _deeper(level: list[str], *, is_above: bool) -> str:
    if level:
        return _ABOVE if is_above else _BELOW
    return _FIRST_ABOVE if is_above else _FIRST_BELOW


def _first(item: str) -> str:
    if item[:1] == _NUMBER:
        return _FIRST_NUMBER + item[1:]
    return item or _FIRST_RELEASE


def _is_above(level: list[str], *, deeper: bool) -> bool:
    """Whether a level lies above the end of one that lacks it."""
    for item in level:
        if item not in (_RELEASE, _ZERO):
            return item[:1] != _EARLY
    return deeper


SCHEME = Scheme(name="maven", ecosystems=("Maven",), spell=_spell)
