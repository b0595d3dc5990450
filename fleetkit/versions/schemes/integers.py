"""Integers joined by dots or hyphens; what goes on sorts above what ends, so 1.0 is below 1.0.0.

Sources: R, help page of numeric_version; Cabal, type Distribution.Version; OSV's list of
ecosystems.
"""

import re

from fleetkit.versions.numbers import number
from fleetkit.versions.schemes import Scheme

_VERSION = re.compile(r"[0-9]+(?:[.-][0-9]+)*")
_SEPARATORS = re.compile(r"[.-]")
_END, _MORE = "\x01\x02"


def _spell(version: str) -> str | None:
    if not _VERSION.fullmatch(version):
        return None
    return "".join([_MORE + number(digits) for digits in _SEPARATORS.split(version)]) + _END


SCHEME = Scheme(
    name="integers", ecosystems=("Bioconductor", "CRAN", "GHC", "Hackage"), spell=_spell
)
