"""os-release, and the names that OSV has for the systems it describes.

Sources: os-release(5); the OSV schema's list of ecosystems (1.7.5).
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from fleetkit.installed.faults import Fault
from fleetkit.installed.limits import MAX_OS_RELEASE_BYTES
from fleetkit.installed.places import OS_RELEASES
from fleetkit.installed.records import OperatingSystem
from fleetkit.installed.texts import read_phrase

_Facts = Mapping[str, str]

_LINE = re.compile(rb"^[ \t]*([A-Z][A-Z0-9_]*)=([^\n]*)", re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")
_ALPINE_BRANCH = re.compile(r"(\d+\.\d+)(?:\.\d+)*")
_DEBIAN_CODENAME = re.compile(r"\(([a-z]+)\)")
_OPENEULER = re.compile(r"(\d+\.\d+)(?: \((LTS(?:-SP\d+)?)\))?")


def read_operating_system(
    files: Mapping[str, bytes],
) -> tuple[OperatingSystem | None, tuple[Fault, ...]]:
    """The system that os-release names, `/etc` before `/usr/lib`; and why there is none.

    A file without `ID` is passed over: it is often the bare target of a symbolic link.
    """
    faults = []
    for path in OS_RELEASES:
        if path not in files:
            continue
        facts = _read_facts(files[path])
        if "ID" in facts:
            return describe_system(facts), ()
        message = f"no ID in {len(files[path])} bytes; expected the lines of os-release(5)"
        faults.append(Fault("unreadable_os_release", path, message))
    return None, tuple(faults)


def describe_system(facts: Mapping[str, str]) -> OperatingSystem:
    """The system that facts under the names of os-release(5) tell of; `ID` is required."""
    system_id = facts["ID"].lower()
    ecosystem, name_release = ECOSYSTEMS.get(system_id, (None, _name_none))
    bracket = _DEBIAN_CODENAME.search(facts.get("VERSION", ""))
    return OperatingSystem(
        id=system_id,
        version_id=facts.get("VERSION_ID"),
        codename=facts.get("VERSION_CODENAME") or (bracket and bracket[1]),
        pretty_name=facts.get("PRETTY_NAME"),
        id_like=tuple(facts.get("ID_LIKE", "").lower().split()),
        cpe_name=facts.get("CPE_NAME"),
        ecosystem=ecosystem,
        release=name_release(facts),
    )


def _read_facts(text: bytes) -> dict[str, str]:
    if len(text) > MAX_OS_RELEASE_BYTES:
        return {}
    lines = ((key.decode("ascii"), read_phrase(value)) for key, value in _LINE.findall(text))
    facts = {key: _unquote(value) for key, value in lines if value is not None}
    return {key: value for key, value in facts.items() if value}


def _unquote(value: str) -> str:
    """The value as a shell would assign it; no expansion, for os-release(5) forbids it."""
    quote = value[0]
    if quote in "\"'" and len(value) > 1 and value[-1] == quote:
        value = value[1:-1]
    return (value if quote == "'" else _ESCAPE.sub(r"\1", value)).strip()


def _name_none(_: _Facts) -> None:
    return None


def _name_whole(facts: _Facts) -> str | None:
    return facts.get("VERSION_ID")


def _name_major(facts: _Facts) -> str | None:
    version = facts.get("VERSION_ID", "")
    return version.split(".")[0] if _NUMBERS.fullmatch(version) else None


def _name_alpine(facts: _Facts) -> str | None:
    """`v3.20`; `edge` for the rolling branch, which OSV has no records of."""
    if facts.get("PRETTY_NAME", "").endswith(" edge"):
        return "edge"
    branch = _ALPINE_BRANCH.fullmatch(facts.get("VERSION_ID", ""))
    return branch and f"v{branch[1]}"


def _name_ubuntu(facts: _Facts) -> str | None:
    """`22.04:LTS` where VERSION says LTS, else `23.10`. Ubuntu Pro is not visible in os-release."""
    version = facts.get("VERSION_ID", "")
    if not _NUMBERS.fullmatch(version):
        return None
    return f"{version}:LTS" if "LTS" in re.findall(r"\w+", facts.get("VERSION", "")) else version


def _name_marketing(facts: _Facts) -> str | None:
    """`Leap 15.6`, `Linux Enterprise Server 15 SP5`: PRETTY_NAME after the vendor.

    OSV files SUSE's records under modules and support phases, which os-release does not tell.
    """
    vendor, _, product = facts.get("PRETTY_NAME", "").partition(" ")
    return product if product and vendor.lower().endswith("suse") else None


def _name_openeuler(facts: _Facts) -> str | None:
    """`24.03-LTS-SP1` from VERSION `24.03 (LTS-SP1)`."""
    version = _OPENEULER.fullmatch(facts.get("VERSION", ""))
    return version and "-".join(part for part in version.groups() if part)


_SUSE: tuple[str, Callable[[_Facts], str | None]] = ("SUSE", _name_marketing)
_OPENSUSE: tuple[str, Callable[[_Facts], str | None]] = ("openSUSE", _name_marketing)

ECOSYSTEMS: Mapping[str, tuple[str, Callable[[_Facts], str | None]]] = MappingProxyType(
    {
        "almalinux": ("AlmaLinux", _name_major),
        "alpaquita": ("Alpaquita", _name_whole),
        "alpine": ("Alpine", _name_alpine),
        "azurelinux": ("Azure Linux", _name_major),
        "bellsoft-hardened-containers": ("BellSoft Hardened Containers", _name_whole),
        "chainguard": ("Chainguard", _name_none),
        "cleanstart": ("CleanStart", _name_none),
        "debian": ("Debian", _name_major),
        "mageia": ("Mageia", _name_whole),
        "mariner": ("Azure Linux", _name_major),
        "minimos": ("MinimOS", _name_none),
        "openeuler": ("openEuler", _name_openeuler),
        "opensuse": _OPENSUSE,
        "opensuse-leap": _OPENSUSE,
        "opensuse-leap-micro": _OPENSUSE,
        "opensuse-microos": _OPENSUSE,
        "opensuse-tumbleweed": _OPENSUSE,
        "photon": ("Photon OS", _name_whole),
        "rhel": ("Red Hat", _name_major),
        "rocky": ("Rocky Linux", _name_major),
        "sl-micro": _SUSE,
        "sle-micro": _SUSE,
        "sle_hpc": _SUSE,
        "sled": _SUSE,
        "sles": _SUSE,
        "sles_sap": _SUSE,
        "ubuntu": ("Ubuntu", _name_ubuntu),
        "wolfi": ("Wolfi", _name_none),
        # OSV has no ecosystem for these; the vendor's own name, so that fleets can be compared
        "amzn": ("Amazon Linux", _name_whole),
        "centos": ("CentOS", _name_major),
        "fedora": ("Fedora", _name_major),
        "kali": ("Kali", _name_none),
        "ol": ("Oracle Linux", _name_major),
        "raspbian": ("Raspbian", _name_major),
    }
)
"""By `ID`: the ecosystem and how its release is told. Others have neither: no guess by ID_LIKE."""
