"""Three exports of real estates; counts beside an independent reading of the same sheets."""

from functools import cache

import pandas as pd
import pytest

from fleetkit.spreadsheets.packages import Package
from fleetkit.spreadsheets.workbooks import Workbook
from tests.loaders.rvtools.conftest import load, real, said

MIB = 1 << 20


@pytest.fixture(scope="module")
def estate():
    return load(real("rvtools-4.7.1-27-sheets.xlsx"))


@cache
def sheet(name, book="rvtools-4.7.1-27-sheets.xlsx"):
    return pd.read_excel(real(book), sheet_name=name, engine="openpyxl")


def machines(fleet):
    return fleet.workloads[fleet.workloads["kind"] == "vm"].reset_index(drop=True)


def test_the_estate_has_the_counts_of_its_sheets(estate):
    kinds = estate.mounts["kind"].value_counts().to_dict()
    assert (len(machines(estate)), len(estate.workloads)) == (133, 133 + 9)
    assert kinds == {"partition": 682, "block": 246}
    assert len(estate.problems) == 0


def test_cores_memory_and_disk_are_those_of_the_sheet(estate):
    found, info = machines(estate), sheet("vInfo")
    assert found["cpu_cores"].sum() == info["CPUs"].sum()
    assert found["memory_bytes"].sum() == info["Memory"].sum() * MIB
    assert found["disk_bytes"].sum() == info["Total disk capacity MiB"].sum() * MIB


def test_disks_and_partitions_have_the_sizes_of_the_sheets(estate):
    sizes = estate.mounts.groupby("kind")[["size_bytes", "used_bytes"]].sum()
    assert sizes.loc["block", "size_bytes"] == sheet("vDisk")["Capacity MiB"].sum() * MIB
    partitions = sheet("vPartition")
    assert sizes.loc["partition", "size_bytes"] == partitions["Capacity MiB"].sum() * MIB
    assert sizes.loc["partition", "used_bytes"] == partitions["Consumed MiB"].sum() * MIB


def test_hosts_have_the_cores_and_memory_of_the_sheet(estate):
    hosts, listed = estate.workloads.query("kind == 'host'"), sheet("vHost")
    assert hosts["cpu_cores"].sum() == listed["# Cores"].sum()
    assert hosts["memory_bytes"].sum() == listed["# Memory"].sum() * MIB
    assert set(machines(estate)["host_id"]) <= set(hosts["workload_id"])


def test_snapshots_are_counted_per_machine(estate):
    counted = sheet("vSnapshot")["VM"].value_counts()
    found = machines(estate).set_index("name")["snapshots"]
    assert found.sum() == counted.sum()
    assert found[counted.index].tolist() == counted.tolist()


def test_times_of_the_estate_are_those_of_the_cells(estate):
    listed = sheet("vInfo").set_index("VM UUID")["Creation date"].dt.round("s")
    found = machines(estate).set_index("native_id")["created_at"].dt.tz_localize(None)
    assert (found[listed.index] == listed).all()


def test_the_version_is_what_the_workbook_says(estate):
    assert said(estate, item="version")["RVTools"][0] == "4.7.1.4"


def test_an_old_table_has_its_thousands_its_custom_attributes_and_its_clock():
    fleet = load(real("rvtools-3.x-vinfo.csv"))
    found = fleet.workloads.set_index("name")
    assert found.loc["59", ["memory_bytes", "disk_bytes"]].tolist() == [
        16_384 * MIB, 206_057 * MIB]
    assert "NB_LAST_BACKUP" in found.loc["APDC03", "tags"]
    assert str(found.loc["59admin", "started_at"]) == "2017-11-28 21:14:28+00:00"
    assert said(fleet, item="version")["RVTools"][0] == "3.8 or older"
    assert (len(found), len(fleet.problems)) == (5, 0)


def test_a_padded_workbook_is_its_machines_and_a_count_of_padding():
    fleet = load(real("rvtools-example1.xlsx"))
    assert (len(machines(fleet)), len(fleet.problems)) == (9, 0)
    assert fleet.mounts["kind"].value_counts().to_dict() == {"block": 9, "partition": 9}
    assert said(fleet, "vInfo", "dropped")["empty rows"][2] == 1_048_576 - 10


@pytest.mark.parametrize("book", ["rvtools-4.7.1-27-sheets.xlsx", "rvtools-example1.xlsx"])
def test_cells_are_what_another_reader_reads(book):
    calamine = pytest.importorskip("python_calamine")
    path = real(book)
    other = calamine.CalamineWorkbook.from_path(path)
    with Package(path) as package:
        ours = Workbook(package, path)
        assert list(ours.parts) == other.sheet_names
        for name in ours.parts:
            rows = list(other.get_sheet_by_name(name).iter_rows())
            theirs = {(number, place): cell for number, row in enumerate(rows, 1)
                      for place, cell in enumerate(row, 1) if str(cell).strip()}
            mine = {(number, place): cell for number, cells in ours.sheet(name).rows
                    for place, cell in cells.items()}
            assert {key: plain(cell) for key, cell in mine.items()} == {
                key: plain(cell) for key, cell in theirs.items()}


def plain(cell):
    """Times to the second, as half a millisecond is lost in the days of a workbook."""
    stamp = pd.Timestamp(cell).round("s") if hasattr(cell, "year") else None
    return cell if stamp is None else stamp
