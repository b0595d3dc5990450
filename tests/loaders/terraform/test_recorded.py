"""States that others recorded, each alone: the same working folder wrote several of them."""

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.loaders.terraform.payloads import RECORDED

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded states in {RECORDED}")
FILES = sorted(RECORDED.glob("*.json")) if RECORDED.is_dir() else []
READABLE = [file for file in FILES if file.name != "driftctl-v4-invalid.tfstate.json"]


def rows_of(name):
    return load("terraform", RECORDED / f"{name}.tfstate.json")


@pytest.mark.parametrize("file", READABLE, ids=lambda file: file.name)
def test_a_recorded_state_is_read_without_strangeness(file):
    fleet = load("terraform", file)
    assert set(fleet.coverage["status"]) == {"ok"} or fleet.coverage["rows"].sum() == 0
    assert set(fleet.problems["code"]) <= {"unread_resources"}


def test_a_broken_state_is_refused_with_its_line():
    with pytest.raises(LoadError, match="line 16"):
        rows_of("driftctl-v4-invalid")


def test_a_recorded_container_runs_the_recorded_image():
    fleet = rows_of("docker-container-nginx")
    assert fleet.workloads.loc[0, "image_id"] == fleet.images.loc[0, "image_id"]
    assert fleet.workloads.loc[0, "image_ref"] == "nginx:latest"


def test_a_state_of_version_1_is_read_over_all_its_providers():
    fleet = rows_of("terraform-inventory-v1-multi-provider")
    assert (len(fleet.workloads), fleet.workloads["provider_id"].str.partition(":")[0].nunique()) \
        == (7, 5)


def test_a_recorded_instance_is_that_of_its_cloud():
    row = rows_of("driftctl-v4-valid").workloads.iloc[0]
    assert (row["provider_id"], row["account"], row["image_id"]) == (
        "aws:///eu-west-3b/i-07dbbae1c3fc4c194", "929327065333", "aws||ami|ami-0aa9ac13698fff547")


def test_recorded_snapshots_of_one_lineage_stand_for_the_newest():
    fleet = load("terraform", RECORDED)
    assert (fleet.problems["code"] == "superseded_state").sum() == 11
    assert fleet.workloads["workload_id"].is_unique
