"""Secrets are planted wherever a state can hold them, and looked for everywhere."""

import json

import pytest

from fleetkit.loaders.terraform import LOADER
from fleetkit.plugins import Record
from tests.loaders.terraform.payloads import (
    SECRET,
    azure,
    container,
    ec2,
    gce,
    instance,
    one,
    path,
    resource,
    server,
    state,
    vsphere,
)

EVERYWHERE = state(
    one("aws_instance", ec2(password_data=SECRET, connection=[{"private_key": SECRET}],
                            tags={"db_password": SECRET, "Name": "web"})),
    one("aws_db_instance", {"id": "db", "password": SECRET, "username": "u",
                            "tags": {"note": f"password={SECRET}"}}),
    one("docker_container", container(command=["run", "--token", SECRET])),
    one("google_compute_instance", gce()), one("vsphere_virtual_machine", vsphere()),
    one("openstack_compute_instance_v2", server()),
    one("azurerm_linux_virtual_machine", azure()),
    one("random_password", {"result": SECRET}, sensitive=[path("result")]),
    one("aws_iam_access_key", {"secret": SECRET, "id": "AKIAABCDEFGHIJKLMNOP"}),
    outputs={"o": {"value": SECRET, "type": "string", "sensitive": True},
             "p": {"value": SECRET, "type": "string"}},
)


def planted(fleet):
    return [name for name, frame in fleet if SECRET in frame.to_csv()]


def records(document):
    return json.dumps([item.content for item in LOADER.parse(document, "x.tfstate")
                       if isinstance(item, Record)])


def test_no_table_holds_a_planted_secret(states):
    fleet = states(EVERYWHERE)
    assert (len(fleet.workloads), planted(fleet)) == (6, [])


def test_no_record_holds_a_planted_secret():
    text = records(EVERYWHERE)
    assert SECRET not in text
    assert '"web"' in text


@pytest.mark.parametrize("steps", [
    path("tags", "note"), path("tags"), path("tags", {"value": "note", "type": "string"})])
def test_what_a_state_marks_is_dropped(states, steps):
    fleet = states(state(one("aws_instance", ec2(tags={"note": SECRET}), sensitive=[steps])))
    assert (len(fleet.workloads), planted(fleet)) == (1, [])


def test_a_path_into_a_list_is_followed(states):
    attributes = ec2(root_block_device=[{"volume_id": SECRET, "volume_size": 8}])
    steps = path("root_block_device", {"value": 0, "type": "number"}, "volume_id")
    fleet = states(state(one("aws_instance", attributes, sensitive=[steps])))
    assert (fleet.mounts["size_bytes"].tolist(), planted(fleet)) == ([8 << 30], [])


@pytest.mark.parametrize("marks", [{"tags": {"note": True}}, {"tags": True}, True])
def test_what_a_shown_state_marks_is_dropped(states, marks):
    shown = {"format_version": "1.0", "values": {"root_module": {"resources": [{
        "address": "aws_instance.x", "mode": "managed", "type": "aws_instance", "name": "x",
        "values": ec2(tags={"note": SECRET}), "sensitive_values": marks}]}}}
    fleet = states(shown, names=["show.json"])
    assert (len(fleet.workloads), planted(fleet)) == (1, [])


def test_a_marked_value_is_masked_where_it_stands_without_a_mark(states):
    fleet = states(state(
        one("random_password", {"result": SECRET}, sensitive=[path("result")]),
        one("docker_container", container(command=["serve", f"pw:{SECRET}"]))))
    assert fleet.workloads.loc[0, "command"] == "/entry serve pw:[masked]"


def test_a_short_marked_value_masks_no_other_text(states):
    fleet = states(state(
        one("terraform_data", {"input": "web"}, sensitive=[path("input")]),
        one("aws_instance", ec2())))
    assert fleet.workloads.loc[0, "name"] == "web"


@pytest.mark.parametrize("text", ["{", '{"version": 4, "resources": [{"x": "%s"' % SECRET,  # noqa: UP031
                                  '{"version": 99, "resources": "%s"}' % SECRET,  # noqa: UP031
                                  '{"db": "%s"}' % SECRET])  # noqa: UP031
def test_an_error_does_not_quote_the_file(states, text):
    from fleetkit.errors import LoadError

    with pytest.raises(LoadError) as caught:
        states(text)
    assert SECRET not in str(caught.value)


def test_a_problem_does_not_quote_a_secret(states):
    fleet = states(state(one("aws_db_instance", {"id": "d", "port": {"password": SECRET}})))
    assert (fleet.problems["code"].tolist(), planted(fleet)) == (["unreadable_record"], [])


def test_many_secrets_cost_no_more_than_few():
    import time

    many = [instance({"id": str(number), "result": f"{number:06d}-{SECRET}"},
                     sensitive=[path("result")]) for number in range(5_000)]
    document = state(resource("random_password", *many),
                     resource("aws_instance", *[instance(ec2(f"i-{n}")) for n in range(1_000)]))
    started = time.process_time()
    assert SECRET not in records(document)
    assert time.process_time() - started < 10
