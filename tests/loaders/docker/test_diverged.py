"""Which changed paths are package databases, and whose the packages then are."""

import pytest

from fleetkit.loaders.docker import LOADER
from fleetkit.loaders.docker.divergence import is_database
from fleetkit.plugins import Record
from fleetkit.tables import PACKAGES

STATUS = "Package: tar\nStatus: install ok installed\nVersion: 1.34\nArchitecture: amd64\n\n"


@pytest.mark.parametrize("path", [
    "/var/lib/dpkg/status", "/var/lib/dpkg/status.d/base", "/lib/apk/db/installed",
    "/var/lib/rpm/rpmdb.sqlite", "/etc/os-release"])
def test_what_tells_packages_is_a_database(path):
    assert is_database(path)


@pytest.mark.parametrize("path", [
    "/var/lib/dpkg", "/var/lib/dpkg/status-old", "/tmp/var/lib/dpkg/status", "/etc/hosts", ""])
def test_what_only_lies_near_is_none(path):
    assert not is_database(path)


def test_the_packages_are_the_containers_own():
    files = {"var/lib/dpkg/status": {"text": STATUS}}
    record = Record("diverged", {"WorkloadId": "docker||container|1", "Files": files})
    rows = list(LOADER.rows[PACKAGES](record))
    assert [(row["subject_id"], row["name"]) for row in rows] == [("docker||container|1", "tar")]
