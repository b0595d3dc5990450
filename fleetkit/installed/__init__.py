"""Installed packages of an image or a machine, read from the bytes of its package databases.

A loader fetches the files named by `PATHS` (from an image, a disk or over a wire) and hands them
to `read_installed`, which needs no package manager, no network and no other file. It reads dpkg
(`status` and the distroless folder `status.d`), apk (`installed`) and rpm in its three containers
(sqlite, ndb, Berkeley DB hash), and `os-release`.

Every byte may be hostile: broken input becomes a `Fault`, never an exception.
"""

from fleetkit.installed.faults import Fault
from fleetkit.installed.places import PATHS, Place
from fleetkit.installed.reading import read_installed
from fleetkit.installed.records import Installed, OperatingSystem, Package

__all__ = ["PATHS", "Fault", "Installed", "OperatingSystem", "Package", "Place", "read_installed"]
