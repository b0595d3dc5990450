"""Operating systems as vSphere names them: name, version, family and kernel."""

import re
from typing import Any

_BITS = re.compile(r"\s*\(\d{2}[ -]bit\)\s*$", re.IGNORECASE)
_OTHER = re.compile(r"Other (?P<kernel>\d[\w.]*(?: or later)? )?(?P<name>.+)")
_VERSION = re.compile(
    r"\s+(?P<version>\d[\w./]*)(?P<later> or later)?(?:\s+(?P<edition>R2|SP\d))?$")
_DETAIL = re.compile(r"(\w{1,40})='([^']{0,500})'")
_FAMILIES = (
    ("windows", "windows"), ("darwin", "darwin"), ("mac os", "darwin"), ("macos", "darwin"),
    ("freebsd", "freebsd"), ("solaris", "solaris"), ("esx", "esxi"), ("netware", "netware"),
)
_LINUXES = (
    "linux", "ubuntu", "debian", "centos", "red hat", "suse", "fedora", "photon", "coreos", "rocky",
    "alma", "oracle", "mandriva", "asianux", "flatcar", "amazon",
)
_BITNESS = {("X86", "64"): "x86_64", ("X86", "32"): "i386", ("ARM", "64"): "aarch64"}


def system(tools: str | None, config: str | None, details: str | None) -> dict[str, Any]:
    """What runs inside, said by the tools if they say it, else by the configuration.

    Args:
        tools: OS according to the VMware Tools.
        config: OS according to the configuration file; what somebody chose when making it.
        details: Guest Detailed Data: pairs as kernelVersion='5.4'.
    """
    said = tools or config
    told = dict(_DETAIL.findall(details or ""))
    name, version = _split(said) if said else (None, None)
    if told.get("distroName") and not told["distroName"].startswith("Other"):
        name, version = _split(told["distroName"])[0], told.get("distroVersion") or version
    return {
        "os_name": name,
        "os_version": version,
        "os_family": _family(f"{told.get('familyName', '')} {said or name or ''}"),
        "os_source": "tools" if tools or told else "config" if config else None,
        "kernel": told.get("kernelVersion"),
        "arch": _BITNESS.get((told.get("architecture", "").upper(), told.get("bitness", ""))),
    }


def _split(said: str) -> tuple[str, str | None]:
    """Name and version; of several versions at once (CentOS 4/5/6/7) none is known."""
    plain = _BITS.sub("", said[:200]).strip()
    other = _OTHER.fullmatch(plain)
    if other:
        return other["name"], None
    match = _VERSION.search(plain)
    if not match or match.start() == 0:
        return plain, None
    name = plain[:match.start()]
    if "/" in match["version"] or match["later"]:
        return name, None
    return name, f"{match['version']} {match['edition'] or ''}".strip()


def _family(said: str) -> str | None:
    lower = said.lower()
    family = next((family for word, family in _FAMILIES if word in lower), None)
    return family or ("linux" if any(word in lower for word in _LINUXES) else None)


def hypervisor(said: str | None) -> dict[str, Any]:
    """Of "VMware ESXi 8.0.3 build-24022510" the name, the version and the build."""
    match = re.fullmatch(r"(.{1,100}?)\s+(\d[\w.]*)(?:\s+build-(\d+))?", (said or "")[:200])
    if not match:
        return {"os_name": said}
    return {"os_name": match[1], "os_version": match[2], "kernel": match[3] and f"build-{match[3]}"}
