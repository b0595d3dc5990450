"""The least that a reader of a cluster must be allowed to do: list, and nothing of secrets."""

from typing import Any

from fleetkit.loaders.kubernetes.kinds import KINDS

PERMISSIONS = tuple(
    f"list {kind.resource}" + (f" ({kind.group})" if kind.group else "") for kind in KINDS)


def role() -> dict[str, Any]:
    """A ClusterRole, for `kubectl apply -f`; bind it with a ClusterRoleBinding.

    The role `view` that clusters come with holds it for namespaced kinds, and more.
    """
    groups = sorted({kind.group for kind in KINDS})
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "fleetkit-reader"},
        "rules": [{
            "apiGroups": [group],
            "resources": [kind.resource for kind in KINDS if kind.group == group],
            "verbs": ["list"],
        } for group in groups],
    }
