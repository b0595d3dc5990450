"""A state beside what the platform's own loader reads: one machine, one image, by their ids."""

import json

import pytest

import fleetkit as fk
from fleetkit.loading import load
from tests.loaders.terraform.payloads import (
    ACCOUNT,
    CONTAINER,
    CONTENT,
    GOOGLE,
    UUID,
    container,
    ec2,
    gce,
    one,
    server,
    state,
    vsphere,
)

ROOT = f"{GOOGLE}/shop/zones/us-central1-a"
LIVE = {
    "aws": {"Reservations": [{"OwnerId": ACCOUNT, "ReservationId": "r", "Instances": [{
        "InstanceId": "i-0abc1234", "ImageId": "ami-0fee", "InstanceType": "t3.nano",
        "State": {"Code": 16, "Name": "running"}, "LaunchTime": "2026-01-02T03:04:05+00:00",
        "Placement": {"AvailabilityZone": "eu-west-3b"}, "AmiLaunchIndex": 0}]}]},
    "gcp": [{
        "kind": "compute#instance", "id": "4993131743765937902", "name": "web",
        "status": "RUNNING", "zone": ROOT, "selfLink": f"{ROOT}/instances/web",
        "machineType": f"{ROOT}/machineTypes/e2-medium", "disks": [{
            "kind": "compute#attachedDisk", "type": "PERSISTENT", "boot": True, "index": 0,
            "initializeParams": {
                "sourceImage": f"{GOOGLE}/debian-cloud/global/images/debian-12-v1"}}]}],
    "openstack": {"servers": [{
        "id": UUID, "name": "api", "status": "ACTIVE", "addresses": {}, "links": [],
        "image": {"id": "0a1b2c3d-0000-4000-8000-000000000001"}, "flavor": {"id": "f1"},
        "metadata": {}, "tenant_id": "t", "user_id": "u", "hostId": "", "created":
        "2026-01-02T03:04:05Z", "updated": "2026-01-02T03:04:05Z"}]},
    "docker": [{
        "Id": CONTAINER, "Name": "/web", "Created": "2026-01-02T03:04:05Z", "Path": "nginx",
        "Args": [], "Image": CONTENT, "State": {"Status": "running"}, "Config": {
            "Image": "shop/web:1"}, "HostConfig": {}, "Mounts": [], "NetworkSettings": {}}],
}
DECLARED = {
    "aws": ("aws_instance", ec2("i-0abc1234")), "gcp": ("google_compute_instance", gce()),
    "openstack": ("openstack_compute_instance_v2", server()),
    "docker": ("docker_container", container()),
}


@pytest.fixture(params=sorted(LIVE))
def both(request, tmp_path):
    """The fleet of a platform's loader and that of a state, of one machine."""
    live, declared = tmp_path / "live.json", tmp_path / "x.tfstate"
    live.write_text(json.dumps(LIVE[request.param]))
    declared.write_text(json.dumps(state(one(*DECLARED[request.param]))))
    return load(request.param, live), load("terraform", declared)


def test_the_state_names_the_machine_as_its_own_loader_does(both):
    live, declared = both
    twin = declared.links.set_index("relation").loc["same_as", "to_id"]
    assert live.workloads["workload_id"].tolist() == [twin]


def test_the_state_names_the_image_as_its_own_loader_does(both):
    live, declared = both
    assert live.workloads["image_id"].tolist() == declared.workloads["image_id"].tolist()


def test_both_are_one_thing(both):
    fleet = fk.unify(both[0] + both[1])
    assert len(fleet.entities) == 1
    assert not set(fleet.problems["code"]) & {"conflict", "duplicate_key"}


def test_without_the_link_the_id_of_the_platform_tells(both):
    live, declared = both
    links = declared.links[declared.links["relation"] != "same_as"]
    assert len(fk.unify(live + declared.with_tables(links=links)).entities) == 1


def test_a_machine_of_vsphere_is_found_by_its_uuid(tmp_path):
    (tmp_path / "x.tfstate").write_text(json.dumps(state(
        one("vsphere_virtual_machine", vsphere()))))
    other = fk.Fleet(workloads=load("rvtools", _export(tmp_path)).workloads)
    assert len(fk.unify(other + load("terraform", tmp_path / "x.tfstate")).entities) == 1


def _export(folder):
    """The table of machines of RVTools, as text."""
    path = folder / "RVTools_tabvInfo.csv"
    path.write_text(f"VM,Powerstate,VM UUID,CPUs,Memory\ndb,poweredOn,{UUID},4,2048\n")
    return path
