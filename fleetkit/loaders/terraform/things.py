"""Records of what a resource stands for: a workload, an image, a mount, a service, a group.

The links that go without saying come with them: who manages a thing, what the platform's own
loader calls it, and which image it runs.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.terraform.resources import Resource, Stack
from fleetkit.plugins import Record
from fleetkit.references import image_id_of

GIB = 1 << 30
_ENVIRONMENT = ("environment", "env", "stage")


def workload(
    resource: Resource, stack: Stack, twin: str | None = None, **columns: Any
) -> Iterator[Record]:
    """A machine or container; `twin` is its id where its platform's own loader reads it."""
    kind = columns.setdefault("kind", "vm")
    me = stack.id(kind, resource)
    if resource.is_planned:
        columns |= {"state": "unknown", "state_raw": "planned"}
    columns.setdefault("controller_kind", "none" if resource.is_managed else "unknown")
    columns["environment"] = environment(columns.get("tags"))
    yield Record("workload", {
        "workload_id": me, "address": resource.address, "native_id": resource.fields.text("id"),
        **columns,
    })
    if twin:
        yield link(me, twin, "same_as", "id in the state")
    if image_id := columns.get("image_id"):
        yield link(me, image_id, "uses_image", "image in the state")
    if host := columns.get("host_id"):
        yield link(me, host, "runs_on", "host in the state")
    yield from managed(resource, stack, me, twin)


def image(resource: Resource, stack: Stack, image_id: str | None, **columns: Any) -> \
        Iterator[Record]:
    """An image that the state knows."""
    if image_id is None:
        return
    yield Record("image", {"image_id": image_id, "is_stub": False, **columns})
    yield from managed(resource, stack, image_id)


def stub(image_id: str | None, kind: str, name: str | None = None) -> Iterator[Record]:
    """An image that is only named."""
    if image_id:
        yield Record("image", {"image_id": image_id, "kind": kind, "name": name, "is_stub": True})


def mount(resource: Resource, stack: Stack, holder: str = "vm", **columns: Any) -> Record:
    """A disk or volume of a workload, which is of the kind `holder`."""
    columns.setdefault("kind", "block")
    persistence = _PERSISTENCE.get(columns.get("delete_with_workload"))
    return Record("mount", {"workload_id": stack.id(holder, resource),
                            "persistence": persistence, **columns})


def service(resource: Resource, stack: Stack, **columns: Any) -> Iterator[Record]:
    """A service that the platform runs: a database, a cache."""
    me = stack.id("service", resource)
    yield Record("service", {
        "service_id": me, "address": None, "resource": resource.address, "kind": resource.kind,
        "protocol": "tcp", **columns,
    })
    yield from managed(resource, stack, me)


def group(
    resource: Resource, stack: Stack, twin: str | None = None, **columns: Any
) -> Iterator[Record]:
    """What the platform keeps a number of workloads alive by."""
    me = stack.id("controller", resource)
    yield Record("group", {"controller_id": me, **columns})
    if image_id := columns.get("image_id"):
        yield link(twin or me, image_id, "uses_image", "template of the group in the state")
    yield from managed(resource, stack, me, twin)


def link(from_id: str, to_id: str, relation: str, evidence: str, confidence: float = 1.0) -> Record:
    return Record("link", {"from_id": from_id, "to_id": to_id, "relation": relation,
                           "evidence": evidence, "confidence": confidence})


def managed(resource: Resource, stack: Stack, *ids: str | None) -> Iterator[Record]:
    """That a resource of the state manages these things."""
    if resource.is_managed:
        address = stack.id("resource", resource)
        for one in ids:
            if one:
                yield link(one, address, "managed_by", "terraform state")


def container_image(reference: str | None) -> str | None:
    """The id of a container image that is known by a reference."""
    return image_id_of(reference) if reference else None


def environment(pairs: list[dict[str, str]] | None) -> str | None:
    """What tags say about the environment."""
    named = {pair["Key"].lower(): pair["Value"] for pair in pairs or ()}
    return next((named[name] for name in _ENVIRONMENT if named.get(name)), None)


def labels(fields: Fields, *names: str) -> list[dict[str, str]] | None:
    """The tags or labels under the first of these names that the state has."""
    present = [name for name in names if name in fields.content]
    filled = next((name for name in present if fields.content[name]), None)
    return fields.pairs(filled or present[0]) if present else None


def known(texts: Iterable[str | None]) -> list[str] | None:
    """The texts that are not empty, sorted; None where there are none."""
    return sorted({text for text in texts if text}) or None


def gib(fields: Fields, name: str) -> int | None:
    """A size that is given in GiB."""
    return fields.whole(name, factor=GIB)


def total(sizes: Iterable[int | None]) -> int | None:
    """The sum of sizes, unknown if any is or if there are none."""
    listed = list(sizes)
    found = [size for size in listed if size is not None]
    return sum(found) if found and len(found) == len(listed) else None


_PERSISTENCE = {True: "ephemeral", False: "durable", None: "unknown"}
