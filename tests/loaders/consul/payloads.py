"""Entries as Consul's API documents them, for versions that no server here has."""

from pathlib import Path

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "consul"
SECRET = "hunter2-planted"


def node(name="n1", **fields):
    """A node of 1.17, with its partition and locality."""
    return {
        "ID": "40e4a748-2192-161a-0510-9bf59fe950b5", "Node": name, "Address": "10.0.0.1",
        "Datacenter": "dc1", "TaggedAddresses": {"lan": "10.0.0.1", "wan": "10.0.0.1"},
        "Meta": {"consul-network-segment": "", "consul-version": "1.17.0"}, "Partition": "default",
        "PeerName": "", "Locality": {"Region": "eu-west-1", "Zone": "eu-west-1b"},
        "CreateIndex": 5, "ModifyIndex": 6, **fields,
    }


def service(name="web", **fields):
    """A service of 1.17 in an answer of the health endpoints."""
    return {
        "ID": f"{name}-1", "Service": name, "Tags": [], "Address": "", "Port": 8080, "Meta": None,
        "TaggedAddresses": {}, "Weights": {"Passing": 1, "Warning": 1}, "Kind": "",
        "EnableTagOverride": False, "Connect": {}, "Namespace": "default", "Partition": "default",
        "PeerName": "", "Proxy": {"Mode": "", "MeshGateway": {}, "Expose": {}},
        "CreateIndex": 7, "ModifyIndex": 7, **fields,
    }


def check(name="alive", status="passing", service_id="", node_name="n1", **fields):
    """A check."""
    return {
        "Node": node_name, "CheckID": name, "Name": name, "Status": status, "Notes": "",
        "Output": f"{name} is {status}", "ServiceID": service_id, "ServiceName": "",
        "ServiceTags": [], "Type": "http", "Interval": "10s", "Timeout": "1s",
        "ExposedPort": 0, "Definition": {}, "Namespace": "default", "Partition": "default",
        "CreateIndex": 8, "ModifyIndex": 8, **fields,
    }


def instance(name="web", checks=(), on=None, **fields):
    """An entry of /v1/health/service/NAME."""
    return {"Node": on or node(), "Service": service(name, **fields), "Checks": list(checks)}


def intention(source="web", destination="db", action="allow", **fields):
    """An entry of /v1/connect/intentions since 1.9."""
    return {
        "ID": "", "Description": "", "SourceNS": "default", "SourceName": source,
        "DestinationNS": "default", "DestinationName": destination, "SourceType": "consul",
        "Action": action, "Precedence": 9, "CreateIndex": 1, "ModifyIndex": 1, **fields,
    }
