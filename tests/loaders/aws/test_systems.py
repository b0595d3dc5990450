"""Systems Manager: machines, packages and patches, from a server held against botocore's model."""

import subprocess
from collections import Counter

import pytest

import fleetkit as fk
from fleetkit.progress import silent
from tests.loaders.aws import estate
from tests.loaders.aws.chosen import captured, loaded, statuses
from tests.loaders.aws.estate import REGION
from tests.real import systems_manager as real
from tests.real.aws import ACCOUNT, Fault
from tests.real.parts import require

WEB, DB, OLD = "i-0123456789abcdef0", "i-0123456789abcdef1", "i-0123456789abcdef2"
HYBRID = "mi-0123456789abcdef3"


@pytest.fixture
def manager(cloud):
    with real.in_front_of(cloud) as found:
        yield found


@pytest.fixture
def machines(manager):
    return manager.place(REGION)


def vm(identity):
    return f"aws|{ACCOUNT}|vm|{identity}"


def denied():
    return Fault(400, "AccessDeniedException", "User is not authorized to perform this")


def asked(cloud):
    return Counter(action for _, action in cloud.actions)


def packages_of(fleet, identity):
    return fleet.packages[fleet.packages["subject_id"] == vm(identity)]


def test_packages_of_this_machine_are_those_that_dpkg_names(cloud, machines):
    machines.append(real.machine(WEB, applications=real.own_packages()))
    found = packages_of(loaded(cloud, "inventory"), WEB)
    listed = subprocess.run(
        [require("dpkg-query"), "-W", r"-f=${Package} ${Version} ${Architecture}\n"],
        check=True, capture_output=True, text=True).stdout.splitlines()
    assert sorted(found["name"] + " " + found["version"] + " " + found["arch"]) == sorted(listed)


def test_packages_bear_the_ecosystem_and_release_of_their_machine(cloud, machines):
    rpms = [real.rpm("bash", "5.1.8", "6.el9")]
    machines.append(real.machine(WEB, applications=real.own_packages()[:2]))
    machines.append(real.machine(DB, "Rocky Linux", "9.3", applications=rpms))
    rows = loaded(cloud, "inventory").packages
    assert set(zip(rows["ecosystem"], rows["release"], strict=True)) == {
        ("Debian", "12"), ("Rocky Linux", "9")}


def test_an_rpm_is_epoch_version_release_and_names_its_source(cloud, machines):
    rpms = [real.rpm("openssl-libs", "3.0.7", "24.el9", epoch="1", source="openssl")]
    machines.append(real.machine(WEB, "Red Hat Enterprise Linux", "9.3", applications=rpms))
    row = loaded(cloud, "inventory").packages.iloc[0]
    assert row[["version", "source_name", "source_version"]].tolist() == [
        "1:3.0.7-24.el9", "openssl", "1:3.0.7-24.el9"]


def test_purls_are_those_of_the_purl_library(cloud, machines):
    packageurl = pytest.importorskip("packageurl")
    rpms = [real.rpm("openssl-libs", "3.0.7", "24.el9", epoch="1"), real.rpm("a+b", "1~2^3", "4")]
    machines.append(real.machine(WEB, applications=real.own_packages()))
    machines.append(real.machine(DB, "Red Hat Enterprise Linux", "9.3", applications=rpms))
    purls = loaded(cloud, "inventory").packages["purl"]
    assert purls.tolist() == [packageurl.PackageURL.from_string(purl).to_string()
                              for purl in purls]


def test_windows_applications_and_snaps_have_no_ecosystem(cloud, machines):
    snap = {"Name": "core", "Version": "16-2.43.3", "Publisher": "canonical", "PackageId": ""}
    program = {"Name": "Agent", "Version": "2.3", "Architecture": "i386", "PackageId": "{88a6}"}
    machines.append(real.machine(WEB, "Ubuntu", "22.04", applications=[snap]))
    machines.append(real.machine(DB, "Microsoft Windows Server 2022 Datacenter", "10.0.20348",
                                 applications=[program]))
    rows = loaded(cloud, "inventory").packages
    assert rows["ecosystem"].isna().tolist() == [True, True]


def test_an_rpm_without_release_is_compared_with_nothing(cloud, machines):
    old = {"Name": "bash", "Version": "4.2.46", "PackageId": "bash-4.2.46-33.el7.src.rpm"}
    machines.append(real.machine(WEB, "CentOS Linux", "7", applications=[old]))
    fleet = loaded(cloud, "inventory")
    assert fleet.packages["ecosystem"].isna().all()
    assert "incomplete_version" in fleet.problems["code"].tolist()


def test_keys_that_rpm_keeps_among_packages_are_no_packages(cloud, machines):
    entries = [real.rpm("gpg-pubkey", "fd431d51", "4ae0493b"), real.rpm("bash", "5.1.8", "6.el9")]
    machines.append(real.machine(WEB, "Rocky Linux", "9.3", applications=entries))
    assert loaded(cloud, "inventory").packages["name"].tolist() == ["bash"]


def test_fifty_machines_are_one_call(cloud, machines):
    package = real.own_packages()[:1]
    machines.extend(real.machine(f"i-{number:017x}", applications=package)
                    for number in range(120))
    fleet = loaded(cloud, "inventory")
    assert (len(fleet.packages), asked(cloud)["ListInventoryEntries"]) == (120, 0)
    assert asked(cloud)["GetInventory"] == 3 * 3  # machines, details, packages


def test_where_inventory_takes_no_types_machines_are_asked_one_by_one(cloud, manager, machines):
    manager.takes_types = False
    machines.append(real.machine(WEB, applications=real.own_packages()[:120]))
    machines.append(real.machine(DB, applications=[real.rpm("a", "1", "2")]))
    fleet = loaded(cloud, "inventory")
    assert len(packages_of(fleet, WEB)) == 120
    assert asked(cloud)["ListInventoryEntries"] == 3 + 1


def test_both_ways_give_the_same_packages(cloud, manager, machines):
    machines.append(real.machine(WEB, applications=real.own_packages()[:70]))
    whole = loaded(cloud, "inventory").packages
    manager.takes_types = False
    single = loaded(cloud, "inventory").packages
    assert whole.drop(columns="observed_at").equals(single.drop(columns="observed_at"))


def test_a_stopped_machine_keeps_its_packages_and_their_ecosystem(cloud, machines):
    machines.append(real.stopped_machine(OLD, "Ubuntu", "22.04",
                                         applications=real.own_packages()[:1]))
    row = packages_of(loaded(cloud, "inventory"), OLD).iloc[0]
    assert (row["ecosystem"], row["release"]) == ("Ubuntu", "22.04:LTS")


def test_a_terminated_machine_has_no_packages(cloud, machines):
    machines.append(real.stopped_machine(OLD, status="Terminated",
                                         applications=real.own_packages()[:5]))
    assert loaded(cloud, "inventory").packages.empty


def test_machines_without_inventory_are_told(cloud, machines):
    machines += [real.machine(WEB, applications=real.own_packages()[:1]), real.machine(DB)]
    problem = loaded(cloud, "inventory").problems.iloc[0]
    assert (problem["code"], problem["detail"]) == ("no_inventory", "1 of 2")


def test_the_kernel_comes_from_inventory_where_the_agent_tells_it(cloud, machines):
    machines.append(real.machine(HYBRID, details=[{"KernelVersion": "6.1.0-18-amd64"}]))
    assert loaded(cloud, "managed_instances").workloads["kernel_version"].tolist() == [
        "6.1.0-18-amd64"]


def test_a_hybrid_machine_is_a_workload(cloud, machines):
    machines.append(real.machine(HYBRID, "Red Hat Enterprise Linux Server", "7.5"))
    row = loaded(cloud, "managed_instances").workloads.iloc[0]
    assert row[["workload_id", "kind", "state", "guest_agent", "os_version"]].tolist() == [
        vm(HYBRID), "vm", "running", "running", "7.5"]


def test_a_machine_of_ec2_is_no_second_workload(cloud, machines):
    machines.append(real.machine(WEB))
    assert loaded(cloud, "managed_instances").workloads.empty


def test_denied_inventory_leaves_machines_and_patches(cloud, machines):
    machines.append(real.machine(HYBRID, counts=real.counts(HYBRID)))
    cloud.fail(REGION, "GetInventory", denied())
    fleet = loaded(cloud, "inventory", "patches")
    assert statuses(fleet) == {
        "inventory": "denied", "managed_instances": "ok", "patches": "ok"}
    assert "ssm:GetInventory" in fleet.problems["hint"].str.cat()


def test_throttling_that_ends_costs_no_row(cloud, machines):
    machines.append(real.machine(WEB, applications=real.own_packages()[:3]))
    cloud.fail(REGION, "GetInventory", Fault(400, "ThrottlingException", "Rate exceeded", times=2))
    fleet = loaded(cloud, "inventory")
    assert (len(fleet.packages), fleet.coverage["retries"].sum()) == (3, 2)


@pytest.mark.parametrize(("stuck", "resource"), [
    ("GetInventory", "inventory"), ("DescribeInstancePatches", "patches"),
    ("DescribeInstanceInformation", "managed_instances"),
])
def test_a_page_token_that_repeats_ends_the_read(cloud, manager, machines, stuck, resource):
    manager.stuck.add(stuck)
    machines.append(real.machine(
        HYBRID, applications=real.own_packages()[:1], patches=[real.patch("KB1", "MISSING")],
        counts=real.counts(HYBRID, MissingCount=1)))
    fleet = loaded(cloud, resource)
    assert "repeated_page" in fleet.problems["code"].tolist()
    assert not fleet.coverage["status"].isin(["ok", "empty"]).all()


def test_a_token_that_repeats_ends_the_list_of_one_machine(cloud, manager, machines):
    manager.takes_types = False
    manager.stuck.add("ListInventoryEntries")
    machines.append(real.machine(WEB, applications=real.own_packages()[:60]))
    fleet = loaded(cloud, "inventory")
    assert "repeated_page" in fleet.problems["code"].tolist()
    assert asked(cloud)["ListInventoryEntries"] < 10


def test_a_machine_that_is_gone_ends_only_its_own_part(cloud, manager, machines):
    manager.takes_types = False
    machines.append(real.machine(DB, applications=real.own_packages()[:3]))
    machines.append(real.machine(WEB))
    machines[1].still["InstanceStatus"] = "Gone"
    fleet = loaded(cloud, "inventory")
    assert (len(fleet.packages), statuses(fleet)["inventory"]) == (3, "ok")
    assert "vanished" in fleet.problems["code"].tolist()


def test_only_calls_that_read_are_sent(cloud, manager, machines):
    manager.takes_types = False
    machines.append(real.machine(WEB, applications=real.own_packages()[:3],
                                 counts=real.counts(WEB, MissingCount=1)))
    loaded(cloud, "inventory", "patches")
    assert all(action.startswith(("Describe", "Get", "List")) for action in asked(cloud))


def test_credentials_in_an_application_are_masked(cloud, machines, tmp_path):
    entry = {"Name": "tool --password hunter2-planted", "Version": "1", "PackageId": "{1}"}
    machines.append(real.machine(WEB, applications=[entry]))
    text = captured(cloud, tmp_path / "capture", "inventory")
    assert b"tool" in text
    assert b"hunter2-planted" not in text


def test_a_machine_of_ec2_takes_its_system_from_its_agent(cloud, machines):
    made = estate.machines(cloud)[0]["InstanceId"]
    machines.append(real.machine(made, applications=real.own_packages()[:1]))
    fleet = loaded(cloud, "instances", "inventory")
    row = fleet.workloads.iloc[0]
    assert (row["os_name"], row["os_version"], row["os_source"]) == (
        "Debian GNU/Linux", "12", "agent")
    assert fleet.packages["subject_id"].tolist() == [row["workload_id"]]


def test_packages_that_a_retry_brings_bear_their_ecosystem(cloud, machines):
    machines.append(real.machine(HYBRID, applications=real.own_packages()[:3]))
    cloud.fail(REGION, "GetInventory", denied())
    before = loaded(cloud, "inventory")
    cloud.heal()
    assert fk.retry(before, progress=silent).packages["ecosystem"].tolist() == ["Debian"] * 3


def test_the_server_refuses_what_botocores_model_does_not_allow(manager):
    status, _ = manager._answer("ListInventoryEntries", {"InstanceId": "x", "TypeName": "Any"}, "")
    assert (status, len(manager.errors)) == ("400 refused", 2)
    manager.errors.clear()
