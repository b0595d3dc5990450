"""Fields of newer servers and of Enterprise, as the API documents them: no such server is here."""

import json

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.consul.payloads import SECRET, check, instance, intention, node
from tests.real.replay import replay


@pytest.fixture
def fleet_of(tmp_path):
    """A function that loads entries with a node beside them."""
    def read(*entries):
        (tmp_path / "entries.json").write_text(json.dumps(entries))
        (tmp_path / "nodes.json").write_text(json.dumps([node()]))
        return load("consul", tmp_path)

    return read


@pytest.fixture
def newer():
    """A replay of a server of 1.17 with one node and one service."""
    answers = {
        "/v1/catalog/datacenters": ["dc1"],
        "/v1/agent/self": {"Config": {"Datacenter": "dc1", "NodeName": "n1", "Server": True,
                                      "Version": "1.17.0"}, "DebugConfig": {"ACLsEnabled": True}},
        "/v1/catalog/nodes": [node()], "/v1/health/state/any": [check("serfHealth")],
        "/v1/catalog/services": {"consul": [], "web": []},
        "/v1/health/service/consul": [instance("consul")],
        "/v1/health/service/web": [instance("web", [check("serfHealth")])],
        "/v1/connect/intentions": [intention()],
    }
    with replay(answers) as running:
        yield running


def said(fleet):
    """Links as from, relation, to, evidence and port."""
    found = fleet.links[["from_id", "relation", "to_id", "evidence", "port"]]
    return [tuple(str(cell).removeprefix("consul|") for cell in row)
            for row in found.to_numpy().tolist()]


def config(kind, name, **fields):
    return {"Kind": kind, "Name": name, "Namespace": "default", "Partition": "default", **fields}


def test_a_default_namespace_leaves_ids_as_they_were(fleet_of):
    row = fleet_of(instance()).services.iloc[0]
    assert (row["service_id"], row["workload_id"], row["namespace"]) == (
        "consul|dc1|service|n1/web-1", "consul|dc1|vm|n1", "default")


def test_namespaces_and_partitions_are_part_of_ids(fleet_of):
    on = node("e1", Partition="edge")
    fleet = fleet_of(instance("web", on=on, Namespace="team", Partition="edge"),
                     instance("api", Namespace="ops"))
    rows = fleet.services.set_index("service_name")
    assert rows["service_id"].to_dict() == {
        "web": "consul|dc1/edge/team|service|e1/web-1",
        "api": "consul|dc1/default/ops|service|n1/api-1"}
    assert rows.loc["web", ["workload_id", "namespace"]].tolist() == [
        "consul|dc1/edge|vm|e1", "edge/team"]
    assert "consul|dc1/edge|vm|e1" in set(fleet.workloads["workload_id"])


def test_checks_of_a_namespace_belong_to_its_services(fleet_of):
    bad = check("c", "critical", "web-1", Namespace="team")
    fleet = fleet_of(instance("web", Namespace="team"), instance("web"), bad)
    assert fleet.services.set_index("namespace")["health"].astype(object).fillna("").to_dict() == {
        "team": "critical", "default": ""}


def test_what_a_peer_exports_is_of_the_peer(fleet_of):
    fleet = fleet_of(instance("db", on=node("p1", PeerName="cluster-02"), PeerName="cluster-02"))
    row = fleet.services.iloc[0]
    assert (row["service_id"], row["namespace"]) == (
        "consul|peer:cluster-02|service|p1/db-1", "peer:cluster-02")


def test_an_upstream_may_be_of_a_peer_partition_or_namespace(fleet_of):
    proxy = {"DestinationServiceName": "web", "Upstreams": [
        {"DestinationType": "service", "DestinationName": "db", "DestinationPeer": "cluster-02",
         "LocalBindPort": 1},
        {"DestinationName": "api", "DestinationNamespace": "ops", "DestinationPartition": "edge",
         "LocalBindSocketPath": "/run/api.sock"},
        {"DestinationType": "prepared_query", "DestinationName": "nearest", "LocalBindPort": 2}]}
    fleet = fleet_of(instance("web-proxy", Kind="connect-proxy", Proxy=proxy))
    assert [link[2:] for link in said(fleet) if link[1] == "calls"] == [
        ("dc1/edge/ops|service|api", "upstream of the proxy", "<NA>"),
        ("dc1|query|nearest", "upstream of the proxy", "2"),
        ("peer:cluster-02|service|db", "upstream of the proxy", "1")]


def test_a_locality_is_a_zone(fleet_of):
    assert fleet_of(instance()).workloads["zone"].tolist() == ["eu-west-1b"]


def test_intentions_for_some_requests_allow_and_deny(fleet_of):
    layered = intention(action="", Permissions=[
        {"Action": "allow", "HTTP": {"PathPrefix": "/read", "Methods": ["GET"]}},
        {"Action": "allow", "HTTP": {"PathExact": "/health"}},
        {"Action": "deny", "HTTP": {"Header": [{"Name": "x-key", "Exact": SECRET}]}}])
    assert said(fleet_of(layered)) == [
        ("dc1|service|web", "allowed_to", "dc1|service|db",
         "intention for some requests, precedence 9", "<NA>"),
        ("dc1|service|web", "denied_to", "dc1|service|db",
         "intention for some requests, precedence 9", "<NA>")]


def test_an_intention_and_its_config_entry_are_one_link(fleet_of):
    entry = config("service-intentions", "db", Sources=[
        {"Name": "web", "Action": "allow", "Precedence": 9, "Type": "consul",
         "Namespace": "default", "Partition": "default"}])
    fleet = fleet_of(intention(), entry)
    assert len(fleet.links) == 1
    assert fleet.problems.empty


def test_intentions_name_peers_and_groups(fleet_of):
    entry = config("service-intentions", "db", Sources=[
        {"Name": "web", "Action": "allow", "Precedence": 9, "Peer": "cluster-02"},
        {"Name": "*", "Action": "deny", "Precedence": 8, "SamenessGroup": "all"}])
    assert [link[:3] for link in said(fleet_of(entry))] == [
        ("group:all|service|*", "denied_to", "dc1|service|db"),
        ("peer:cluster-02|service|web", "allowed_to", "dc1|service|db")]


@pytest.mark.parametrize(("entry", "expected"), [
    (config("service-defaults", "web", UpstreamConfig={"Overrides": [
        {"Name": "db", "Namespace": "ops", "ConnectTimeoutMs": 1}]}),
     ("dc1|service|web", "depends_on", "dc1/default/ops|service|db",
      "upstream in service-defaults", "<NA>")),
    (config("service-resolver", "web", Failover={"*": {"Targets": [{"Peer": "cluster-02"}]}}),
     ("dc1|service|web", "routes_to", "peer:cluster-02|service|web",
      "failover of service-resolver", "<NA>")),
    (config("service-resolver", "web", Failover={"v1": {"Service": "web-spare"}}),
     ("dc1|service|web", "routes_to", "dc1|service|web-spare",
      "failover of service-resolver", "<NA>")),
    (config("http-route", "r", Parents=[{"Kind": "api-gateway", "Name": "gate"}],
            Rules=[{"Services": [{"Name": "web", "Weight": 1}]}]),
     ("dc1|service|gate", "exposes", "dc1|service|web", "http-route", "<NA>")),
])
def test_newer_config_entries_are_links(fleet_of, entry, expected):
    assert said(fleet_of(entry)) == [expected]


def test_a_route_exposes_at_the_port_of_its_listener(fleet_of):
    gate = config("api-gateway", "gate", Listeners=[
        {"Name": "plain", "Port": 80, "Protocol": "tcp"},
        {"Name": "other", "Port": 81, "Protocol": "tcp"}])
    route = config("tcp-route", "r", Services=[{"Name": "db"}], Parents=[
        {"Kind": "api-gateway", "Name": "gate", "SectionName": "plain"}])
    assert said(fleet_of(gate, route)) == [
        ("dc1|service|gate", "exposes", "dc1|service|db", "tcp-route", "80")]


def test_a_proxy_of_servers_before_1_3_names_its_service(fleet_of):
    flat = {"Node": "n1", "ID": "", "Address": "10.0.0.1", "Datacenter": "dc1",
            "ServiceKind": "connect-proxy", "ServiceID": "p", "ServiceName": "web-proxy",
            "ServiceProxyDestination": "web", "ServicePort": 1}
    assert ("dc1|service|n1/p", "routes_to", "dc1|service|web", "destination of the proxy",
            "<NA>") in said(fleet_of(flat))


def test_settings_of_proxies_and_definitions_of_checks_never_enter():
    from fleetkit.loaders.consul.saved import parse

    proxy = {"Config": {"a": SECRET}, "EnvoyExtensions": [{"Arguments": {"Script": SECRET}}],
             "DestinationServiceName": "web", "Upstreams": [{
                 "DestinationName": "db", "Config": {"envoy_cluster_json": SECRET}}]}
    probe = check("c", "critical", "web-1", Definition={"Header": {"Authorization": [SECRET]}})
    entries = [
        instance("web", [probe], Proxy=proxy), intention(JWT={"Providers": [{"Name": SECRET}]}),
        config("service-router", "web", Routes=[{"Destination": {
            "Service": "a", "RequestHeaders": {"Set": {"x": SECRET}}}}]),
        config("proxy-defaults", "global", Config={"protocol": "http", "tls_key": SECRET}),
        node(Meta={"api_key": SECRET, "note": f"token={SECRET}"}),
    ]
    assert SECRET not in repr(list(parse(entries, "x")))


def test_a_newer_server_is_asked_for_kinds_that_older_ones_do_not_know(newer):
    newer.answers |= {f"/v1/config/{kind}": [] for kind in (
        "service-defaults", "proxy-defaults", "service-router", "service-resolver",
        "service-splitter", "ingress-gateway", "terminating-gateway", "api-gateway",
        "http-route", "tcp-route")}
    newer.answers["/v1/config/service-intentions"] = [
        config("service-intentions", "db", Sources=[
            {"Name": "web", "Action": "allow", "Precedence": 9}])]
    fleet = load("consul", newer.url, progress=silent)
    assert set(fleet.coverage["status"]) == {"ok"}
    assert fleet.links["relation"].value_counts()["allowed_to"] == 1


def test_a_server_without_config_entries_is_unsupported_in_that_alone(newer):
    fleet = load("consul", newer.url, progress=silent)
    assert fleet.coverage.set_index("resource")["status"].to_dict() == {
        "agent": "ok", "checks": "ok", "config": "unsupported", "intentions": "ok", "nodes": "ok",
        "services": "ok"}


def test_an_empty_list_of_a_newer_server_that_does_not_say_filtered_is_empty(newer):
    newer.answers["/v1/connect/intentions"] = []
    coverage = load("consul", newer.url, progress=silent).coverage.set_index("resource")
    assert coverage.loc["intentions", "status"] == "empty"


@pytest.mark.parametrize("body", [None, 7, "x", {"a": 1}, [1], {"consul": 7}])
def test_strange_answers_cost_only_their_resource(newer, body):
    newer.answers["/v1/catalog/services"] = body
    fleet = load("consul", newer.url, progress=silent)
    assert fleet.workloads["name"].tolist() == ["n1"]
    assert len(fleet.services) in (0, 1)


def test_an_answer_cut_short_is_a_failure_of_its_resource(newer):
    newer.cut.add("/v1/catalog/nodes")
    coverage = load("consul", newer.url, progress=silent).coverage.set_index("resource")
    assert (coverage.loc["nodes", "status"], coverage.loc["services", "status"]) == ("failed", "ok")
