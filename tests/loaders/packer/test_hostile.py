"""Files that are damaged, strange or made to do harm."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.packer import LOADER
from fleetkit.loading import load
from fleetkit.plugins import Problem, Record
from tests.loaders.packer.payloads import SECRET, entry, manifest

JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=8)
                    | st.integers(), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=8)


@pytest.mark.parametrize("document", [[], 7, None, {}, {"version": 4}, [manifest(entry())]])
def test_another_document_is_refused_in_prose(folder, document):
    with pytest.raises(LoadError, match=r"expected a Packer manifest .* found (an object|'\w+')"):
        folder(m_json=document)


@pytest.mark.parametrize("document", [{"builds": {}}, {"builders": {}}])
def test_builds_that_are_no_list_are_refused(folder, document):
    with pytest.raises(LoadError, match="as a list, found 'dict'"):
        folder(m_json=document)


def test_a_half_written_manifest_does_not_spoil_its_neighbour(folder):
    fleet = folder(a_json=json.dumps(manifest(entry()))[:-60], b_json=manifest(entry()))
    assert (len(fleet.builds), fleet.coverage["status"].tolist()) == (1, ["failed", "ok"])


def test_a_strange_entry_is_a_problem_and_the_others_are_rows(folder):
    fleet = folder(m_json=manifest(
        7, {"name": "x"}, entry(artifact={"a": 1}), entry(build_time="soon", name="b"), entry()))
    assert (len(fleet.builds), fleet.problems["code"].tolist()) == (
        3, ["unreadable_record"] * 4)


@pytest.mark.parametrize("text", [
    f'a = "{SECRET}', f"{SECRET} {SECRET} {SECRET}", "\x00", "source {", "{" * 90,
])
def test_what_is_no_hcl_is_refused_without_being_quoted(folder, text):
    with pytest.raises(LoadError, match="expected HCL, found something else") as caught:
        folder(t_hcl=text)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(("text", "said"), [
    ("a = " + "[" * 100_000, "nested deeper than 100 levels"),
    ("# " + "x" * 300_000, "holds more than 262,144 bytes"),
])
def test_a_bomb_is_refused_quickly(folder, text, said):
    started = time.monotonic()
    with pytest.raises(LoadError, match=said):
        folder(t_hcl=text)
    assert time.monotonic() - started < 5


def test_variables_that_name_each_other_come_to_an_end(folder):
    fleet = folder(t_hcl="""
locals {
  a = "${local.b}${local.b}"
  b = "${local.a}${local.a}"
}
source "docker" "x" {
  image = local.a
}
""")
    assert (len(fleet.builds), fleet.problems["code"].tolist()) == (1, ["open_variable"])
    assert len(fleet.builds.loc[0, "source_image"]) <= 2_000


def test_a_neighbour_that_cannot_be_read_leaves_its_variables_open(folder):
    fleet = folder(v_hcl="variable {", t_hcl='source "docker" "x" {\n  image = var.i\n}\n')
    assert (fleet.builds["source_image"].tolist(), sorted(fleet.problems["code"])) == (
        ["${var.i}"], ["open_variable", "unreadable_file"])


@given(JSON, st.sampled_from(["builds", "builders"]))
def test_any_document_gives_records_problems_or_a_load_error(inner, name):
    document = {name: [inner, entry(custom_data=inner, artifact_id=inner)]}
    found = list(LOADER.parse(document, "m.json"))
    assert all(isinstance(item, Record | Problem) for item in found)
    assert found


def test_ten_thousand_builds_are_read_quickly(tmp_path):
    entries = [entry(f"eu-west-1:ami-{number:08x}", packer_run_uuid=f"run-{number}")
               for number in range(10_000)]
    (tmp_path / "m.json").write_text(json.dumps(manifest(*entries)))
    started = time.monotonic()
    assert len(load("packer", tmp_path).builds) == 10_000
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("document", [
    manifest(entry(custom_data={"note": SECRET, "base_ami": f"x password={SECRET}"},
                   files=[{"name": SECRET}])),
    {"variables": {"password": SECRET}, "sensitive-variables": ["a"],
     "builders": [{"type": "qemu", "ssh_password": SECRET, "iso_url": "{{user `password`}}"}],
     "provisioners": [{"type": "shell", "inline": [SECRET]}]},
])
def test_no_record_holds_a_secret(document):
    records = [item.content for item in LOADER.parse(document, "m.json")
               if isinstance(item, Record)]
    assert records
    assert SECRET not in json.dumps(records)
