"""What the tables say of an estate that moto keeps."""

import json

import pytest

from tests.loaders.aws import estate
from tests.real.aws import ACCOUNT

GIB = 1 << 30


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.fixture(scope="module")
def fleet(running, tmp_path_factory):
    """Two machines, an image of the first, a herd of that image, a balancer, a stray volume."""
    running.reset()
    monkey = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkey.setenv(name, "testing")
    monkey.setenv("AWS_CONFIG_FILE", str(tmp_path_factory.mktemp("home") / "config"))
    ec2 = running.client("ec2", estate.REGION)
    first = estate.machines(running, Name="db", env="prod", password=estate.PLANTED)[0]
    estate.machines(running, size="m5d.large")
    golden = ec2.create_image(InstanceId=first["InstanceId"], Name="golden")["ImageId"]
    estate.herd(running, golden)
    estate.balanced(running, first["InstanceId"])
    volume = ec2.create_volume(AvailabilityZone=f"{estate.REGION}a", Size=7)["VolumeId"]
    root = ec2.describe_volumes(Filters=[
        {"Name": "attachment.instance-id", "Values": [first["InstanceId"]]}])["Volumes"][0]
    ec2.create_snapshot(VolumeId=root["VolumeId"])
    found = estate.loaded(running)
    monkey.undo()
    running.reset()
    return {"fleet": found, "first": first, "golden": golden, "stray": volume, "root": root}


@pytest.fixture
def first(fleet):
    rows = fleet["fleet"].workloads
    return only(rows[rows["workload_id"] == estate.machine_id(fleet["first"])])


def links(fleet, relation):
    rows = fleet["fleet"].links
    return rows[rows["relation"] == relation]


def test_every_machine_is_a_row(fleet):
    assert fleet["fleet"].workloads["kind"].tolist() == ["vm"] * 4


def test_cores_and_memory_come_from_the_type(first):
    assert (first["cpu_cores"], first["memory_bytes"]) == (2, 8 * GIB)


def test_the_last_start_is_no_age(first, fleet):
    assert first["started_at"] == fleet["first"]["LaunchTime"]


def test_a_machine_was_made_when_its_first_disk_or_interface_was_attached(first, fleet):
    attached = fleet["root"]["Attachments"][0]["AttachTime"]
    assert abs((first["created_at"] - attached).total_seconds()) < 5


def test_disks_are_summed_in_bytes(first, fleet):
    assert first["disk_bytes"] == fleet["root"]["Size"] * GIB


def test_snapshots_of_its_disks_are_counted_and_none_is_zero(fleet):
    counts = fleet["fleet"].workloads.set_index("workload_id")["snapshots"]
    assert (counts.pop(estate.machine_id(fleet["first"])), set(counts)) == (1, {0})


def test_name_and_environment_are_tags(first):
    assert (first["name"], first["environment"]) == ("db", "prod")


def test_a_machine_without_a_name_is_called_by_its_id(fleet):
    rows = fleet["fleet"].workloads
    assert (rows["name"] == rows["native_id"]).sum() == 3


def test_a_machine_of_no_group_has_no_controller(first):
    assert first["controller_kind"] == "none"


def test_machines_of_a_group_say_so_with_the_wanted_number(fleet):
    rows = fleet["fleet"].workloads
    herd = rows[rows["controller_name"] == "herd"]
    assert (herd["controller_kind"].tolist(), herd["replicas"].tolist()) == (
        ["autoscaling"] * 2, [2, 2])


def test_an_instance_store_is_lost_with_the_machine(fleet):
    disk = only(fleet["fleet"].mounts.query("kind == 'instance_store'"))
    assert (disk["size_bytes"], disk["persistence"]) == (75 * 10**9, "ephemeral")


def test_a_volume_is_mounted_as_the_root_that_goes_with_the_machine(fleet):
    disk = only(fleet["fleet"].mounts.query("volume_id == @fleet['root']['VolumeId']"))
    assert (disk["is_root"], disk["delete_with_workload"], disk["persistence"]) == (
        True, True, "ephemeral")


def test_a_volume_of_no_machine_is_told(fleet):
    row = only(estate.told(fleet["fleet"], "unattached_volume"))
    assert (row["subject_id"], row["severity"]) == (
        f"aws|{ACCOUNT}|volume|{fleet['stray']}", "info")


def test_owned_and_referenced_images_are_rows(fleet):
    rows = fleet["fleet"].images
    assert (rows["is_stub"].tolist(), rows["kind"].tolist()) == ([False] * 2, ["ami"] * 2)


def test_an_image_made_of_a_machine_derives_from_its_image(fleet):
    link = only(links(fleet, "derived_from"))
    assert (link["from_id"], link["to_id"]) == (
        f"aws||ami|{fleet['golden']}", f"aws||ami|{fleet['first']['ImageId']}")


def test_a_group_uses_the_image_of_its_launch_template(fleet):
    used = links(fleet, "uses_image").set_index("from_id")["to_id"]
    assert used[f"aws|{ACCOUNT}|autoscaling_group|herd"] == f"aws||ami|{fleet['golden']}"


def test_a_target_is_a_service_with_health_ports_and_exposure(fleet):
    row = only(fleet["fleet"].services)
    assert (row["service_name"], row["workload_id"], row["port"], row["target_port"],
            row["health"], row["exposure"]) == (
        "web", estate.machine_id(fleet["first"]), 80, 8080, "passing", "public")


def test_a_balancer_balances_to_its_targets(fleet):
    assert only(links(fleet, "balances_to"))["to_id"] == estate.machine_id(fleet["first"])


def test_every_link_of_a_machine_begins_at_a_row(fleet):
    ends = links(fleet, "uses_image")["from_id"]
    machines = ends[ends.str.contains("|vm|", regex=False)]
    assert set(machines) == set(fleet["fleet"].workloads["workload_id"])


def test_secrets_in_user_data_and_tags_are_in_no_table(fleet):
    assert all(estate.PLANTED not in fleet["fleet"][name].to_csv()
               for name in ("workloads", "images", "links", "mounts", "problems", "coverage"))


def test_a_tag_whose_name_says_secret_keeps_its_name(first):
    assert json.loads(first["tags"])["password"] == "[masked]"


def test_all_that_moto_knows_is_covered(fleet):
    status = estate.covered(fleet["fleet"])
    assert {status[name] for name in estate.EC2} <= {"ok", "empty"}


def test_ancestors_that_nobody_can_tell_are_unsupported(fleet):
    assert estate.covered(fleet["fleet"])["image_ancestors"] == "unsupported"
