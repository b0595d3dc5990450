"""Which rows become machines, images, disks; and what is said of those that do not."""

import pytest

from tests.loaders.rvtools.conftest import (
    VCENTER,
    disk,
    dropped,
    load,
    said,
    uuid,
    vm,
    workbook,
)

MIB = 1 << 20


def ids(fleet):
    return fleet.workloads["workload_id"].str.split("|").str[-1].tolist()


def test_a_template_is_an_image_and_no_machine(book):
    fleet = book(vInfo=[vm(), vm(2, Template="True", VM="golden")], vDisk=[disk(), disk(2)])
    assert ids(fleet) == [uuid(1)]
    assert fleet.images[["image_id", "kind", "name", "size_bytes"]].to_numpy().tolist() == [
        [f"vsphere|{VCENTER}|template|{uuid(2)}", "template", "golden", 2048 * MIB]]
    assert dropped(fleet, "vDisk") == {"templates": 1}
    assert len(fleet.mounts) == 1


def test_a_placeholder_is_no_machine_and_counted(book):
    fleet = book(vInfo=[vm(), vm(2, **{"SRM Placeholder": "True"})], vDisk=[disk(), disk(2)])
    assert ids(fleet) == [uuid(1)]
    assert (dropped(fleet, "vInfo"), dropped(fleet, "vDisk")) == (
        {"SRM placeholders": 1}, {"SRM placeholders": 1})


def test_a_machine_that_linked_vcenters_both_list_is_one(book):
    fleet = book(vInfo=[vm(), vm(2), vm(**{"VI SDK UUID": "other"})], vDisk=[disk(), disk()])
    assert ids(fleet) == [uuid(1), uuid(2)]
    assert (dropped(fleet, "vInfo"), dropped(fleet, "vDisk")) == (
        {"duplicates": 1}, {"duplicates": 1})


def test_a_machine_of_two_exports_is_one_with_the_disks_of_the_first(tmp_path):
    workbook(tmp_path / "a.xlsx", vInfo=[vm()], vDisk=[disk()])
    workbook(tmp_path / "b.xlsx", vInfo=[vm(), vm(2)], vDisk=[disk(unit=3), disk(2)])
    fleet = load(tmp_path)
    assert ids(fleet) == [uuid(1), uuid(2)]
    assert fleet.mounts["target_path"].tolist() == ["Hard disk 1", "Hard disk 1"]
    assert dropped(fleet, "vInfo") == dropped(fleet, "vDisk") == {"duplicates": 1}


def test_rows_that_name_nothing_are_dropped_and_empty_ones_are_padding(book):
    nothing = {"VM": None, "VM ID": None, "VM UUID": None}
    fleet = book(vInfo=[vm(), {}, {}, vm(2, **nothing), vm(3)])
    assert ids(fleet) == [uuid(1), uuid(3)]
    assert dropped(fleet, "vInfo") == {"rows without a name": 1}
    assert said(fleet, "vInfo", "dropped")["empty rows"][2] == 2


def test_a_machine_without_a_name_but_with_an_id_stays(book):
    fleet = book(vInfo=[vm(VM=None)])
    assert (ids(fleet), fleet.workloads["name"].isna().tolist()) == ([uuid(1)], [True])


@pytest.mark.parametrize(("lost", "native"), [
    (("VM UUID",), "vm-1"), (("VM UUID", "VM ID"), "web-1"),
])
def test_a_machine_without_uuid_has_the_next_best_id_and_the_receipt_says_so(book, lost, native):
    fleet = book(vInfo=[vm(**dict.fromkeys(lost))])
    assert ids(fleet) == [native]
    assert "a live read has other ids" in str(said(fleet, "vInfo", "nulls"))


def old(number=1, **cells):
    row = vm(number, **cells)
    for name in ("SMBIOS UUID", "Total disk capacity MiB", "In Use MiB"):
        del row[name]
    row["Provisioned MB"] = row.pop("Provisioned MiB")
    return row


def test_the_uuid_of_an_old_export_is_that_of_the_machine(book):
    fleet = book(vInfo=[old()])
    assert fleet.workloads["machine_uuid"].tolist() == [uuid(1)]
    assert said(fleet, "vInfo", "alias")["VM UUID"][0] == "SMBIOS UUID"


def test_machines_that_share_a_copied_uuid_stay_apart(book):
    fleet = book(vInfo=[old(), old(2, **{"VM UUID": uuid(1)})], vDisk=[disk(), disk(2)])
    assert ids(fleet) == ["vm-1", "vm-2"]
    assert sorted(fleet.mounts["workload_id"]) == sorted(fleet.workloads["workload_id"])


@pytest.mark.parametrize(("power", "connection", "state"), [
    ("poweredOn", "connected", "running"), ("poweredOff", "connected", "stopped"),
    ("suspended", "connected", "paused"), ("poweredOn", "inaccessible", "unknown"),
    ("Powered On", None, "running"), (None, None, "unknown"), ("?", "connected", "unknown"),
])
def test_power_states_are_mapped_and_kept_raw(book, power, connection, state):
    fleet = book(vInfo=[vm(Powerstate=power, **{"Connection state": connection})])
    assert fleet.workloads["state"].tolist() == [state]
    assert (power or "") in fleet.workloads["state_raw"].fillna("").iloc[0]


@pytest.mark.parametrize(("tools", "agent"), [
    ("toolsOk", "running"), ("toolsOld", "outdated"), ("toolsNotRunning", "stopped"),
    ("toolsNotInstalled", "absent"), ("guestToolsX", "unknown"),
])
def test_the_tools_are_the_agent(book, tools, agent):
    fleet = book(vInfo=[vm()], vTools=[{"VM": "web-1", "VM UUID": uuid(1), "Tools": tools}])
    assert fleet.workloads["guest_agent"].tolist() == [agent]


def test_no_snapshot_in_a_sheet_that_was_read_is_a_measured_zero(book):
    snapshots = [{"VM": "web-1", "Name": "a", "VM UUID": uuid(1), "VI SDK UUID": VCENTER}] * 3
    fleet = book(vInfo=[vm(), vm(2)], vSnapshot=snapshots)
    assert fleet.workloads["snapshots"].tolist() == [3, 0]


def test_addresses_come_from_all_cards(book):
    card = {"VM": "web-1", "VM UUID": uuid(1)}
    fleet = book(vInfo=[vm(**{"Primary IP Address": "10.0.0.1"}), vm(2)], vNetwork=[
        {**card, "Mac Address": "00:50:56:AA:00:02", "IPv4 Address": "10.0.0.2, 10.0.0.1"},
        {**card, "Mac Address": "00:50:56:aa:00:01", "IPv6 Address": "fe80::1"}])
    assert fleet.workloads["private_ips"].iloc[0] == ["10.0.0.1", "10.0.0.2", "fe80::1"]
    assert fleet.workloads["macs"].iloc[0] == ["00:50:56:aa:00:01", "00:50:56:aa:00:02"]
    assert fleet.workloads["private_ips"].isna().tolist() == [False, True]


def test_rows_of_a_machine_that_is_not_listed_are_counted(book):
    fleet = book(vInfo=[vm()], vTools=[{"VM": "ghost", "VM UUID": uuid(9), "Tools": "toolsOk"}])
    assert dropped(fleet, "vTools") == {"rows of machines that vInfo does not list": 1}


def test_rows_of_other_sheets_find_their_machine_by_name_alone(book):
    fleet = book(vInfo=[vm(), vm(2)], vPartition=[
        {"VM": "web-2", "Disk": "/", "Capacity MiB": 100, "Consumed MiB": 40}])
    found = fleet.mounts.iloc[0]
    assert found["workload_id"].endswith(uuid(2))
    assert (found["kind"], found["used_bytes"], found["is_root"]) == ("partition", 40 * MIB, True)


def test_a_name_that_two_machines_bear_identifies_none(book):
    fleet = book(vInfo=[vm(VM="twin"), vm(2, VM="twin")], vPartition=[
        {"VM": "twin", "Disk": "/", "Capacity MiB": 100}])
    assert fleet.mounts["workload_id"].tolist() == ["vsphere|export.xlsx|vm|twin"]


@pytest.mark.parametrize(("cells", "column", "value"), [
    ({"Raw": "True"}, "kind", "rdm"), ({}, "kind", "block"), ({}, "thin", True),
    ({"Sharing mode": "sharingMultiWriter"}, "shared", True),
    ({"Shared Bus": "physicalSharing"}, "persistence", "shared_durable"),
    ({"Disk Mode": "independent_nonpersistent"}, "persistence", "ephemeral"),
    ({"Disk Path": "/boot, /"}, "is_root", True), ({"Disk Path": "D:\\"}, "is_root", False),
    ({}, "size_bytes", 10_240 * MIB), ({}, "volume_id", "6000-1-1"),
])
def test_a_disk_is_told_by_its_columns(book, cells, column, value):
    assert book(vInfo=[vm()], vDisk=[disk(**cells)]).mounts[column].tolist() == [value]


def test_hosts_are_workloads_that_machines_run_on(book):
    fleet = book(vInfo=[vm()], vHost=[{
        "Host": "esx1", "Cluster": "C1", "# Cores": 32, "# Memory": 1024, "CPU usage %": 3,
        "in Maintenance Mode": "False", "ESX Version": "VMware ESXi 7.0.1 build-1",
        "VI SDK UUID": VCENTER}])
    host = fleet.workloads.set_index("kind").loc["host"]
    assert (host["cpu_cores"], host["memory_bytes"], host["state"], host["os_version"]) == (
        32, 1024 * MIB, "running", "7.0.1")
    links = fleet.links[["relation", "to_id"]].drop_duplicates().to_numpy().tolist()
    assert sorted(links) == [["member_of", f"vsphere|{VCENTER}|cluster|C1"],
                             ["runs_on", host["workload_id"]]]


def test_words_in_the_place_of_numbers_are_unknown_and_counted(book):
    fleet = book(vInfo=[vm(Memory="masked"), vm(2, Memory="n/a"), vm(3)])
    assert fleet.workloads["memory_bytes"].isna().tolist() == [True, True, False]
    _, why, rows = said(fleet, "vInfo", "nulls")["Memory"]
    assert (why, rows) == ("2 of the cells hold no number, as 'masked'", 2)


def test_negative_and_endless_sizes_are_unknown(book):
    fleet = book(vInfo=[vm(Memory=-1), vm(2, Memory=1e30)])
    assert fleet.workloads["memory_bytes"].isna().all()
    assert len(fleet.problems) == 0


def test_times_are_taken_as_utc_and_the_receipt_says_so(book):
    fleet = book(vInfo=[vm(PowerOn="2024/05/01 10:00:00")])
    assert str(fleet.workloads["started_at"].iloc[0]) == "2024-05-01 10:00:00+00:00"
    assert said(fleet, "vInfo", "time_zone")["all times"][0] == "UTC"


def test_rows_are_the_same_in_any_order(tmp_path):
    rows = [vm(number, Owner=str(number)) for number in range(1, 6)]
    one = load(workbook(tmp_path / "e.xlsx", vInfo=rows))
    two = load(workbook(tmp_path / "e.xlsx", vInfo=rows[::-1]))
    columns = [name for name in one.workloads if name != "observed_at"]
    assert one.workloads[columns].equals(two.workloads[columns])


@pytest.mark.parametrize(("cells", "failover"), [
    ({"FT State": "running", "DAS protection": "True"}, "fault_tolerant"),
    ({"DAS protection": "True", "HA Restart Priority": "high"}, "restart_first"),
    ({"DAS protection": "True", "HA Restart Priority": "medium"}, "restart"),
    ({"DAS protection": "False"}, "none"), ({"DAS protection": None}, ""),
])
def test_what_becomes_of_a_machine_when_its_host_fails(book, cells, failover):
    assert book(vInfo=[vm(**cells)]).workloads["failover"].fillna("").tolist() == [failover]
