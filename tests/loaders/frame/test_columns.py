"""Which column is which, in which unit, and what becomes of the others."""

import json

import pytest

from fleetkit.errors import LoadError
from tests.loaders.frame.conftest import ROWS, codes, said

GIB = {"RAM (GB)": ("memory_bytes", "GiB")}


def test_usual_names_are_known_and_told(table):
    fleet = table(ROWS)
    assert said(fleet, "alias") == {
        "Host": "name", "RAM (GB)": "memory_bytes", "vCPUs": "cpu_cores", "Power State": "state"}
    assert fleet.workloads["cpu_cores"].tolist() == [4.0, 2.0]


def test_a_unit_in_the_header_is_believed_and_told(table):
    fleet = table(ROWS)
    assert fleet.workloads["memory_bytes"].tolist() == [16_000_000_000, 8_000_000_000]
    assert said(fleet, "unit") == {"RAM (GB)": "GB"}


def test_a_unit_that_the_user_names_needs_no_receipt(table):
    fleet = table(ROWS, columns=GIB)
    assert fleet.workloads["memory_bytes"].tolist() == [16 << 30, 8 << 30]
    assert said(fleet, "unit") == {}


def test_a_size_without_unit_is_taken_for_bytes_and_told(table):
    fleet = table([{"name": "a", "Memory": "1073741824"}, {"name": "b", "Memory": "0"}])
    assert fleet.workloads["memory_bytes"].tolist() == [1 << 30, 0]
    assert said(fleet, "unit") == {"Memory": "B"}


def test_sizes_that_nobody_names_a_unit_of_and_bytes_cannot_be_are_unknown(table):
    fleet = table([{"name": "a", "Memory": "16384"}, {"name": "b", "Memory": "0"}])
    assert fleet.workloads["memory_bytes"].isna().all()
    assert said(fleet, "unit") == {"Memory": None}
    assert codes(fleet) == {"unknown_unit": 1}


@pytest.mark.parametrize("header", [
    "Memory Bytes", "memory_bytes", "MEMORY-BYTES", "memoryBytes", " memory bytes "])
def test_our_names_are_known_in_every_spelling(cell, header):
    assert cell(header, ["7"], "memory_bytes") == [7]


@pytest.mark.parametrize(("header", "size"), [
    ("Mem MB", 10**6), ("ram_gib", 1 << 30), ("MemoryGB", 10**9), ("Memory [KiB]", 1024),
    ("Memory (TB)", 10**12)])
def test_units_stand_in_headers_in_many_ways(cell, header, size):
    assert cell(header, ["1"], "memory_bytes") == [size]


def test_what_is_not_ours_is_kept_as_tags(table):
    fleet = table([{"name": "a", "Owner": "eve", "Cost \"centre\"": "x\ny"}])
    assert json.loads(fleet.workloads["tags"][0]) == {'Cost "centre"': "x\ny", "Owner": "eve"}
    assert said(fleet, "unknown_column") == {"Owner": "tags", 'Cost "centre"': "tags"}


def test_what_is_not_ours_joins_the_tags_that_there_are(table):
    fleet = table([{"name": "a", "Owner": "eve", "labels": "env=prod;Owner=bob"},
                   {"name": "b", "Owner": "eve", "labels": ""}])
    assert fleet.workloads["tags"].tolist() == [
        '{"Owner":"bob","env":"prod"}', '{"Owner":"eve"}']


def test_a_table_without_tags_says_what_it_left_out(table):
    fleet = table([{"workload_id": "a", "Mount Point": "/", "Owner": "eve"}], table="mounts")
    assert said(fleet, "unknown_column") == {"Owner": None}


def test_a_column_that_the_user_wants_left_out_is(table):
    fleet = table([{"name": "a", "Owner": "eve"}], columns={"Owner": None})
    assert fleet.workloads["tags"].isna().all()
    assert said(fleet, "dropped") == {"Owner": None}


def test_columns_named_for_credentials_are_dropped(table):
    fleet = table([{"name": "a", "Admin Password": "hunter2", "api_key": "k"}])
    assert set(said(fleet, "dropped")) == {"Admin Password", "api_key"}
    assert fleet.workloads["tags"].isna().all()


@pytest.mark.parametrize("columns", [
    {"Hosst": "name"}, {"Host": "nam"}, {"Host": "name", "vCPUs": "name"},
    {"RAM (GB)": ("memory_bytes", "furlong")}, {"Host": ("name", "GB")}, {"Host": 3}, "Host", 7,
])
def test_a_mapping_that_cannot_be_is_refused_in_words(table, columns):
    with pytest.raises(LoadError, match="frame|has no column|both to be"):
        table(ROWS, columns=columns)


@pytest.mark.parametrize("options", [
    {"table": "pets"}, {"table": "receipt"}, {"tz": "Mars/Base"}, {"encoding": "klingon"},
    {"sep": ";;"}, {"decimal": "x"}, {"kind": "pet"}, {"colums": {}},
])
def test_an_option_that_cannot_be_is_refused_in_words(table, options):
    with pytest.raises(LoadError, match="frame: "):
        table(ROWS, **options)


def test_ids_are_made_of_names_and_never_of_places(table):
    first, second = table(ROWS), table(ROWS[::-1])
    assert first.workloads["workload_id"].tolist() == [
        "frame|cmdb.csv|vm|web-1", "frame|cmdb.csv|vm|web-2"]
    assert first.workloads["workload_id"].tolist() == second.workloads["workload_id"].tolist()
    assert said(first, "key") == {"workload_id": "frame|cmdb.csv|kind|name"}


def test_an_id_of_the_source_names_better_than_a_name(table):
    fleet = table([{"Host": "a", "VM ID": "7"}, {"Host": "a", "VM ID": ""}])
    assert fleet.workloads["workload_id"].tolist() == ["frame|cmdb.csv|vm|7", "frame|cmdb.csv|vm|a"]


def test_ids_that_the_table_has_are_kept(table):
    assert table([{"workload_id": "x|y"}]).workloads["workload_id"].tolist() == ["x|y"]


def test_two_rows_of_one_name_are_one_and_a_problem(table):
    fleet = table([{"Host": "a", "vCPUs": "1"}, {"Host": "a", "vCPUs": "2"}])
    assert fleet.workloads["cpu_cores"].tolist() == [1.0]
    assert fleet.problems["subject_id"].tolist() == ["cmdb.csv, row 3"]
    assert codes(fleet) == {"duplicate_key": 1}


def test_a_row_without_a_name_is_a_problem(table):
    fleet = table([{"Host": "", "vCPUs": "1"}, {"Host": "a", "vCPUs": "2"}])
    assert codes(fleet) == {"no_key": 1}
    assert len(fleet.workloads) == 1


def test_a_table_that_names_nothing_is_refused(table):
    with pytest.raises(LoadError, match="no column of it names a row of workloads"):
        table([{"Colour": "red"}])


def test_disks_of_another_file_meet_their_machines(table):
    machines = table(ROWS)
    disks = table([{"Host": "web-1", "Mount Point": "/", "Size (GiB)": "3"}], name="disks.csv",
                  table="mounts", scope="cmdb.csv")
    assert disks.mounts["workload_id"].isin(machines.workloads["workload_id"]).all()
    assert disks.mounts["size_bytes"].tolist() == [3 << 30]


def test_a_container_names_its_image(table):
    fleet = table([{"name": "a", "image": "nginx:1.25"}], kind="container")
    assert fleet.workloads["image_id"].tolist() == fleet.images["image_id"].tolist()
    assert fleet.images["is_stub"].all()


def test_a_machine_is_a_vm_unless_the_user_says_other(table):
    assert table(ROWS).workloads["kind"].unique().tolist() == ["vm"]
    assert table(ROWS, kind="host").workloads["kind"].unique().tolist() == ["host"]
