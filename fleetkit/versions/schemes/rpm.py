"""rpm: [epoch:]version[-release].

Runs of letters and runs of digits count, all else only separates, but for the tilde, which sorts
below the end, and the caret, just above it. A version without release sorts below every release of
it; a rule that lets a missing release match any is for the reader of an advisory to apply.

Source: rpm-version(7).
"""

import re
from functools import lru_cache

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_EPOCH = re.compile(r"(?:([0-9]*)|\(none\)):")  # "(none)" is what rpm's queries print
_SOLID = re.compile(r"[0-9A-Za-z]")
_RUNS = re.compile(r"[0-9]+|[A-Za-z]+|[~^]")

_TILDE, _END, _CARET, _LETTERS, _DIGITS = "\x01\x02\x03\x04\x05"
_NO_RELEASE, _RELEASE = "\x01\x02"


def _spell(version: str) -> str | None:
    epoch = _EPOCH.match(version)
    rest = version[epoch.end() :] if epoch else version
    head, hyphen, tail = rest.rpartition("-")
    name, release = (head, _RELEASE + _part(tail)) if hyphen else (rest, _NO_RELEASE)
    if not _SOLID.search(name):  # rpm calls all texts without letter and digit equal
        return None
    return number((epoch and epoch[1]) or "0") + _part(name) + release


def _part(text: str) -> str:
    return "".join(map(_field, text.split("."))) + _END


@lru_cache(8192)  # a dot separates in any case, and versions repeat the same few fields
def _field(text: str) -> str:
    return "".join([_mark(run) for run in _RUNS.findall(text)])


def _mark(run: str) -> str:
    if run[0] <= "9":
        return _DIGITS + number(run)
    if run == "~":
        return _TILDE
    return _CARET if run == "^" else _LETTERS + run


SCHEME = Scheme(
    name="rpm",
    ecosystems=(
        "AlmaLinux",
        "Amazon Linux",
        "Azure Linux",
        "CentOS",
        "Fedora",
        "Mageia",
        "Oracle Linux",
        "Photon OS",
        "Red Hat",
        "Rocky Linux",
        "SUSE",
        "openEuler",
        "openSUSE",
    ),
    spell=_spell,
)
