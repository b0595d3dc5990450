"""A cluster behind a replay of its APIs: what is read, asked for, and refused."""

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import capture, load
from fleetkit.progress import silent
from tests.loaders.mesos.payloads import AGENT, FRAMEWORK, NEW, OLD, SECRET, UUIDS
from tests.real.replay import Fault, replay


def statuses(fleet):
    return dict(zip(fleet.coverage["resource"], fleet.coverage["status"], strict=True))


def test_all_that_is_asked_is_read(loaded):
    fleet = loaded()
    assert set(fleet.coverage["status"]) - {"empty"} == {"ok"}
    assert sorted(fleet.workloads["kind"]) == ["container", "container", "container", "vm"]
    assert fleet.problems.empty


def test_a_task_of_both_views_is_one_workload_with_the_facts_of_both(loaded):
    rows = loaded().workloads.set_index("native_id")
    row = rows.loc[f"shop_web.{UUIDS[1]}"]
    assert row["workload_id"] == f"mesos|{AGENT}|task|shop_web.{UUIDS[1]}"
    assert (row["controller_name"], row["revision"], row["replicas"]) == ("/shop/web", NEW, 2)
    assert '"mesos container":"container-1"' in row["tags"]
    assert (row["health"], row["health_check"], row["origin"]) == ("passing", "http", "live")


def test_a_deployment_shows_both_versions_side_by_side(loaded):
    rows = loaded().rollouts.set_index(["controller_name", "version"])
    new, old = rows.loc[("/shop/web", NEW)], rows.loc[("/shop/web", OLD)]
    assert (new["status"], new["running"], new["image_ref"]) == ("incoming", 1, "shop/web:2")
    assert (old["status"], old["running"], old["image_ref"]) == ("outgoing", 1, "shop/web:1")
    assert new["deployment_id"] == "d-1"
    assert "waits for readiness check ready of t-1" in new["message"]
    assert "minimumHealthCapacity 0.5" in new["message"]


def test_a_task_of_the_old_version_bears_the_old_image(loaded):
    rows = loaded().workloads.set_index("native_id")
    assert rows.loc[f"shop_web.{UUIDS[0]}", ["revision", "image_ref"]].tolist() == [
        OLD, "shop/web:1"]


def test_without_a_master_old_tasks_bear_the_image_of_their_version(cluster):
    rows = load("mesos", marathon=cluster[1].url, progress=silent).workloads
    assert rows.set_index("native_id").loc[f"shop_web.{UUIDS[0]}", "image_ref"] == "shop/web:1"


def test_a_marathon_that_is_named_twice_is_read_once(cluster):
    marathon = cluster[1]
    load("mesos", marathon.url, marathon=marathon.url, progress=silent)
    assert marathon.paths().count("/v2/apps") == 1


def test_versions_are_asked_for_apps_that_change_only(cluster, loaded):
    loaded()
    asked = [path for path in cluster[1].paths() if "/versions" in path]
    assert asked == ["/v2/apps/shop/web/versions", f"/v2/apps/shop/web/versions/{OLD}"]


def test_only_get_is_sent(cluster, loaded):
    loaded()
    assert not [path for one in cluster for path in one.paths() if path.startswith("POST")]


def test_an_old_version_that_is_gone_is_a_remark(cluster, loaded):
    del cluster[1].answers[f"/v2/apps/shop/web/versions/{OLD}"]
    fleet = loaded()
    assert fleet.problems["code"].tolist() == ["version_gone"]
    assert fleet.rollouts.set_index("version").loc[OLD, "status"].tolist() == [
        "current", "outgoing"]


def test_a_master_that_does_not_lead_redirects_to_the_one_that_does(cluster, loaded):
    master, _ = cluster
    with replay() as follower:
        place = f"//127.0.0.1:{master.port}/state"  # as Mesos writes it, without a scheme
        follower.answers["/version"] = master.answers["/version"]
        follower.faults["/state"] = Fault(307, "", headers={"Location": place})
        fleet = load("mesos", follower.url, progress=silent, only="state")
    assert statuses(fleet) == {"state": "ok"}
    assert len(fleet.workloads) == 4


def test_a_redirect_to_another_scheme_is_not_followed(cluster):
    master, _ = cluster
    master.faults["/state"] = Fault(307, "", headers={"Location": "file:///etc/passwd"})
    with pytest.raises(LoadError, match="redirected from http to file"):
        load("mesos", master.url, progress=silent, only="state")


def test_a_circle_of_redirects_ends(cluster):
    master, _ = cluster
    master.faults["/state"] = Fault(307, "", headers={"Location": f"{master.url}/state"})
    with pytest.raises(LoadError, match="redirected without end"):
        load("mesos", master.url, progress=silent, only="state")


@pytest.mark.parametrize("status", [401, 403])
def test_what_may_not_be_seen_is_denied_and_costs_nothing_else(cluster, loaded, status):
    cluster[0].faults["/state"] = Fault(status)
    fleet = loaded()
    assert statuses(fleet)["state"] == "denied"
    assert statuses(fleet)["apps"] == "ok"
    assert "netrc" in fleet.problems["hint"].iloc[0]


def test_a_server_that_is_busy_is_asked_again(cluster, loaded):
    cluster[1].faults["/v2/apps"] = Fault(503, times=2)
    fleet = loaded()
    assert statuses(fleet)["apps"] == "ok"
    assert fleet.coverage.set_index("resource").loc["apps", "retries"] == 2


def test_an_answer_that_breaks_off_is_a_failure_of_its_resource(cluster, loaded):
    cluster[1].cut.add("/v2/queue")
    fleet = loaded()
    assert statuses(fleet)["queue"] == "failed"
    assert len(fleet.workloads) == 4


def test_a_marathon_alone_says_what_it_cannot_tell(cluster):
    fleet = load("mesos", marathon=cluster[1].url, progress=silent)
    assert statuses(fleet)["state"] == "unsupported"
    agent = fleet.workloads[fleet.workloads["kind"] == "vm"].iloc[0]
    assert (agent["workload_id"], list(agent["private_ips"])) == (
        f"mesos||vm|{AGENT}", ["10.0.0.206"])


def test_a_master_alone_names_the_apps_of_marathons_tasks(cluster):
    fleet = load("mesos", cluster[0].url, progress=silent)
    assert statuses(fleet)["apps"] == "unsupported"
    tasks = fleet.workloads[fleet.workloads["kind"] == "container"]
    assert sorted(tasks["controller_name"]) == ["/shop/db", "/shop/web", "/shop/web"]


def test_a_dcos_is_read_below_its_own_paths(cluster, monkeypatch):
    master, marathon = cluster
    below = {f"/mesos{path}": body for path, body in master.answers.items()}
    below |= {f"/service/marathon{path}": body for path, body in marathon.answers.items()}
    with replay(below) as dcos:
        dcos.token = ("Authorization", f"token={SECRET}")
        monkeypatch.setenv("DCOS_URL", dcos.url)
        monkeypatch.setenv("DCOS_ACS_TOKEN", SECRET)
        fleet = load("mesos", progress=silent)
    assert statuses(fleet)["state"] == statuses(fleet)["apps"] == "ok"
    assert SECRET not in fleet.coverage.to_csv()


def test_a_token_goes_to_its_own_host_only(cluster, monkeypatch):
    monkeypatch.setenv("DCOS_URL", "https://dcos.example")
    monkeypatch.setenv("DCOS_ACS_TOKEN", SECRET)
    load("mesos", cluster[0].url, progress=silent)
    assert not any(SECRET in str(headers) for _, _, headers in cluster[0].calls)


def test_something_else_at_the_address_is_said_so():
    with replay({"/": {}}) as other, pytest.raises(LoadError, match="no Mesos master, Marathon"):
        load("mesos", other.url, progress=silent)


def test_nothing_at_the_address_is_unreachable():
    with pytest.raises(LoadError, match="127.0.0.1:1"):
        load("mesos", "http://127.0.0.1:1", progress=silent)


@pytest.mark.parametrize(("place", "said"), [
    (f"http://user:{SECRET}@master:5050", "netrc"), ("ftp://master", "expected an address"),
    ("http://", "expected an address"), ("http://master:5050/?a=b", "expected an address"),
])
def test_a_place_that_is_no_address_is_refused(place, said):
    with pytest.raises(LoadError, match=said) as caught:
        load("mesos", place, progress=silent)
    assert SECRET not in str(caught.value)


def test_without_a_place_the_error_says_what_to_name():
    with pytest.raises(LoadError, match="name a master"):
        load("mesos", progress=silent)


def test_a_capture_is_the_same_fleet_without_secrets(loaded, cluster, tmp_path):
    master, marathon = cluster
    folder = capture("mesos", master.url, marathon=marathon.url, to=tmp_path / "dump",
                     progress=silent)
    again, live = load("mesos", folder), loaded()
    for table in ("workloads", "mounts", "services", "links", "rollouts", "images"):
        text = again[table].drop(columns=["observed_at", "origin"]).to_csv()
        assert text == live[table].drop(columns=["observed_at", "origin"]).to_csv()
        assert SECRET not in text
    assert not any(SECRET.encode() in path.read_bytes()
                   for path in folder.rglob("*") if path.is_file())


def test_saved_answers_give_the_ids_of_the_live_ones(loaded, cluster, tmp_path):
    import json
    for number, (path, body) in enumerate(
            {**cluster[0].answers, **cluster[1].answers}.items()):
        if path != "/version" and not path.endswith("versions"):
            (tmp_path / f"{number}.json").write_text(json.dumps(body))
    saved, live = load("mesos", tmp_path), loaded()
    for table, key in (("workloads", "workload_id"), ("rollouts", "controller_id"),
                       ("services", "service_id")):
        assert sorted(saved[table][key]) == sorted(live[table][key])
    assert FRAMEWORK in saved.rollouts["controller_id"].iloc[0]
