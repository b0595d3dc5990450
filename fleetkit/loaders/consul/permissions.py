"""The least that a reader of Consul must be allowed to do, as ACL rules."""

from typing import Any

RULES = {
    "agent": 'agent_prefix "" { policy = "read" }',
    "nodes": 'node_prefix "" { policy = "read" }',
    "checks": 'node_prefix "" { policy = "read" } and service_prefix "" { policy = "read" }',
    "services": 'service_prefix "" { policy = "read" } and node_prefix "" { policy = "read" }',
    "intentions": 'service_prefix "" { policy = "read" intentions = "read" }',
    "config": 'service_prefix "" { policy = "read" intentions = "read" }',
}
"""What each resource needs, in the words of Consul's rules."""

PERMISSIONS = (
    'node_prefix "" { policy = "read" }',
    'service_prefix "" { policy = "read" intentions = "read" }',
    'agent_prefix "" { policy = "read" }',
)


def rules() -> dict[str, Any]:
    """Rules in JSON, for `consul acl policy create -name fleetkit -rules @FILE`."""
    return {
        "node_prefix": {"": {"policy": "read"}},
        "service_prefix": {"": {"policy": "read", "intentions": "read"}},
        "agent_prefix": {"": {"policy": "read"}},
    }
