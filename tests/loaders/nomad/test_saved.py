"""Recorded answers and saved ones, alone and together; hostile ones become problems."""

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.nomad import LOADER
from fleetkit.loading import load
from fleetkit.plugins import Problem, Record
from tests.loaders.nomad.payloads import (
    ALLOCS,
    NODE,
    SECRET,
    alloc,
    answer,
    batch,
    deployment,
    job,
    node,
    recorded,
    stub,
    volume,
)

NAMES = st.sampled_from([*job(), *node(), *alloc(), *deployment(), *volume(), "Jobs", "Versions"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20)


def names(fleet):
    return fleet.workloads.set_index("native_id")


def test_a_recorded_node_is_a_machine_with_all_that_its_agent_found():
    row = load("nomad", recorded("node-read")).workloads.iloc[0]
    assert row[["name", "hostname", "os_name", "os_version", "kernel_version", "arch",
                "os_family", "state", "zone", "node_id"]].tolist() == [
        "nomad-4", "nomad-4", "debian", "9.4", "4.9.0-6-amd64", "amd64", "linux", "running", "dc1",
        NODE]
    assert row[["cpu_cores", "memory_bytes", "disk_bytes"]].tolist() == [
        1, 3883982848, 31637520384]
    assert json.loads(row["tags"])["consul node"] == "nomad-4"
    assert list(row["private_ips"]) == ["10.138.0.5"]


def test_a_recorded_list_of_nodes_and_a_description_are_one_machine(tmp_path):
    for name in ("node-read", "nodes-list"):
        (tmp_path / f"{name}.json").write_bytes(recorded(name).read_bytes())
    rows = load("nomad", tmp_path).workloads
    assert rows[["workload_id", "os_name"]].to_numpy().tolist() == [[f"nomad||vm|{NODE}", "debian"]]


def test_a_recorded_allocation_tells_times_in_nanoseconds():
    rows = names(load("nomad", recorded("allocations-example-cache")))
    row = rows.loc["5457f16d-0f87-8e6b-5e91-0c7da3a41eb7/redis"]
    assert str(row["created_at"]) == "2021-11-04 09:14:09.798000+00:00"
    assert row[["state", "controller_name", "revision", "restart_count", "health"]].tolist() == [
        "running", "example/cache", "0", 0, "passing"]


def test_a_recorded_job_file_is_declared():
    fleet = load("nomad", recorded("job-example-short"))
    row = fleet.workloads.iloc[0]
    assert row[["origin", "state", "kind", "image_ref", "controller_kind"]].tolist() == [
        "declared", "unknown", "container", "redis:7", "service"]
    assert (row["memory_bytes"], row["replicas"]) == (256 << 20, 1)
    assert list(row["ports"]) == ["6379/tcp"]
    assert fleet.rollouts.empty


@pytest.mark.parametrize("name", ["allocations-example-cache", "job-example-short", "node-read",
                                  "nodes-list"])
def test_every_recorded_answer_is_read_without_a_problem(name):
    fleet = load("nomad", recorded(name))
    assert set(fleet.coverage["status"]) == {"ok"}
    assert fleet.problems.empty


def test_an_allocation_that_holds_its_job_knows_its_image(tables):
    row = names(tables({**alloc(0), "Job": job()})).loc[f"{ALLOCS[0]}/web"]
    assert row[["image_ref", "kind", "replicas"]].tolist() == ["shop/web:2", "container", 3]


def test_a_job_inspected_is_read_with_and_without_its_word(tables):
    bare, held = tables(job()), tables({"Job": job()})
    assert bare.workloads["workload_id"].tolist() == held.workloads["workload_id"].tolist()


def test_a_job_that_is_only_listed_has_a_row(tables):
    row = tables([stub(job())]).workloads.iloc[0]
    assert row[["native_id", "state", "controller_kind"]].tolist() == ["web", "running", "service"]


@pytest.mark.parametrize(("driver", "kind"), [
    ("docker", "container"), ("podman", "container"), ("containerd-driver", "container"),
    ("exec", "task"), ("raw_exec", "task"), ("java", "task"), ("qemu", "vm")])
def test_drivers_say_what_a_task_is(tables, driver, kind):
    whole = job()
    whole["TaskGroups"][0]["Tasks"][0]["Driver"] = driver
    assert tables(whole).workloads["kind"].tolist() == [kind]


def test_reserved_cores_are_a_limit(tables):
    given_cores = alloc(0)
    given_cores["AllocatedResources"]["Tasks"]["web"]["Cpu"] = {
        "CpuShares": 4400, "ReservedCores": [2, 3]}
    row = names(tables(given_cores, job())).loc[f"{ALLOCS[0]}/web"]
    assert row[["cpu_cores", "cpu_request_cores"]].tolist() == [2, 2]


def test_a_hard_limit_makes_megahertz_a_limit(tables):
    whole = job()
    whole["TaskGroups"][0]["Tasks"][0]["Config"]["cpu_hard_limit"] = True
    row = names(tables(alloc(0), whole, node())).loc[f"{ALLOCS[0]}/web"]
    assert row["cpu_cores"] == 0.5


def test_tasks_of_one_group_are_no_siblings(tables):
    whole = job()
    side = copy.deepcopy(whole["TaskGroups"][0]["Tasks"][0])
    side.update(Name="logs", Lifecycle={"Hook": "poststart", "Sidecar": True})
    whole["TaskGroups"][0]["Tasks"].append(side)
    fleet = tables(whole, alloc(0, tasks=("web", "logs")))
    tasks = fleet.workloads[fleet.workloads["kind"] == "container"]
    assert sorted(tasks["controller_name"]) == ["web/front/logs", "web/front/web"]
    assert set(fleet.rollouts["controller_name"]) == set(tasks["controller_name"])
    assert fleet.services["workload_id"].tolist() == [f"nomad||task|{ALLOCS[0]}/web"]


def test_an_allocation_without_tasks_yet_has_those_of_its_job(tables):
    pending = alloc(0, TaskStates=None, ClientStatus="pending")
    assert names(tables(pending, job())).loc[f"{ALLOCS[0]}/web", "state"] == "starting"


@pytest.mark.parametrize(("fields", "state"), [
    ({"ClientStatus": "running", "DesiredStatus": "stop"}, "stopping"),
    ({"ClientStatus": "unknown"}, "unknown"), ({"ClientStatus": "failed"}, "failed"),
    ({"ClientStatus": "dancing"}, "unknown")])
def test_states_are_told_by_client_and_task(tables, fields, state):
    assert names(tables(alloc(0, **fields))).loc[f"{ALLOCS[0]}/web", "state"] == state


def test_a_task_that_ended_tells_how(tables):
    dead = alloc(0, ClientStatus="failed")
    dead["TaskStates"]["web"].update(
        State="dead", Failed=True, FinishedAt="2021-11-04T10:00:00Z",
        Events=[{"Type": "Terminated", "ExitCode": 137, "DisplayMessage": "Exit Code: 137"}])
    row = names(tables(dead)).loc[f"{ALLOCS[0]}/web"]
    assert row[["state", "exit_code"]].tolist() == ["failed", 137]
    assert "Exit Code: 137" in row["state_raw"]


def test_allocations_that_are_over_are_counted_or_loaded(tables):
    over = [alloc(0, ClientStatus="complete"), alloc(1, ClientStatus="failed",
                                                     NextAllocation=ALLOCS[2]), alloc(2)]
    few, many = tables(over), tables(over, completed=True)
    assert (few.problems["detail"].tolist(), len(few.workloads)) == (["2 allocations"], 2)
    assert len(many.workloads) == 4


def test_a_rollout_that_has_failed_is_no_movement(tables):
    fleet = tables([alloc(0, 1), alloc(3, 2)], job(), [deployment(status="failed")])
    rows = fleet.rollouts.set_index("version")
    assert rows.loc["2", ["status", "is_moving"]].tolist() == ["current", False]
    assert rows.loc["1", "status"] == "outgoing"


def test_a_system_job_has_no_wanted_number(tables):
    row = tables(job(Type="system")).workloads.iloc[0]
    assert row["controller_kind"] == "system"
    assert str(row["replicas"]) == "<NA>"


def test_a_shared_volume_is_shared_and_durable(tables):
    wide = volume(AccessMode="multi-node-multi-writer")
    mounts = tables(alloc(0), job(), wide).mounts.set_index("target_path")
    assert mounts.loc["/data", ["shared", "persistence"]].tolist() == [True, "shared_durable"]


def test_a_template_of_a_volume_per_allocation_is_one(tables):
    mounts = tables(batch(), job()).mounts
    kinds = mounts[mounts["target_path"] == "/data"]["kind"].tolist()
    assert kinds == ["claim_template"]


def test_values_and_secrets_are_nowhere(tables):
    fleet = tables(job(), node(), [alloc(0)], volume(), [deployment()])
    text = "".join(fleet[name].to_csv() for name in (
        "workloads", "mounts", "services", "links", "images", "rollouts", "problems"))
    assert SECRET not in text
    records = [item for document in (job(), node(), volume())
               for item in LOADER.parse(document, "x")]
    assert SECRET not in str(records)


def test_negative_and_endless_numbers_are_unknown_and_said(tables):
    broken = job()
    broken["TaskGroups"][0]["Tasks"][0]["Resources"] = {"CPU": -5, "MemoryMB": 1e300}
    broken["TaskGroups"][0]["Count"] = "many"
    fleet = tables(broken)
    assert fleet.workloads[["memory_bytes", "replicas"]].isna().to_numpy().all()
    said = " ".join(fleet.problems["detail"])
    assert all(name in said for name in ("CPU", "MemoryMB", "Count"))


def test_a_thing_without_an_id_is_a_problem_and_costs_no_other(tables):
    nameless = alloc(0)
    del nameless["ID"]
    fleet = tables([nameless, "text", alloc(1)])
    assert sorted(fleet.problems["code"]) == ["unknown_record", "unreadable_record"]
    assert f"{ALLOCS[1]}/web" in names(fleet).index


def test_a_thing_that_is_listed_twice_is_one_row_and_a_problem(tables):
    fleet = tables([alloc(0), alloc(0)])
    assert fleet.problems["code"].tolist() == ["duplicate_record"]
    assert fleet.workloads["workload_id"].is_unique


@pytest.mark.parametrize("document", [1, "text", {"a": 1}, [1], [{"x": 1}], {"ID": "x"}, None])
def test_something_else_is_refused_with_what_to_pass(tables, document):
    with pytest.raises(LoadError, match="expected what Nomad's API answers"):
        tables(document)


def test_an_empty_list_is_empty(tables):
    assert tables([]).workloads.empty


def test_a_half_written_file_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "allocs.json"
    path.write_text(json.dumps([alloc(0)])[:300])
    with pytest.raises(LoadError, match="is the file complete"):
        load("nomad", path)


def test_the_recorded_allocation_survives_any_of_its_fields(tables):
    whole = answer("allocations-example-cache")[0]
    for name in ("JobID", "TaskStates", "CreateTime", "Name", "DeploymentStatus"):
        fleet = tables([{**whole, name: {"strange": [1]}}])
        assert len(fleet.workloads) == 2, name


@settings(max_examples=150)
@given(JSON)
def test_any_document_gives_records_and_problems_or_an_error(document):
    found = []
    with suppress(LoadError):
        found += LOADER.parse(document, "strange.json")
    assert all(isinstance(item, Record | Problem) for item in found)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(list(job())), JSON, max_size=4),
       st.dictionaries(st.sampled_from(list(alloc())), JSON, max_size=4),
       st.dictionaries(st.sampled_from(list(node())), JSON, max_size=4))
def test_any_fields_cost_no_other_record_its_row(tables, of_job, of_alloc, of_node):
    fleet = tables([{**alloc(0), **of_alloc}, alloc(1)], [{**node(ID="n-2"), **of_node}, node()],
                   [{**job("x"), **of_job}, job()])
    assert {f"{ALLOCS[1]}/web", NODE} <= set(fleet.workloads["native_id"])


def test_bounds_of_an_autoscaler_and_constraints_to_one_client_are_told(tables):
    made = job()
    made["TaskGroups"][0] |= {
        "Scaling": {"Enabled": True, "Min": 2, "Max": 8},
        "Constraints": [{"LTarget": "${node.unique.name}", "Operand": "=", "RTarget": "nomad-4"}]}
    row = tables(made).workloads.iloc[0]
    assert (row["min_replicas"], row["max_replicas"]) == (2, 8)
    assert list(row["pinned_to"]) == ["${node.unique.name} = nomad-4"]


def test_a_policy_that_is_switched_off_scales_nothing(tables):
    made = job()
    made["TaskGroups"][0]["Scaling"] = {"Enabled": False, "Min": 2, "Max": 8}
    row = tables(made).workloads.iloc[0]
    assert row[["min_replicas", "max_replicas"]].isna().all()
    assert list(row["pinned_to"]) == []
