"""What a datacenter holds in these tests: nodes, services, checks, proxies, intentions, entries."""

from tests.real.consul import Agent

SECRET = "hunter2-planted"
TOKEN = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"


def furnish(server: Agent) -> None:
    """Fills a server: an external node, services of its own with checks and proxies, entries."""
    _external(server)
    _own(server)
    _mesh(server)


def _external(server: Agent) -> None:
    server.put("catalog/register", {
        "Node": "legacy-db", "Address": "10.1.2.3",
        "TaggedAddresses": {"lan": "10.1.2.3", "wan": "198.51.100.7"},
        "NodeMeta": {"external-node": "true", "instance_id": "i-0abc", "os": "linux",
                     "os_version": "7.9", "env": "prod", "az": "eu-west-1a",
                     "admin_password": SECRET},
        "Service": {"ID": "pg", "Service": "postgres", "Port": 5432, "Tags": ["primary", "v13.4"],
                    "Meta": {"db_password": SECRET, "team": "core"}},
        "Checks": [
            {"Name": "port", "CheckID": "pg-port", "ServiceID": "pg", "Status": "warning",
             "Output": f"slow; password={SECRET}"},
            {"Name": "disk", "CheckID": "disk", "Status": "passing", "Output": "40 % used"},
        ],
    })
    server.put("catalog/register", {
        "Node": "printer", "Address": "printer.example", "NodeMeta": {},
        "Service": {"Service": "ipp", "Port": 0},
    })


def _own(server: Agent) -> None:
    for number, status in (("1", "pass"), ("2", "fail")):
        server.put("agent/service/register", {
            "ID": f"web-{number}", "Name": "web", "Port": 8000 + int(number),
            "Address": "203.0.113.9", "Tags": ["edge", f"token={SECRET}"],
            "Meta": {"version": "1.4.2"},
            "Check": {"CheckID": f"web-{number}-ttl", "Name": "alive", "TTL": "1h"},
            "Connect": {"SidecarService": {"Proxy": {
                "Config": {"envoy_static_clusters_json": SECRET},
                "Upstreams": [
                    {"DestinationName": "postgres", "LocalBindPort": 15432,
                     "Config": {"password": SECRET}},
                    {"DestinationName": "billing", "Datacenter": "east", "LocalBindPort": 15433},
                ]}}},
        })
        server.put(f"agent/check/{status}/web-{number}-ttl")
    server.put("agent/service/register", {"ID": "host:auth-token:9000", "Name": "tokens"})
    server.put("agent/service/register", {"ID": "host:auth-token:9001", "Name": "tokens"})


def _mesh(server: Agent) -> None:
    for source, destination, action in (
        ("*", "*", "deny"), ("web", "postgres", "allow"), ("*", "postgres", "deny"),
    ):
        server.post("connect/intentions", {
            "SourceName": source, "DestinationName": destination, "Action": action,
            "SourceType": "consul", "Description": f"password={SECRET}",
        })
    for entry in (
        {"Kind": "proxy-defaults", "Name": "global", "Config": {"protocol": "http"}},
        {"Kind": "service-defaults", "Name": "web", "Protocol": "http"},
        {"Kind": "service-defaults", "Name": "web-next", "Protocol": "http"},
        {"Kind": "service-defaults", "Name": "admin", "Protocol": "http"},
        {"Kind": "service-router", "Name": "web", "Routes": [
            {"Match": {"HTTP": {"Header": [{"Name": "x-debug", "Exact": SECRET}]}},
             "Destination": {"Service": "admin"}}]},
        {"Kind": "service-splitter", "Name": "web", "Splits": [
            {"Weight": 90}, {"Weight": 10, "Service": "web-next"}]},
        {"Kind": "service-resolver", "Name": "billing", "Redirect": {
            "Service": "billing", "Datacenter": "east"}},
        {"Kind": "service-resolver", "Name": "postgres", "Failover": {
            "*": {"Datacenters": ["east"]}}},
        {"Kind": "ingress-gateway", "Name": "door", "Listeners": [
            {"Port": 8443, "Protocol": "http", "Services": [{"Name": "web"}]}]},
        {"Kind": "terminating-gateway", "Name": "way-out", "Services": [{"Name": "smtp"}]},
    ):
        server.put("config", entry)


def limited(server: Agent, rules: str) -> str:
    """A token with rules."""
    policy = server.put("acl/policy", {"Name": f"p{abs(hash(rules))}", "Rules": rules})
    return server.put("acl/token", {"Policies": [{"ID": policy["ID"]}]})["SecretID"]
