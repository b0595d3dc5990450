"""Recorded answers, each alone and all together: what an operator would read off them."""

import json

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.loaders.mesos.payloads import FRAMEWORK, SECRET, answer, recorded

FILES = {
    "marathon/app-1-app-for-each-health.json": 4, "marathon/docs-app.json": 1,
    "marathon/docs-app_list.json": 1, "marathon/docs-app_task.json": 2,
    "marathon/docs-app_tasks.json": 2, "marathon/docs-deployments.json": 0,
    "marathon/docs-group.json": 3, "marathon/docs-info.json": 0, "marathon/docs-pod.json": 1,
    "marathon/docs-queue.json": 2, "marathon/docs-tasks.json": 4, "marathon/group-kafka.json": 1,
    "marathon/groups-1-app-for-each-health.json": 4,
    "marathon/groups-1-task-with-volumes.json": 2,
    "marathon/groups-marathon-1-pod-group.json": 26,
    "marathon/groups-marathon-1-task.json": 10, "marathon/groups-sdk-services.json": 5,
    "marathon/metronome-jobs.json": 8, "mesos/mesos-subscribe-marathon-1-task.json": 28,
    "mesos/state.json.gz": 137, "mesos/summary-1-app-for-each-health.json": 3,
    "mesos/summary-marathon-1-pod-group.json": 6, "mesos/summary-marathon-1-task.json": 3,
}


def row(fleet, name):
    return fleet.workloads.set_index("name").loc[name]


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_every_recorded_answer_is_read(name, count):
    fleet = load("mesos", recorded(name))
    assert len(fleet.workloads) == count
    assert set(fleet.coverage["status"]) == {"ok"}
    assert "error" not in set(fleet.problems["severity"])


def test_agents_have_sizes_in_bytes_and_an_address():
    agent = row(load("mesos", recorded("mesos/state.json.gz")), "srv3.hw.ca1.mesosphere.com")
    assert (agent["cpu_cores"], agent["memory_bytes"], agent["disk_bytes"]) == (
        40, 256729 << 20, 7443630 << 20)
    assert (list(agent["private_ips"]), agent["account"]) == (["172.16.0.13"], "OVH1")


def test_every_task_of_the_cluster_runs_on_an_agent():
    fleet = load("mesos", recorded("mesos/state.json.gz"))
    tasks = fleet.workloads[fleet.workloads["kind"] == "task"]
    known = fleet.links[fleet.links["relation"] == "runs_on"]
    assert len(known) == len(tasks) == 131


def test_tasks_that_are_over_are_counted_or_loaded():
    few = load("mesos", recorded("mesos/state.json.gz"))
    many = load("mesos", recorded("mesos/state.json.gz"), completed=True)
    assert few.problems["detail"].tolist() == ["5,360 tasks"]
    assert many.problems["code"].tolist() == ["reused_ids"]
    again = int(many.problems["detail"].iloc[0].split()[0].replace(",", ""))
    assert len(many.workloads) - len(few.workloads) == 5_360 - again


def test_ids_of_tasks_name_apps_jobs_and_frameworks():
    rows = load("mesos", recorded("mesos/state.json.gz")).workloads.set_index("native_id")
    names = rows[["controller_kind", "controller_name"]]
    assert names.loc["tools_oauth-server.0a399d79-e295-11e4-8b29-66f11d2c95f8"].tolist() == [
        "app", "/tools/oauth-server"]
    assert names.loc["ct:1429012800000:0:EM for Google Integration Test:"].tolist() == [
        "cronjob", "EM for Google Integration Test"]
    assert names.loc["srv3.hw.ca1.mesosphere.com-31000"].tolist() == ["unknown", "Storm!!!"]


def test_frameworks_are_services():
    rows = load("mesos", recorded("mesos/summary-marathon-1-pod-group.json")).services
    marathon = rows.set_index("service_name").loc["marathon"]
    assert (marathon["address"], marathon["port"], marathon["kind"]) == (
        "10.0.7.122", 8080, "framework")


def test_zones_are_written_as_their_cloud_writes_them():
    row_of_task = row(load("mesos", recorded("marathon/groups-marathon-1-task.json")), "net")
    assert row_of_task["zone"] == "eu-central-1a"


def test_persistent_volumes_belong_to_the_task_that_made_them():
    rows = load("mesos", recorded("marathon/groups-1-task-with-volumes.json")).mounts
    assert rows["persistence"].tolist() == ["durable"] * 3
    assert rows["size_bytes"].tolist() == [1 << 20, 2 << 20, 3 << 20]
    assert rows["volume_id"].iloc[0] == "sleep#data-1#c1fbf257-efb2-11e6-a361-5edc614b8201"


def test_residency_is_told_in_tags():
    task = row(load("mesos", recorded("marathon/groups-1-task-with-volumes.json")), "sleep")
    assert "taskLostBehavior=WAIT_FOREVER" in json.loads(task["tags"])["marathon residency"]


def test_a_definition_is_a_declared_row_with_replicas():
    app = row(load("mesos", recorded("marathon/docs-app.json")), "foo")
    assert (app["origin"], app["state"], app["replicas"], app["controller_kind"]) == (
        "declared", "unknown", 2, "app")
    assert (app["health_check"], app["stop_grace_seconds"], app["run_as"]) == ("http", 30, "root")
    assert json.loads(app["tags"])["marathon constraints"] == "hostname LIKE srv2.*"
    assert list(app["env_names"]) == ["PASSWORD", "XPS1", "XPS2"]


def test_dependencies_and_groups_are_links():
    links = load("mesos", recorded("marathon/docs-app.json")).links
    needed = links[links["relation"] == "depends_on"]
    assert needed[["from_id", "to_id"]].to_numpy().tolist() == [
        ["mesos||app|/foo", "mesos||app|/prod/group"]]


def test_host_paths_are_host_state_and_privileges_are_seen():
    fleet = load("mesos", recorded("marathon/docs-group.json"))
    agent = row(fleet, "tools/datadog-agent")
    assert (agent["privileged"], list(agent["host_namespaces"])) == (True, ["network"])
    mounts = fleet.mounts.set_index("target_path")
    assert mounts.loc["/var/run/docker.sock", ["kind", "persistence", "read_only"]].tolist() == [
        "bind", "host_state", False]
    assert mounts.loc["/host/proc/mounts", "read_only"]


def test_a_deployment_of_unknown_apps_is_a_version_that_comes():
    rows = load("mesos", recorded("marathon/docs-deployments.json")).rollouts
    assert rows["controller_name"].tolist() == ["/bla", "/foo"]
    assert rows["is_moving"].all()
    assert "waits for readiness check myReadyCheck" in rows["message"].iloc[1]


def test_what_the_queue_waits_for_is_said():
    app = row(load("mesos", recorded("marathon/docs-queue.json")), "foo")
    assert app["state"] == "starting"
    assert "declined: InsufficientCpus 75, InsufficientMemory 15" in app["state_raw"]


def test_containers_of_a_pod_are_workloads_of_one_instance():
    fleet = load("mesos", recorded("marathon/groups-marathon-1-pod-group.json"))
    rows = fleet.workloads[fleet.workloads["controller_name"] == "/podses/container-1"]
    assert (len(rows), set(rows["image_ref"])) == (9, {"redis"})
    rollout = fleet.rollouts.set_index("controller_name").loc["/podses/container-1"]
    assert (rollout["replicas"], rollout["running"], rollout["message"].partition(";")[0]) == (
        1, 9, "STABLE")


def test_scheduled_jobs_are_cronjobs_and_their_runs_tasks():
    fleet = load("mesos", recorded("marathon/metronome-jobs.json"))
    idle = fleet.workloads.set_index("native_id").loc["bar"]
    assert (idle["controller_kind"], idle["state"]) == ("cronjob", "stopped")
    assert json.loads(idle["tags"])["metronome schedule"] == "0 1 6 9 * America/Chicago"
    states = fleet.workloads.set_index("native_id")["state"]
    assert states["foo.1990-01-03t00:00:00z-1.68d65242-1838-11e6-8d2d-5ec97000bce0"] == "running"


def test_a_thing_that_is_listed_twice_is_one_row_and_a_problem():
    fleet = load("mesos", recorded("mesos/summary-marathon-1-task.json"))
    assert fleet.workloads["workload_id"].is_unique
    assert fleet.problems["code"].tolist() == ["duplicate_record"]


def test_a_folder_joins_what_its_files_say(tmp_path):
    for name in ("marathon/docs-tasks.json", "marathon/docs-group.json",
                 "marathon/docs-queue.json", "marathon/docs-info.json"):
        (tmp_path / recorded(name).name).write_bytes(recorded(name).read_bytes())
    fleet = load("mesos", tmp_path)
    task = fleet.workloads.set_index("native_id").loc[
        "tools_docker_registry.002b4d28-46b9-11e5-b731-525400cce7ed"]
    assert (task["image_ref"], task["kind"], task["memory_bytes"]) == (
        "registry", "container", 4096 << 20)
    scopes = {each.split("|")[1] for each in fleet.rollouts["controller_id"]}
    assert scopes == {"96d7da70-b731-4cfb-96a7-0ee877af615d-0000"} != {FRAMEWORK}


def test_encoded_options_of_packages_are_left_out():
    kafka = row(load("mesos", recorded("marathon/group-kafka.json")), "kafka")
    assert json.loads(kafka["tags"])["DCOS_PACKAGE_METADATA"] == "[encoded, left out]"


def test_values_of_variables_are_nowhere(tables):
    app = answer("marathon/docs-app.json")
    app["env"] = {"PASSWORD": SECRET, "API": f"x{SECRET}"}
    app["cmd"] = f"run --with {SECRET}"
    app["fetch"] = [{"uri": f"https://u:{SECRET}@example/x"}]
    fleet = tables(app)
    assert SECRET not in "".join(fleet[name].to_csv() for name in (
        "workloads", "mounts", "services", "links", "images", "rollouts", "problems"))


@pytest.mark.parametrize("document", [1, "text", {"a": 1}, [1, 2], [{"x": 1}], {"id": "/x"}])
def test_something_else_is_refused_with_what_to_pass(tables, document):
    with pytest.raises(LoadError, match="expected an answer of Mesos"):
        tables(document)
