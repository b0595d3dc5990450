"""Ecosystem names as OSV writes them: what is a release, what is a channel, what is named.

Source: OSV schema 1.7, section `affected[].package`; the feeds' own records.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

NameKind = Literal["source", "binary", "either"]

_NAME_KINDS: dict[str, NameKind] = {
    "AlmaLinux": "binary",
    "Red Hat": "binary",
    "Amazon Linux": "either",
    "CentOS": "either",
    "Oracle Linux": "either",
    "Wolfi": "either",
    "Chainguard": "either",
    "MinimOS": "either",
}
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_SUSE_RELEASE = re.compile(r"\b(\d+)(?:\.(\d+)| SP(\d+))?")
_SUSE_CHANNEL = re.compile(r"LTSS|ESPOS|TERADATA|HPC|for SAP|Live Patching", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"[-_.]+")

SPELLED_FREELY = ("NuGet", "Packagist", "PyPI")
"""Ecosystems that know several spellings of one name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record or a package belongs.

    Attributes:
        ecosystem: name without release.
        release: spelled alike for records and packages; None where the record means all releases.
        channel: a line of fixes that a machine must be enrolled for; None for everyone's.
    """

    ecosystem: str
    release: str | None
    channel: str | None


@cache
def locate(ecosystem: str) -> Place:
    """The parts of an OSV ecosystem name, as `Ubuntu:Pro:18.04:LTS`."""
    base, _, suffix = ecosystem.partition(":")
    if base == "Ubuntu":
        return _locate_ubuntu(base, suffix)
    if base == "Red Hat":
        return _locate_red_hat(base, suffix)
    if base == "SUSE":
        return _locate_suse(base, suffix)
    if base == "Alpine" and suffix[:1].isdigit():
        suffix = f"v{suffix}"
    if "://" in suffix:  # the repository that publishes a package, which no package tells
        return Place(base, None, None)
    return Place(base, suffix or None, None)


def name_kind(ecosystem: str) -> NameKind:
    """What the names in the ecosystem's records are: source packages, binary packages or both."""
    return _NAME_KINDS.get(ecosystem, "source")


def plain_name(ecosystem: str, name: str) -> str:
    """The name as it is compared: case counts for nothing where an ecosystem says so (PEP 503)."""
    if ecosystem == "PyPI":
        name = _NOT_A_NAME.sub("-", name)
    return name.lower() if ecosystem in SPELLED_FREELY else name


def _locate_ubuntu(base: str, suffix: str) -> Place:
    parts = [part for part in suffix.split(":") if part and part != "LTS"]
    release = next((part for part in parts if _NUMBER.fullmatch(part)), None)
    channel = ":".join(part.lower() for part in parts if part != release)
    return Place(base, release, channel or None)


def _locate_red_hat(base: str, suffix: str) -> Place:
    """`enterprise_linux:9::baseos` is release 9; `rhel_eus:9.2::appstream` a channel of it."""
    if not suffix or _NUMBER.fullmatch(suffix):
        return Place(base, suffix.split(".")[0] or None, None)
    product, _, rest = suffix.partition(":")
    version = rest.split(":")[0]
    if product == "enterprise_linux":
        return Place(base, version.split(".")[0] or None, None)
    return Place(base, version.split(".")[0] or None, f"{product}:{version}")


def _locate_suse(base: str, suffix: str) -> Place:
    """All modules of a service pack are one release: a machine has several, unnamed."""
    found = _SUSE_RELEASE.search(suffix)
    if not found:
        return Place(base, suffix or None, None)
    pack = found[2] or found[3]
    release = f"{found[1]}.{pack}" if pack else found[1]
    return Place(base, release, suffix if _SUSE_CHANNEL.search(suffix) else None)
