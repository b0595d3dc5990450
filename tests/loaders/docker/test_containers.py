"""What ties a container to its host: devices that it is handed, addresses that it was promised."""

import pytest

from fleetkit.loaders.docker.containers import workloads
from fleetkit.plugins import Record


def row(host=None, **networks):
    """The row of a container with these settings."""
    found = {"Id": "ab" * 32, "State": {"Status": "running"}, "HostConfig": host or {},
             "NetworkSettings": {"Networks": networks}}
    return next(iter(workloads(Record("container", found))))


def handed(*paths):
    return {"Devices": [{"PathOnHost": path, "PathInContainer": path} for path in paths]}


@pytest.mark.parametrize(("host", "devices"), [
    (handed("/dev/ttyUSB0", "/dev/ttyACM1"), ["/dev/ttyACM1", "/dev/ttyUSB0"]),
    (handed("/dev/net/tun", "/dev/fuse", "/dev/kvm"), []),
    ({"Devices": None, "DeviceRequests": [{"Driver": "nvidia", "Count": -1}]}, ["nvidia"]),
    ({"DeviceRequests": [{"Driver": "", "Capabilities": [["gpu"]]}]}, ["gpu"]),
    ({"Devices": []}, []), ({"Devices": None}, []), ({}, None),
    ({"Devices": ["strange"], "DeviceRequests": [None]}, []),
])
def test_hardware_that_is_handed_in_is_told_and_what_the_kernel_makes_up_is_not(host, devices):
    assert row(host)["devices"] == devices


def test_an_address_that_was_promised_is_kept_and_one_that_was_drawn_is_not():
    made = row(lan={"IPAddress": "10.0.0.9", "IPAMConfig": {"IPv4Address": "10.0.0.9"}},
               other={"IPAddress": "172.17.0.2", "IPAMConfig": None})
    assert made["fixed_ips"] == ["10.0.0.9"]
    assert row(other={"IPAddress": "172.17.0.2"})["fixed_ips"] == []
    assert row()["fixed_ips"] is None
