"""Hosts by the names of their files: whose list a file is, and what lies beside it about the host.

`web-1.txt` and `web-1.rpm.txt` are of the host web-1; `web-1/rpm.txt` and, copied with its path,
`web-1/var/lib/dpkg/status` as well.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from fleetkit.errors import LoadError

_ENDINGS = {"txt", "json", "jsonl", "tsv", "csv", "log", "out", "list", "lst", "gz"}
_ROLES = {
    "apk", "apk-info", "apk-list", "deb_packages", "dpkg", "dpkg-l", "dpkg-query", "installed",
    "kernel", "kernel_info", "npm_packages", "os-release", "os_version", "osquery", "packages",
    "pkgs", "python_packages", "rpm", "rpm-qa", "rpm_packages", "status", "system_info", "uname",
    "uname-r",
}
_PLACES = (("var", "lib", "dpkg"), ("usr", "lib", "apk", "db"), ("lib", "apk", "db"), ("etc",),
           ("usr", "lib"))
_RELEASES = ("os-release", "os-release.txt", "etc/os-release", "usr/lib/os-release")
_LONGEST = 253  # of a host name, RFC 1035


@dataclass(frozen=True)
class Host:
    """What a file's name tells.

    Attributes:
        name: of the host, or a whole subject id where the caller gave one.
        role: what the file holds, by its name; None where the name is only the host's.
        folder: where other files about the host lie.
        stem: how the names of those begin; empty where the folder is the host's own.
    """

    name: str
    role: str | None
    folder: Path
    stem: str

    @property
    def subject_id(self) -> str:
        """The workload's id: the one that was given, else one of this source."""
        return self.name if "|" in self.name else f"packages||vm|{self.name}"


def host_of(path: Path, given: str | None) -> Host:
    """The host that a file is of.

    Raises:
        LoadError: the file's name names none that could be one.
    """
    whole = path.resolve()
    words = whole.name.split(".")
    while len(words) > 1 and words[-1].lower() in _ENDINGS:
        words.pop()
    role = words[-1].lower() if words[-1].lower() in _ROLES else None
    own = ".".join(words[:-1] if role else words)
    folder = whole.parent if own else _root(whole)
    name = given or own or folder.name
    if not name or not name.isprintable() or (len(name) > _LONGEST and "|" not in name):
        raise LoadError(
            f"{path}: its name tells of no host; name the file after the host, or say host=…"
        )
    return Host(name, role, folder, f"{own}." if own else "")


def beside(host: Host, *names: str) -> Path | None:
    """The first file about the host that is there under one of the names."""
    found = (host.folder / f"{host.stem}{name}" for name in names)
    return next((path for path in found if path.is_file()), None)


def release_of(host: Host) -> Path | None:
    """The host's os-release. One beside lists of several hosts is nobody's."""
    own = beside(host, *_RELEASES)
    if own or not host.stem:
        return own
    shared = host.folder / "os-release"
    return shared if shared.is_file() and not _is_shared(host) else None


def is_of_nobody(host: Host) -> bool:
    """Whether a file that says nothing but "os-release" lies among lists named after hosts."""
    return not host.stem and host.role in ("os-release", "uname", "uname-r", "kernel") and (
        _is_shared(host))


def _is_shared(host: Host) -> bool:
    """Whether the folder holds a file that is named after another host."""
    with os.scandir(host.folder) as entries:
        for entry in entries:
            if entry.is_file():
                other = host_of(Path(entry.path), None)
                if other.stem and other.stem != host.stem:
                    return True
    return False


def _root(path: Path) -> Path:
    folder = path.parent
    for place in _PLACES:
        if folder.parts[-len(place):] == place:
            return folder.parents[len(place) - 1]
    return folder
