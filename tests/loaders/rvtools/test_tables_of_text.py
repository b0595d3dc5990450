"""CSV folders, in the encodings and separators of many desks."""

from contextlib import suppress

import pytest

from fleetkit.errors import LoadError
from tests.loaders.rvtools.conftest import disk, dropped, load, said, table, uuid, vm

MIB = 1 << 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_recognised(tmp_path, encoding, separator):
    path = table(tmp_path / "RVTools_tabvInfo.csv", [vm(VM="Prüfstand, «größer»; x\ty")],
                 separator, encoding)
    assert load(path).workloads["name"].tolist() == ["Prüfstand, «größer»; x\ty"]


def test_a_folder_of_tables_is_one_estate(tmp_path):
    table(tmp_path / "RVTools_tabvInfo.csv", [vm(), vm(2)])
    table(tmp_path / "RVTools_tabvDisk.csv", [disk(), disk(2), disk(2, 2)])
    table(tmp_path / "RVTools_tabvPartition.csv", [{"VM": "web-2", "Disk": "C:\\",
                                                    "Capacity MiB": "1,024"}])
    table(tmp_path / "RVTools_tabvSnapshot.csv", [{"VM": "web-1", "Name": "s"}])
    table(tmp_path / "RVTools_tabvHealth.csv", [{"Name": "x", "Message": "y"}])
    fleet = load(tmp_path)
    assert fleet.mounts["kind"].value_counts().to_dict() == {"block": 3, "partition": 1}
    assert set(fleet.mounts["workload_id"]) == set(fleet.workloads["workload_id"])
    assert fleet.workloads["snapshots"].tolist() == [1, 0]
    assert len(fleet.problems) == 0


def test_sheets_that_lie_beside_are_not_missing(tmp_path):
    table(tmp_path / "vInfo.csv", [vm()])
    table(tmp_path / "vDisk.csv", [disk()])
    missing = said(load(tmp_path), item="missing_section")
    assert "vDisk" not in missing
    assert "vHost" in missing


def test_a_table_of_another_name_is_known_by_its_columns(tmp_path):
    fleet = load(table(tmp_path / "all our machines.csv", [vm()]))
    assert len(fleet.workloads) == 1


def test_a_table_of_something_else_is_refused(tmp_path):
    with pytest.raises(LoadError, match="no table of RVTools; its columns are Month, Sum"):
        load(table(tmp_path / "costs.csv", [{"Month": "May", "Sum": 3}]))


def test_numbers_with_thousands_have_any_separator(tmp_path):
    rows = [vm(1, Memory="16,384"), vm(2, Memory="16.384"), vm(3, Memory="16\u00a0384")]
    fleet = load(table(tmp_path / "vInfo.csv", rows, ";", "cp1252"))
    assert fleet.workloads["memory_bytes"].tolist() == [16_384 * MIB] * 3


def test_truths_that_a_spreadsheet_has_translated_are_understood(tmp_path):
    rows = [vm(1, Template="FALSCH"), vm(2, Template="WAHR")]
    fleet = load(table(tmp_path / "vInfo.csv", rows, ";"))
    assert (len(fleet.workloads), len(fleet.images)) == (1, 1)


def test_a_quoted_field_of_many_lines_is_one_field(tmp_path):
    fleet = load(table(tmp_path / "vInfo.csv", [vm(Annotation='first\nsecond, "third"'), vm(2)]))
    assert fleet.workloads["notes"].tolist()[0] == 'first\nsecond, "third"'
    assert len(fleet.workloads) == 2


def test_a_row_with_too_many_cells_is_a_problem_and_the_others_are_read(tmp_path):
    path = table(tmp_path / "vInfo.csv", [vm(), vm(2)])
    path.write_text(path.read_text("utf-8-sig") + ",".join(["web-3", *["x"] * 40]) + "\n")
    fleet = load(path)
    assert (len(fleet.workloads), fleet.problems["code"].tolist()) == (2, ["unreadable_record"])
    assert dropped(fleet, "vInfo") == {"rows with too many cells": 1}


def test_a_table_that_ends_within_a_quote_gives_what_comes_before(tmp_path):
    path = table(tmp_path / "vInfo.csv", [vm(number) for number in range(1, 9)])
    path.write_text(path.read_text("utf-8-sig") + '"web-9' + "x" * 200_000)
    fleet = load(path)
    assert len(fleet.workloads) == 8
    assert fleet.coverage.set_index("resource").loc["vInfo", "status"] == "partial"
    assert "is a quote left open?" in fleet.problems["detail"].iloc[0]


def test_a_separator_that_the_file_names_is_used(tmp_path):
    path = table(tmp_path / "vInfo.csv", [vm()], "|")
    path.write_text("sep=|\n" + path.read_text("utf-8-sig"))
    assert load(path).workloads["workload_id"].str.endswith(uuid(1)).tolist() == [True]


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xff\xfe", b"\x00" * 500, b"\xff" * 3000,
                                     b"VM", b'"', b"sep=", b"sep=\n"])
def test_broken_bytes_give_no_machine_and_no_other_error(tmp_path, content):
    path = tmp_path / "vInfo.csv"
    path.write_bytes(content)
    with suppress(LoadError):
        assert len(load(path).workloads) == 0
