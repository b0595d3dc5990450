"""Systems and packages as the Systems Manager agent names them, in the words of OSV.

The agent reports `NAME` and `VERSION_ID` of os-release as PlatformName and PlatformVersion, and
per package what dpkg, rpm or snap says (aws/amazon-ssm-agent: agent/platform, gatherers).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from fleetkit.installed import OperatingSystem
from fleetkit.installed.operating_system import ECOSYSTEMS
from fleetkit.installed.purl import describe_naming

_IDS = {  # NAME of os-release -> its ID
    "almalinux": "almalinux",
    "amazon linux": "amzn",
    "amazon linux ami": "amzn",
    "centos": "centos",
    "centos linux": "centos",
    "centos stream": "centos",
    "debian gnu/linux": "debian",
    "fedora": "fedora",
    "fedora linux": "fedora",
    "kali gnu/linux": "kali",
    "microsoft azure linux": "azurelinux",
    "common base linux mariner": "mariner",
    "opensuse leap": "opensuse-leap",
    "oracle linux server": "ol",
    "raspbian gnu/linux": "raspbian",
    "red hat enterprise linux": "rhel",
    "red hat enterprise linux server": "rhel",
    "red hat enterprise linux workstation": "rhel",
    "rocky linux": "rocky",
    "sles": "sles",
    "sles_sap": "sles_sap",
    "ubuntu": "ubuntu",
    "vmware photon os": "photon",
}
_SUSE = {"sles": "SUSE Linux Enterprise Server",
         "sles_sap": "SUSE Linux Enterprise Server for SAP Applications"}
_LTS = re.compile(r"\d*[02468]\.04(?:\.\d+)*|6\.06")  # April of even years
_SOURCE = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")
_NONE = ("", "(none)")

Made = Literal["dpkg", "rpm"]


def naming_of(name: str | None, version: str | None) -> dict[str, str | None]:
    """Fields for a record of a machine: Ecosystem, Release, and Vendor and Distro of its purls.

    Args:
        name: PlatformName; none of the fields is known where it is of no known Linux.
        version: PlatformVersion.
    """
    system = system_of(name, version)
    if system is None:
        return {}
    naming = describe_naming(system)
    return {"Ecosystem": system.ecosystem, "Release": system.release,
            "Vendor": naming.vendor, "Distro": naming.distro}


@lru_cache(maxsize=1024)
def system_of(name: str | None, version: str | None) -> OperatingSystem | None:
    """The operating system of a managed machine; None where the name is of no known Linux."""
    identity = _IDS.get((name or "").strip().lower())
    if identity is None:
        return None
    facts = _facts(identity, str(name), version or "")
    ecosystem, name_release = ECOSYSTEMS[identity]
    return OperatingSystem(
        id=identity, version_id=version or None, codename=None,
        pretty_name=facts["PRETTY_NAME"], id_like=(), cpe_name=None,
        ecosystem=ecosystem, release=name_release(facts),
    )


def _facts(identity: str, name: str, version: str) -> Mapping[str, str]:
    """What os-release says where it follows from name and version."""
    words = f"{version} LTS" if _LTS.fullmatch(version) else version
    pretty = f"{name} {version}"
    if identity in _SUSE:
        major, _, pack = version.partition(".")
        pretty = f"{_SUSE[identity]} {major}" + (f" SP{pack}" if pack not in ("", "0") else "")
    return {"ID": identity, "VERSION_ID": version, "VERSION": words, "PRETTY_NAME": pretty}


def package_of(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Fields for a record `application` from an entry of AWS:Application.

    Made says which package manager knows it: Windows applications and snaps have none. None
    stands for an entry without a name, and for the keys that rpm keeps among packages.
    """
    name, version = word(entry, "Name"), word(entry, "Version")
    if name is None or (name == "gpg-pubkey" and _made(entry) == "rpm"):
        return None
    fields = {"Name": name, "Version": version, "Arch": word(entry, "Architecture")}
    made = _made(entry)
    if made == "dpkg":  # the agent writes x86_64 for amd64; the file still bears dpkg's word
        fields["Arch"] = str(entry["PackageId"]).removesuffix(".deb").rpartition("_")[2]
    return {**fields, "Made": made, **(_rpm(entry, version) if made == "rpm" else {})}


def is_cut(package: Mapping[str, Any]) -> bool:
    """Whether half of the version is missing: agents before 3.0 reported no Release of an rpm."""
    return package["Made"] == "rpm" and "-" not in (package["Version"] or "")


def word(entry: Mapping[str, Any], field: str) -> str | None:
    """The text of a field; None where it is empty or is rpm's word for an absent tag."""
    value = entry.get(field)
    return None if value is None or str(value).strip() in _NONE else str(value).strip()


def _made(entry: Mapping[str, Any]) -> Made | None:
    """The agent puts the file of the package, or of its source, into PackageId."""
    file = word(entry, "PackageId") or ""
    if file.endswith(".deb"):
        return "dpkg"
    return "rpm" if file.endswith(".src.rpm") or word(entry, "Release") else None


def _rpm(entry: Mapping[str, Any], version: str | None) -> dict[str, Any]:
    """Version with epoch and release; the source package, whose file carries no epoch."""
    release, epoch = word(entry, "Release"), word(entry, "Epoch")
    prefix = f"{epoch}:" if epoch else ""
    source = _SOURCE.fullmatch(word(entry, "PackageId") or "")
    return {
        "Version": f"{prefix}{version}-{release}" if version and release else version,
        "Epoch": epoch,
        "SourceName": source and source[1],
        "SourceVersion": source and prefix + source[2],
    }
