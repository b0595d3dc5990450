"""PEP 440: [epoch!]release[pre][.post][.dev][+local], in every spelling that the rule allows.

Trailing zeros of the release count for nothing. Texts that are no version by this rule have no
key, though older tools sorted them below all others.

Source: packaging.python.org, version specifiers.
"""

import re

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_VERSION = re.compile(
    r"\s*v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?"
    r"(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?"
    r"(?:[-_.]?(dev)[-_.]?([0-9]+)?)?"
    r"(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*",
    re.ASCII | re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[-_.]")

_END = "\x01"
_COUNT = "\x02"
_DEV_ONLY, _ALPHA, _BETA, _CANDIDATE, _NOT_PRE = "\x01\x02\x03\x04\x05"
_NOT_POST, _POST = "\x01\x02"
_DEV, _NOT_DEV = "\x01\x02"
_NOT_LOCAL, _LOCAL = "\x01\x02"
_TEXT, _NUMBER = "\x02\x03"
_PRE = dict.fromkeys(["alpha", "a"], _ALPHA) | dict.fromkeys(["beta", "b"], _BETA)


def _spell(version: str) -> str | None:
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    epoch, release, pre, pre_count, implicit, post, post_count, dev, dev_count, local = (
        found.groups("")
    )
    post = post or implicit
    not_pre = _DEV_ONLY if dev and not post else _NOT_PRE
    marks = [
        number(epoch) + _release(release),
        _PRE.get(pre.lower(), _CANDIDATE) + number(pre_count) if pre else not_pre,
        _POST + number(post_count or implicit) if post else _NOT_POST,
        _DEV + number(dev_count) if dev else _NOT_DEV,
        _local(local.lower()) if local else _NOT_LOCAL,
    ]
    return "".join(marks)


def _release(numbers: str) -> str:
    counts = [number(digits) for digits in numbers.split(".")]
    while counts and counts[-1] == "\x00":
        counts.pop()
    return "".join([_COUNT + count for count in counts]) + _END


def _local(label: str) -> str:
    marks = [
        _NUMBER + number(text) if text.isdigit() else _TEXT + text
        for text in _SEPARATORS.split(label)
    ]
    return _LOCAL + "".join(marks) + _END


SCHEME = Scheme(name="pep440", ecosystems=("PyPI",), spell=_spell)
