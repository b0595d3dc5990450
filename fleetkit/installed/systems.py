"""Operating systems as scanners and package URLs call them, under the names of os-release.

A scanner says "debian 10.2" from /etc/debian_version where os-release says 10; an audit matches
by the latter, and so do the readers of package databases.
"""

import re
from functools import lru_cache

from fleetkit.installed import OperatingSystem
from fleetkit.installed.codenames import CODENAMES
from fleetkit.installed.operating_system import describe_system

_IDS = {
    "alma": "almalinux",
    "amazon": "amzn",
    "amazonlinux": "amzn",
    "cbl-mariner": "mariner",
    "opensuse.leap": "opensuse-leap",
    "opensuse.tumbleweed": "opensuse-tumbleweed",
    "oracle": "ol",
    "oraclelinux": "ol",
    "redhat": "rhel",
    "rockylinux": "rocky",
    "slem": "sle-micro",
    "suse linux enterprise micro": "sle-micro",
    "suse linux enterprise server": "sles",
    "suse": "sles",
}
_BY_MAJOR = frozenset({"debian", "raspbian", "centos"})  # os-release has no minor version there
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_DISTRO = re.compile(r"(?:([a-z][a-z0-9._ -]*?)-)?(\d[^\s]*)", re.IGNORECASE)
_WORD = re.compile(r"[^\s+(]+")
_LTS = re.compile(r"\d?[02468]\.04")


@lru_cache(maxsize=1024)
def system_of(
    name: str | None, version: str | None = None, pretty: str | None = None
) -> OperatingSystem | None:
    """The system that goes by a name (an id, a family, a vendor), or None without one.

    Args:
        name: as os-release, a scanner or the namespace of a package URL has it.
        version: its version, or the codename of a release of Debian or Ubuntu.
        pretty: its full name, if that is known.
    """
    if not name:
        return None
    system_id = _IDS.get(name.lower(), name.lower())
    number = _number(system_id, version)
    shown = pretty or _pretty(system_id, number)
    facts = {"ID": system_id, "VERSION_ID": number, "PRETTY_NAME": shown,
             "VERSION": _version(system_id, number, shown)}
    return describe_system({key: fact for key, fact in facts.items() if fact})


@lru_cache(maxsize=1024)
def system_of_purl(namespace: str | None, distro: str | None) -> OperatingSystem | None:
    """The system that a package URL belongs to: its namespace, and the qualifier `distro`.

    Examples:
        >>> system_of_purl("debian", "debian-12.5").release
        '12'
        >>> system_of_purl("alpine", "3.20.1").release
        'v3.20'
    """
    if distro is None:
        return system_of(namespace)
    match = _DISTRO.fullmatch(distro)
    if match is None:
        named = system_of(distro)
        return named if named and named.ecosystem else system_of(namespace, distro)
    named = system_of(match[1])
    return system_of(match[1] if named and named.ecosystem else namespace or match[1], match[2])


def _number(system_id: str, version: str | None) -> str | None:
    """The version as VERSION_ID has it: `2` of `2 (Karoo)`, `12` of `bookworm`."""
    match = _WORD.match(version or "")
    word = match[0] if match else ""
    word = CODENAMES.get(system_id, {}).get(word.lower(), word)
    if system_id in _BY_MAJOR and _NUMBER.fullmatch(word):
        word = word.split(".")[0]
    return word if word[:1].isdigit() else None


def _pretty(system_id: str, number: str | None) -> str | None:
    """The full name where names of releases are made from it: SUSE's, and Alpine's branch edge."""
    if system_id == "opensuse-leap":
        return f"openSUSE Leap {number}"
    if system_id == "opensuse-tumbleweed":
        return "openSUSE Tumbleweed"
    if system_id == "sles" and number:
        major, _, pack = number.partition(".")
        return f"SUSE Linux Enterprise Server {major}" + (f" SP{pack}" if pack else "")
    is_edge = system_id == "alpine" and number and "_alpha" in number
    return "Alpine Linux edge" if is_edge else None


def _version(system_id: str, number: str | None, pretty: str | None) -> str | None:
    """What os-release calls VERSION; every even year's April release of Ubuntu is an LTS."""
    if system_id == "ubuntu" and number:
        return f"{number} LTS" if _LTS.fullmatch(number) else number
    return (pretty or "").removeprefix("openEuler ") or None
