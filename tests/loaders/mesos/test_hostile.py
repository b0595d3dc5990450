"""What no cluster should answer, and what broken ones do: rows that can be made, and problems."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.mesos import LOADER
from fleetkit.loaders.mesos.groups import cycles
from fleetkit.loaders.mesos.values import controller_of
from fleetkit.loading import load
from fleetkit.plugins import Problem, Record
from tests.loaders.mesos.payloads import (
    AGENT,
    NEW,
    OLD,
    app,
    info,
    master_task,
    moving_app,
    state,
    task,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([
        "id", "tasks", "apps", "slaves", "frameworks", "container", "volumes", "docker", "state",
        "version", "resources", "statuses", "ports", "labels", "pods", "groups", "spec",
        "instances", "containers", "queue", "run", "appId", "framework_id", "slave_id", "name",
    ]), inner, max_size=6),
    max_leaves=25)


@settings(max_examples=150)
@given(JSON)
def test_any_document_gives_records_and_problems_or_an_error_that_says_so(document):
    found = []
    with suppress(LoadError):
        found += LOADER.parse(document, "strange.json")
    assert all(isinstance(item, Record | Problem) for item in found)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(list(app())), JSON, max_size=4),
       st.dictionaries(st.sampled_from(list(master_task())), JSON, max_size=4),
       st.dictionaries(st.sampled_from(list(task())), JSON, max_size=4))
def test_any_fields_cost_no_other_record_its_row(tables, of_app, of_master, of_task):
    fleet = tables({"apps": [{**app("/x"), **of_app}, app("/safe", tasks=[
        {**task(3), **of_task}, task(4, "/safe")])]},
        state({**master_task(5), **of_master}, master_task(6)))
    names = set(fleet.workloads["native_id"])
    assert {task(4, "/safe")["id"], master_task(6)["id"], AGENT} <= names


@settings(max_examples=25)
@given(st.lists(JSON, max_size=3))
def test_any_fields_of_an_app_make_at_most_one_row(fields):
    strange = app(version=fields, cpus=fields, container={"docker": fields, "volumes": fields},
                  labels=fields, portDefinitions=fields, tasks=fields)
    records = [item for item in LOADER.parse(strange, "x") if isinstance(item, Record)]
    assert sum(record.kind == "crew" for record in records) == 1


def test_negative_and_endless_sizes_are_unknown_and_said(tables):
    fleet = tables(app(cpus=-1, mem=1e300, disk="much", instances=float("inf")))
    row = fleet.workloads.iloc[0]
    assert row[["cpu_cores", "memory_bytes", "disk_bytes", "replicas"]].isna().all()
    said = " ".join(fleet.problems["detail"])
    for name in ("cpus", "mem", "disk", "instances"):
        assert name in said


def test_a_word_for_a_state_that_nobody_knows_is_said(tables):
    fleet = tables(state(master_task(state="TASK_DANCING")))
    row = fleet.workloads[fleet.workloads["kind"] == "container"].iloc[0]
    assert (row["state"], row["state_raw"]) == ("unknown", "TASK_DANCING")
    assert "TASK_DANCING" in fleet.problems["detail"].iloc[0]


def test_a_broken_task_costs_nothing_of_its_neighbours(tables):
    fleet = tables(state(master_task(0), {"state": 7}, "text", master_task(1)))
    assert (fleet.workloads["kind"] == "container").sum() == 2
    assert "unreadable_record" in set(fleet.problems["code"])


def test_a_task_whose_agent_is_gone_keeps_its_id(tables):
    gone = master_task(slave_id="gone-S9")
    rows = tables(state(gone)).workloads.set_index("native_id")
    assert rows.loc[gone["id"], "host_id"] == "mesos||vm|gone-S9"


def test_of_two_leaders_the_one_elected_last_counts(tables):
    old = state(master_task(state="TASK_STAGING"), elected_time=1.0)
    new = state(master_task(), elected_time=2.0)
    for documents in ((old, new), (new, old)):
        rows = tables(*documents).workloads
        assert rows.set_index("kind").loc["container", "state"] == "running"
        assert len(rows) == 2


def test_a_master_that_follows_another_is_a_problem(tables):
    fleet = tables(state(leader="master@10.0.0.2:5050"))
    assert fleet.problems["code"].tolist() == ["not_leader"]


def test_groups_that_wait_for_each_other_are_a_problem(tables):
    fleet = tables({"id": "/", "groups": [
        {"id": "/a", "apps": [app("/a/x")], "groups": [], "dependencies": ["/b"]},
        {"id": "/b", "apps": [app("/b/x")], "groups": [], "dependencies": ["/a"]}]})
    assert fleet.problems["detail"].tolist() == ["/a → /b → /a"]
    assert len(fleet.workloads) == 2


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef"))))
def test_a_circle_is_found_where_there_is_one(needs):
    def reached(start):
        seen, ends = set(), set(needs.get(start, ()))
        while ends - seen:
            seen |= ends
            ends = {after for one in ends for after in needs.get(one, ())}
        return seen

    has_circle = any(name in reached(name) for name in needs)
    assert bool(list(cycles(needs))) == has_circle


def test_a_group_that_is_endlessly_deep_ends(tables):
    group = {"id": "z", "apps": [], "groups": []}
    for _ in range(150):
        group = {"id": "g", "apps": [], "groups": [group]}
    fleet = tables({**group, "id": "/", "apps": [app()]})
    assert len(fleet.workloads) == 1
    assert "unreadable_record" in set(fleet.problems["code"])


def test_a_half_written_file_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "state.json"
    path.write_text(json.dumps(state(master_task()))[:400])
    with pytest.raises(LoadError, match="is the file complete"):
        load("mesos", path)


def test_a_broken_file_costs_nothing_of_the_others(tmp_path):
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text(json.dumps({"apps": [app()]}))
    fleet = load("mesos", tmp_path)
    assert sorted(fleet.coverage["status"]) == ["failed", "ok"]
    assert len(fleet.workloads) == 1


def test_a_list_of_versions_without_an_app_is_a_remark(tables):
    assert tables({"versions": [NEW, OLD]}).problems["code"].tolist() == ["thin_answer"]


def test_a_task_without_an_app_is_told_by_its_id(tables):
    lone = task()
    del lone["appId"]
    row = tables({"tasks": [lone]}).workloads.set_index("kind").loc["task"]
    assert row[["controller_kind", "controller_name"]].tolist() == ["app", "/shop/web"]


def test_a_new_version_that_only_scales_has_one_config(tables):
    scaled = app(version=NEW, versionInfo={"lastScalingAt": NEW, "lastConfigChangeAt": OLD},
                 deployments=[{"id": "d-2"}], tasks=[task(0, version=OLD), task(1, version=NEW)])
    fleet = tables({"apps": [scaled]})
    assert fleet.rollouts[["version", "status", "running"]].to_numpy().tolist() == [
        [OLD, "current", 2]]
    assert set(fleet.workloads["revision"].dropna()) == {OLD}


def test_an_older_version_without_tasks_is_kept_to_go_back_to(tables):
    older = app(version=OLD, image="shop/web:1")
    fleet = tables({"apps": [app(tasks=[task(0), task(1)])]}, older)
    rows = fleet.rollouts.set_index("version")
    assert rows.loc[OLD, ["status", "replicas", "running", "image_ref"]].tolist() == [
        "previous", 0, 0, "shop/web:1"]
    assert rows.loc[NEW, ["status", "running", "healthy"]].tolist() == ["current", 2, 2]


def test_a_new_image_replaces_the_old_one_while_both_run(tables):
    fleet = tables({"apps": [moving_app()]}, app(version=OLD, image="shop/web:1"))
    links = fleet.links[fleet.links["relation"] == "replaces"]
    assert links[["from_id", "to_id"]].to_numpy().tolist() == [
        ["name|docker.io/shop/web:2", "name|docker.io/shop/web:1"]]


def test_ports_are_those_of_the_host_with_names_and_balancers(tables):
    fleet = tables({"apps": [app(tasks=[task(0)])]}, state(master_task(0)))
    service = fleet.services[fleet.services["kind"].isna()].iloc[0]
    assert service[["service_name", "address", "port", "target_port", "exposure"]].tolist() == [
        "shop/web", "10.0.0.206", 31000, 8080, "node"]
    assert set(service["tags"]) >= {"http", "vip=/shop/web:80", "servicePort=10000",
                                    "vhost=shop.example"}
    ends = fleet.links[fleet.links["relation"] == "balances_to"]["from_id"]
    assert sorted(each.rpartition("|")[2] for each in ends) == ["/shop/web:80", "haproxy/external"]


def test_external_volumes_name_their_driver_and_nothing_else(tables):
    fleet = tables(app(container={"type": "DOCKER", "docker": {"image": "db"}, "volumes": [{
        "containerPath": "/var/lib/db", "mode": "RW", "external": {
            "name": "shop-db", "provider": "dvdi", "size": 10,
            "options": {"dvdi/driver": "rexray", "dvdi/password": "hunter2-planted"}}}]}))
    mount = fleet.mounts.iloc[0]
    assert mount[["kind", "volume_id", "driver", "size_bytes", "persistence"]].tolist() == [
        "named_volume", "shop-db", "dvdi/rexray", 10 << 30, "durable"]
    assert "hunter2" not in fleet.mounts.to_csv()


def test_an_agent_of_ec2_bears_the_id_that_ec2_gives_it(tables):
    agent = tables(state()).workloads.iloc[0]
    assert agent["provider_id"] == "aws:///eu-central-1a/i-0123456789abcdef0"
    assert (agent["node_id"], agent["zone"]) == (AGENT, "eu-central-1a")
    assert "hunter2" not in agent["tags"]


@given(st.text(alphabet="abc-_./", min_size=1), st.text(max_size=10))
def test_any_id_of_a_task_has_a_controller(task_id, framework):
    assert set(controller_of(task_id, framework)) >= {"Kind", "Controller"}


def test_a_marathon_without_apps_has_no_rows(tables):
    assert tables(info(), {"apps": []}).workloads.empty
