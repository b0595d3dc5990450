"""Tables of strangers: formulas, control signs, broken files, and what is not for the eye."""

import json
import re

import pytest

from fleetkit.errors import LoadError
from tests.loaders.frame.conftest import load
from tests.loaders.frame.test_forms import sheet

PLANTED = "hunter2-planted"


def everything(fleet):
    return "".join(frame.to_csv() for _, frame in fleet)


@pytest.mark.parametrize("text", [
    "=cmd|'/c calc'!A1", "@SUM(1)", "+1-1", "<script>alert(1)</script>", "'; DROP TABLE workloads",
    "\u202eevil", "a\\\"b", "{}", "\x1b[31m"])
def test_hostile_text_stays_text(table, text):
    rows = [{"Host": text, "Owner": text}]
    row = table(rows).workloads.iloc[0]
    assert row["name"] == text
    assert json.loads(row["tags"]) == {"Owner": text}


def test_signs_that_end_texts_elsewhere_end_none(table):
    fleet = table("name,Owner\na\0b,c\0\n")
    assert fleet.workloads["name"].tolist() == ["a\ufffdb"]


@pytest.mark.parametrize("cell", [
    f"password={PLANTED}", f"postgres://root:{PLANTED}@db/x", f'{{"secret": "{PLANTED}"}}',
    f"env=prod;db_password={PLANTED}", f"[\"--token={PLANTED}\"]", f"mongodb://u:a,{PLANTED}@h",
])
@pytest.mark.parametrize("header", [
    "Host", "Owner", "Labels", "IP Address", "Memory", "Status", "Created", "Notes"])
def test_planted_secrets_reach_no_table(table, header, cell):
    fleet = table([{"native_id": "a", header: cell}])
    assert PLANTED not in everything(fleet)


def test_planted_secrets_of_rows_that_cannot_be_read_are_not_told(table):
    fleet = table(f"name,Admin Password\na,{PLANTED}\nb,{PLANTED},{PLANTED}\n{PLANTED}\n")
    assert len(fleet.problems) == 2
    assert PLANTED not in everything(fleet)


def test_planted_secrets_are_in_no_error(table):
    with pytest.raises(LoadError) as met:
        table(f"Admin Password\n{PLANTED}\n")
    assert PLANTED not in str(met.value)


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.jsonl", "t.parquet", "t.xlsx", "t.csv.gz"])
@pytest.mark.parametrize("content", [b"", b"\0" * 50, b"PAR1", b"PK\3\4", b"{", b'"', b"\xff\xfe"])
def test_what_is_no_table_is_refused_in_words(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(LoadError, match=re.escape(name)):
        load(path)


def test_columns_without_end_are_refused(table):
    with pytest.raises(LoadError, match="columns"):
        table("a," * 5_000 + "\n1\n")


@pytest.mark.parametrize(("text", "names"), [
    ('name,Owner\na,b\nc,"d\ne,f\n', ["a", "c"]), ('name,Owner\na,b\n"c,d\ne,f\n', ["a"])])
def test_a_quote_left_open_is_told(table, text, names):
    fleet = table(text)
    assert fleet.workloads["name"].tolist() == names
    assert "open_quote" in fleet.problems["code"].tolist()


def test_headers_that_repeat_are_told_apart(table):
    row = table("name,Owner,Owner,\na,b,c,d\n").workloads.iloc[0]
    assert json.loads(row["tags"]) == {"Owner": "b", "Owner (2)": "c", "column 4": "d"}


def test_cells_under_no_header_are_a_problem(tmp_path):
    path = sheet(tmp_path / "t.xlsx", A=[["name"], ["a"], ["b", None, PLANTED]])
    fleet = load(path)
    assert fleet.workloads["name"].tolist() == ["a"]
    assert PLANTED not in everything(fleet)


@pytest.mark.parametrize("kind", [float("nan"), float("inf"), 10**400, -1, 2**63])
def test_numbers_beyond_all_are_unknown(kind):
    fleet = load([{"name": "a", "Memory": kind, "vCPUs": kind, "Created": kind}])
    assert len(fleet.workloads) == 1
    assert fleet.workloads["memory_bytes"].isna().all()


def test_objects_within_objects_without_end_are_refused(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('[{"name": ' + "[" * 100_000 + "]" * 100_000 + "}]")
    with pytest.raises(LoadError):
        load(path)
