"""What ties a machine to its group, its address and its host, from saved answers."""

import pytest

from tests.loaders.aws.test_files import machine, reservation, tabulated


def alone(*documents):
    """The only machine of documents."""
    return tabulated(*documents).workloads.query("kind == 'vm'").squeeze()


def test_bounds_of_a_group_are_those_of_its_members():
    group = {"AutoScalingGroupName": "herd", "AutoScalingGroupARN": "arn:g", "MinSize": 1,
             "MaxSize": 5, "DesiredCapacity": 2, "Instances": [{"InstanceId": "i-1"}]}
    row = alone({"Reservations": [reservation(machine())]}, {"AutoScalingGroups": [group]})
    assert row[["min_replicas", "replicas", "max_replicas"]].tolist() == [1, 2, 5]


def test_an_elastic_address_is_kept_for_its_machine():
    address = {"PublicIp": "203.0.113.5", "AllocationId": "eipalloc-1", "InstanceId": "i-1"}
    row = alone({"Reservations": [reservation(machine())]}, {"Addresses": [address]})
    assert list(row["fixed_ips"]) == ["203.0.113.5"]


def test_an_address_that_nobody_looked_for_is_unknown():
    row = alone({"Reservations": [reservation(machine())]})
    assert row[["fixed_ips"]].isna().all()


@pytest.mark.parametrize(("affinity", "pins"), [("host", ["host h-1"]), ("default", [])])
def test_affinity_to_a_dedicated_host_is_a_pin(affinity, pins):
    place = {"AvailabilityZone": "eu-west-1a", "HostId": "h-1", "Affinity": affinity}
    row = alone({"Reservations": [reservation(machine(Placement=place))]})
    assert list(row["pinned_to"]) == pins
