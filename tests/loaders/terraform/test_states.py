"""Forms of states, addresses, lineage and serial, and what depends on what."""

import pytest

from fleetkit.loaders.terraform.flat import nested
from tests.loaders.terraform.payloads import (
    ACCOUNT,
    LINEAGE,
    container,
    ec2,
    instance,
    one,
    resource,
    state,
)


def shown(*resources, **modules):
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {
        "root_module": {"resources": list(resources), **modules}}}


def value(attributes, address="aws_instance.x", **more):
    return {"address": address, "mode": "managed", "type": "aws_instance", "name": "x",
            "values": attributes, "sensitive_values": {}, **more}


def flat(**resources):
    return {"version": 3, "serial": 2, "lineage": LINEAGE, "modules": [{
        "path": ["root", "shop"], "outputs": {}, "resources": {
            key.replace("__", "."): {"type": key.partition("__")[0], "depends_on": [],
                                     "primary": {"id": attributes["id"],
                                                 "attributes": attributes}}
            for key, attributes in resources.items()}}]}


def ids(fleet):
    return fleet.workloads["workload_id"].tolist()


def test_an_instance_is_known_by_its_address(states):
    fleet = states(state(
        resource("aws_instance", instance(ec2("i-1")), instance(ec2("i-2")), name="web"),
        resource("aws_instance", {**instance(ec2("i-3")), "index_key": "a/b"}, name="each",
                 module='module.shop["eu"]')))
    assert ids(fleet) == [f"terraform|{LINEAGE}|vm|{address}" for address in (
        "aws_instance.web[0]", "aws_instance.web[1]", 'module.shop["eu"].aws_instance.each["a/b"]')]


def test_a_replaced_instance_that_is_still_there_is_a_row_of_its_own(states):
    fleet = states(state(resource("aws_instance", instance(ec2("i-2")) | {"deposed": "00aa"})))
    assert ids(fleet) == [f"terraform|{LINEAGE}|vm|aws_instance.x (deposed 00aa)"]


def test_a_shown_state_gives_the_same_rows(states, tmp_path):
    kept = states(state(one("aws_instance", ec2())))
    (tmp_path / "0.tfstate").unlink()
    printed = states(shown(value(ec2())), names=["show.json"], lineage=LINEAGE)
    columns = [name for name in kept.workloads if name not in ("target", "observed_at")]
    assert kept.workloads[columns].equals(printed.workloads[columns])
    assert len(kept.links) == len(printed.links) == 4


def test_without_lineage_an_id_of_the_platform_keeps_states_apart(states):
    fleet = states(shown(value(ec2("i-1"))), shown(value(ec2("i-2"))), names=["a.json", "b.json"])
    assert ids(fleet) == ["terraform||vm|aws_instance.x=i-1", "terraform||vm|aws_instance.x=i-2"]


def test_modules_within_modules_are_read(states):
    inner = {"address": "module.a.module.b", "resources": [
        value(ec2("i-2"), "module.a.module.b.aws_instance.x")]}
    fleet = states(shown(value(ec2("i-1")), child_modules=[
        {"address": "module.a", "child_modules": [inner]}]), names=["s.json"])
    assert len(fleet.workloads) == 2


def test_a_plan_tells_what_is_there_and_what_will_be(states):
    plan = {"format_version": "1.2", "prior_state": shown(value(ec2("i-1"))), "planned_values": {
        "root_module": {"resources": [
            value(ec2("i-1")), value({"ami": "ami-0fee", "tags": {"Name": "new"}},
                                     "aws_instance.new")]}},
        "configuration": {}, "resource_changes": []}
    fleet = states(plan, names=["plan.json"])
    assert fleet.workloads.set_index("name")[["state", "state_raw"]].T.to_dict("list") == {
        "new": ["unknown", "planned"], "web": ["running", "running"]}


def test_a_flat_state_is_read_with_its_module(states):
    fleet = states(flat(aws_instance__web__1={
        "id": "i-1", "ami": "ami-0fee", "instance_state": "running", "tags.%": "2",
        "tags.Name": "web", "tags.a.b": "c", "availability_zone": "eu-west-3b",
        "arn": f"arn:aws:ec2:eu-west-3:{ACCOUNT}:instance/i-1",
        "disable_api_termination": "true", "root_block_device.#": "1",
        "root_block_device.0.volume_id": "vol-1", "root_block_device.0.volume_size": "8"}))
    row = fleet.workloads.iloc[0]
    assert (row["workload_id"], row["name"], row["disk_bytes"], row["protected"]) == (
        f"terraform|{LINEAGE}|vm|module.shop.aws_instance.web[1]", "web", 8 << 30, True)


@pytest.mark.parametrize(("flat_text", "expected"), [
    ({"a": "1", "b.#": "0"}, {"a": "1", "b": []}),
    ({"b.#": "2", "b.1": "y", "b.0": "x"}, {"b": ["x", "y"]}),
    ({"b.#": "1", "b.2576023345.c": "x"}, {"b": [{"c": "x"}]}),
    ({"t.#": "1", "t.Role": "Web"}, {"t": {"Role": "Web"}}),
    ({"b.#": "1", "b.0.t.%": "1", "b.0.t.k": "v"}, {"b": [{"t": {"k": "v"}}]}),
    ({"on": "true", "t.%": "1", "t.on": "true"}, {"on": True, "t": {"on": "true"}}),
])
def test_flat_attributes_become_lists_and_objects(flat_text, expected):
    assert nested(flat_text) == expected


def test_the_newest_serial_of_a_lineage_is_read(states):
    fleet = states(
        state(one("aws_instance", ec2("i-old")), serial=4),
        state(one("aws_instance", ec2("i-new")), serial=5),
        names=["terraform.tfstate.backup", "terraform.tfstate"])
    assert fleet.workloads["native_id"].tolist() == ["i-new"]
    assert fleet.problems[["code", "target", "severity", "detail"]].iloc[0].tolist() == [
        "superseded_state", "terraform.tfstate.backup", "info",
        "serial 4 beside serial 5 in terraform.tfstate"]


def test_a_backup_alone_is_read(states):
    fleet = states(state(one("aws_instance", ec2())), names=["terraform.tfstate.backup"])
    assert (len(fleet.workloads), fleet.problems.empty) == (1, True)


def test_states_of_other_lineages_stand_beside_each_other(states):
    fleet = states(state(one("aws_instance", ec2("i-1"))),
                   state(one("aws_instance", ec2("i-2")), lineage="other"))
    assert (len(fleet.workloads), fleet.problems.empty) == (2, True)


def test_resources_of_other_kinds_are_counted(states):
    fleet = states(state(one("terraform_data", {"id": "1"}), one("aws_instance", ec2()),
                         resource("aws_s3_bucket", instance({}), instance({}))))
    problem = fleet.problems.iloc[0]
    assert (problem["code"], problem["severity"], problem["detail"]) == (
        "unread_resources", "info", "2 aws_s3_bucket, 1 terraform_data")


def test_what_a_machine_needs_is_linked_where_it_is_a_row(states):
    fleet = states(state(
        one("aws_instance", ec2(), ["aws_db_instance.db", "aws_subnet.s"]),
        one("aws_db_instance", {"id": "db"}, name="db"), one("aws_subnet", {}, name="s")))
    needed = fleet.links[fleet.links["relation"] == "depends_on"]
    assert needed[["from_id", "to_id", "confidence"]].values.tolist() == [[
        f"terraform|{LINEAGE}|vm|aws_instance.x", f"terraform|{LINEAGE}|service|aws_db_instance.db",
        0.5]]


def test_a_need_is_looked_for_in_the_same_instance_of_a_module(states):
    def shop(name):
        return [one("docker_container", container(id=name), ["module.m.docker_container.db"],
                    module=f'module.m["{name}"]'),
                one("docker_container", container(id=f"{name}db"), name="db",
                    module=f'module.m["{name}"]')]

    links = states(state(*shop("a"), *shop("b"))).links
    needed = links[links["relation"] == "depends_on"]
    assert [(one_[-26:], other[-27:]) for one_, other in zip(
        needed["from_id"], needed["to_id"], strict=True)] == [
        (f'e.m["{name}"].docker_container.x'[-26:], f'e.m["{name}"].docker_container.db'[-27:])
        for name in "ab"]


def test_a_need_of_very_many_instances_is_linked_once(states):
    herd = [instance(ec2(f"i-{number}"), ["aws_instance.x"]) for number in range(30)]
    links = states(state(resource("aws_instance", *herd))).links
    needed = links[links["relation"] == "depends_on"]
    assert needed["to_id"].unique().tolist() == [f"terraform|{LINEAGE}|resource|aws_instance.x"]
