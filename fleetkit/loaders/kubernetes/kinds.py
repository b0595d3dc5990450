"""The kinds of objects that are read: their names, their versions, and where the API keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object.

    Args:
        record: kind of the records.
        word: its name in objects.
        resource: its name in addresses and permissions.
        versions: API versions whose objects are read alike, the one that is asked for first.
        is_namespaced: whether its objects lie in namespaces.
    """

    record: str
    word: str
    resource: str
    versions: tuple[str, ...]
    is_namespaced: bool = True

    @property
    def group(self) -> str:
        """The API group, empty for the core."""
        return _group(self.versions[0])

    def path(self, version: str, namespace: str | None = None) -> str:
        """Where the API lists its objects, of all namespaces or of one."""
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        place = f"/namespaces/{namespace}" if namespace and self.is_namespaced else ""
        return f"{root}{place}/{self.resource}"


_APPS = ("apps/v1", "apps/v1beta2", "apps/v1beta1")
_SETS = (*_APPS, "extensions/v1beta1")

KINDS = (
    Kind("node", "Node", "nodes", ("v1",), is_namespaced=False),
    Kind("pod", "Pod", "pods", ("v1",)),
    Kind("deployment", "Deployment", "deployments", _SETS),
    Kind("replica_set", "ReplicaSet", "replicasets", _SETS),
    Kind("replication_controller", "ReplicationController", "replicationcontrollers", ("v1",)),
    Kind("stateful_set", "StatefulSet", "statefulsets", _APPS),
    Kind("daemon_set", "DaemonSet", "daemonsets", _SETS),
    Kind("revision", "ControllerRevision", "controllerrevisions", _APPS),
    Kind("job", "Job", "jobs", ("batch/v1",)),
    Kind("cron_job", "CronJob", "cronjobs", ("batch/v1", "batch/v1beta1", "batch/v2alpha1")),
    Kind("autoscaler", "HorizontalPodAutoscaler", "horizontalpodautoscalers",
         ("autoscaling/v2", "autoscaling/v2beta2", "autoscaling/v2beta1", "autoscaling/v1")),
    Kind("service", "Service", "services", ("v1",)),
    Kind("endpoint_slice", "EndpointSlice", "endpointslices",
         ("discovery.k8s.io/v1", "discovery.k8s.io/v1beta1")),
    Kind("endpoints", "Endpoints", "endpoints", ("v1",)),
    Kind("ingress", "Ingress", "ingresses",
         ("networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1")),
    Kind("claim", "PersistentVolumeClaim", "persistentvolumeclaims", ("v1",)),
    Kind("volume", "PersistentVolume", "persistentvolumes", ("v1",), is_namespaced=False),
)
RESOURCES: dict[str, tuple[str, ...]] = {kind.resource: () for kind in KINDS}
OF_RESOURCE = {kind.resource: kind for kind in KINDS}
_OF_WORD = {kind.word: kind for kind in KINDS}


def kind_named(word: Any) -> Kind | None:
    """The kind of that name, if it is read."""
    return _OF_WORD.get(word) if isinstance(word, str) else None


def kind_of(entry: Mapping[str, Any]) -> Kind | None:
    """The kind of an object; None for those of other kinds, or of another group's same name."""
    kind, version = kind_named(entry.get("kind")), entry.get("apiVersion")
    if kind is None or version is None:
        return kind
    groups = {_group(known) for known in kind.versions}
    return kind if isinstance(version, str) and _group(version) in groups else None


def _group(version: str) -> str:
    return version.rpartition("/")[0]
