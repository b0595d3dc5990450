"""What is asked of a cluster: lists of each kind, by the first API version that it has."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.loaders.kubernetes.clusters import Cluster
from fleetkit.loaders.kubernetes.kinds import OF_RESOURCE, Kind
from fleetkit.loaders.kubernetes.saved import object_records
from fleetkit.plugins import Call, Item, Problem


def read(cluster: Cluster, resource: str) -> Iterator[Item]:
    """The raw records of one resource: what its shape names.

    Raises:
        ReadError: a call failed, or no version of the kind is there.
    """
    kind = OF_RESOURCE[resource]
    denied: list[ReadError] = []
    places = cluster.namespaces if kind.is_namespaced and cluster.namespaces else (None,)
    for namespace in places:
        try:
            yield from _listed(cluster, kind, namespace)
        except ReadError as error:
            if len(places) == 1 or error.status != "denied":
                raise
            denied.append(error)
    if denied:
        raise denied[0]


def _listed(cluster: Cluster, kind: Kind, namespace: str | None) -> Iterator[Item]:
    """All pages of a kind, of the first version that the cluster has."""
    absent: ReadError | None = None
    for version in kind.versions:
        try:
            for body in cluster.pages(kind.path(version, namespace)):
                yield from _page(body, kind, version)
        except ReadError as error:
            if error.status != "unsupported":
                raise
            absent = absent or error
        else:
            return
    if absent is not None:
        raise absent


def _page(body: dict[str, Any], kind: Kind, version: str) -> Iterator[Item]:
    yield Call()
    if body.get("went_on"):
        yield Problem(
            code="inconsistent_list", severity="info", phase="list",
            message="a list took so long that its end is of a later moment than its beginning",
            detail=kind.resource, hint="what was made or removed meanwhile may be missing",
        )
    items = body.get("items")
    if items is not None and not isinstance(items, list):
        raise ReadError(f"{kind.resource}: expected a list of items, found"
                        f" {type(items).__name__!r}", code="unreadable")
    for item in items or ():
        yield from object_records(item, {"kind": kind.word, "apiVersion": version}, Counter())
