"""What RVTools leaves unsaid: its clock, and names of systems that hold more than a name."""

from datetime import UTC, datetime, timedelta

import pytest

from fleetkit.loaders.rvtools import clocks
from fleetkit.loaders.rvtools.systems import hypervisor, system


def pairs(*hours):
    start = datetime(2020, 1, 1, 12, tzinfo=UTC)
    return [((start + timedelta(days=day, hours=hour)).strftime("%Y/%m/%d %H:%M:%S"),
             (start + timedelta(days=day, seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.5Z"))
            for day, hour in enumerate(hours)]


def test_starts_and_change_stamps_give_the_clock_away():
    offset = clocks.offset_of(pairs(5.5, 5.5, 0.13, 77), "unknown")
    assert (offset, clocks.zone(offset)) == (timedelta(hours=5.5), "UTC+05:30")


@pytest.mark.parametrize("told", [pairs(), pairs(2), pairs(2, 2, 3, 3), [(None, None)], [("x", 3)]])
def test_one_machine_alone_or_a_draw_tells_nothing_of_the_clock(told):
    assert clocks.offset_of(told, "unknown") is None


@pytest.mark.parametrize(("said", "name", "version", "family"), [
    ("Oracle Linux 8 (64-bit)", "Oracle Linux", "8", "linux"),
    ("Microsoft Windows Server 2012 R2 (64-bit)", "Microsoft Windows Server", "2012 R2", "windows"),
    ("CentOS 4/5/6/7 (64-bit)", "CentOS", None, "linux"),
    ("Other 3.x or later Linux (64-bit)", "Linux", None, "linux"),
    ("FreeBSD 11 or later (64-bit)", "FreeBSD", None, "freebsd"),
    ("PanOS 10.1.9", "PanOS", "10.1.9", None), ("8", "8", None, None),
])
def test_names_of_systems_are_split(said, name, version, family):
    found = system(None, said, None)
    assert (found["os_name"], found["os_version"], found["os_family"], found["os_source"]) == (
        name, version, family, "config")


def test_details_say_more_than_the_name():
    found = system("Other Linux (64-bit)", None, "architecture='X86' bitness='64' "
                   "distroName='Rocky Linux' distroVersion='9.3' kernelVersion='5.14.0-362'")
    assert found == {"os_name": "Rocky Linux", "os_version": "9.3", "os_family": "linux",
                     "os_source": "tools", "kernel": "5.14.0-362", "arch": "x86_64"}


def test_a_hypervisor_has_its_version_and_build():
    assert hypervisor("VMware ESXi 8.0.3 build-24022510") == {
        "os_name": "VMware ESXi", "os_version": "8.0.3", "kernel": "build-24022510"}
