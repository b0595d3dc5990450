"""What holds of every table: no row is lost, no cell breaks another, no secret enters."""

import tempfile
from datetime import datetime
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.loaders.frame.conftest import codes, load, text

HEADERS = ["name", "Memory", "RAM (GB)", "vCPUs", "Status", "kind", "Created", "IP Address",
           "Labels", "protected", "replicas", "Owner", "VM ID"]
CELLS = st.one_of(
    st.text(max_size=20), st.sampled_from(["", "a", "b", "1", "1,5", "1.024", "on", "2024-01-01",
                                           "16 GB", "x=1;y=2", "true", "10.0.0.1", "\0", "vm"]),
    st.integers(-2**70, 2**70).map(str), st.floats().map(str))
THINGS = st.one_of(
    CELLS, st.none(), st.integers(), st.floats(), st.booleans(), st.binary(max_size=4),
    st.datetimes(), st.lists(CELLS, max_size=2), st.dictionaries(CELLS, CELLS, max_size=2))
ROW_CODES = ("unreadable_row", "no_key", "duplicate_key")
PLANTED = "hunter2-planted"


def tables(cells):
    return st.lists(st.sampled_from(HEADERS), min_size=1, unique=True).map(
        lambda headers: ["native_id", *headers]).flatmap(lambda headers: st.lists(
            st.fixed_dictionaries(dict.fromkeys(headers, cells)), min_size=1, max_size=8))


def lost(fleet):
    found = codes(fleet)
    return sum(found.get(code, 0) for code in ROW_CODES)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(THINGS))
def test_every_row_of_a_frame_is_a_row_or_a_problem(rows):
    fleet = load(pd.DataFrame(rows))
    assert len(fleet.workloads) + lost(fleet) == len(rows) == fleet.coverage["rows"].sum()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(CELLS), st.sampled_from(",;\t|"))
def test_every_row_of_text_is_a_row_a_problem_or_empty(rows, separator):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(text(rows, separator).encode("utf-8", "replace"))
        fleet = load(path, sep=separator)
    empty = fleet.receipt.query("subject == 'empty rows'")["rows"].sum()
    assert len(fleet.workloads) + lost(fleet) + empty == len(rows)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(THINGS), st.integers(0, 7))
def test_a_cell_is_read_alike_whatever_stands_in_other_columns(rows, place):
    rows = [{**row, "native_id": str(number)} for number, row in enumerate(rows)]
    name = list(rows[0])[place % len(rows[0])]
    rival = {"RAM (GB)": "Memory"}.get(name)  # of two names of one thing the plain one is taken
    rows = [{header: row[header] for header in row if header != rival} for row in rows]
    alone = load(pd.DataFrame([{"native_id": row["native_id"], name: row[name]} for row in rows]))
    among = load(pd.DataFrame(rows))
    for column in ("memory_bytes", "cpu_cores", "created_at", "private_ips", "protected"):
        if alone.workloads[column].notna().any():
            pd.testing.assert_series_equal(alone.workloads[column], among.workloads[column])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(THINGS), st.sampled_from(["password={}", "db://u:{}@h/", "--token {}"]))
def test_credentials_in_cells_enter_no_table(rows, form):
    secret = form.format(PLANTED)
    for row in rows:
        row[list(row)[-1]] = secret
        row["Notes"] = {"api_key": PLANTED}
        row["Admin Password"] = PLANTED
        row["Memory"] = secret
    fleet = load(pd.DataFrame(rows))
    assert all(PLANTED not in frame.to_csv() for _, frame in fleet)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2**53), min_size=1), st.sampled_from(["B", "KiB", "MB", "GiB"]))
def test_sizes_are_exact(sizes, unit):
    factor = {"B": 1, "KiB": 1 << 10, "MB": 10**6, "GiB": 1 << 30}[unit]
    rows = [{"name": f"m{number:04}", "size": size} for number, size in enumerate(sizes)]
    expected = [size * factor if size * factor < 2**63 else None for size in sizes]
    for typed in (pd.DataFrame(rows), pd.DataFrame(rows).astype(str)):
        found = load(typed, columns={"size": ("memory_bytes", unit)}).workloads["memory_bytes"]
        assert [None if pd.isna(size) else size for size in found] == expected


@settings(max_examples=30, deadline=None)
@given(st.lists(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), min_size=1))  # noqa: DTZ001
def test_times_are_exact(times):
    rows = pd.DataFrame({"name": [f"m{number:04}" for number in range(len(times))],
                         "created": times})
    expected = [pd.Timestamp(time, tz="UTC") for time in times]
    for typed in (rows, rows.assign(created=[time.isoformat() for time in times])):
        assert load(typed).workloads["created_at"].tolist() == expected
