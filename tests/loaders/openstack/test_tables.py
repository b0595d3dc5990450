"""Cells of the tables, from answers that are written here."""

import json

import pandas as pd
import pytest

from fleetkit.loading import load

SERVER = {
    "id": "s1", "name": "web", "status": "ACTIVE", "image": {"id": "i1"}, "metadata": {},
    "flavor": {"vcpus": 2, "ram": 4096, "disk": 20, "ephemeral": 0, "original_name": "m1"},
    "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda", "OS-SRV-USG:launched_at": "2024-01-02T00:00:00",
    "created": "2024-01-01T00:00:00Z", "addresses": {}, "os-extended-volumes:volumes_attached": [],
}
VOLUME = {"id": "v1", "name": "root", "status": "in-use", "size": 10, "bootable": "true",
          "multiattach": False, "encrypted": True, "volume_type": "ssd",
          "attachments": [{"server_id": "s1", "device": "/dev/vda"}],
          "volume_image_metadata": {"image_id": "i9", "image_name": "gone", "os_distro": "debian",
                                    "os_version": "12"}}
BOOTED = {**SERVER, "image": "", "os-extended-volumes:volumes_attached": [
    {"id": "v1", "delete_on_termination": True}]}
IMAGE = {"id": "i1", "name": "base", "status": "active", "visibility": "public", "size": 7,
         "created_at": "2024-01-01T00:00:00Z", "owner": "p1"}


@pytest.fixture
def read(tmp_path):
    """A function that loads a document."""
    def write(**document):
        path = tmp_path / "saved.json"
        path.write_text(json.dumps(document))
        return load("openstack", path)

    return write


def server(read, **fields):
    return read(servers=[{**SERVER, **fields}]).workloads.iloc[0]


@pytest.mark.parametrize(("status", "state"), [
    ("ACTIVE", "running"), ("SHUTOFF", "stopped"), ("SHELVED_OFFLOADED", "stopped"),
    ("PAUSED", "paused"), ("SUSPENDED", "paused"), ("BUILD", "starting"), ("ERROR", "failed"),
    ("SOFT_DELETED", "terminated"), ("RESIZE", "unknown"), ("SOMETHING_NEW", "unknown"),
])
def test_states(read, status, state):
    assert server(read, status=status)["state"] == state


def test_a_task_that_ends_a_server_is_its_state(read):
    row = server(read, **{"OS-EXT-STS:task_state": "powering-off", "OS-EXT-STS:vm_state": "active"})
    assert (row["state"], row["state_raw"]) == ("stopping", "ACTIVE/active/powering-off")


def test_sizes_are_mebibytes_and_gibibytes(read):
    row = server(read)
    assert (row["cpu_cores"], row["memory_bytes"], row["disk_bytes"]) == (2, 4 << 30, 20 << 30)


def test_a_root_disk_as_large_as_its_image_has_no_known_size(read):
    assert pd.isna(server(read, flavor={**SERVER["flavor"], "disk": 0})["disk_bytes"])


def test_fixed_and_floating_addresses_are_apart(read):
    addresses = {"net": [
        {"addr": "10.0.0.9", "OS-EXT-IPS:type": "fixed", "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:1"},
        {"addr": "10.0.0.1", "OS-EXT-IPS:type": "fixed", "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:1"},
        {"addr": "198.51.100.7", "OS-EXT-IPS:type": "floating",
         "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:1"},
    ]}
    row = server(read, addresses=addresses)
    assert list(row["private_ips"]) == ["10.0.0.1", "10.0.0.9"]
    assert (list(row["public_ips"]), list(row["macs"])) == (["198.51.100.7"], ["fa:16:3e:1"])
    assert list(row["fixed_ips"]) == ["198.51.100.7"]


def test_a_server_that_boots_from_a_volume_has_the_image_of_that_volume(read):
    row = read(servers=[BOOTED], volumes=[VOLUME]).workloads.iloc[0]
    assert (row["image_id"], row["os_name"], row["os_version"], row["disk_bytes"]) == (
        "openstack||image|i9", "debian", "12", 10 << 30)


def test_the_volume_that_a_server_boots_from_is_its_only_root(read):
    mounts = read(servers=[BOOTED], volumes=[VOLUME]).mounts
    assert mounts[["volume_id", "is_root", "delete_with_workload", "persistence", "encrypted"]
                  ].to_numpy().tolist() == [["v1", True, True, "ephemeral", True]]


def test_without_volumes_the_image_is_unknown_and_the_disk_is_there(read):
    fleet = read(servers=[BOOTED])
    assert fleet.workloads[["image_id", "disk_bytes"]].isna().all(axis=None)
    assert fleet.mounts[["volume_id", "delete_with_workload"]].to_numpy().tolist() == [["v1", True]]


def test_a_volume_of_two_servers_is_shared_and_stays(read):
    both = {**VOLUME, "multiattach": True, "attachments": [
        {"server_id": "s1", "device": "/dev/vdb"}, {"server_id": "s2", "device": "/dev/vdb"}]}
    mounts = read(volumes=[both]).mounts
    assert mounts["workload_id"].tolist() == ["openstack||vm|s1", "openstack||vm|s2"]
    assert mounts[["shared", "persistence"]].to_numpy().tolist() == [[True, "shared_durable"]] * 2


def test_a_local_root_disk_goes_with_its_server(read):
    mounts = read(servers=[{**SERVER, "flavor": {**SERVER["flavor"], "ephemeral": 5}}]).mounts
    assert mounts[["kind", "size_bytes", "is_root", "persistence"]].to_numpy().tolist() == [
        ["block", 20 << 30, True, "ephemeral"], ["instance_store", 5 << 30, False, "ephemeral"]]


def test_an_image_without_a_list_is_a_stub_that_knows_what_the_volume_remembers(read):
    row = read(servers=[BOOTED], volumes=[VOLUME]).images.set_index("image_id").loc[
        "openstack||image|i9"]
    assert (row["name"], row["os_name"], row["is_stub"]) == ("gone", "debian", True)


def test_base_image_ref_is_the_parent(read):
    fleet = read(images=[IMAGE, {**IMAGE, "id": "i2", "base_image_ref": "i1"}])
    row = fleet.images.set_index("image_id").loc["openstack||image|i2"]
    assert row["parent_ref"] == "openstack||image|i1"
    link = fleet.links.iloc[0]
    assert (link["relation"], link["from_id"], link["to_id"], link["evidence"]) == (
        "derived_from", "openstack||image|i2", "openstack||image|i1", "base_image_ref")


def snapshot(read, **fields):
    """The parent of a snapshot of s1, whose `base_image_ref` names an older ancestor."""
    taken = {**IMAGE, "id": "i3", "image_type": "snapshot", "instance_uuid": "s1",
             "base_image_ref": "i0", "created_at": "2024-02-01T00:00:00Z"}
    fleet = read(servers=[{**SERVER, **fields}], images=[taken, IMAGE])
    return fleet.images.set_index("image_id").loc["openstack||image|i3", "parent_ref"], fleet


def test_the_parent_of_a_snapshot_is_the_image_of_its_server(read):
    parent, fleet = snapshot(read)
    assert parent == "openstack||image|i1"
    assert "image of the server that was captured" in set(fleet.links["evidence"])
    assert fleet.workloads["snapshots"].tolist() == [1]


def test_a_server_that_was_rebuilt_since_says_nothing_about_its_snapshot(read):
    parent, _ = snapshot(read, **{"OS-SRV-USG:launched_at": "2024-03-01T00:00:00"})
    assert parent == "openstack||image|i0"


def test_links_of_a_server(read):
    fleet = read(
        servers=[{**SERVER, "OS-EXT-SRV-ATTR:hypervisor_hostname": "node-1",
                  "metadata": {"metering.stack": "st1"}}],
        server_groups=[{"id": "g1", "name": "web", "policies": ["affinity"], "members": ["s1"]}])
    assert set(fleet.links[["relation", "to_id"]].itertuples(index=False, name=None)) == {
        ("runs_on", "openstack||host|node-1"), ("uses_image", "openstack||image|i1"),
        ("member_of", "openstack||group|g1"), ("member_of", "openstack||stack|st1")}
    row = fleet.workloads.iloc[0]
    assert (row["controller_kind"], row["controller_name"]) == ("autoscaling", "st1")


def test_without_a_sign_of_a_controller_it_is_unknown(read):
    assert server(read)["controller_kind"] == "unknown"


def test_rows_do_not_multiply_where_things_come_twice(read):
    twice = [{**VOLUME, "attachments": VOLUME["attachments"] * 2}] * 2
    fleet = read(servers=[BOOTED, BOOTED], volumes=twice, images=[IMAGE, IMAGE],
                 hypervisors=[{"id": 1, "hypervisor_hostname": "n"}] * 2)
    assert (len(fleet.workloads), len(fleet.mounts), fleet.images["is_stub"].tolist()) == (
        2, 1, [False, True])
    assert "duplicate_id" in set(fleet.problems["code"])


def test_the_same_servers_in_two_files_are_one(tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps({"servers": [SERVER], "images": [IMAGE]}))
    fleet = load("openstack", tmp_path)
    assert (len(fleet.workloads), len(fleet.images), len(fleet.links)) == (1, 1, 1)


def test_credentials_in_metadata_tags_and_properties_are_masked(read):
    fleet = read(
        servers=[{**SERVER, "metadata": {"db_password": "hunter2", "team": "a"},
                  "tags": ["token=hunter2"], "adminPass": "hunter2",
                  "description": "login with --password hunter2",
                  "OS-EXT-SRV-ATTR:user_data": "aHVudGVyMg==", "user_data": "hunter2"}],
        images=[{**IMAGE, "build_token": "hunter2", "url": "https://bob:hunter2@code.example/"}])
    assert not any("hunter2" in table.to_csv() or "aHVudGVyMg" in table.to_csv()
                   for _, table in fleet)
    tags = json.loads(fleet.workloads["tags"].iloc[0])
    assert (sorted(tags), tags["team"]) == (["db_password", "team", "token"], "a")


@pytest.mark.parametrize("odd", [
    {"id": 5}, {"id": "x", "flavor": {"vcpus": "many"}}, {"id": "x", "metadata": []}, 7, None,
    {"id": "x", "image": 3, "addresses": [], "tags": "a", "flavor": "m1"}, [], {},
    {"id": "x", "addresses": {"n": [None]}, "os-extended-volumes:volumes_attached": {"id": 1}},
])
def test_a_server_of_another_form_is_a_row_or_a_problem_and_costs_no_other(read, odd):
    fleet = read(servers=[SERVER, odd])
    assert "openstack||vm|s1" in set(fleet.workloads["workload_id"])
    assert len(fleet.workloads) + len(fleet.problems) == 2
