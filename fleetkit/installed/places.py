"""Where package databases and os-release live in a root file system."""

from dataclasses import dataclass
from typing import Literal

OS_RELEASES = ("etc/os-release", "usr/lib/os-release")  # os-release(5): the first one wins
DPKG_STATUS = "var/lib/dpkg/status"
DPKG_FOLDER = "var/lib/dpkg/status.d/"
APK_DATABASES = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
# /var/lib/rpm is a link to one of the others on newer systems; usr/share/rpm is ostree's
RPM_DATABASES = tuple(
    f"{folder}/{name}"
    for folder in ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
    for name in ("rpmdb.sqlite", "Packages.db", "Packages")
)
WAL_SUFFIX = "-wal"


@dataclass(frozen=True, slots=True)
class Place:
    """One path that a loader should try to fetch.

    Attributes:
        path: relative to the root, no leading slash; that of a folder ends with a slash.
        kind: `folder` means every file directly inside; any of them may be absent.
    """

    path: str
    kind: Literal["file", "folder"]


def _rpm_files() -> tuple[str, ...]:
    return tuple(
        path
        for database in RPM_DATABASES
        for path in (
            (database, database + WAL_SUFFIX) if database.endswith(".sqlite") else (database,)
        )
    )


PATHS: tuple[Place, ...] = (
    *(Place(path, "file") for path in sorted(OS_RELEASES, reverse=True)),  # the target of the link
    Place(DPKG_STATUS, "file"),
    Place(DPKG_FOLDER, "folder"),
    *(Place(path, "file") for path in APK_DATABASES),
    *(Place(path, "file") for path in _rpm_files()),
)
"""What a loader fetches, in this order; symbolic links are to be followed or fetched as files."""
