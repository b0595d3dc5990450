"""Forms of a table: text in its encodings, Parquet, JSON, workbooks, and frames in memory."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import fleetkit as fk
from fleetkit.errors import LoadError
from tests.loaders.frame.conftest import ROWS, codes, load, said, text

RVTOOLS = Path(__file__).parents[4] / "shared/data/vsphere/rvtools-example1.xlsx"
GIB = {"RAM (GB)": ("memory_bytes", "GiB")}
FRAME = pd.DataFrame(ROWS)


def sheet(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        made = book.create_sheet(name)
        for row in rows:
            made.append(row)
    book.save(path)
    return path


def is_whole(fleet):
    return (fleet.workloads["name"].tolist() == ["web-1", "web-2"]
            and fleet.workloads["memory_bytes"].tolist() == [16 << 30, 8 << 30])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_and_separators_are_recognised(tmp_path, encoding, separator):
    rows = [{**row, "Owner": "Zoë"} for row in ROWS]
    path = tmp_path / "cmdb.csv"
    path.write_bytes(text(rows, separator).encode(encoding))
    fleet = load(path, columns=GIB)
    assert is_whole(fleet)
    assert fleet.workloads["tags"][0] == '{"Owner":"Zoë"}'


def test_the_user_says_encoding_and_separator(tmp_path):
    path = tmp_path / "cmdb.csv"
    path.write_bytes("Host#Owner\nweb-1#Ж\n".encode("cp1251"))
    fleet = load(path, encoding="cp1251", sep="#")
    assert fleet.workloads["tags"][0] == '{"Owner":"Ж"}'
    assert said(fleet, "encoding") == {"all text": "cp1251"}


def test_a_first_line_may_name_the_separator(table):
    assert table("sep=;\nHost;Owner, and team\na;b\n").workloads["name"].tolist() == ["a"]


def test_gzipped_text_is_inflated(tmp_path):
    path = tmp_path / "cmdb.csv.gz"
    path.write_bytes(gzip.compress(text(ROWS).encode()))
    assert is_whole(load(path, columns=GIB))


def test_a_quoted_cell_of_many_lines_is_one_cell(table):
    fleet = table('name,Notes\na,"one\ntwo"\nb,x\n')
    assert fleet.workloads["notes"].tolist() == ["one\ntwo", "x"]


def test_ragged_rows_are_problems_and_the_others_are_read(table):
    fleet = table("name,vCPUs\na,1\nb\nc,1,2\nd,4\n")
    assert fleet.workloads["name"].tolist() == ["a", "d"]
    assert fleet.problems["subject_id"].tolist() == ["cmdb.csv, row 3", "cmdb.csv, row 4"]
    assert fleet.coverage["rows"].tolist() == [4]


def test_empty_rows_are_told_and_keep_the_numbers(table):
    fleet = table("name,Memory\n,\na,lots\n\n")
    assert fleet.receipt.query("item == 'dropped'")["rows"].tolist() == [2]
    assert fleet.problems["subject_id"].tolist() == ["cmdb.csv, row 3"]


def test_json_is_a_list_of_objects_or_holds_one(tmp_path):
    for number, document in enumerate((ROWS, {"total": 2, "items": ROWS})):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(document))
        assert is_whole(load(path, columns=GIB))


def test_json_lines_are_objects(tmp_path):
    path = tmp_path / "cmdb.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)))
    assert is_whole(load(path, columns=GIB))


def test_json_has_lists_and_objects_in_cells(tmp_path):
    path = tmp_path / "cmdb.json"
    path.write_text(json.dumps([{"name": "a", "ips": ["10.0.0.1"], "labels": {"env": "prod"},
                                 "disks": [{"size": 1}]}]))
    row = load(path).workloads.iloc[0]
    assert list(row["private_ips"]) == ["10.0.0.1"]
    assert json.loads(row["tags"]) == {"env": "prod", "disks": '[{"size": 1}]'}


def test_what_is_no_object_is_a_problem(tmp_path):
    path = tmp_path / "cmdb.json"
    path.write_text(json.dumps([{"name": "a"}, 3, None, {"name": "b"}]))
    fleet = load(path)
    assert fleet.workloads["name"].tolist() == ["a", "b"]
    assert codes(fleet) == {"unreadable_row": 2}


def test_json_lines_that_break_off_give_what_comes_before(tmp_path):
    path = tmp_path / "cmdb.jsonl"
    path.write_text('{"name": "a"}\n{"name": "b"')
    fleet = load(path)
    assert fleet.workloads["name"].tolist() == ["a"]
    assert "unreadable_file" in codes(fleet)


def test_parquet_keeps_its_types(tmp_path):
    path = tmp_path / "cmdb.parquet"
    FRAME.assign(**{"RAM (GB)": [16.0, 8.0]}).to_parquet(path)
    assert is_whole(load(path, columns=GIB))


def test_a_workbook_is_read_from_its_first_sheet_with_rows(tmp_path):
    rows = [list(ROWS[0]), *[list(row.values()) for row in ROWS]]
    path = sheet(tmp_path / "cmdb.xlsx", Cover=[["CMDB"]], Servers=rows)
    fleet = load(path, columns=GIB)
    assert is_whole(fleet)
    assert fleet.workloads["workload_id"][0] == "frame|cmdb.xlsx|vm|web-1"
    assert said(fleet, "dropped") == {"other sheets": None}


@pytest.mark.parametrize("wanted", ["Old", 2, "2"])
def test_the_user_names_the_sheet(tmp_path, wanted):
    path = sheet(tmp_path / "cmdb.xlsx", New=[["name"], ["a"]], Old=[["name"], ["b"]])
    assert load(path, sheet=wanted).workloads["name"].tolist() == ["b"]


def test_a_sheet_that_is_not_there_is_refused(tmp_path):
    path = sheet(tmp_path / "cmdb.xlsx", New=[["name"], ["a"]])
    with pytest.raises(LoadError, match="has no sheet 'Old'; it has New"):
        load(path, sheet="Old")


def test_a_workbook_has_dates_and_truths(tmp_path):
    path = sheet(tmp_path / "cmdb.xlsx", A=[
        ["name", "Created", "protected"], ["a", datetime(2024, 7, 1, 12), True]])  # noqa: DTZ001
    row = load(path).workloads.iloc[0]
    assert row["created_at"] == datetime(2024, 7, 1, 12, tzinfo=UTC)
    assert row["protected"]


@pytest.mark.skipif(not RVTOOLS.exists(), reason="the payload is not beside the checkout")
def test_a_sheet_of_a_real_workbook_is_a_table():
    fleet = load(RVTOOLS, sheet="vInfo", columns={"Memory": ("memory_bytes", "MiB")})
    there = fk.load("rvtools", RVTOOLS).workloads.query("kind == 'vm'")
    assert len(fleet.workloads) == fleet.coverage["rows"].sum() == len(there)
    assert set(fleet.workloads["memory_bytes"].dropna()) < set(there["memory_bytes"])
    assert fleet.workloads["state"].notna().all()


@pytest.mark.parametrize("frame", [
    FRAME, pl.DataFrame(ROWS), pl.LazyFrame(ROWS), pa.Table.from_pylist(ROWS), ROWS,
    FRAME.set_index("Host"), FRAME.astype("category"),
    duckdb.sql("SELECT 'web-1' AS Host, '16' AS \"RAM (GB)\" UNION ALL SELECT 'web-2', '8'"),
], ids=lambda frame: type(frame).__name__)
def test_frames_in_memory_are_tables(frame):
    fleet = load(frame, columns=GIB)
    assert is_whole(fleet)
    assert fleet.coverage[["target", "origin", "rows"]].to_dict("records") == [
        {"target": "dataframe", "origin": "declared", "rows": 2}]


@pytest.mark.parametrize(("values", "said"), [
    (pd.period_range("2024-01", periods=1, freq="M"), "2024-01"), ([Decimal("1.5")], "1.5"),
    ([UUID(int=7)], str(UUID(int=7))), ([object()], "<object>"), ([2.0], "2"), ([True], "true"),
    (pd.to_datetime(["2024-01-01"]), "2024-01-01T00:00:00"), ([b"x"], "x"),
    ([{"a": [1]}], '{"a": [1]}'),
])
def test_values_of_any_type_have_a_text(values, said):
    fleet = load(pd.DataFrame({"name": ["a"], "Thing": values}))
    assert json.loads(fleet.workloads["tags"][0]) == {"Thing": said}


def test_several_frames_are_told_apart():
    fleet = load(FRAME, FRAME.assign(Host=["db-1", "db-2"]))
    assert fleet.coverage["target"].tolist() == ["dataframe", "dataframe 2"]
    assert len(fleet.workloads) == 4


def test_a_frame_of_a_fleet_comes_back():
    fleet = fk.load("sample")
    again = load(fleet.workloads)
    shared = ["workload_id", "name", "state", "memory_bytes", "created_at", "private_ips", "tags"]
    pd.testing.assert_frame_equal(again.workloads[shared], fleet.workloads[shared])


@pytest.mark.parametrize("thing", [3, None, b"name\na\n", object(), pd.Series([1]), [1, 2]])
def test_what_is_no_table_is_refused_in_words(thing):
    with pytest.raises(LoadError, match="frame: "):
        load(thing)


def test_frames_and_files_are_loaded_apart(tmp_path):
    with pytest.raises(LoadError, match="load them apart"):
        load(FRAME, "cmdb.csv")


def test_a_source_without_frames_refuses_them():
    with pytest.raises(LoadError, match="docker: expected a file or a name"):
        fk.load("docker", FRAME)


def test_a_frame_is_not_captured(tmp_path):
    with pytest.raises(LoadError, match="a capture is of a live read"):
        fk.capture("frame", FRAME, to=tmp_path / "dump")


def test_a_fleet_of_frames_is_saved_and_added(tmp_path):
    fleet = load(FRAME, columns=GIB) + fk.load("sample")
    again = fk.restore(fk.save(fleet, tmp_path / "fleet"))
    assert len(again.workloads) == len(fleet.workloads)
    assert len(again.receipt) == len(fleet.receipt)


def test_the_command_line_maps_columns(tmp_path):
    path = tmp_path / "cmdb.csv"
    path.write_text(text(ROWS))
    source = f"frame:{path},columns=Host=name+RAM (GB)=memory_bytes/GiB,kind=host"
    subprocess.run([sys.executable, "-m", "fleetkit.cli", "load", source, "-o", tmp_path / "out"],
                   check=True, capture_output=True)
    fleet = fk.restore(tmp_path / "out")
    assert is_whole(fleet)
    assert fleet.workloads["kind"].unique().tolist() == ["host"]


def test_a_folder_of_tables_is_one_fleet(tmp_path):
    (tmp_path / "a.csv").write_text("name\na\n")
    (tmp_path / "b.json").write_text('[{"name": "b"}]')
    (tmp_path / "bad.parquet").write_text("PAR1")
    fleet = load(tmp_path)
    assert fleet.workloads["name"].tolist() == ["a", "b"]
    assert dict(zip(fleet.coverage["target"], fleet.coverage["status"], strict=True)) == {
        "a.csv": "ok", "b.json": "ok", "bad.parquet": "failed"}
