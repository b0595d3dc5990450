"""What is asked of servers, how often, and what their refusals and headers mean."""

import pytest

from fleetkit.errors import LoadError
from fleetkit.loaders.consul.permissions import rules
from fleetkit.loading import capture, load, retry
from fleetkit.progress import silent
from tests.loaders.consul.estate import SECRET, TOKEN, limited
from tests.real.consul import MASTER, agent, front, refuse
from tests.real.papers import papers


def text_of(fleet):
    """All that a fleet holds, as text."""
    return "".join(frame.to_csv() for _, frame in fleet)


def text_of_rows(fleet):
    return [fleet[name].drop(columns=["observed_at"]).to_csv()
            for name in ("workloads", "services", "links")]


def statuses(fleet):
    return fleet.coverage.set_index("resource")["status"].to_dict()


def test_each_service_is_asked_for_once_and_nothing_is_written(watched, load_from):
    load_from(watched.url)
    paths = [path for _, path, _ in watched.calls]
    services = [path for path in paths if path.startswith("/v1/health/service/")]
    assert len(services) == len(set(services)) == 7
    assert {method for method, _, _ in watched.calls} == {"GET"}
    assert not any("/kv/" in path or "/acl/" in path for path in paths)


def test_calls_are_counted(watched, load_from):
    fleet = load_from(watched.url)
    before = 2  # which datacenters there are, and which of them the agent is in
    assert fleet.coverage["calls"].sum() == len(watched.calls) - before


@pytest.mark.parametrize("stale", [True, False])
def test_any_server_may_answer_unless_the_leader_is_wanted(watched, load_from, stale):
    load_from(watched.url, stale=stale, only="nodes")
    asked = [query for _, path, query in watched.calls if path == "/v1/catalog/nodes"]
    assert ["stale" in query for query in asked] == [stale]


def test_an_old_answer_is_a_problem(watched, load_from):
    watched.headers["X-Consul-LastContact"] = "65000"
    fleet = load_from(watched.url, only="nodes")
    row = fleet.problems[fleet.problems["resource"] == "nodes"].iloc[0]
    assert (row["code"], row["detail"], row["retryable"]) == ("stale", "65 seconds", True)


def test_an_answer_without_a_known_leader_is_a_problem(watched, load_from):
    watched.headers["X-Consul-KnownLeader"] = "false"
    fleet = load_from(watched.url, only="services")
    row = fleet.problems[fleet.problems["resource"] == "services"].iloc[0]
    assert (row["code"], row["detail"]) == ("no_leader", "8 answers")
    assert statuses(fleet)["services"] == "ok"


def test_answers_that_say_they_are_filtered_are_partial(watched, load_from):
    watched.headers["X-Consul-Results-Filtered-By-ACLs"] = "true"
    fleet = load_from(watched.url, only="nodes")
    row = fleet.problems.set_index("resource").loc["nodes"]
    assert (statuses(fleet)["nodes"], len(fleet.workloads)) == ("partial", 4)
    assert row["code"] == "filtered"
    assert "lower bounds" in row["detail"]
    assert 'node_prefix "" { policy = "read" }' in row["hint"]


def test_a_service_that_vanishes_between_list_and_read_is_told(watched, server, load_from):
    server.put("catalog/register", {"Node": "brief", "Address": "10.0.0.9",
                                    "Service": {"Service": "brief"}})
    gone = {"Node": "brief"}
    watched.before["health/service/brief"] = lambda: server.put("catalog/deregister", gone)
    fleet = load_from(watched.url, only="services")
    assert ("vanished", "brief") in set(zip(fleet.problems["code"], fleet.problems["subject_id"],
                                            strict=True))
    assert len(fleet.services) == 10


def test_a_service_that_fails_costs_no_other(watched, load_from):
    watched.refused["health/service/postgres"] = (500, "rpc error")
    fleet = load_from(watched.url, only="services")
    assert (len(fleet.services), statuses(fleet)["services"]) == (9, "partial")
    row = fleet.problems[fleet.problems["subject_id"] == "postgres"].iloc[0]
    assert (row["code"], row["retryable"]) == ("unavailable", True)


def test_what_failed_is_read_again_and_joined(watched, load_from):
    watched.refused["health/service/postgres"] = (500, "rpc error")
    fleet = load_from(watched.url)
    watched.refused.clear()
    again = retry(fleet, progress=silent)
    assert (len(again.services), set(again.coverage["status"])) == (10, {"ok"})


def test_a_server_that_breaks_down_is_not_asked_for_every_service(watched, load_from):
    for name in ("consul", "ipp", "postgres", "queue", "tokens", "web", "web-sidecar-proxy"):
        watched.refused[f"health/service/{name}"] = (500, "No cluster leader")
    fleet = load_from(watched.url, only="services")
    row = fleet.problems[fleet.problems["subject_id"].isna()].iloc[0]
    assert (statuses(fleet)["services"], row["code"]) == ("failed", "no_leader")
    assert "stale=True" in row["hint"]


def test_nobody_there_is_said_in_prose(load_from):
    with pytest.raises(LoadError, match="127.0.0.1:9: .*is the address right"):
        load_from("127.0.0.1:9")


def test_an_agent_that_was_killed_fails_and_the_other_is_read(folder, server, load_from):
    with agent(folder("killed")) as other:
        other.kill()
        fleet = load_from(server.url, other.url)
    assert len(fleet.workloads) == 4
    assert set(fleet.coverage[fleet.coverage["target"] == other.url]["status"]) == {"failed"}


def test_the_agents_own_datacenter_is_read_where_none_is_named(live):
    assert set(live.coverage["region"]) == {"dc1"}


def test_datacenters_are_targets_of_their_own(server, load_from):
    fleet = load_from(server.url, datacenters="all")
    assert fleet.services.groupby("region").size().to_dict() == {"dc1": 10, "east": 2}
    assert "consul|east|service|far/billing" in set(fleet.services["service_id"])
    assert fleet.workloads["workload_id"].is_unique


def test_another_datacenter_is_read_without_the_agent_that_is_asked(server, load_from):
    fleet = load_from(server.url, datacenters=["ea*"])
    assert fleet.workloads["workload_id"].tolist() == ["consul|east|vm|far"]


def test_a_datacenter_that_is_not_known_is_a_problem_and_alone_an_error(server, load_from):
    fleet = load_from(server.url, datacenters=["east", "west"])
    assert ("unknown_datacenter", "west") in set(
        zip(fleet.problems["code"], fleet.problems["subject_id"], strict=True))
    with pytest.raises(LoadError, match="no datacenter is named west; there are"):
        load_from(server.url, datacenters="west")


def test_the_policy_is_enough_to_see_everything(guarded, monkeypatch, load_from):
    import json

    monkeypatch.setenv("CONSUL_HTTP_TOKEN", limited(guarded, json.dumps(rules())))
    least = load_from(guarded.url)
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", MASTER)
    most = load_from(guarded.url)
    assert statuses(least) == statuses(most)
    assert text_of_rows(least) == text_of_rows(most)


def test_without_a_token_nothing_looks_empty(guarded, load_from):
    with pytest.raises(LoadError, match="ACLs left something out|Permission denied"):
        load_from(guarded.url)


def test_an_unknown_token_is_denied_and_not_shown(guarded, monkeypatch, load_from):
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", TOKEN)
    with pytest.raises(LoadError, match="ACL not found.*CONSUL_HTTP_TOKEN") as met:
        load_from(guarded.url)
    assert TOKEN not in str(met.value)


def test_a_limited_token_says_what_is_hidden_and_which_rule_is_missing(
    guarded, monkeypatch, load_from
):
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", limited(guarded, 'node_prefix "" { policy = "read" }'))
    fleet = load_from(guarded.url)
    assert statuses(fleet) == {
        "agent": "denied", "checks": "ok", "config": "denied", "intentions": "denied",
        "nodes": "ok", "services": "denied"}
    hints = fleet.problems.dropna(subset=["hint"]).groupby("resource")["hint"].last()
    assert 'service_prefix "" { policy = "read"' in hints["services"]
    assert 'agent_prefix "" { policy = "read" }' in hints["agent"]


def test_services_without_their_nodes_are_hidden_not_vanished(guarded, monkeypatch, load_from):
    token = limited(guarded, 'service_prefix "" { policy = "read" }')
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", token)
    fleet = load_from(guarded.url)
    assert (statuses(fleet)["services"], statuses(fleet)["nodes"]) == ("denied", "denied")
    assert "vanished" not in set(fleet.problems["code"])


def test_an_old_server_with_acls_says_that_counts_may_be_lower_bounds(
    guarded, monkeypatch, load_from
):
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", MASTER)
    row = load_from(guarded.url).problems.set_index("code").loc["may_be_filtered"]
    assert (row["severity"], "1.8.7" in row["detail"]) == ("info", True)


def test_a_file_of_a_token_comes_before_the_token(guarded, monkeypatch, tmp_path, load_from):
    (tmp_path / "token").write_text(f"{MASTER}\n")
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", TOKEN)
    monkeypatch.setenv("CONSUL_HTTP_TOKEN_FILE", str(tmp_path / "token"))
    assert statuses(load_from(guarded.url))["nodes"] == "ok"


def test_a_file_of_a_token_that_is_not_there_is_said(server, monkeypatch, load_from):
    monkeypatch.setenv("CONSUL_HTTP_TOKEN_FILE", "/nowhere/token")
    with pytest.raises(LoadError, match="CONSUL_HTTP_TOKEN_FILE.*cannot be read"):
        load_from(server.url)


def test_the_token_is_in_no_table_and_no_capture(guarded, monkeypatch, tmp_path, load_from):
    import gzip

    guarded.put("catalog/register", {"Node": "leaky", "Address": "10.0.0.1", "NodeMeta": {
        "note": f"use {MASTER} here"}})
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", MASTER)
    folder = capture("consul", guarded.url, to=tmp_path / "c", progress=silent)
    kept = b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz"
                    else path.read_bytes() for path in folder.iterdir())
    assert MASTER.encode() not in kept
    assert MASTER not in text_of(load_from(guarded.url))
    guarded.put("catalog/deregister", {"Node": "leaky"})


def test_a_token_that_comes_back_in_an_error_is_masked(watched, monkeypatch, load_from):
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", TOKEN)
    watched.refused["catalog/nodes"] = (403, f"token {TOKEN} may not")
    fleet = load_from(watched.url)
    assert statuses(fleet)["nodes"] == "denied"
    assert TOKEN not in text_of(fleet)


def test_planted_secrets_are_in_no_table_and_no_capture(server, live, tmp_path):
    import gzip

    folder = capture("consul", server.url, to=tmp_path / "c", progress=silent)
    kept = b"".join(gzip.decompress(path.read_bytes()) for path in folder.glob("*.gz"))
    assert SECRET.encode() not in kept
    assert SECRET not in text_of(live)


def test_a_capture_gives_the_same_fleet(server, live, tmp_path):
    again = load("consul", capture("consul", server.url, to=tmp_path / "c", progress=silent))
    for name in ("workloads", "services", "links"):
        plain = [frame.drop(columns=["observed_at", "origin"]).astype(str)
                 for frame in (live[name], again[name])]
        assert plain[0].equals(plain[1]), name


def test_a_unix_socket_is_an_address(folder, tmp_path, load_from):
    home = folder("socketed")
    with agent(home, addresses={"http": f"127.0.0.1 unix://{home}/http.sock"}):
        fleet = load_from(f"unix://{home}/http.sock")
    assert (fleet.workloads["name"].tolist(), set(fleet.coverage["target"])) == (
        ["socketed"], {f"unix://{home}/http.sock"})


def test_tls_is_checked_by_the_authority_of_the_environment(folder, tmp_path, monkeypatch):
    signed = papers(tmp_path)
    with agent(folder("secure"), ca_file=str(signed.authority), cert_file=str(signed.chain),
               key_file=str(signed.key), more_ports=("https",)) as running:
        place = f"127.0.0.1:{running.ports['https']}"
        monkeypatch.setenv("CONSUL_HTTP_SSL", "true")
        monkeypatch.setenv("CONSUL_HTTP_ADDR", place)
        with pytest.raises(LoadError, match="CONSUL_CACERT"):
            load("consul", progress=silent)
        monkeypatch.setenv("CONSUL_CACERT", str(signed.authority))
        fleet = load("consul", progress=silent)
    assert set(fleet.coverage["target"]) == {f"https://{place}"}


def test_a_mirror_that_has_the_suite_no_more_skips(monkeypatch):
    monkeypatch.setenv("FLEETKIT_REAL", "1")
    with pytest.raises(pytest.skip.Exception, match="the mirror does not give consul"):
        refuse("E: The repository 'bullseye Release' does not have a Release file.")
    with pytest.raises(pytest.fail.Exception, match="Temporary failure"):
        refuse("W: Temporary failure resolving the mirror")


@pytest.mark.parametrize("place", [
    "ftp://a.example", "http://", "http://a.example:99999", "a.example/?dc=x"])
def test_an_address_that_is_none_is_refused(load_from, place):
    with pytest.raises(LoadError, match="expected an address as"):
        load_from(place)


def test_credentials_in_an_address_are_refused_and_not_shown(load_from):
    with pytest.raises(LoadError, match="CONSUL_HTTP_AUTH") as met:
        load_from(f"http://me:{SECRET}@a.example")
    assert SECRET not in str(met.value)


def test_a_login_is_sent_and_masked(watched, monkeypatch, load_from):
    monkeypatch.setenv("CONSUL_HTTP_AUTH", f"me:{SECRET}")
    watched.refused["catalog/nodes"] = (401, f"who is me:{SECRET}?")
    fleet = load_from(watched.url)
    assert (statuses(fleet)["nodes"], SECRET in text_of(fleet)) == ("denied", False)


def test_namespace_and_partition_are_asked_for(watched, monkeypatch, load_from):
    monkeypatch.setenv("CONSUL_NAMESPACE", "team")
    load_from(watched.url, partition="edge", only="nodes")
    query = next(query for _, path, query in watched.calls if path == "/v1/catalog/nodes")
    assert (query["ns"], query["partition"]) == (["team"], ["edge"])


def test_two_hundred_services_are_read_with_one_call_each(folder, load_from):
    with agent(folder("many")) as running, front(running) as watched:
        for number in range(200):
            running.put("catalog/register", {
                "Node": f"n{number % 10}", "Address": f"10.0.0.{number % 10}",
                "Service": {"Service": f"s{number}", "Port": 1000 + number}})
        fleet = load_from(watched.url)
    assert (len(fleet.services), len(fleet.workloads)) == (201, 11)
    asked = [path for _, path, _ in watched.calls if path.startswith("/v1/health/service/")]
    assert len(asked) == len(set(asked)) == 201
