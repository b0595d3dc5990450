"""Saved answers: each form by its shape, with the ids that a live read gives."""

import json

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.loaders.consul.payloads import RECORDED, check, instance, intention, node, service

FORMS = {  # file -> endpoint whose answer it holds
    "nodes.json": "catalog/nodes", "checks.json": "health/state/any",
    "intentions.json": "connect/intentions", "self.json": "agent/self",
    **{f"config-{kind}.json": f"config/{kind}" for kind in (
        "proxy-defaults", "service-defaults", "service-router", "service-splitter",
        "service-resolver", "ingress-gateway", "terminating-gateway")},
}


@pytest.fixture
def saved(tmp_path):
    """A function that loads documents, each from a file of its own."""
    def read(*documents, **named):
        files = {**{f"{number}.json": one for number, one in enumerate(documents)}, **named}
        for name, document in files.items():
            path = tmp_path / name.replace("__", "/").replace("_json", ".json")
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(document))
        return load("consul", tmp_path)

    return read


@pytest.fixture
def dumped(server, tmp_path):
    """A folder with what the endpoints of the server answer; health or catalog of services."""
    def dump(form):
        for name, path in FORMS.items():
            (tmp_path / name).write_text(json.dumps(server.get(path)))
        for name in server.get("catalog/services"):
            (tmp_path / f"{name}.json").write_text(json.dumps(server.get(f"{form}/{name}")))
        return load("consul", tmp_path)

    return dump


def rows(fleet, table, *left_out):
    frame = fleet[table].drop(
        columns=["observed_at", "origin", "target", "region", *left_out])
    return frame.astype(str).to_numpy().tolist()


@pytest.mark.parametrize("form", ["health/service", "catalog/service"])
@pytest.mark.parametrize("table", ["workloads", "services", "links"])
def test_saved_answers_of_a_server_give_what_a_live_read_gives(dumped, live, form, table):
    assert rows(dumped(form), table) == rows(live, table)


def test_an_instance_of_the_catalogue_alone_has_no_health(server, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(server.get("catalog/service/web")))
    fleet = load("consul", tmp_path)
    assert (len(fleet.services), fleet.services["health"].isna().all()) == (2, True)
    assert fleet.workloads["state"].tolist() == ["unknown"]


def test_checks_of_a_node_alone_do_not_make_a_service_passing(saved, server):
    fleet = saved(server.get("catalog/service/tokens"), server.get("health/service/web"))
    found = fleet.services.set_index("service_name")["health"]
    assert (found["tokens"].isna().all(), found["web"].notna().all()) == (True, True)


def test_services_of_an_agent_are_those_of_its_node(server, live, tmp_path):
    for name in ("agent/self", "agent/services", "agent/checks"):
        (tmp_path / f"{name.replace('/', '-')}.json").write_text(json.dumps(server.get(name)))
    fleet = load("consul", tmp_path)
    there = live.services.set_index("service_id")
    assert set(fleet.services["service_id"]) < set(there.index)
    web = fleet.services.set_index("service_id").loc["consul|dc1|service|dev1/web-2"]
    assert web[["health", "service_name", "workload_id"]].tolist() == [
        "critical", "web", "consul|dc1|vm|dev1"]


def test_services_of_an_agent_that_is_not_known_are_problems(saved):
    fleet = saved({"web": service(), "db": service("db")})
    assert (len(fleet.services), fleet.problems["code"].tolist()) == (
        0, ["unreadable_record", "unreadable_record"])


@pytest.mark.parametrize("path", ["catalog/node/legacy-db", "catalog/node-services/legacy-db"])
def test_a_node_with_its_services_is_read(server, live, tmp_path, path):
    (tmp_path / "a.json").write_text(json.dumps(server.get(path)))
    fleet = load("consul", tmp_path)
    assert fleet.services["service_id"].tolist() == ["consul|dc1|service|legacy-db/pg"]
    assert fleet.workloads["provider_id"].tolist() == ["i-0abc"]


def test_one_entry_as_the_command_reads_it_is_a_link(saved):
    fleet = saved([node()], {"Kind": "service-splitter", "Name": "web", "Splits": [
        {"Weight": 99.5, "ServiceSubset": "v1"}, {"Weight": 0.5, "ServiceSubset": "v2"}]})
    assert fleet.links["evidence"].tolist() == [
        "service-splitter, weight 0.5, subset v2", "service-splitter, weight 99.5, subset v1"]


def test_checks_beside_the_catalogue_give_it_health(saved, server):
    fleet = saved(server.get("catalog/service/postgres"), server.get("health/checks/postgres"))
    assert fleet.services[["health", "health_output"]].to_numpy().tolist() == [
        ["warning", "port – slow; password=[masked]"]]


def test_what_names_no_datacenter_is_of_the_one_in_its_folder(saved):
    other = node("m1", Datacenter="west")
    fleet = saved(a__nodes_json=[node()], a__i_json=[intention()],
                  b__nodes_json=[other], b__i_json=[intention()])
    assert sorted(fleet.links["from_id"]) == ["consul|dc1|service|web", "consul|west|service|web"]


def test_what_names_no_datacenter_among_several_is_of_none(saved):
    fleet = saved([node(), node("m1", Datacenter="west")], [intention()])
    assert fleet.links["from_id"].tolist() == ["consul||service|web"]


def test_names_of_services_are_a_remark(saved):
    fleet = saved([node()], {"web": ["v1"], "consul": []})
    assert fleet.problems[["code", "severity", "detail"]].to_numpy().tolist() == [
        ["names_only", "info", "2 services"]]


def test_one_instance_in_two_forms_is_one_row(saved, server):
    fleet = saved(server.get("catalog/service/web"), server.get("health/service/web"))
    assert (len(fleet.services), set(fleet.services["health"])) == (2, {"passing", "critical"})


def test_empty_answers_are_empty(saved):
    fleet = saved([], {}, [node()])
    assert fleet.coverage["status"].tolist() == ["empty", "empty", "ok"]


@pytest.mark.parametrize("document", [
    "text", 7, None, {"a": 1}, {"Reservations": [{"Instances": []}]}, [1, 2], [{"Id": "x"}],
    {"Config": {}, "Id": 1}, [{"kind": "Pod", "metadata": {}}],
])
def test_a_document_of_another_source_is_refused_in_prose(saved, document):
    with pytest.raises(LoadError, match="expected an answer of Consul's .*; save one as"):
        saved(document)


@pytest.mark.parametrize("odd", [
    None, 7, "web", [], {}, {"Node": {"Node": "n9"}}, node(Node=["x"]), node(Address={"a": 1}),
    instance(Port="eighty", on=node("n7")), instance(Tags="a", on=node("n7")),
    {"Node": node("n7"), "Service": service(), "Checks": "none"}, node(Node=""),
])
def test_an_odd_entry_is_a_problem_and_costs_no_other(saved, odd):
    fleet = saved([*(node(f"n{number}") for number in range(5)), odd])
    assert len(fleet.workloads) == 5
    assert len(fleet.problems) == 1


def test_deep_nesting_is_a_problem(tmp_path):
    deep = json.dumps(node("deep", Address="DEEP")).replace('"DEEP"', "[" * 900 + "]" * 900)
    (tmp_path / "deep.json").write_text(f"[{deep}, {json.dumps(node())}]")
    fleet = load("consul", tmp_path)
    assert (fleet.workloads["name"].tolist(), len(fleet.problems)) == (["n1"], 1)


def test_a_half_written_file_is_said_and_the_others_are_read(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([node()])[:-30])
    (tmp_path / "b.json").write_text(json.dumps([node("m1")]))
    fleet = load("consul", tmp_path)
    assert fleet.coverage["status"].tolist() == ["failed", "ok"]
    assert "is the file complete" in fleet.problems.iloc[0]["detail"]


def test_huge_text_is_cut(saved):
    fleet = saved([instance(checks=[check("c", "critical", "web-1", Output="x" * 3_000_000)])])
    assert len(fleet.services["health_output"].iloc[0]) < 30_000


def test_numbers_beyond_any_port_are_problems(saved):
    fleet = saved([instance(), instance("huge", Port=10**30, on=node("n7"))])
    assert (len(fleet.services), len(fleet.problems)) == (1, 1)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the folder of recorded payloads is absent here")
def test_recorded_answers_give_every_node_and_instance():
    fleet = load("consul", RECORDED)
    assert set(fleet.coverage["status"]) == {"ok", "empty"}
    assert fleet.workloads["workload_id"].tolist() == [
        "consul|dc1|vm|HAL9000", "consul|dc1|vm|nomad-client01-dev",
        "consul|dc1|vm|nomad-client02-dev", "consul|my-dc-1|vm|tiaoban"]
    assert fleet.services["health"].astype(object).fillna("none").tolist() == [
        "none", "none", "passing"]


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the folder of recorded payloads is absent here")
def test_services_that_nomad_registered_run_on_its_allocations():
    links = load("consul", RECORDED / "catalog-service-cerebro.json").links
    found = links[links["to_id"].str.startswith("nomad")]
    assert found[["to_id", "confidence"]].to_numpy().tolist() == [
        ["nomad||task|2e81934f-3fd7-1fd6-9339-5ae120e1f314", 0.5],
        ["nomad||task|3072b120-3e79-79db-16f4-5f2726d1d057", 0.5]]


@pytest.mark.parametrize(("rest", "task"), [
    ("redis-cache-redis-db", "/redis-cache"), ("server-redis-http", "/server"),
    ("odd", ""), ("redis", ""),
])
def test_a_task_is_read_out_of_the_id_that_nomad_gives(saved, rest, task):
    allocation = "2e81934f-3fd7-1fd6-9339-5ae120e1f314"
    fleet = saved([instance("redis", ID=f"_nomad-task-{allocation}-{rest}")])
    assert f"nomad||task|{allocation}{task}" in set(fleet.links["to_id"])


def test_a_container_id_in_meta_is_a_link(saved):
    fleet = saved([instance(Meta={"container-id": "a" * 64})])
    assert f"docker||container|{'a' * 64}" in set(fleet.links["to_id"])
