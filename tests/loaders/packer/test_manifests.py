"""What a manifest tells: builds, the images that they made, and what these start from."""

import pandas as pd
import pytest

from fleetkit.loading import load
from tests.loaders.packer.payloads import AMI, BASE, RECORDED, RUN, SECRET, entry, manifest

recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded payloads in {RECORDED}")


@recorded
def test_a_build_is_a_row_for_each_of_its_images():
    fleet = load("packer", RECORDED / "calyptia-core-multicloud.json")
    regions = fleet.builds.loc[fleet.builds["builder"] == "packer amazon-ebs", "region"]
    assert (len(fleet.builds), len(regions), regions.nunique()) == (12, 9, 9)


@recorded
def test_every_recorded_manifest_is_read_without_a_problem():
    fleet = load("packer", RECORDED)
    assert (fleet.problems.empty, set(fleet.coverage["status"]), len(fleet.builds),
            len(fleet.images)) == (True, {"ok"}, 20, 19)


@recorded
def test_the_last_run_is_the_latest():
    fleet = load("packer", RECORDED / "theforum365-ami.json")
    latest = fleet.builds[fleet.builds["is_latest"]]
    assert (len(fleet.builds), latest["image_id"].tolist()) == (
        6, ["aws||ami|ami-0631ec52ec86831cb"])


@pytest.mark.parametrize(("kind", "artifact", "expected"), [
    ("amazon-ebs", "eu-west-1:ami-0a1b2c3d", "aws||ami|ami-0a1b2c3d"),
    ("amazon-ebssurrogate", "us-gov-west-1:ami-0a1b2c3d", "aws||ami|ami-0a1b2c3d"),
    ("openstack", "6C1B2C3D-0000-4000-8000-00000000000a",
     "openstack||image|6c1b2c3d-0000-4000-8000-00000000000a"),
    ("googlecompute", "golden-7", "gcp||image|golden-7"),
    ("vsphere-iso", "golden-7", "vsphere||template|golden-7"),
    ("docker", f"sha256:{'a' * 64}", f"sha256:{'a' * 64}"),
    ("docker", "shop/web:1", "name|docker.io/shop/web:1"),
    ("digitalocean", "nyc3,ams3:1234", "digitalocean||image|1234"),
    ("azure-arm", "/subscriptions/1/resourceGroups/G/providers/Microsoft.Compute/images/Golden",
     "azure||image|/subscriptions/1/resourcegroups/g/providers/microsoft.compute/images/golden"),
])
def test_an_image_bears_the_id_of_its_platform(folder, kind, artifact, expected):
    fleet = folder(m_json=manifest(entry(artifact, kind)))
    assert (fleet.images["image_id"].tolist(), fleet.builds["image_id"].tolist()) == (
        [expected], [expected])


@pytest.mark.parametrize(("kind", "artifact"), [
    ("null", "Null"), ("file", "File"), ("docker", "Container"), ("vagrant", "virtualbox"),
    ("virtualbox-iso", "VM"), ("qemu", "VM"), ("amazon-ebsvolume", "eu-west-1:vol-0a1b2c3d"),
    ("amazon-ebs", ""), ("vsphere-iso", None),
])
def test_a_build_without_an_image_is_a_build(folder, kind, artifact):
    fleet = folder(m_json=manifest(entry(artifact, kind)))
    assert (fleet.builds["builder"].tolist(), fleet.images.empty, fleet.links.empty) == (
        [f"packer {kind}"], True, True)


def test_the_project_of_a_google_image_is_taken_from_custom_data(folder):
    fleet = folder(m_json=manifest(
        entry("golden-7", "googlecompute", custom_data={"project_id": "shop"})))
    assert fleet.images["image_id"].tolist() == ["gcp|shop|image|golden-7"]


@pytest.mark.parametrize("name", ["source_ami", "SourceAMI", "base-image", "parent.image.id"])
def test_the_source_is_found_under_its_common_names(folder, name):
    fleet = folder(m_json=manifest(entry(custom_data={name: BASE})))
    link = fleet.links.set_index("relation").loc["derived_from"]
    assert (link["from_id"], link["to_id"], link["evidence"], link["confidence"]) == (
        f"aws||ami|{AMI}", f"aws||ami|{BASE}", "packer custom_data", 0.95)


@pytest.mark.parametrize("text", ["", "  ", "<no value>", "{{ .SourceAMI }}", "${var.ami}", 7])
def test_a_source_that_nobody_filled_in_is_unknown(folder, text):
    fleet = folder(m_json=manifest(entry(custom_data={"source_ami": text})))
    assert (fleet.builds["source_image"].isna().all(), set(fleet.links["relation"])) == (
        True, {"built_by"})


def test_the_revision_is_that_of_custom_data(folder):
    fleet = folder(m_json=manifest(entry(custom_data={"GitCommit": "0d1fab2"})))
    assert (fleet.builds["revision"].tolist(), fleet.images["revision"].tolist()) == (
        ["0d1fab2"], ["0d1fab2"])


@pytest.mark.parametrize("time", [None, 0, ""])
def test_a_stripped_time_is_unknown(folder, time):
    fleet = folder(m_json=manifest(entry(build_time=time)))
    assert fleet.builds["finished_at"].isna().all()
    assert fleet.problems.empty


def test_a_build_time_is_in_seconds(folder):
    fleet = folder(m_json=manifest(entry()))
    assert fleet.builds.loc[0, "finished_at"] == pd.Timestamp("2020-11-24T08:24:57Z")


def test_the_same_build_in_two_copies_of_a_manifest_is_one(folder):
    fleet = folder(a_json=manifest(entry()), b__a_json=manifest(entry()))
    assert (len(fleet.builds), len(fleet.images), fleet.problems.empty) == (1, 1, True)


def test_a_tag_belongs_to_the_newest_build(folder):
    fleet = folder(m_json=manifest(
        entry("shop/web:1", "docker", packer_run_uuid="old", build_time=1_600_000_000),
        entry("shop/web:1", "docker")))
    assert (len(fleet.builds), fleet.images["build_id"].tolist()) == (
        2, [f"packer|{RUN}|build|docker/web"])


def test_builds_of_one_name_without_a_run_stay_apart(folder):
    fleet = folder(m_json=manifest(
        entry("r-1:ami-0a1b2c3d", packer_run_uuid=None),
        entry("r-1:ami-0a1b2c3e", packer_run_uuid=None)))
    assert fleet.builds["build_id"].nunique() == 2
    assert fleet.builds["is_latest"].isna().all()


def test_custom_data_is_not_kept(folder):
    fleet = folder(m_json=manifest(entry(custom_data={
        "db_password": SECRET, "note": SECRET, "source_ami": f"https://u:{SECRET}@x.example/i"})))
    assert not any(SECRET in frame.to_csv() for _, frame in fleet)
