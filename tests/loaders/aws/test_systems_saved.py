"""Systems Manager as `aws ssm …` prints it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import fleetkit as fk
from fleetkit.errors import LoadError
from fleetkit.loaders.aws import LOADER
from fleetkit.loaders.aws.platforms import naming_of
from fleetkit.plugins import Problem, Record
from tests.loaders.aws.chosen import saved, shared
from tests.real import systems_manager as real

ID = "i-0123456789abcdef0"
ENTRY = {"Name": "bash", "Version": "5.2.15-2+b2", "Architecture": "x86_64",
         "PackageId": "bash_5.2.15-2+b2_amd64.deb"}


def machine(**fields):
    return {"InstanceInformationList": [{
        "InstanceId": ID, "PlatformName": "Debian GNU/Linux", "PlatformVersion": "12",
        "PlatformType": "Linux", "PingStatus": "Online", **fields}]}


def entries(*found, **fields):
    return {"TypeName": "AWS:Application", "InstanceId": ID, "Entries": list(found or [ENTRY]),
            **fields}


def entity(**types):
    return {"Entities": [{"Id": ID, "Data": {
        f"AWS:{name}": {"TypeName": f"AWS:{name}", "Content": content}
        for name, content in types.items()}}]}


def test_packages_of_one_file_get_the_ecosystem_of_another(tmp_path):
    row = saved(tmp_path, machines=machine(), packages=entries()).packages.iloc[0]
    assert row[["subject_id", "ecosystem", "release", "arch", "purl"]].tolist() == [
        f"aws||vm|{ID}", "Debian", "12", "amd64",
        "pkg:deb/debian/bash@5.2.15-2%2Bb2?arch=amd64&distro=debian-12"]


def test_packages_without_a_machine_have_no_ecosystem(tmp_path):
    rows = saved(tmp_path, packages=entries()).packages
    assert (rows["name"].tolist(), rows["ecosystem"].isna().all()) == (["bash"], True)


def test_both_calls_of_inventory_are_read_alike(tmp_path):
    one = saved(tmp_path / "a", machines=machine(), packages=entries()).packages
    two = saved(tmp_path / "b", machines=machine(), packages=entity(Application=[ENTRY])).packages
    columns = ["subject_id", "ecosystem", "name", "version", "arch", "purl"]
    assert one[columns].equals(two[columns])


def test_the_account_comes_from_the_instance_if_that_was_saved(tmp_path):
    instance = {"Reservations": [{"OwnerId": "210987654321", "Instances": [
        {"InstanceId": ID, "InstanceType": "t3.micro", "State": {"Name": "running"}}]}]}
    fleet = saved(tmp_path, machines=machine(), packages=entries(), instances=instance,
                  states={"InstancePatchStates": [real.counts(ID, MissingCount=1)]})
    assert set(fleet.packages["subject_id"]) == set(fleet.workloads["workload_id"])
    assert set(fleet.patches["workload_id"]) == set(fleet.workloads["workload_id"])


def test_documents_that_come_twice_multiply_no_row(tmp_path):
    fleet = saved(tmp_path, a=machine(), b=machine(), c=entries(), d=entries())
    assert len(fleet.packages) == 1


def test_patches_are_of_the_machine_in_the_name_of_their_file(tmp_path):
    patches = {"Patches": [{"KBId": "KB1", "Title": "", "Classification": "", "Severity": "",
                            "State": "InstalledOther", "InstalledTime": 1549584000.0}]}
    rows = saved(tmp_path, **{f"patches-{ID}": patches}).patches
    assert rows[["workload_id", "patch_id", "state"]].to_numpy().tolist() == [
        [f"aws||vm|{ID}", "KB1", "installed"]]
    assert str(rows["installed_at"].iloc[0]) == "2019-02-08 00:00:00+00:00"


@pytest.mark.parametrize("patches", [3.5, None, "many", {}])
def test_patches_that_are_no_list_are_told(tmp_path, patches):
    fleet = saved(tmp_path, patches={"Patches": patches}, machines=machine())
    assert fleet.problems["code"].tolist() == ["unknown_machine"]


def test_patches_of_an_unknown_machine_are_told(tmp_path):
    fleet = saved(tmp_path, patches={"Patches": [{"KBId": "KB1", "State": "Missing"}]},
                  machines=machine())
    assert fleet.problems["code"].tolist() == ["unknown_machine"]


def test_patches_of_two_machines_do_not_hide_each_others_counts(tmp_path):
    other = ID[:-1] + "1"
    states = {"InstancePatchStates": [real.counts(ID, MissingCount=1),
                                      real.counts(other, MissingCount=2)]}
    patches = {"Patches": [{"KBId": "KB1", "State": "Missing"}]}
    rows = saved(tmp_path, states=states, **{f"patches-{ID}": patches}).patches
    missing = rows[rows["state"] == "missing"]
    assert missing.groupby("workload_id")["count"].sum().tolist() == [1, 2]
    assert missing.groupby("workload_id")["patch_id"].count().tolist() == [1, 0]


@pytest.mark.parametrize(("name", "version", "ecosystem", "release"), [
    ("Ubuntu", "22.04", "Ubuntu", "22.04:LTS"),
    ("Ubuntu", "23.10", "Ubuntu", "23.10"),
    ("Ubuntu", "21.04", "Ubuntu", "21.04"),
    ("Debian GNU/Linux", "12", "Debian", "12"),
    ("Red Hat Enterprise Linux Server", "7.5", "Red Hat", "7"),
    ("Amazon Linux", "2023", "Amazon Linux", "2023"),
    ("Amazon Linux AMI", "2018.03", "Amazon Linux", "2018.03"),
    ("SLES", "15.5", "SUSE", "Linux Enterprise Server 15 SP5"),
    ("openSUSE Leap", "15.6", "openSUSE", "Leap 15.6"),
    ("Rocky Linux", "9.3", "Rocky Linux", "9"),
])
def test_platforms_have_the_names_of_osv(name, version, ecosystem, release):
    told = naming_of(name, version)
    assert (told["Ecosystem"], told["Release"]) == (ecosystem, release)


@pytest.mark.parametrize("name", [None, "", "Microsoft Windows Server 2022", "Ubuntu Core"])
def test_a_platform_that_is_not_known_is_not_guessed(name):
    assert naming_of(name, "1") == {}


def test_nesting_deeper_than_anything_real_costs_no_other_row(tmp_path):
    deep = "[" * 900 + "]" * 900
    (tmp_path / "a.json").write_text(
        f'{{"InstanceInformationList":[{{"InstanceId":"mi-1","x":{deep}}},{{"InstanceId":"mi-2"}}]}}')
    fleet = fk.load("aws", tmp_path)
    assert fleet.workloads["native_id"].tolist() == ["mi-2"]
    assert fleet.problems["code"].tolist() == ["unreadable_record"]


def test_a_broken_entry_costs_no_other_package_of_its_machine(tmp_path):
    fleet = saved(tmp_path, packages=entries(None, 7, ENTRY, {}))
    assert (len(fleet.packages), fleet.problems["detail"].tolist()) == (1, ["3 of 4"])


def test_broken_machines_are_told_and_the_others_read(tmp_path):
    broken = [None, 7, "text", [], {}]
    fleet = saved(tmp_path, machines={
        "InstanceInformationList": [*broken, *machine()["InstanceInformationList"]]},
        packages=entries())
    assert fleet.packages["ecosystem"].tolist() == ["Debian"]
    assert fleet.problems["code"].tolist() == ["unreadable_record"] * len(broken)


JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8)
    | some.sampled_from([ID, "AWS:Application", "arn:aws:ecs:r:a:task/c/t", "x.deb", "Missing"]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(
        some.sampled_from(["InstanceId", "Id", "Data", "Content", "Name", "Version", "PackageId",
                           "AWS:Application", "AWS:InstanceInformation", "State", "TypeName",
                           "Entries", "taskArn", "clusterArn", "containers", "name", "image",
                           "environment", "volumes", "containerDefinitions", "host", "tags",
                           "taskDefinitionArn", "mountPoints", "imageDigest", "imageTags"]),
        inner, max_size=6), max_leaves=25)
KEYS = ["InstanceInformationList", "Entities", "Entries", "InstancePatchStates", "Patches",
        "tasks", "services", "clusters", "containerInstances", "taskDefinition", "repositories",
        "imageDetails"]


@given(some.dictionaries(some.sampled_from(KEYS), JUNK | some.lists(JUNK, max_size=3), min_size=1,
                         max_size=3))
@settings(max_examples=150, deadline=None)
def test_no_document_breaks_the_reader(document):
    try:
        found = list(LOADER.parse(document, f"{ID}.json"))
    except LoadError:
        return
    assert all(isinstance(item, (Record, Problem)) for item in found)


@given(some.lists(JUNK, min_size=30, max_size=60))
@settings(max_examples=3, deadline=None)
def test_no_document_breaks_the_tables(tmp_path_factory, junk):
    documents = {key: {key: junk[place::len(KEYS)]} for place, key in enumerate(KEYS)}
    fleet = saved(tmp_path_factory.mktemp("junk"), **documents, good=entries())
    assert "bash" in fleet.packages["name"].tolist()


def test_payloads_of_others_are_read():
    folders = shared("ssm-describe-instance-information", "ssm-patch")
    fleet = fk.load("aws", *folders)
    assert (len(fleet.packages), len(fleet.patches), len(fleet.workloads)) == (2, 6, 1)
    assert sorted(fleet.problems["code"]) == ["truncated_page", "unknown_machine"]
