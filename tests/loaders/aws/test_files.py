"""Saved answers: the same rows as live, and nothing lost in silence."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fleetkit as fk
from fleetkit.errors import LoadError
from fleetkit.loaders.aws import LOADER
from fleetkit.loaders.aws.parsing import parse
from fleetkit.loading.harvest import Harvest, Part, as_line, now
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Problem, Record, Target
from tests.loaders.aws import estate
from tests.loaders.aws.estate import saved, told
from tests.real import aws

PAYLOADS = Path(__file__).parents[4] / "shared/data/aws"
SCALE = ("eks-describe-cluster", "rds-describe-db-instances", "ssm-inventory-patch")
MACHINE = {
    "InstanceId": "i-1", "InstanceType": "t3.large", "ImageId": "ami-1", "AmiLaunchIndex": 0,
    "State": {"Code": 16, "Name": "running"}, "LaunchTime": "2026-01-02T03:04:05+00:00",
    "RootDeviceName": "/dev/xvda", "VpcId": "vpc-1", "PrivateIpAddress": "10.0.0.1",
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
        "VolumeId": "vol-1", "AttachTime": "2025-01-02T03:04:05+00:00",
        "DeleteOnTermination": False}}],
    "NetworkInterfaces": [{"OwnerId": aws.ACCOUNT, "PrivateIpAddress": "10.0.0.1"}],
    "Placement": {"AvailabilityZone": "eu-west-1a", "HostId": "h-1"},
    "Tags": [{"Key": "Name", "Value": "db"}], "SecurityGroups": [{"GroupId": "sg-1"}],
    "CpuOptions": {"CoreCount": 4, "ThreadsPerCore": 2}, "StateTransitionReason": "",
}


def machine(**fields):
    return {**MACHINE, **fields}


def reservation(*machines, owner=aws.ACCOUNT):
    return {"ReservationId": "r-1", "OwnerId": owner, "Instances": list(machines)}


def volume(identity="vol-1", **fields):
    return {"VolumeId": identity, "Size": 10, "VolumeType": "gp3", "State": "in-use",
            "Encrypted": True, "MultiAttachEnabled": False,
            "Attachments": [{"InstanceId": "i-1"}], **fields}


def tabulated(*documents):
    """The fleet of documents, each as a file of its own."""
    harvests = []
    for number, document in enumerate(documents):
        part = Part("file", status="ok")
        for item in parse(document, f"{number}.json"):
            part.take(item)
        harvests.append(Harvest("aws", Target(f"{number}.json"), "file", now(), {"file": part}))
    return tabulate(LOADER, harvests)


def first(fleet):
    return fleet.workloads[fleet.workloads["kind"] == "vm"].iloc[0]


def payloads():
    if not PAYLOADS.is_dir():
        pytest.skip(f"third-party payloads are absent: {PAYLOADS.name} beside the checkout")
    return [path for path in sorted(PAYLOADS.rglob("*.json")) if path.parent.name not in SCALE]


def test_ids_and_rows_are_those_of_a_live_read(cloud, tmp_path):
    estate.machines(cloud, 2, Name="web")
    ec2 = cloud.client("ec2", estate.REGION)
    folder = saved(tmp_path / "saved", instances=ec2.describe_instances(),
                   volumes=ec2.describe_volumes(), images=ec2.describe_images(
                       ImageIds=[aws.LINUX]),
                   types=ec2.describe_instance_types(InstanceTypes=["t3.large"]))
    live, filed = estate.loaded(cloud), fk.load("aws", folder)
    told_by_place = ["origin", "target", "account", "region", "observed_at", "snapshots"]
    for name in ("workloads", "mounts", "images"):
        one, other = (fleet[name].drop(columns=told_by_place, errors="ignore")
                      for fleet in (live, filed))
        assert one.equals(other), name


def test_third_party_payloads_lose_no_machine():
    files = payloads()
    ids = {
        entry["InstanceId"]
        for path in files if path.parent.name == "describe-instances"
        for each in json.loads(path.read_text())["Reservations"] for entry in each["Instances"]
    }
    rows = fk.load("aws", PAYLOADS).workloads
    assert ids <= set(rows["native_id"])


def test_third_party_payloads_hold_nothing_unreadable():
    for path in payloads():
        problems = [item for item in parse(json.loads(path.read_text()), path.name)
                    if isinstance(item, Problem) and item.code == "unreadable_record"]
        assert problems == [], path.name


def test_what_aws_prints_of_other_services_is_refused_with_what_to_pass():
    with pytest.raises(LoadError, match="found an object with DBInstances; pass the output of"):
        list(parse({"DBInstances": []}, "rds.json"))


@pytest.mark.parametrize("document", [
    [reservation(machine())], [machine()], [[machine()]], machine(),
    {"Reservations": [reservation(machine())], "NextToken": None},
    [{"Reservations": [reservation(machine())]}],
], ids=["reservations", "machines", "nested", "one machine", "answer", "list of answers"])
def test_each_form_that_query_leaves_gives_the_same_machine(document):
    assert first(tabulated(document))["workload_id"] == f"aws|{aws.ACCOUNT}|vm|i-1"


def test_a_page_of_several_is_told():
    fleet = tabulated({"Reservations": [reservation(machine())], "NextToken": "more"})
    assert told(fleet, "truncated_page")["hint"].str.contains("--max-items").all()


def test_a_truncated_file_costs_no_other_file(tmp_path):
    whole = json.dumps({"Reservations": [reservation(machine())]})
    (tmp_path / "a.json").write_text(whole)
    (tmp_path / "b.json").write_text(whole[: len(whole) // 2])
    fleet = fk.load("aws", tmp_path)
    assert len(fleet.workloads.query("kind == 'vm'")) == 1
    assert told(fleet, "unreadable_file")["subject_id"].tolist() == ["b.json"]


def test_cores_are_those_that_the_machine_has_and_not_its_type():
    assert first(tabulated([machine()]))["cpu_cores"] == 8


def test_linux_is_where_no_platform_is_named():
    assert first(tabulated([machine()]))["os_family"] == "linux"


def test_an_operating_system_that_is_paid_for_is_named():
    row = first(tabulated([machine(PlatformDetails="Red Hat Enterprise Linux with HA")]))
    assert (row["os_name"], row["os_source"]) == ("Red Hat Enterprise Linux", "license")


@pytest.mark.parametrize(("name", "owner", "system"), [
    ("al2023-ami-2023.3.20240131.0-kernel-6.1-x86_64", "137112412989", ("Amazon Linux", "2023")),
    ("amzn-ami-hvm-2017.09.1.20171103-x86_64-gp2", "137112412989", ("Amazon Linux AMI", "2017.09")),
    ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240101", "099720109477",
     ("Ubuntu", "22.04")),
    ("debian-12-amd64-20240102-1614", "136693071363", ("Debian GNU/Linux", "12")),
    ("RHEL-9.3.0_HVM-20240117-x86_64-49-Hourly2-GP3", "309956199498",
     ("Red Hat Enterprise Linux", "9.3")),
    ("Windows_Server-2022-English-Full-Base-2024.01.10", "801119661308",
     ("Windows Server", "2022")),
])
def test_an_image_of_its_publisher_names_the_system(name, owner, system):
    image = {"ImageId": "ami-1", "ImageLocation": name, "Name": name, "OwnerId": owner}
    fleet = tabulated([machine()], {"Images": [image]})
    for row in (first(fleet), fleet.images.iloc[0]):
        assert (row["os_name"], row["os_version"]) == system
    assert first(fleet)["os_source"] == "image"


def test_the_name_of_a_strangers_image_proves_nothing():
    image = {"ImageId": "ami-1", "ImageLocation": "a", "Name": "debian-12-amd64",
             "OwnerId": "666666666666"}
    assert first(tabulated([machine()], {"Images": [image]})).isna()["os_name"]


def test_a_terminated_machine_stays_with_its_state():
    gone = machine(State={"Name": "terminated"}, BlockDeviceMappings=[], NetworkInterfaces=[],
                   StateTransitionReason="User initiated (2026-03-04 05:06:07 GMT)")
    row = first(tabulated([reservation(gone)]))
    assert (row["state"], str(row["stopped_at"])) == ("terminated", "2026-03-04 05:06:07+00:00")


def test_a_spot_machine_is_ephemeral():
    assert first(tabulated([machine(InstanceLifecycle="spot")]))["ephemeral"]


def test_a_word_for_a_state_that_is_new_is_unknown_and_kept():
    row = first(tabulated([machine(State={"Name": "dreaming"})]))
    assert (row["state"], row["state_raw"]) == ("unknown", "dreaming")


def test_a_machine_of_which_tags_were_cut_has_an_unknown_controller():
    cut = {name: MACHINE[name] for name in ("InstanceId", "InstanceType")}
    row = first(tabulated([cut]))
    assert (row["controller_kind"], row["tags"] is None or row.isna()["tags"]) == ("unknown", True)


def test_a_dedicated_host_that_is_only_named_is_a_row():
    rows = tabulated([machine()]).workloads.set_index("kind")
    assert rows.loc["host", "workload_id"] == rows.loc["vm", "host_id"]


def test_a_volume_on_several_machines_is_shared():
    both = {"Attachments": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}],
            "MultiAttachEnabled": True}
    fleet = tabulated([machine(), machine(InstanceId="i-2")], {"Volumes": [volume(**both)]})
    assert fleet.mounts["persistence"].tolist() == ["shared_durable"] * 2


def test_a_volume_that_outlives_the_machine_is_durable():
    assert tabulated([machine()]).mounts["persistence"].tolist() == ["durable"]


def test_sizes_of_volumes_are_gibibytes():
    fleet = tabulated([machine()], {"Volumes": [volume()]})
    assert first(fleet)["disk_bytes"] == fleet.mounts["size_bytes"].iloc[0] == 10 << 30


def test_a_sum_with_an_unknown_volume_is_unknown():
    other = {"DeviceName": "/dev/xvdb", "Ebs": {"VolumeId": "vol-2"}}
    fleet = tabulated([machine(BlockDeviceMappings=[*MACHINE["BlockDeviceMappings"], other])],
                      {"Volumes": [volume()]})
    assert first(fleet).isna()["disk_bytes"]


def test_duplicates_in_what_is_joined_make_no_more_rows():
    types = {"InstanceTypes": [{"InstanceType": "t3.large", "VCpuInfo": {"DefaultVCpus": 2}}]}
    images = {"Images": [{"ImageId": "ami-1", "ImageLocation": "a", "SourceImageId": "ami-0"}]}
    group = {"AutoScalingGroups": [{
        "AutoScalingGroupName": "g", "AutoScalingGroupARN": "arn:aws:autoscaling:r:1:g",
        "DesiredCapacity": 1, "Instances": [{"InstanceId": "i-1"}]}]}
    cards = {"NetworkInterfaces": [{"NetworkInterfaceId": f"eni-{n}", "MacAddress": "m",
                                    "Attachment": {"InstanceId": "i-1"}} for n in range(3)]}
    others = [types, images, group, cards, {"Volumes": [volume()]},
              {"Addresses": [{"PublicIp": "1.1.1.1", "InstanceId": "i-1", "Domain": "vpc"}]}]
    once, twice = (tabulated([machine()], *others * times) for times in (1, 2))
    for name in ("workloads", "mounts", "images", "links"):
        assert len(once[name]) == len(twice[name]), name


def test_a_volume_of_no_machine_in_a_file_is_told():
    fleet = tabulated({"Volumes": [volume(State="available", Attachments=[])]})
    assert len(told(fleet, "unattached_volume")) == 1


def test_parents_of_images_are_recorded():
    fleet = tabulated({"Images": [{"ImageId": "ami-2", "ImageLocation": "a", "Name": "golden",
                                   "SourceImageId": "ami-1", "SourceImageRegion": "us-east-1"}]})
    images = fleet.images.set_index("image_id")
    assert images.loc["aws||ami|ami-2", "parent_ref"] == "aws||ami|ami-1"
    assert images.loc["aws||ami|ami-1", "is_stub"]


def test_ancestry_fills_the_gaps():
    fleet = tabulated(
        {"Images": [{"ImageId": "ami-2", "ImageLocation": "a"}]},
        {"ImageAncestryEntries": [{"ImageId": "ami-2", "SourceImageId": "ami-1"},
                                  {"ImageId": "ami-1", "SourceImageId": "ami-0"}]})
    pairs = fleet.links.query("relation == 'derived_from'")[["from_id", "to_id"]]
    assert pairs.to_numpy().tolist() == [["aws||ami|ami-1", "aws||ami|ami-0"],
                                         ["aws||ami|ami-2", "aws||ami|ami-1"]]


def test_a_watermark_names_an_ancestor_where_no_source_is_recorded():
    fleet = tabulated({"Images": [{"ImageId": "ami-2", "ImageLocation": "a", "ImageWatermarks": [
        {"WatermarkKey": "base", "SourceImageId": "ami-1"}]}]})
    assert fleet.links["evidence"].tolist() == ["watermark of an ancestor"]


def test_rules_link_group_to_group_and_machines_only_to_their_own():
    groups = [{"GroupId": f"sg-{n}", "OwnerId": aws.ACCOUNT, "IpPermissions": [
        {"FromPort": 5432, "ToPort": 5432, "IpProtocol": "tcp",
         "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": aws.ACCOUNT}]}]} for n in (1, 2)]
    machines = [machine(InstanceId=f"i-{n}") for n in range(20)]
    links = tabulated(machines, {"SecurityGroups": groups}).links
    assert Counter(links["relation"])["allowed_to"] == 2
    assert Counter(links["relation"])["member_of"] == 20


def test_health_of_targets_without_their_group_is_a_problem():
    fleet = tabulated({"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}}]})
    assert told(fleet, "unreadable_record")["hint"].str.contains("TargetGroupArn").all()


@pytest.mark.parametrize("odd", [
    7, None, "i-1", {"InstanceId": 7}, {"InstanceId": "i-2", "Tags": "none"}, {"State": "running"},
    {"InstanceId": "i-2", "BlockDeviceMappings": {"Ebs": 1}},
])
def test_an_entry_of_another_form_is_a_problem_and_all_others_are_rows(odd):
    fleet = tabulated({"Reservations": [reservation(machine(), odd, machine(InstanceId="i-3"))]})
    rows = fleet.workloads.query("kind == 'vm'")["native_id"].tolist()
    assert (rows, len(told(fleet, "unreadable_record"))) == (["i-1", "i-3"], 1)


@pytest.mark.parametrize("document", [
    {"Reservations": "none"}, {"Volumes": [[]]}, {"Images": {"Name": "golden"}},
    {"Reservations": [{"Instances": [None]}]}, {"AutoScalingGroups": [3]},
    {"LaunchTemplateVersions": [{"LaunchTemplateData": 3}]},
])
def test_a_document_of_another_form_is_a_problem(document):
    found = list(parse(document, "odd.json"))
    assert [item.code for item in found if isinstance(item, Problem)] == ["unreadable_record"]


@pytest.mark.parametrize("odd", [estate.PLANTED, [{"db_password": estate.PLANTED}]])
def test_a_problem_quotes_nothing_of_an_entry(odd):
    found = list(parse({"Images": [odd]}, "odd.json"))
    assert [item.code for item in found if isinstance(item, Problem)] == ["unreadable_record"]
    assert estate.PLANTED not in str(found)


@pytest.mark.parametrize("document", [None, 3, "text", [], {}, [[[[[[[]]]]]]], [None]])
def test_what_is_nothing_of_aws_is_refused(document):
    with pytest.raises(LoadError, match="expected what the AWS CLI prints"):
        list(parse(document, "odd.json"))


def test_secrets_are_dropped_when_the_record_is_made():
    planted = estate.PLANTED
    found = [item for item in parse({"Reservations": [reservation(machine(
        UserData=planted, Tags=[{"Key": "db_password", "Value": planted},
                                {"Key": "run", "Value": f"mysql --password={planted}"}],
    ))]}, "a.json") if isinstance(item, Record)]
    assert all(planted.encode() not in as_line(item.content) for item in found)


@settings(max_examples=8)
@given(st.lists(st.sets(st.sampled_from(sorted(MACHINE))), min_size=1, max_size=60))
def test_whatever_fields_are_missing_each_machine_is_a_row_or_a_problem(removed):
    machines = [
        {name: value for name, value in machine(InstanceId=f"i-{number}").items()
         if name not in names} for number, names in enumerate(removed)
    ]
    fleet = tabulated({"Reservations": [reservation(*machines)]})
    rows = len(fleet.workloads.query("kind == 'vm'"))
    assert rows + len(told(fleet, "unreadable_record")) == len(machines)
    assert rows == sum("InstanceId" in each for each in machines)
