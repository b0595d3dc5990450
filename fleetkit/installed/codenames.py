"""Codenames of releases, and the numbers that os-release and advisories give them.

Sources: Debian's and Ubuntu's own lists of releases.
"""

from collections.abc import Mapping
from types import MappingProxyType

CODENAMES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "debian": {"squeeze": "6", "wheezy": "7", "jessie": "8", "stretch": "9", "buster": "10",
               "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14"},
    "ubuntu": {"trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04",
               "jammy": "22.04", "noble": "24.04"},
})
"""`ID` of os-release -> codename -> number. What rolls on (sid, experimental) has no number."""
