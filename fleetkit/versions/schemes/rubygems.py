"""RubyGems: numbers and runs of letters, whatever separates them; a hyphen reads as ".pre.".

Letters sort below numbers and make a pre-release. What is missing is zero; zeros before the first
letters count for nothing.

Source: RubyGems, class Gem::Version.
"""

import re

from fleetkit.versions.numbers import LONGEST, number
from fleetkit.versions.schemes import Scheme

_VERSION = re.compile(
    r"[ \t-\r]*([0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)[ \t-\r]*"
)
_RUNS = re.compile(r"[0-9]+|[A-Za-z]+")

_LETTERS, _END, _NUMBER = "\x01\x02\x03"


def _spell(version: str) -> str | None:
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    marks: list[str] = []
    zeros, is_release = 0, True
    for run in _RUNS.findall(found[1].replace("-", ".pre.")):
        if run[0] > "9":
            marks.append(_LETTERS + number(str(0 if is_release else zeros)) + run)
            zeros, is_release = 0, False
        elif run.strip("0"):
            marks.append(_NUMBER + number(str(LONGEST - zeros)) + number(run))
            zeros = 0
        else:
            zeros += 1
    return "".join(marks) + _END


SCHEME = Scheme(name="rubygems", ecosystems=("RubyGems",), spell=_spell)
