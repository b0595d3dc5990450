"""Servers, images and volumes of a cloud that runs OpenStack's own services."""

import gzip
import json
import subprocess

import pandas as pd
import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import capture, load
from fleetkit.progress import silent
from tests.real import openstack_building as building
from tests.real.openstack_contents import SECRETS
from tests.real.openstack_settings import NODE

pytestmark = [  # the SDK warns of itself
    pytest.mark.openstack, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]
CLIENT = str(building.python().with_name("openstack"))  # found before HOME is another
HOST = f"openstack||host|{NODE}"


@pytest.fixture
def fleet(cloud, kept):
    """What the administrator sees, read once."""
    if "admin" not in kept:
        kept["admin"] = load("openstack", "admin", progress=silent)
    return kept["admin"]


@pytest.fixture(scope="module")
def kept():
    """Fleets that several tests look at."""
    return {}


def row(fleet, name):
    return fleet.workloads.set_index("name").loc[name]


def status(fleet):
    return fleet.coverage.set_index("resource")["status"].to_dict()


def test_servers_of_all_projects_are_there(cloud, fleet):
    vms = fleet.workloads[fleet.workloads["kind"] == "vm"]
    assert dict(zip(vms["name"], vms["native_id"], strict=True)) == cloud.servers


def test_all_resources_were_read(fleet):
    assert set(status(fleet).values()) == {"ok"}
    assert set(fleet.coverage["region"]) == {"RegionOne"}
    assert set(fleet.coverage["account"]) == {"admin"}


@pytest.mark.parametrize(("name", "state"), [
    ("web-1", "running"), ("stopped", "stopped"), ("paused", "paused")])
def test_states_are_those_of_the_cloud(fleet, name, state):
    assert row(fleet, name)["state"] == state


def test_a_flavor_is_cores_and_bytes(fleet):
    found = row(fleet, "web-1")
    assert (found["size_name"], found["cpu_cores"], found["memory_bytes"], found["disk_bytes"]) == (
        "m1.small", 1, 2 << 30, 25 << 30)


def test_the_host_is_the_hypervisor(fleet):
    assert set(fleet.workloads["host_id"].dropna()) == {HOST}
    assert row(fleet, NODE)[["kind", "cpu_cores"]].tolist() == ["host", 1000]


def test_fixed_and_floating_addresses_are_apart(cloud, fleet):
    found = row(fleet, "web-1")
    assert list(found["public_ips"]) == [cloud.floating]
    assert (len(found["private_ips"]), len(found["macs"])) == (1, 1)
    assert len(row(fleet, "paused")["private_ips"]) == 0


def test_a_server_that_boots_from_a_volume_has_its_image(cloud, fleet):
    found = row(fleet, "db")
    assert found["image_ref"] == cloud.images["debian-12-base"]
    assert (found["os_name"], found["disk_bytes"]) == ("debian", 110 << 30)


def test_volumes_are_mounts_of_their_server(cloud, fleet):
    mounts = fleet.mounts[fleet.mounts["workload_id"] == f"openstack||vm|{cloud.servers['db']}"]
    found = mounts.set_index("volume_id")
    root, data = cloud.volumes["db-root"], cloud.volumes["db-data"]
    assert found["is_root"].to_dict() == {root: True, data: False}
    assert found["delete_with_workload"].to_dict() == {root: True, data: False}
    assert found["persistence"].to_dict() == {root: "ephemeral", data: "durable"}
    assert found.loc[data, "size_bytes"] == 100 << 30


def test_a_volume_without_a_server_is_told(cloud, fleet):
    told = fleet.problems[fleet.problems["code"] == "unattached_volume"]
    assert told["subject_id"].tolist() == [cloud.volumes["left-over"]]


def test_images_know_their_parents(cloud, fleet):
    parents = fleet.images.set_index("name")["parent_ref"].dropna().to_dict()
    assert parents == {
        "debian-12-web": f"openstack||image|{cloud.images['debian-12-base']}",
        "web-2-before-upgrade": f"openstack||image|{cloud.images['debian-12-web']}",
    }


def test_nova_wrote_an_older_ancestor_into_the_snapshot(cloud):
    """Why `base_image_ref` of a snapshot is not believed where its server is known."""
    taken = cloud.admin.image.get(f"/images/{cloud.images['web-2-before-upgrade']}").json()
    assert taken["base_image_ref"] == cloud.images["debian-12-base"]


def test_images_of_all_projects_are_there_and_whole(cloud, fleet):
    images = fleet.images.set_index("name")
    assert dict(images["image_id"]) == {
        name: f"openstack||image|{one}" for name, one in cloud.images.items()}
    assert not images["is_stub"].any()
    assert images.loc["debian-12-base", ["size_bytes", "is_public", "arch"]].tolist() == [
        100, True, "x86_64"]
    assert row(fleet, "web-2")["snapshots"] == 1


def test_a_group_and_a_stack_are_links(fleet):
    links = fleet.links[fleet.links["relation"] == "member_of"]
    assert sorted(links["evidence"]) == [
        "metering.stack", "metering.stack", *["server group: soft-anti-affinity"] * 2]
    assert (row(fleet, "web-1")["controller_kind"], row(fleet, "web-1")["controller_name"]) == (
        "autoscaling", "s1")


def test_metadata_and_a_lock_are_read(fleet):
    found = row(fleet, "worker")
    assert (found["protected"], found["environment"]) == (True, "Production")
    assert json.loads(found["tags"])["team"] == "shop"
    assert row(fleet, "web-1")["protected"] == False  # noqa: E712 - not NA


def test_planted_secrets_are_nowhere(cloud, tmp_path, caplog):
    with caplog.at_level("DEBUG"):
        folder = capture("openstack", "admin", to=tmp_path / "dump", progress=silent)
    fleet = load("openstack", folder)
    told = [table.to_csv() for _, table in fleet]
    told += [path.read_bytes().decode(errors="replace") for path in folder.rglob("*.json")]
    told += [record.getMessage() for record in caplog.records if "fleetkit" in record.name]
    told += [gzip.decompress(path.read_bytes()).decode() for path in folder.rglob("*.gz")]
    assert len(told) > 10
    assert [secret for secret in SECRETS if any(secret in text for text in told)] == []


def test_a_capture_gives_the_same_tables(cloud, fleet, tmp_path):
    again = load("openstack", capture("openstack", "admin", to=tmp_path / "dump", progress=silent))
    where = ["origin", "target", "observed_at"]
    for name in ("workloads", "images", "mounts", "links"):
        pd.testing.assert_frame_equal(
            again[name].drop(columns=where), fleet[name].drop(columns=where))


def test_only_lists_are_asked_for_and_a_token(cloud, proxy):
    load("openstack", "admin", progress=silent)
    sent = {(method, url) for method, url in proxy.asked}
    assert len(sent) > 8
    assert {url.partition("/v3/")[2] for method, url in sent if method == "POST"} == {"auth/tokens"}
    assert {method for method, _ in sent} == {"GET", "POST"}


def test_small_pages_give_the_same_rows(cloud, fleet, proxy):
    paged = load("openstack", "admin", page_size=2, progress=silent)
    assert len(proxy.calls("/servers/detail")) >= 4
    for name in ("workloads", "images", "mounts", "links"):
        assert len(paged[name]) == len(fleet[name])


def test_another_project_sees_its_own_and_says_so(cloud):
    fleet = load("openstack", "shop", progress=silent)
    assert fleet.workloads["name"].tolist() == ["till"]
    assert status(fleet) == {
        "servers": "partial", "images": "partial", "volumes": "denied", "flavors": "ok",
        "hypervisors": "denied", "server_groups": "denied"}
    assert {"own_project_only", "access_denied"} <= set(fleet.problems["code"])


def test_its_own_project_alone_is_whole_if_no_more_was_asked_for(cloud):
    fleet = load("openstack", "shop", all_projects=False, progress=silent)
    found = status(fleet)
    assert (found["servers"], found["volumes"], found["server_groups"]) == ("ok", "empty", "empty")
    assert "own_project_only" not in set(fleet.problems["code"])


def test_both_projects_together_name_each_machine_once(cloud):
    fleet = load("openstack", "*o*", "admin", all_projects=False, progress=silent)
    assert sorted(fleet.workloads.query("kind == 'vm'")["name"]) == sorted(cloud.servers)
    assert fleet.images["image_id"].is_unique


def test_a_wrong_password_is_denied(cloud):
    with pytest.raises(LoadError, match="stranger answers 401"):
        load("openstack", "stranger", progress=silent)


def test_a_wrong_password_beside_a_right_one_is_a_status(cloud):
    fleet = load("openstack", "stranger", "admin", progress=silent)
    assert set(fleet.coverage.query("target == 'stranger'")["status"]) == {"denied"}
    assert set(fleet.coverage.query("target == 'admin'")["status"]) == {"ok"}


def test_a_region_that_is_not_there_is_told(cloud):
    with pytest.raises(LoadError, match="no region matches 'mars'; the catalogue has RegionOne"):
        load("openstack", "admin", regions="mars", progress=silent)


@pytest.fixture
def client(cloud, monkeypatch, tmp_path):
    """A function that runs OpenStack's own command-line client, and loads what it printed."""
    def run(name, *words):
        ran = subprocess.run(
            [CLIENT, "--os-cloud", "admin", *words,
             "-f", "json"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        (tmp_path / name).write_bytes(ran.stdout)
        return load("openstack", tmp_path / name)

    return run


def test_what_the_client_lists_has_the_same_ids(fleet, client):
    listed = client("list.json", "server", "list", "--long", "--all-projects").workloads
    live = fleet.workloads[fleet.workloads["kind"] == "vm"]
    same = ["workload_id", "name", "state", "size_name", "zone"]
    assert listed[same].reset_index(drop=True).equals(live[same].reset_index(drop=True))


def test_what_the_client_shows_is_the_same_server(cloud, fleet, client):
    shown = client("show.json", "server", "show", cloud.servers["db"]).workloads.iloc[0]
    live = row(fleet, "db")
    for name in ("workload_id", "cpu_cores", "memory_bytes", "host_id", "zone", "created_at",
                 "started_at", "protected", "state"):
        assert shown[name] == live[name], name
