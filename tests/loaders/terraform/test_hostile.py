"""Documents that are damaged, strange, very large, or of versions that nobody knows."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.terraform import LOADER
from fleetkit.loaders.terraform.flat import nested
from fleetkit.loaders.terraform.making import _MAKERS
from fleetkit.loading import load
from fleetkit.plugins import Problem, Record
from tests.loaders.terraform.payloads import LINEAGE, ec2, instance, one, resource, state

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=6) | st.integers(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "tags", "name", "x", "value", "spec"]), inner,
                      max_size=3), max_leaves=8)


@pytest.mark.parametrize(("document", "said"), [
    ([], "found 'list'"), (7, "found 'int'"), ({}, "the keys"), ({"version": "4"}, "the keys"),
    ({"version": True, "resources": []}, "the keys"),
    ({"version": 5, "resources": []}, "version 5 are not known; there are 1 to 4"),
    ({"version": 0}, "version 0 are not known"),
    ({"version": 4}, "version 4 without a list of resources"),
    ({"version": 3, "modules": {}}, "version 3 without a list of modules"),
    ({"format_version": "2.0", "values": {}}, "version '2.0' is not known"),
    ({"format_version": "1.0", "provider_schemas": {}}, "the keys"),
    ({"serial": 1, "lineage": "x", "encrypted_data": "abc"}, "the state is encrypted"),
])
def test_another_document_is_refused_in_prose(states, document, said):
    with pytest.raises(LoadError, match=said):
        states(document, names=["x.json"])


@pytest.mark.parametrize("document", [
    state(), {"format_version": "1.0", "terraform_version": "1.11.4"},
    {"format_version": "1.0", "values": {}}, {"version": 3, "modules": [], "backend": {"a": "b"}},
    {"version": 3, "terraform_version": "1.9.0", "backend": {"type": "s3", "config": {}}},
    {"Modules": [{"Key": "", "Source": "", "Dir": "."}]},
])
def test_an_empty_state_is_empty(states, document):
    fleet = states(document)
    assert (fleet.coverage["status"].tolist(), fleet.problems.empty) == (["empty"], True)


def test_a_half_written_state_does_not_spoil_its_neighbour(states):
    text = json.dumps(state(one("aws_instance", ec2("i-1"))))
    fleet = states(text[:-40], state(one("aws_instance", ec2("i-2"))))
    assert (fleet.workloads["native_id"].tolist(), fleet.coverage["status"].tolist()) == (
        ["i-2"], ["failed", "ok"])


def test_a_strange_resource_is_a_problem_and_its_neighbours_are_rows(states):
    fleet = states(state(
        7, {"type": "aws_instance"}, resource("aws_instance", {"attributes": 7}, name="a"),
        one("aws_instance", ec2(private_ip=["10.0.0.1"], tags=7, root_block_device="x"), name="b"),
        one("aws_instance", ec2("i-2"), name="c")))
    assert (len(fleet.workloads), fleet.problems["code"].tolist()) == (
        2, ["unreadable_record"] * 4)
    assert set(fleet.workloads["state"]) == {"running"}


def test_resources_that_need_each_other_are_linked_both_ways(states):
    links = states(state(one("aws_instance", ec2("i-1"), ["aws_instance.b"], name="a"),
                         one("aws_instance", ec2("i-2"), ["aws_instance.a"], name="b"))).links
    assert (links["relation"] == "depends_on").sum() == 2


def test_a_resource_that_needs_itself_is_not_linked(states):
    links = states(state(one("aws_instance", ec2(), ["aws_instance.x"]))).links
    assert "depends_on" not in set(links["relation"])


def test_the_same_address_twice_is_one_row(states):
    fleet = states(state(one("aws_instance", ec2()), one("aws_instance", ec2())))
    assert fleet.workloads["workload_id"].is_unique


def test_sizes_beyond_anything_real_are_unknown(states):
    disk = [{"volume_id": "v", "volume_size": 1e300}]
    fleet = states(state(one("aws_instance", ec2(root_block_device=disk))))
    assert (fleet.workloads["disk_bytes"].isna().all(), len(fleet.mounts)) == (True, 1)


def test_deep_nesting_is_bounded(states):
    module = {"resources": []}
    for _ in range(150):
        module = {"resources": [], "child_modules": [module]}
    fleet = states({"format_version": "1.0", "values": {"root_module": module}}, names=["s.json"])
    assert fleet.coverage["status"].tolist() == ["empty"]


def test_flat_names_with_many_dots_are_bounded():
    assert nested({".".join("a" * 10_000): "x"})


@given(st.sampled_from(sorted(_MAKERS)), JSON, JSON)
def test_any_attributes_give_records_and_problems(kind, attributes, marks):
    document = state(one(kind, {"id": "i", "spec": attributes, "tags": attributes}),
                     resource(kind, {"attributes": attributes, "sensitive_attributes": marks,
                                     "dependencies": marks}, name="y"))
    found = list(LOADER.parse(document, "x"))
    assert all(isinstance(item, Record | Problem) for item in found)


@given(JSON, JSON)
def test_any_values_give_records_problems_or_a_load_error(values, marks):
    for document in ({"format_version": "1.0", "values": values, "prior_state": marks},
                     {"format_version": "1.0", "values": {"root_module": {"resources": [{
                         "address": "aws_instance.x", "type": "aws_instance", "values": values,
                         "sensitive_values": marks}]}}},
                     {"version": 3, "modules": [{"path": marks, "resources": {
                         "aws_instance.x": {"primary": {"attributes": values}}}}, values]}):
        assert all(isinstance(item, Record | Problem) for item in LOADER.parse(document, "x"))


def test_ten_thousand_resources_are_read_quickly(tmp_path):
    herd = [instance(ec2(f"i-{number:05d}"), ["aws_instance.x"]) for number in range(10_000)]
    (tmp_path / "x.tfstate").write_text(json.dumps(state(resource("aws_instance", *herd))))
    started = time.process_time()
    fleet = load("terraform", tmp_path)
    assert (len(fleet.workloads), fleet.workloads["workload_id"].iloc[0]) == (
        10_000, f"terraform|{LINEAGE}|vm|aws_instance.x[0]")
    assert time.process_time() - started < 30
