"""The least that a reader of Nomad must be allowed to do."""

from typing import Any

_CAPABILITIES = ("list-jobs", "read-job", "csi-list-volume", "csi-read-volume", "host-volume-read")
PERMISSIONS = (
    *(f"namespace: {name}" for name in _CAPABILITIES), "node: read", "plugin: list",
)


def rules() -> dict[str, Any]:
    """An ACL policy, for `nomad acl policy apply fleetkit policy.json`.

    Nomad reads policies in JSON as in HCL. host-volume-read is known since Nomad 1.10.
    """
    return {
        "namespace": {"*": {"capabilities": list(_CAPABILITIES)}},
        "node": {"policy": "read"},
        "plugin": {"policy": "list"},
    }
