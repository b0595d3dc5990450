"""What a manifest asks for: the pods of its template, with who would run them.

An object without an id was not taken from a cluster: somebody wrote it. Its pods are described
under the name of the object that asks for them.
"""

from collections.abc import Mapping
from typing import Any

_TEMPLATES = {  # kind -> where the template of its pods is
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}
_DEFAULT_REPLICAS = {"Deployment": 1, "ReplicaSet": 1, "ReplicationController": 1, "StatefulSet": 1}


def template(entry: Mapping[str, Any], word: str) -> dict[str, Any] | None:
    """The pods that an object asks for, in the form of one; None where it asks for none."""
    if word not in _TEMPLATES:
        return None
    pod = _at(entry, _TEMPLATES[word])
    named, asked = _at(entry, ("metadata",)), _at(entry, ("spec",))
    return {
        "metadata": {**_at(pod, ("metadata",)), "namespace": named.get("namespace"),
                     "name": named.get("name") or named.get("generateName")},
        "spec": pod.get("spec"),
        "declared": {
            "kind": word,
            "namespace": named.get("namespace"),
            "name": named.get("name") or named.get("generateName"),
            "replicas": asked.get("replicas", _DEFAULT_REPLICAS.get(word))
            if word != "Pod" else None,
            "serviceName": asked.get("serviceName"),
            "podManagementPolicy": asked.get("podManagementPolicy"),
            "claims": _claims(asked),
        },
    }


def _claims(asked: Mapping[str, Any]) -> Any:
    """The claims that each replica gets, with their names on the outside."""
    found = asked.get("volumeClaimTemplates")
    if not isinstance(found, list):
        return found
    return [{"name": _at(claim, ("metadata",)).get("name"), "spec": claim.get("spec")}
            if isinstance(claim, Mapping) else claim for claim in found]


def _at(value: Any, path: tuple[str, ...]) -> Mapping[str, Any]:
    """The object at a path; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
