"""What cells say: numbers, units, times, choices, lists and pairs; and those that say nothing."""

from datetime import UTC, datetime

import pytest

from tests.loaders.frame.conftest import codes, said

NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("cells", "numbers"), [
    (["16,384"], [16_384]), (["16.384"], [16_384]), (["16 384"], [16_384]),
    (["1.024", "1.5"], [None, None]), (["1.024,5"], [None]), (["1e3"], [1000]), (["-1"], [None]),
    (["16 GB"], [16 * 10**9]), (["16 GiB", "512MiB"], [16 << 30, 512 << 20]),
    (["2T"], [2 * 10**12]), (["lots"], [None]),
    (["9" * 30], [None]), (["1,23,456"], [None]), (["0"], [0]),
])
def test_sizes_are_written_in_many_ways(cell, cells, numbers):
    assert cell("memory_bytes", cells, "memory_bytes") == numbers


def test_decimals_of_large_units_are_exact(cell):
    assert cell("Memory (GB)", ["1.1", "0.3", "4611686018.4"], "memory_bytes") == [
        1_100_000_000, 300_000_000, 4_611_686_018_400_000_000]


def test_the_numbers_of_a_column_say_what_separates_decimals(cell):
    assert cell("Memory (GB)", ["1,5", "1,024"], "memory_bytes") == [1_500_000_000, 1_024_000_000]
    assert cell("Memory (GB)", ["1.5", "1,024"], "memory_bytes") == [1_500_000_000, 1024 * 10**9]


def test_the_user_says_what_separates_decimals(table):
    fleet = table([{"name": "a", "RAM (GB)": "1,024"}], decimal=",")
    assert fleet.workloads["memory_bytes"].tolist() == [1_024_000_000]


def test_cells_of_a_binary_column_are_binary(table):
    fleet = table([{"name": "a", "RAM": "512 MB"}], columns={"RAM": ("memory_bytes", "GiB")})
    assert fleet.workloads["memory_bytes"].tolist() == [512 << 20]


def test_millicores_are_parts_of_a_core(table):
    fleet = table([{"name": "a", "cpu": "250"}], columns={"cpu": ("cpu_cores", "millicores")})
    assert fleet.workloads["cpu_cores"].tolist() == [0.25]


@pytest.mark.parametrize(("spelling", "state"), [
    ("Powered On", "running"), ("poweredOn", "running"), ("RUNNING", "running"), ("up", "running"),
    ("Powered Off", "stopped"), ("SHUTOFF", "stopped"), ("Suspended", "paused"),
    ("terminated", "terminated"), ("Shutting down", "stopping"), ("unknown", "unknown"),
])
def test_states_are_spelled_in_many_ways(cell, spelling, state):
    assert cell("Status", [spelling], "state") == [state]


def test_a_spelling_is_told_and_the_word_is_kept(table):
    fleet = table([{"name": "a", "Status": "Powered On"}, {"name": "b", "Status": "running"}])
    assert said(fleet, "value") == {"Status: Powered On": "running"}
    assert fleet.workloads["state_raw"].tolist() == ["Powered On", "running"]


def test_a_state_that_nobody_knows_is_unknown_and_a_problem(table):
    fleet = table([{"name": "a", "Status": "Hovering"}])
    assert fleet.workloads["state"].isna().all()
    assert fleet.workloads["state_raw"].tolist() == ["Hovering"]
    assert codes(fleet) == {"unreadable_cell": 1}


@pytest.mark.parametrize("spelling", [
    "2024-07-01T12:00:00Z", "2024-07-01 12:00:00", "2024-07-01 14:00:00+02:00",
    "2024/07/01 12:00", "01.07.2024 12:00:00", "2024-07-01T12:00:00.000000Z"])
def test_times_are_written_in_many_ways(cell, spelling):
    assert cell("Created On", [spelling], "created_at") == [NOON]


def test_times_without_a_zone_are_of_the_zone_that_is_told(table):
    rows = [{"name": "a", "Created": "2024-07-01 14:00:00"},
            {"name": "b", "Created": "2024-07-01 12:00:00Z"}]
    fleet = table(rows, tz="Europe/Berlin")
    assert fleet.workloads["created_at"].tolist() == [NOON, NOON]
    assert said(fleet, "time_zone") == {"Created": "Europe/Berlin"}


def test_an_hour_that_is_skipped_or_comes_twice_breaks_nothing(table):
    rows = [{"name": "a", "Created": "2024-03-31 02:30:00"},
            {"name": "b", "Created": "2024-10-27 02:30:00"}]
    found = table(rows, tz="Europe/Berlin").workloads["created_at"].tolist()
    assert found == [
        datetime(2024, 3, 31, 1, tzinfo=UTC), datetime(2024, 10, 27, 1, 30, tzinfo=UTC)]


def test_a_date_that_can_be_read_in_two_ways_is_a_problem(table):
    fleet = table([{"name": "a", "Created": "03/04/2024"}])
    assert fleet.workloads["created_at"].isna().all()
    assert codes(fleet) == {"unreadable_cell": 1}


def test_seconds_since_1970_are_a_time_where_the_user_says_so(table):
    rows = [{"name": "a", "Created": "1719835200"}]
    assert table(rows).workloads["created_at"].isna().all()
    fleet = table(rows, columns={"Created": ("created_at", "s")})
    assert fleet.workloads["created_at"].tolist() == [NOON]


@pytest.mark.parametrize("spelling", [
    "10.0.0.1,10.0.0.2", "10.0.0.1; 10.0.0.2", "10.0.0.1 10.0.0.2", '["10.0.0.1", "10.0.0.2"]',
    "10.0.0.1\n10.0.0.2", "['10.0.0.1', '10.0.0.2']"])
def test_lists_are_written_in_many_ways(cell, spelling):
    assert [list(found) for found in cell("IP Address", [spelling], "private_ips")] == [
        ["10.0.0.1", "10.0.0.2"]]


@pytest.mark.parametrize("spelling", [
    "env=prod;tier=web", "env: prod, tier: web", '{"tier": "web", "env": "prod"}',
    '[{"Key": "env", "Value": "prod"}, {"Key": "tier", "Value": "web"}]'])
def test_pairs_are_written_in_many_ways(cell, spelling):
    assert cell("Labels", [spelling], "tags") == ['{"env":"prod","tier":"web"}']


@pytest.mark.parametrize("nothing", ["", " ", "N/A", "NULL", "-", "nan", "None", "#N/A"])
def test_words_for_nothing_are_unknown_and_no_problem(table, nothing):
    fleet = table([{"name": "a", "Memory": nothing}])
    assert fleet.workloads["memory_bytes"].isna().all()
    assert codes(fleet) == {}


def test_a_cell_that_cannot_be_read_costs_its_row_nothing_else(table):
    fleet = table([{"name": "a", "Memory": "lots", "vCPUs": "4"}])
    assert fleet.workloads["cpu_cores"].tolist() == [4.0]
    assert fleet.problems["subject_id"].tolist() == ["cmdb.csv, row 2"]
    assert fleet.problems["detail"].tolist() == ["Memory: 'lots' is no whole number"]


def test_cells_without_end_that_cannot_be_read_are_counted(table):
    fleet = table([{"name": f"m{number}", "Memory": "lots"} for number in range(250)])
    assert len(fleet.problems) == 101
    assert fleet.problems["detail"].str.contains("150 more cells").any()


def test_the_family_of_a_system_is_told_by_its_name(cell):
    assert cell("OS", ["Windows Server 2019", "Ubuntu 22.04", "TempleOS"], "os_family") == [
        "windows", "linux", None]
