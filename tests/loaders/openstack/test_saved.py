"""Payloads of Nova, Glance and Cinder as they document or answered them."""

import json
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load

DATA = Path(__file__).parents[3] / "../shared/data/openstack"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared payloads are absent here")

NO_SOURCE = ("infra_juno-nodes", "nova-os-aggregates", "nova-os-availability", "nova-os-services")
FILES = sorted(path.name for path in DATA.glob("*.json") if not path.name.startswith(NO_SOURCE))
SERVERS = [name for name in FILES if "servers" in name]


def entries(name):
    document = json.loads((DATA / name).read_text())
    (found,) = [value for key, value in document.items() if not key.endswith("_links")
                and isinstance(value, (list, dict)) and key not in ("links",)]
    return found if isinstance(found, list) else [found]


@cache
def loaded(*names):
    """Fleets are not changed, so tests of one payload share one."""
    return load("openstack", *(DATA / name for name in names))


@pytest.mark.parametrize("name", FILES)
def test_every_entry_of_every_payload_is_a_record(name):
    fleet = loaded(name)
    identities = {str(entry["id"]) for entry in entries(name)}
    assert fleet.coverage[["status", "rows"]].to_numpy().tolist() == [["ok", len(identities)]]
    assert "unreadable_record" not in set(fleet.problems["code"])


def test_an_entry_that_comes_twice_counts_once_and_is_told():
    name = "c7n-v2_1_ID_flavors_detail.json"
    assert len(entries(name)) == 6
    problems = loaded(name).problems
    assert problems[["code", "detail"]].to_numpy().tolist() == [["duplicate_id", "1 entries"]]


@pytest.mark.parametrize("name", SERVERS)
def test_every_server_is_a_workload_with_the_same_id_in_every_microversion(name):
    assert sorted(loaded(name).workloads["workload_id"]) == sorted(
        f"openstack||vm|{one['id']}" for one in entries(name))


@pytest.mark.parametrize("version", ["47", "63", "73", "90", "96", "98", "100"])
def test_an_embedded_flavor_gives_cores_and_bytes(version):
    row = loaded(f"nova-servers-v2.{version}-servers-details-resp.json").workloads.iloc[0]
    found = entries(f"nova-servers-v2.{version}-servers-details-resp.json")[0]["flavor"]
    assert (row["size_name"], row["cpu_cores"], row["memory_bytes"]) == (
        found["original_name"], found["vcpus"], found["ram"] << 20)


def test_a_flavor_by_reference_alone_leaves_cores_unknown():
    assert pd.isna(loaded("nova-servers-v2.9-servers-details-resp.json").workloads["cpu_cores"][0])


def test_a_flavor_by_reference_is_joined_when_its_list_is_there():
    fleet = loaded("nova-servers-servers-details-resp.json",
                   "nova-flavors-flavors-detail-resp.json")
    row = fleet.workloads.iloc[0]
    assert (row["size_name"], row["memory_bytes"]) == ("m1.tiny", 512 << 20)


def test_volumes_meet_their_servers_from_another_file():
    fleet = loaded("c7n-v2_1_ID_servers_detail.json", "c7n-v3_ID_volumes_detail.json")
    disk = fleet.mounts[fleet.mounts["volume_id"].notna()].iloc[0]
    assert (disk["target_path"], disk["size_bytes"], disk["delete_with_workload"], disk["is_root"],
            disk["driver"]) == ("/dev/vdb", 1 << 30, False, False, "iscsi")
    server = fleet.workloads.set_index("name").loc["c7n-test-2"]
    assert server["disk_bytes"] == 21 << 30


def test_an_unattached_volume_is_told():
    problems = loaded("c7n-v3_ID_volumes_detail.json").problems
    assert problems[["code", "subject_id", "severity"]].to_numpy().tolist() == [
        ["unattached_volume", "7f64ece8-e8bf-4d0e-b358-8028e9769b42", "info"]]


def test_tags_of_a_server_are_mappings_and_words():
    row = loaded("c7n-v2_1_ID_servers_detail.json").workloads.set_index("name")
    assert json.loads(row.loc["c7n-test-2", "tags"]) == {"a": "a", "b": "b", "c": "c"}


@pytest.mark.parametrize("version", ["", "v2.53-"])
def test_a_hypervisor_is_a_host_with_cores_and_bytes(version):
    row = loaded(f"nova-os-hypervisors-{version}hypervisors-detail-resp.json"
               ).workloads.iloc[0]
    assert (row["kind"], row["cpu_cores"], row["memory_bytes"], row["disk_bytes"], row["arch"]) == (
        "host", 2, 8 << 30, 1028 << 30, "x86_64")


def test_a_hypervisor_without_numbers_has_unknown_ones():
    row = loaded("nova-os-hypervisors-v2.88-hypervisors-detail-resp.json"
               ).workloads.iloc[0]
    assert row[["cpu_cores", "memory_bytes", "arch"]].isna().all()
    assert row["workload_id"] == "openstack||host|host2"


def test_user_data_is_nowhere():
    planted = json.loads((DATA / "nova-servers-v2.9-server-get-resp.json").read_text())
    user_data = planted["server"]["OS-EXT-SRV-ATTR:user_data"]
    fleet = loaded("nova-servers-v2.9-server-get-resp.json")
    assert user_data
    assert not any(user_data in table.to_csv() for _, table in fleet)


def test_an_image_that_is_only_named_is_a_stub():
    images = loaded("nova-servers-server-get-resp.json").images
    assert images[["image_id", "is_stub"]].to_numpy().tolist() == [
        ["openstack||image|70a599e0-31e7-49b7-b260-868f441e862b", True]]


def test_glance_images_have_sizes_and_owners():
    row = loaded("infra_juno-v2_images_limit_1000.json").images.iloc[0]
    assert (row["name"], row["size_bytes"], row["is_public"], row["is_stub"], row["kind"]) == (
        "cirros", 12716032, True, False, "disk_image")


def test_images_of_the_old_proxy_have_the_same_ids():
    images = loaded("nova-images-images-details-get-resp.json").images
    row = images.set_index("image_id").loc["openstack||image|155d900f-4e14-4e4c-a73d-069cbf4541e6"]
    assert (row["size_bytes"], row["arch"]) == (25165824, "x86_64")


@pytest.mark.parametrize("name", [path.name for path in DATA.glob("*.json")
                                  if path.name.startswith(NO_SOURCE)])
def test_other_documents_are_refused_with_what_is_read(name):
    with pytest.raises(LoadError, match="expected an answer with servers"):
        loaded(name)
