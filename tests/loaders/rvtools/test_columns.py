"""Headers in every spelling, and what is no column of RVTools."""

import pytest

from fleetkit.errors import LoadError
from tests.loaders.rvtools.conftest import disk, load, said, table, vm, workbook

MIB = 1 << 20


@pytest.mark.parametrize("header", [
    "Provisioned MiB", "Provisioned MB", "provisioned mib", "Provisioned (MB)", "Provisioned",
    "vInfoProvisioned", "vInfoProvisionedMiB", "PROVISIONED  MiB ",
])
def test_a_size_is_counted_in_mebibytes_whatever_its_header_says(book, header):
    row = {**vm(), header: 14_336}
    del row["Total disk capacity MiB"]
    if header != "Provisioned MiB":
        del row["Provisioned MiB"]
    fleet = book(vInfo=[row])
    assert fleet.workloads["disk_bytes"].tolist() == [14_336 * MIB]
    assert said(fleet, "vInfo", "unit")[header.strip()][0] == "MiB"


def test_gibibytes_in_a_header_are_believed(book):
    row = vm(**{"Memory (GB)": 4})
    del row["Memory"]
    fleet = book(vInfo=[row])
    assert fleet.workloads["memory_bytes"].tolist() == [4096 * MIB]
    assert said(fleet, "vInfo", "unit")["Memory (GB)"][0] == "GiB"


def test_memory_without_a_unit_is_mebibytes_and_the_receipt_says_why(book):
    fleet = book(vInfo=[vm()])
    assert fleet.workloads["memory_bytes"].tolist() == [4096 * MIB]
    assert "no unit" in said(fleet, "vInfo", "unit")["Memory"][1]


def test_the_long_form_of_all_headers_gives_the_same_machines(tmp_path):
    long = {
        "vInfoVMName": "web-1", "vInfoPowerstate": "poweredOn", "vInfoCPUs": 2,
        "vInfoMemory": 4096, "vInfoTotalDiskCapacityMiB": 10_240, "vInfoGuestHostName": "web",
        "vInfoOS": "Oracle Linux 8 (64-bit)", "vInfoUUID": vm()["VM UUID"],
        "vInfoVISDKUUID": vm()["VI SDK UUID"], "vInfo_tags_Team": "shop", "vInfoNumMonitors": 1,
    }
    fleet = load(workbook(tmp_path / "long.xlsx", vInfo=[long]))
    short = load(workbook(tmp_path / "short.xlsx", vInfo=[vm()]))
    same = ["workload_id", "name", "state", "cpu_cores", "memory_bytes", "disk_bytes"]
    assert fleet.workloads[same].equals(short.workloads[same])
    assert fleet.workloads["tags"].tolist() == ['{"Team":"shop"}']


@pytest.mark.parametrize(("old", "new"), [
    ("vCenter UUID", "VI SDK UUID"), ("Power state", "Powerstate"), ("powerstate", "Powerstate"),
    ("VM Name", "VM"), ("disk.EnableUUID", "EnableUUID"),
])
def test_old_names_of_columns_are_known(book, old, new):
    row = vm(**{new: vm().get(new, "x")})
    fleet = book(vInfo=[{old if name == new else name: cell for name, cell in row.items()}])
    assert fleet.workloads["workload_id"].tolist() == [
        f"vsphere|{vm()['VI SDK UUID']}|vm|{vm()['VM UUID']}"]
    assert said(fleet, "vInfo", "unknown_column") == {}


def test_an_alias_that_was_used_is_on_the_receipt(book):
    row = {"Power state" if name == "Powerstate" else name: cell for name, cell in vm().items()}
    assert said(book(vInfo=[row]), "vInfo", "alias")["Power state"][0] == "Powerstate"


def test_custom_attributes_are_tags_and_on_the_receipt(book):
    fleet = book(vInfo=[vm(Owner="ann", Env="Production"), vm(2, Env="test")])
    assert fleet.workloads["tags"].tolist() == [
        '{"Env":"Production","Owner":"ann"}', '{"Env":"test"}']
    assert fleet.workloads["environment"].tolist() == ["Production", "test"]
    assert said(fleet, "vInfo", "unknown_column")["Owner"][0] == "tag"


def test_custom_attributes_that_other_sheets_repeat_are_named_once(book):
    fleet = book(vInfo=[vm(Owner="ann")], vDisk=[disk(Owner="ann", Odd="x")])
    assert list(said(fleet, "vDisk", "unknown_column")) == ["Odd"]


def test_a_header_that_is_there_twice_is_read_once(tmp_path):
    rows = [vm(), vm(2)]
    header = [*rows[0], "CPUs"]
    path = table(tmp_path / "vInfo.csv", [{**row, "again": 99} for row in rows], header=header)
    fleet = load(path)
    assert fleet.workloads["cpu_cores"].tolist() == [2, 2]
    assert "twice" in said(fleet, "vInfo", "unknown_column")["CPUs"][1]


def test_a_missing_column_is_unknown_and_on_the_receipt(book):
    row = vm()
    del row["CPUs"], row["Host"]
    fleet = book(vInfo=[row])
    assert fleet.workloads[["cpu_cores", "host_id"]].isna().all(axis=None)
    assert said(fleet, "vInfo", "missing_column")["CPUs"][2] == 1


def test_cores_and_memory_come_from_their_sheets_where_vinfo_has_none(book):
    row = vm()
    parts = {name: row[name] for name in ("VM", "VM UUID", "VI SDK UUID")}
    del row["CPUs"], row["Memory"]
    fleet = book(vInfo=[row], vCPU=[{**parts, "CPUs": 8}], vMemory=[{**parts, "Size MiB": 1024}])
    assert fleet.workloads[["cpu_cores", "memory_bytes"]].to_numpy().tolist() == [[8, 1024 * MIB]]


def test_sheets_that_are_missing_are_on_the_receipt(book):
    fleet = book(vInfo=[vm()], vDisk=[disk()])
    missing = said(fleet, item="missing_section")
    assert {"vPartition", "vNetwork", "vSnapshot", "vTools", "vHost"} <= set(missing)
    assert fleet.workloads["snapshots"].isna().all()


def test_without_vinfo_the_disks_are_read_all_the_same(book):
    fleet = book(vDisk=[disk(), disk(2)])
    assert (len(fleet.workloads), len(fleet.mounts)) == (0, 2)
    assert said(fleet, "vInfo", "missing_section")["vInfo"][1] == "no machine is known"


def test_a_workbook_of_something_else_is_refused(tmp_path):
    path = workbook(tmp_path / "costs.xlsx", Costs=[{"Month": "May", "Sum": 3}])
    with pytest.raises(LoadError, match="no export of RVTools; it has the sheets Costs"):
        load(path)


def test_a_sheet_without_known_columns_is_a_problem_and_the_others_are_read(book):
    fleet = book(vInfo=[vm()], vDisk=[{"Foo": 1, "Bar": 2}])
    assert len(fleet.workloads) == 1
    assert fleet.coverage.set_index("resource").loc["vDisk", "status"] == "failed"
    assert "none of the columns of vDisk" in fleet.problems["detail"].iloc[0]


@pytest.mark.parametrize(("drop", "guess"), [
    ((), "4.x"), (("Total disk capacity MiB", "Provisioned MiB", "In Use MiB"), "3.9 or newer"),
    (("Total disk capacity MiB", "Provisioned MiB", "In Use MiB", "SMBIOS UUID"), "3.8 or older"),
])
def test_the_version_is_guessed_from_the_headers(book, drop, guess):
    row = {name: cell for name, cell in vm().items() if name not in drop}
    assert said(book(vInfo=[row]), item="version")["RVTools"][0] == guess


def test_sheets_that_no_table_is_made_of_are_on_the_receipt(book):
    fleet = book(vInfo=[vm()], vHealth=[{"Name": "x", "Message": "y"}])
    assert said(fleet, "vHealth", "dropped")["the whole sheet"][1] == "no table is made of it"
