"""Rows of a furnished datacenter, as a real server of 1.8.7 tells of it."""

import json

import pandas as pd
import pytest

from fleetkit import classify


def node(fleet, name):
    return fleet.workloads.set_index("name").loc[name]


def instance(fleet, name):
    return fleet.services.set_index("service_id").loc[f"consul|dc1|service|{name}"]


def linked(fleet, from_id, relation):
    """What a thing is linked to, with evidence and port."""
    links = fleet.links
    found = links[(links["from_id"] == from_id) & (links["relation"] == relation)]
    ports = found["port"].astype(object).where(found["port"].notna(), None)
    return sorted(zip(found["to_id"].str.removeprefix("consul|"), found["evidence"], ports,
                      strict=True))


def test_every_node_is_a_machine_of_its_datacenter(live):
    assert live.workloads["workload_id"].tolist() == [
        f"consul|dc1|vm|{name}" for name in ("crashed", "dev1", "legacy-db", "printer")]
    assert set(live.workloads["region"]) == {"dc1"}


@pytest.mark.parametrize(("name", "expected"), [
    ("dev1", ("running", "passing", "running")), ("crashed", ("failed", "critical", "stopped")),
    ("printer", ("unknown", pd.NA, "absent")), ("legacy-db", ("unknown", "passing", "absent")),
])
def test_state_is_that_of_the_gossip_and_unknown_without_an_agent(live, name, expected):
    found = tuple(node(live, name)[["state", "health", "guest_agent"]])
    assert [str(value) for value in found] == [str(value) for value in expected]


def test_a_node_is_known_to_others_by_what_its_meta_says(live):
    row = node(live, "legacy-db")
    assert row[["provider_id", "os_family", "os_version", "environment", "zone"]].tolist() == [
        "i-0abc", "linux", "7.9", "prod", "eu-west-1a"]
    assert (list(row["private_ips"]), list(row["public_ips"])) == (["10.1.2.3"], ["198.51.100.7"])


def test_an_external_node_has_no_node_id_and_an_agent_has_one(live, server):
    assert pd.isna(node(live, "legacy-db")["node_id"])
    assert node(live, "dev1")["node_id"] == server.get("agent/self")["Config"]["NodeID"]


def test_an_address_of_the_machine_itself_is_not_an_address(live):
    assert pd.isna(node(live, "dev1")["private_ips"])


def test_an_agent_tells_what_its_own_node_is(live):
    assert node(live, "dev1")[["os_family", "arch", "os_source"]].tolist() == [
        "linux", "amd64", "agent"]
    assert node(live, "dev1")["cpu_cores"] >= 1


def test_a_name_of_a_host_is_no_ip(live):
    assert pd.isna(node(live, "printer")["private_ips"])
    assert instance(live, "printer/ipp")["address"] == "printer.example"


def test_a_node_listens_where_its_services_have_its_address(live):
    assert list(node(live, "legacy-db")["ports"]) == ["5432/tcp"]


def test_health_is_the_worst_of_own_checks_and_those_of_the_node(live):
    found = live.services.set_index("service_id")["health"]
    assert {name.rpartition("|")[2]: found[name] for name in found.dropna().index} == {
        "crashed/queue": "critical", "dev1/consul": "passing", "dev1/web-1": "passing",
        "dev1/web-2": "critical", "dev1/web-1-sidecar-proxy": "critical",
        "dev1/web-2-sidecar-proxy": "critical", "dev1/host%3Aauth-token%3A9000": "passing",
        "dev1/host%3Aauth-token%3A9001": "passing", "legacy-db/pg": "warning"}


def test_a_service_without_any_check_is_not_passing(live):
    assert pd.isna(instance(live, "printer/ipp")["health"])


def test_the_worst_check_speaks(live):
    assert instance(live, "crashed/queue")["health_output"] == (
        "Serf Health Status – Agent not live or unreachable")
    assert instance(live, "legacy-db/pg")["health_output"] == "port – slow; password=[masked]"


def test_a_service_without_address_has_that_of_its_node(live):
    assert instance(live, "legacy-db/pg")[["address", "port", "exposure"]].tolist() == [
        "10.1.2.3", 5432, "private"]


def test_port_zero_is_no_port(live):
    assert pd.isna(instance(live, "printer/ipp")["port"])


def test_versions_come_from_meta_or_tags(live):
    assert instance(live, "dev1/web-1")["version"] == "1.4.2"
    assert instance(live, "legacy-db/pg")["version"] == "13.4"


def test_a_plain_service_has_no_kind_and_a_proxy_has_one(live):
    assert pd.isna(instance(live, "dev1/web-1")["kind"])
    row = instance(live, "dev1/web-1-sidecar-proxy")
    assert row[["kind", "target_port", "service_name"]].tolist() == [
        "connect-proxy", 8001, "web-sidecar-proxy"]


def test_protocols_are_those_of_the_config(live):
    assert instance(live, "dev1/web-1")["protocol"] == "http"
    assert pd.isna(instance(live, "legacy-db/pg")["protocol"])  # not in the mesh


def test_ids_that_look_like_credentials_stay_apart(live):
    rows = live.services[live.services["service_name"] == "tokens"]
    assert rows["service_id"].nunique() == 2
    assert "duplicate_key" not in set(live.problems["code"])


def test_an_instance_runs_on_its_node_and_belongs_to_its_service(live):
    me = "consul|dc1|service|legacy-db/pg"
    assert linked(live, me, "runs_on") == [("dc1|vm|legacy-db", "registered on the node", None)]
    assert linked(live, me, "member_of") == [("dc1|service|postgres", "name of the service", None)]


def test_upstreams_are_calls_of_the_service_behind_the_proxy(live):
    assert linked(live, "consul|dc1|service|dev1/web-1", "calls") == [
        ("dc1|service|postgres", "upstream of the proxy", 15432),
        ("east|service|billing", "upstream of the proxy", 15433)]


def test_a_proxy_routes_to_the_service_behind_it(live):
    assert linked(live, "consul|dc1|service|dev1/web-2-sidecar-proxy", "routes_to") == [
        ("dc1|service|dev1/web-2", "destination of the proxy", 8002)]


def test_intentions_keep_their_wildcards_and_precedence(live):
    links = live.links[live.links["relation"].isin(["allowed_to", "denied_to"])]
    said = links[["from_id", "relation", "to_id", "evidence"]].to_numpy().tolist()
    assert [[cell.rpartition("|")[2] for cell in row] for row in said] == [
        ["*", "denied_to", "*", "intention, precedence 5"],
        ["*", "denied_to", "postgres", "intention, precedence 8"],
        ["web", "allowed_to", "postgres", "intention, precedence 9"]]


@pytest.mark.parametrize(("name", "relation", "expected"), [
    ("web", "routes_to", [("dc1|service|admin", "service-router", None)]),
    ("web", "balances_to", [("dc1|service|web", "service-splitter, weight 90", None),
                            ("dc1|service|web-next", "service-splitter, weight 10", None)]),
    ("billing", "routes_to", [("east|service|billing", "redirect of service-resolver", None)]),
    ("postgres", "routes_to", [("east|service|postgres", "failover of service-resolver", None)]),
    ("door", "exposes", [("dc1|service|web", "ingress-gateway", 8443)]),
    ("way-out", "routes_to", [("dc1|service|smtp", "terminating-gateway", None)]),
])
def test_config_entries_are_links(live, name, relation, expected):
    assert linked(live, f"consul|dc1|service|{name}", relation) == expected


def test_a_server_older_than_a_kind_of_entries_has_none_and_that_is_no_failure(live):
    assert set(live.coverage["status"]) == {"ok"}
    assert live.problems[["code", "severity", "detail"]].to_numpy().tolist() == [
        ["unsupported", "info", "service-intentions, api-gateway, http-route, tcp-route"]]


def test_tags_and_meta_are_kept(live):
    row = instance(live, "legacy-db/pg")
    assert (list(row["tags"]), json.loads(row["meta"])["team"]) == (["primary", "v13.4"], "core")


def test_an_operator_finds_the_critical_instances_of_a_service(live):
    web = live.services[(live.services["service_name"] == "web")
                        & (live.services["health"] == "critical")]
    found = web.merge(live.workloads, on="workload_id")[["service_id", "name", "health_output"]]
    assert found.to_numpy().tolist() == [
        ["consul|dc1|service|dev1/web-2", "dev1", "alive – critical"]]


def test_classification_takes_nodes_and_services_as_they_are(live):
    assert len(classify(live).labels) == len(live.workloads)
