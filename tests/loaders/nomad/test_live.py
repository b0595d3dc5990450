"""A region behind a replay of its API: what is read, asked for, and refused."""

import json

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import capture, load
from fleetkit.progress import silent
from tests.loaders.nomad.payloads import ALLOCS, NODE, SECRET, alloc, job, shop, stub, volume
from tests.real.replay import Fault, replay

TABLES = ("workloads", "mounts", "services", "links", "rollouts", "images")


def statuses(fleet):
    return dict(zip(fleet.coverage["resource"], fleet.coverage["status"], strict=True))


def row(fleet, number, task="web"):
    return fleet.workloads.set_index("native_id").loc[f"{ALLOCS[number]}/{task}"]


def test_all_that_is_asked_is_read(loaded):
    fleet = loaded()
    assert set(fleet.coverage["status"]) == {"ok"}
    assert sorted(fleet.problems["code"]) == ["completed_allocations", "completed_jobs"]
    assert fleet.workloads["kind"].value_counts().to_dict() == {"container": 5, "vm": 1}


def test_a_node_bears_the_ids_that_others_know_it_by(loaded):
    node = loaded().workloads.set_index("kind").loc["vm"]
    assert node[["node_id", "provider_id", "hostname", "size_name"]].tolist() == [
        NODE, "aws:///eu-west-1a/i-0123456789abcdef0", "nomad-4.example", "m5.xlarge"]
    assert [list(node[name]) for name in ("private_ips", "public_ips", "macs")] == [
        ["10.138.0.5"], ["203.0.113.9"], ["02:42:ac:11:00:05"]]
    assert node[["os_family", "os_name", "os_version", "kernel_version", "arch"]].tolist() == [
        "linux", "debian", "12.5", "6.1.0-18-amd64", "amd64"]
    assert node[["cpu_cores", "memory_bytes", "disk_bytes"]].tolist() == [
        4, 16777216000, 107374182400]


def test_megahertz_are_cores_by_the_speed_of_the_node_and_no_limit(loaded):
    task = row(loaded(), 3)
    assert task["cpu_request_cores"] == 0.5
    assert str(task["cpu_cores"]) == "<NA>"
    assert task[["memory_bytes", "memory_request_bytes"]].tolist() == [512 << 20, 256 << 20]


def test_a_task_of_each_version_bears_the_image_of_its_version(loaded):
    fleet = loaded()
    assert row(fleet, 0)[["image_ref", "revision"]].tolist() == ["shop/web:1", "1"]
    assert row(fleet, 3)[["image_ref", "revision"]].tolist() == ["shop/web:2", "2"]


def test_a_task_says_how_it_lives(loaded):
    task = row(loaded(), 0)
    assert task[["controller_kind", "controller_name", "replicas", "restart_count",
                 "restart_policy", "stop_grace_seconds", "run_as", "health", "health_check"
                 ]].tolist() == ["service", "web/front", 3, 1, "always", 30, "1000", "passing",
                                 "http"]
    assert list(task["host_namespaces"]) == ["network"]
    assert (task["privileged"], list(task["capabilities"])) == (True, ["net_admin"])
    assert list(task["env_names"]) == ["DB_PASSWORD", "MODE"]
    assert json.loads(task["tags"])["nomad constraints"] == "${attr.kernel.name} = linux"


def test_a_deployment_shows_the_canary_beside_the_old_version(loaded):
    rows = loaded().rollouts
    rows = rows[rows["controller_name"] == "web/front"].set_index("version")
    assert rows["status"].to_dict() == {"0": "previous", "1": "outgoing", "2": "incoming"}
    assert rows["running"].to_dict() == {"0": 0, "1": 2, "2": 1}
    assert rows["replicas"].to_dict()["2"] == 1
    assert rows["image_ref"].to_dict() == {
        "0": "shop/web:0", "1": "shop/web:1", "2": "shop/web:2"}
    assert rows["is_moving"].all()
    assert "canaries 1 of 1 placed, not promoted; auto-revert" in rows.loc["2", "message"]


def test_versions_are_asked_for_jobs_that_change_only(region, loaded):
    loaded()
    assert [path for path in region.paths() if path.endswith("/versions")] == [
        "/v1/job/web/versions"]


def test_of_dispatched_jobs_only_those_that_are_not_over_are_asked_for(region, loaded):
    task = row(loaded(), 5, "report")
    assert task[["image_ref", "controller_kind", "restart_policy"]].tolist() == [
        "shop/report:1", "batch", "on-failure:2"]
    assert task["controller_name"] == "report/report"
    assert [path for path in region.paths() if "dispatch" in path] == [
        "/v1/job/report%2Fdispatch-1"]


def test_a_job_that_waits_to_be_dispatched_has_a_row(loaded):
    rows = loaded().workloads.set_index("native_id")
    assert rows.loc["report/report/report", ["state", "controller_kind", "replicas"]].tolist() == [
        "stopped", "batch", 1]


def test_volumes_say_where_data_stays(loaded):
    mounts = loaded().mounts
    mounts = mounts[mounts["workload_id"].str.endswith(f"{ALLOCS[0]}/web")]
    mounts = mounts.set_index("target_path")
    assert mounts.loc["/data", ["kind", "volume_id", "driver", "size_bytes", "persistence"]
                      ].tolist() == ["claim", "web-data[0]", "ebs0", 10 << 30, "durable"]
    assert mounts.loc["/certs", ["kind", "source_path", "read_only", "persistence"]].tolist() == [
        "named_volume", "/etc/ssl/certs", True, "host_state"]
    assert mounts.loc["/alloc/data", ["driver", "size_bytes", "persistence"]].tolist() == [
        "ephemeral_disk sticky migrate", 300 << 20, "host_state"]
    assert mounts.loc["/srv", ["kind", "read_only"]].tolist() == ["bind", True]
    assert mounts.loc["/etc/x.conf", "persistence"] == "ephemeral"


def test_services_have_the_address_of_their_port_and_the_tags_of_canaries(loaded):
    rows = loaded().services.set_index("workload_id")
    old, new = (rows.loc[f"nomad||task|{ALLOCS[number]}/web"] for number in (0, 3))
    assert old[["service_name", "address", "port", "target_port", "health", "kind"]].tolist() == [
        "web", "10.138.0.5", 23000, 8080, "passing", "consul"]
    assert [list(one["tags"]) for one in (old, new)] == [["live"], ["canary"]]


def test_upstreams_and_images_are_links(loaded):
    links = loaded().links
    assert "nomad|default|service|db" in set(links[links["relation"] == "calls"]["to_id"])
    assert links[links["relation"] == "replaces"][["from_id", "to_id"]].to_numpy().tolist() == [
        ["name|docker.io/shop/web:2", "name|docker.io/shop/web:1"]]


def test_pages_are_followed(region, loaded):
    whole = region.answers["/v1/allocations"]

    def paged(query):
        start = int(query.get("next_token", ["0"])[0])
        more = {"X-Nomad-NextToken": str(start + 2)} if start + 2 < len(whole) else {}
        return whole[start:start + 2], more

    region.answers["/v1/allocations"] = paged
    fleet = loaded()
    assert len(fleet.workloads) == 6
    assert fleet.coverage.set_index("resource").loc["allocations", "calls"] == 3


def test_pages_that_repeat_end_in_an_error(region, loaded):
    region.answers["/v1/allocations"] = lambda query: ([alloc()], {"X-Nomad-NextToken": "same"})
    assert statuses(loaded())["allocations"] == "partial"


def test_all_namespaces_are_asked_for_or_the_one_that_is_named(region, loaded, monkeypatch):
    loaded()
    monkeypatch.setenv("NOMAD_NAMESPACE", "books")
    loaded()
    loaded(namespace="shop")
    asked = [query["namespace"] for path, query, _ in region.calls if path == "/v1/jobs"]
    assert asked == [["*"], ["books"], ["shop"]]


def test_token_and_address_are_those_of_the_command(region, monkeypatch):
    region.token = ("X-Nomad-Token", SECRET)
    monkeypatch.setenv("NOMAD_ADDR", region.url)
    monkeypatch.setenv("NOMAD_TOKEN", SECRET)
    fleet = load("nomad", progress=silent)
    assert len(fleet.workloads) == 6
    assert SECRET not in fleet.coverage.to_csv()


def test_a_region_is_named_in_every_call(region, loaded):
    fleet = loaded(regions=["eu", "us"])
    assert set(fleet.coverage["region"]) == {"eu", "us"}
    assert all(query["region"] in (["eu"], ["us"]) for _, query, _ in region.calls)


def test_without_a_token_all_is_denied_and_the_hint_names_the_policy(region):
    region.token = ("X-Nomad-Token", SECRET)
    with pytest.raises(LoadError, match="fleetkit sources nomad --policy"):
        load("nomad", region.url, progress=silent)


def test_nodes_that_may_not_be_seen_cost_nothing_else(region, loaded):
    region.faults["/v1/nodes"] = Fault(403, "Permission denied")
    fleet = loaded()
    assert statuses(fleet)["nodes"] == "denied"
    assert "node read" in fleet.problems.set_index("code").loc["access_denied", "hint"]
    node = fleet.workloads.set_index("kind").loc["vm"]
    assert node[["name", "state"]].tolist() == ["nomad-4", "unknown"]
    assert str(row(fleet, 0)["cpu_request_cores"]) == "<NA>"


def test_what_has_gone_meanwhile_is_told_by_the_list(region, loaded):
    del region.answers[f"/v1/node/{NODE}"], region.answers["/v1/job/report"]
    fleet = loaded()
    assert (fleet.problems["code"] == "vanished").sum() == 2
    assert "nomad||vm|" + NODE in set(fleet.workloads["workload_id"])


def test_a_server_that_is_busy_is_asked_again(region, loaded):
    region.faults["/v1/job/web"] = Fault(503, times=2)
    assert statuses(loaded())["jobs"] == "ok"


def test_an_answer_that_breaks_off_is_a_failure_of_its_resource(region, loaded):
    region.cut.add("/v1/deployments")
    fleet = loaded()
    assert statuses(fleet)["deployments"] == "failed"
    assert len(fleet.workloads) == 6


def test_an_old_server_without_host_volumes_is_no_failure(region, loaded):
    csi = region.answers["/v1/volumes"]
    region.answers["/v1/volumes"] = lambda query: (
        ({"error": "no such type"}, {}) if query["type"] == ["host"] else csi(query))
    assert statuses(loaded())["volumes"] == "ok"


def test_a_volume_that_nobody_uses_is_a_remark(region, loaded):
    region.answers["/v1/volume/csi/web-data%5B0%5D"] = volume(CurrentWriters=0)
    assert "unattached_volume" in set(loaded().problems["code"])


def test_a_periodic_job_that_never_ran_is_stopped(region, loaded):
    nightly = job("nightly", 0, Type="batch", Periodic={"Enabled": True, "Spec": "0 3 * * *"})
    region.answers["/v1/jobs"].append(stub(nightly))
    region.answers["/v1/job/nightly"] = nightly
    task = loaded().workloads.set_index("native_id").loc["nightly/front/web"]
    assert (task["state"], json.loads(task["tags"])["nomad periodic"]) == ("stopped", "0 3 * * *")


def test_only_get_is_sent(region, loaded):
    loaded()
    assert not [path for path in region.paths() if path.startswith("POST")]


def test_a_capture_is_the_same_fleet_without_secrets(loaded, region, tmp_path):
    folder = capture("nomad", region.url, to=tmp_path / "dump", progress=silent)
    again, live = load("nomad", folder), loaded()
    for table in TABLES:
        text = again[table].drop(columns=["observed_at", "origin"]).to_csv()
        assert text == live[table].drop(columns=["observed_at", "origin"]).to_csv()
        assert SECRET not in text
    assert not any(SECRET.encode() in path.read_bytes()
                   for path in folder.rglob("*") if path.is_file())


def test_saved_answers_give_the_rows_of_the_live_ones(loaded, region, tmp_path):
    for number, (path, body) in enumerate(region.answers.items()):
        if not callable(body) and path != "/v1/jobs":
            (tmp_path / f"{number}.json").write_text(json.dumps(body))
    saved, live = load("nomad", tmp_path), loaded()
    for table, key in (("workloads", "workload_id"), ("rollouts", "controller_id"),
                       ("services", "service_id")):
        assert sorted(saved[table][key]) == sorted(live[table][key])


@pytest.mark.parametrize("place", [f"http://u:{SECRET}@nomad:4646", "ftp://nomad", "http://",
                                   "http://nomad:4646/?token=x"])
def test_a_place_that_is_no_address_is_refused(place):
    with pytest.raises(LoadError) as caught:
        load("nomad", place, progress=silent)
    assert SECRET not in str(caught.value)


def test_nothing_at_the_address_is_unreachable():
    with pytest.raises(LoadError, match="127.0.0.1:1"):
        load("nomad", "http://127.0.0.1:1", progress=silent)


def test_something_else_at_the_address_is_said_so():
    with (replay({"/v1/nodes": {"hello": 1}}) as other,
          pytest.raises(LoadError, match="does a proxy answer")):
        load("nomad", other.url, progress=silent, only="nodes")


def test_a_certificate_is_checked_against_the_authority_that_is_named(tmp_path, monkeypatch):
    with replay(shop(), tmp_path) as secure:
        with pytest.raises(LoadError, match=r"(?i)certificate"):
            load("nomad", secure.url, progress=silent, only="nodes")
        monkeypatch.setenv("NOMAD_CACERT", str(secure.ca))
        assert len(load("nomad", secure.url, progress=silent, only="nodes").workloads) == 1
