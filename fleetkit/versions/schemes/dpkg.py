"""dpkg: [epoch:]upstream[-revision].

Texts and numbers alternate. A tilde sorts below the end of a text, letters above it, all other
signs above the letters. A missing epoch or revision is 0. What dpkg only warns of, such as an
underscore, it still orders, and so do we.

Source: deb-version(7).
"""

import re
from functools import lru_cache

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_BLANKS = r"[ \t]*"  # dpkg drops them around a version and refuses them inside
_VERSION = re.compile(rf"{_BLANKS}(?:([0-9]+):|(?![^:]*:))([!-~]+){_BLANKS}")
_PAIRS = re.compile(r"[^0-9]*[0-9]*")
_HIGHEST_EPOCH = 2**31 - 1  # dpkg refuses more

_TILDE, _END = "\x01\x02"
_ORDER = {ord(sign): chr(ord(sign) | 0x80) for sign in map(chr, range(128)) if not sign.isalnum()}
_ORDER[ord("~")] = _TILDE


def _spell(version: str) -> str | None:
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    epoch, rest = found.groups("0")
    head, hyphen, tail = rest.rpartition("-")
    upstream, revision = (head, tail) if hyphen else (rest, "0")
    if not (upstream and revision) or int(epoch) > _HIGHEST_EPOCH:
        return None
    return number(epoch) + _part(upstream) + _part(revision)


def _part(text: str) -> str:
    return "".join(map(_pair, _PAIRS.findall(text)[:-1])) + _END  # the last match is always empty


@lru_cache(8192)  # versions repeat the same few pairs
def _pair(run: str) -> str:
    sign = run.rstrip("0123456789")
    return sign.translate(_ORDER) + _END + number(run[len(sign) :])


SCHEME = Scheme(
    name="dpkg", ecosystems=("Debian", "Echo", "Kali", "Raspbian", "Ubuntu"), spell=_spell
)
