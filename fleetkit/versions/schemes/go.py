"""Go: the versions of modules are SemVer; those of its own releases are tags, such as go1.21rc2.

A tag is the SemVer version that Go's own advisories give it, 1.21.0-rc.2.

Sources: go.dev/ref/mod, "Versions"; go.dev/security/vuln/database, "Standard library".
"""

import re

from fleetkit.versions.schemes import Scheme
from fleetkit.versions.schemes.semver import spell

_TAG = re.compile(r"go([0-9]+(?:\.[0-9]+){0,2})(?:(beta|rc)([0-9]+))?")


def _spell(version: str) -> str | None:
    found = _TAG.fullmatch(version)
    if found is None:
        return spell(version)
    release, word, count = found.groups()
    return spell(f"{release}-{word}.{count}" if word else release)


SCHEME = Scheme(name="go", ecosystems=("Go",), spell=_spell)
