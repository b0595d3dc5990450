"""The least that a reader of Mesos, Marathon or DC/OS must be allowed to do."""

from typing import Any

PERMISSIONS = (
    "GET on the master's state: VIEW_FRAMEWORK, VIEW_TASK, VIEW_EXECUTOR, VIEW_ROLE",
    "GET on Marathon's v2/info, v2/apps, v2/groups, v2/pods, v2/deployments, v2/queue",
    "DC/OS: dcos:adminrouter:ops:mesos, dcos:adminrouter:service:marathon, and read on services",
)


def acls() -> dict[str, Any]:
    """ACLs of a Mesos master (its flag --acls) that let the principal fleetkit see everything."""
    reader = {"principals": {"values": ["fleetkit"]}}
    everything = {"type": "ANY"}
    return {
        "view_frameworks": [{**reader, "users": everything}],
        "view_tasks": [{**reader, "users": everything}],
        "view_executors": [{**reader, "users": everything}],
        "view_roles": [{**reader, "roles": everything}],
    }
