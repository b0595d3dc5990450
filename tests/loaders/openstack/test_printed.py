"""What the openstack client printed, in the forms of several of its versions."""

import json

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load

ROW = {"ID": "s1", "Name": "web", "Status": "ACTIVE", "Task State": "None",
       "Power State": "Running", "Networks": {"inner": ["10.0.0.5", "8.8.4.4"]},
       "Image Name": "base", "Image ID": "i1", "Flavor": "m1.small", "Flavor ID": "1",
       "Availability Zone": "nova", "Host": "node-1", "Properties": {"team": "shop"}}
SHOWN = {
    "id": "s1", "name": "web", "status": "SHUTOFF", "created": "2024-01-01T00:00:00Z",
    "addresses": "inner=10.0.0.5, 8.8.4.4; outer=192.0.2.9", "flavor": "m1.small (1)",
    "image": "base (i1)", "properties": "team='shop', note='a, b'", "project_id": "p1",
    "volumes_attached": "[{'id': 'v1', 'delete_on_termination': False}]",
    "OS-EXT-STS:vm_state": "stopped", "OS-EXT-STS:task_state": "None",
    "OS-EXT-SRV-ATTR:hypervisor_hostname": "node-1", "OS-EXT-AZ:availability_zone": "nova",
}


@pytest.fixture
def read(tmp_path):
    """A function that loads a document."""
    def write(document):
        path = tmp_path / "printed.json"
        path.write_text(json.dumps(document))
        return load("openstack", path)

    return write


def test_rows_of_server_list(read):
    fleet = read([ROW])
    row = fleet.workloads.iloc[0]
    assert (row["workload_id"], row["state"], row["image_id"], row["size_name"], row["zone"]) == (
        "openstack||vm|s1", "running", "openstack||image|i1", "m1.small", "nova")
    assert json.loads(row["tags"]) == {"team": "shop"}


def test_addresses_are_apart_by_where_they_hold(read):
    row = read([ROW]).workloads.iloc[0]
    assert (list(row["private_ips"]), list(row["public_ips"])) == (["10.0.0.5"], ["8.8.4.4"])


def test_a_cloud_without_servers_prints_an_empty_list(read):
    assert read([]).coverage["status"].tolist() == ["empty"]


@pytest.mark.parametrize("change", [
    {"Image Name": "N/A (booted from volume)", "Image ID": "N/A (booted from volume)"},
    {"Image Name": "N/A (booted from volume)", "Image ID": ""},
])
def test_a_row_that_boots_from_a_volume_names_no_image(read, change):
    fleet = read([{**ROW, **change}])
    assert (fleet.workloads["image_id"].isna().all(), len(fleet.images)) == (True, 0)


def test_server_show_of_older_clients(read):
    fleet = read(SHOWN)
    row = fleet.workloads.iloc[0]
    assert (row["state"], row["state_raw"], row["image_id"], row["size_name"], row["host_id"]) == (
        "stopped", "SHUTOFF/stopped", "openstack||image|i1", "m1.small", "openstack||host|node-1")
    assert json.loads(row["tags"]) == {"team": "shop", "note": "a, b"}
    assert fleet.mounts[["volume_id", "delete_with_workload"]].to_numpy().tolist() == [
        ["v1", False]]


def test_server_show_of_newer_clients(read):
    newer = {**SHOWN, "addresses": {"inner": ["10.0.0.5"]}, "properties": {"team": "shop"},
             "flavor": {"original_name": "m1.small", "vcpus": 2, "ram": 2048, "disk": 0},
             "image": "N/A (booted from volume)",
             "volumes_attached": [{"id": "v1", "delete_on_termination": True}]}
    row = read(newer).workloads.iloc[0]
    assert (row["cpu_cores"], row["memory_bytes"], json.loads(row["tags"])) == (
        2, 2 << 30, {"team": "shop"})


@pytest.mark.parametrize("odd", [
    {"volumes_attached": "[" * 5000}, {"volumes_attached": "__import__('os')"},
    {"addresses": "=" * 10_000}, {"properties": "='" * 10_000}, {"flavor": "(" * 10_000},
    {"image": []}, {"addresses": [1]}, {"flavor": 7},
])
def test_hostile_cells_are_a_row_or_a_problem(read, odd):
    fleet = read({**SHOWN, **odd})
    assert len(fleet.workloads) + len(fleet.problems) == 1


@pytest.mark.parametrize("document", [{}, [1], "text", {"a": 1}, [{"ID": "x"}], None])
def test_other_documents_are_refused(read, document):
    with pytest.raises(LoadError, match="expected an answer with servers"):
        read(document)
