"""Records by shape and query: typed at Arrow's speed, and none lost in silence."""

import json
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.loading.harvest import Harvest, Part, as_line, now
from fleetkit.loading.mappings import as_mappings
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Loader, Target
from fleetkit.schema import as_mapping
from fleetkit.tables import MOUNTS, WORKLOADS

TEXT = pa.string()
TAGS = pa.list_(pa.struct([("Key", TEXT), ("Value", TEXT)]))
LOADER = Loader(
    doc="a source for this test",
    shapes={
        "machine": pa.schema([
            ("Id", TEXT), ("Size", TEXT), ("State", TEXT), ("Note", TEXT), ("Tags", TAGS),
            ("Disks", pa.list_(pa.struct([("Id", TEXT), ("GiB", pa.int64())]))),
        ]),
        "size": pa.schema([("Name", TEXT), ("Cores", pa.int64())]),
    },
    queries={
        WORKLOADS: ("""
            SELECT 'test||vm|' || m.Id AS workload_id, 'vm' AS kind, m.State AS state,
                   m.Note AS notes, m.Tags AS tags, s.Cores AS cpu_cores, m.seen
            FROM machine AS m LEFT JOIN size AS s ON s.Name = m.Size""",),
        MOUNTS: ("""
            SELECT 'test||vm|' || Id AS workload_id, 'block' AS kind, disk.Id AS volume_id,
                   disk.GiB * 1073741824 AS size_bytes, seen
            FROM (SELECT *, unnest(Disks) AS disk FROM machine)""",),
    },
)


def loaded(*records, target="a"):
    lines = [(kind, as_line(content)) for kind, content in records]
    part = Part("machines", lines, status="ok")
    return tabulate(LOADER, [Harvest("test", Target(target, "acc", "r1"), "live", now(),
                                     {"machines": part})])


def machine(identity, **fields):
    return "machine", {"Id": identity, "State": "running", **fields}


def test_kinds_are_joined_and_rows_bear_their_place():
    fleet = loaded(machine("m1", Size="big"), ("size", {"Name": "big", "Cores": 8}))
    row = fleet.workloads.iloc[0]
    assert (row["workload_id"], row["cpu_cores"], row["target"], row["account"]) == (
        "test||vm|m1", 8, "a", "acc")


def test_lists_become_rows_of_another_table():
    disks = [{"Id": "d1", "GiB": 2}, {"Id": "d2", "GiB": 3}]
    fleet = loaded(machine("m1", Disks=disks), machine("m2"))
    assert fleet.mounts[["volume_id", "size_bytes"]].to_numpy().tolist() == [
        ["d1", 2 << 30], ["d2", 3 << 30]]


def test_a_fleet_without_records_has_typed_tables():
    assert loaded().workloads.dtypes.equals(WORKLOADS.empty().dtypes)


@pytest.mark.parametrize("odd", [
    {"Id": 7}, {"Id": "m", "Tags": "none"}, {"Id": "m", "Disks": [{"GiB": "many"}]},
    {"Id": "m", "State": ["running"]},
])
def test_a_record_of_another_form_is_a_problem_and_all_others_are_rows(odd):
    around = [machine(f"m{number}") for number in range(20)]
    fleet = loaded(*around[:7], ("machine", odd), *around[7:])
    assert len(fleet.workloads) == 20
    assert fleet.problems["code"].tolist() == ["unreadable_record"]


def test_unknown_fields_are_ignored_and_missing_ones_unknown():
    fleet = loaded(machine("m1", Brand="new"))
    assert fleet.workloads["notes"].isna().all()


def test_a_record_without_its_id_is_a_problem():
    fleet = loaded(machine("m1"), ("machine", {"State": "running"}))
    assert (len(fleet.workloads), fleet.problems["message"].tolist()) == (
        1, ["a row of workloads has no id"])


def test_a_value_outside_of_the_choices_is_unknown_and_a_problem():
    fleet = loaded(machine("m1"), machine("m2", State="dreaming"))
    assert fleet.workloads["state"].isna().tolist() == [False, True]
    assert fleet.problems["code"].tolist() == ["unknown_value"]


def test_credentials_in_text_and_tags_are_masked():
    tags = [{"Key": "password", "Value": "hunter2"}, {"Key": "url", "Value": "https://u:hunter2@x"}]
    fleet = loaded(machine("m1", Note="login with --password hunter2", Tags=tags))
    assert "hunter2" not in fleet.workloads.to_csv()
    assert list(json.loads(fleet.workloads["tags"].iloc[0])) == ["password", "url"]


def test_tags_are_sorted_unknown_stays_unknown_and_none_is_empty():
    pairs = [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": '"1"'}, {"Key": "c"}]
    fleet = loaded(machine("m1", Tags=pairs), machine("m2", Tags=[]), machine("m3"))
    assert fleet.workloads["tags"].iloc[0] == '{"a":"\\"1\\"","b":"2","c":""}'
    assert fleet.workloads["tags"].iloc[1] == "{}"
    assert fleet.workloads["tags"].isna().tolist() == [False, False, True]


def test_a_key_that_comes_twice_in_a_cell_stays_one_key():
    fleet = loaded(machine("m1", Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]))
    assert fleet.workloads["tags"].tolist() == ['{"a":"2"}']


def test_text_that_looks_like_sql_or_markup_is_text():
    hostile = "'); DROP TABLE machine; --<script>"
    assert loaded(machine(hostile)).workloads["workload_id"].tolist() == [f"test||vm|{hostile}"]


def test_lone_surrogates_cost_no_other_row():
    fleet = loaded(machine("m1"), machine("m2", Note="\ud800"))
    assert "test||vm|m1" in fleet.workloads["workload_id"].tolist()
    assert len(fleet.workloads) + len(fleet.problems) >= 2


def test_rows_of_two_harvests_keep_their_own_place():
    harvests = [
        Harvest("test", Target(name), "live", now(),
                {"machines": Part("machines", [("machine", as_line({"Id": name}))], status="ok")})
        for name in ("x", "y")
    ]
    fleet = tabulate(LOADER, harvests)
    assert fleet.workloads["target"].tolist() == ["x", "y"]


PAIRS = st.lists(st.tuples(st.text(max_size=6), st.none() | st.text(max_size=6)), max_size=4)


@given(st.lists(st.none() | PAIRS, min_size=1, max_size=6))
def test_mapping_cells_are_what_json_would_write(cells):
    rows = [None if cell is None else [{"k": key, "v": value} for key, value in cell]
            for cell in cells]
    kind = pa.list_(pa.struct([("k", TEXT), ("v", TEXT)]))
    made = as_mappings(pa.array(rows, kind)).to_pylist()
    for cell, text in zip(cells, made, strict=True):
        if cell is None:
            assert text is None
        else:
            assert set(json.loads(text)) == {key for key, _ in cell}
            assert text == as_mapping(json.loads(text))


CHAINED = replace(
    LOADER,
    prelude="CREATE TEMP TABLE one AS FROM machine;\nCREATE TEMP TABLE two AS FROM one;",
    queries={WORKLOADS: ("SELECT 'id-' || Id AS workload_id, seen FROM two",)},
)


def test_a_prelude_is_run_once_and_its_tables_can_be_asked():
    part = Part("machines", [("machine", as_line({"Id": "m1"}))], status="ok")
    fleet = tabulate(CHAINED, [Harvest("test", Target("a"), "live", now(), {"machines": part})])
    assert fleet.workloads["workload_id"].tolist() == ["id-m1"]
