"""Events that say where machines come from: cloned, deployed from a template, or made new."""

from collections.abc import Iterator
from typing import Any

from fleetkit.loaders.vsphere.endpoints import VCenter
from fleetkit.loaders.vsphere.modules import sdk
from fleetkit.loaders.vsphere.structures import fields, kind_of, moment, reference
from fleetkit.plugins import Call, Problem, Record
from fleetkit.redaction import mask_tree

KINDS = ("VmClonedEvent", "VmDeployedEvent", "VmCreatedEvent")
_PAGE = 1_000
_MOST = 20_000


def read_events(vcenter: VCenter) -> Iterator[Record | Problem | Call]:
    """The latest events of the kinds that tell of origins, newest first."""
    manager = vcenter.content.eventManager
    collector = manager.CreateCollectorForEvents(
        sdk().vim.event.EventFilterSpec(eventTypeId=list(KINDS)))
    seen: set[int] = set()
    try:
        collector.SetCollectorPageSize(_PAGE)
        collector.ResetCollector()
        page = collector.latestPage
        while page and len(seen) < _MOST:
            yield Call()
            fresh = [event for event in page if event.key not in seen]
            seen.update(event.key for event in fresh)
            yield from (event_record(vcenter.scope, event) for event in fresh)
            page = collector.ReadPreviousEvents(_PAGE) if fresh else None
    finally:
        collector.DestroyCollector()
    if len(seen) >= _MOST:
        yield _cut()


def event_record(scope: str | None, event: Any) -> Record:
    """An event that tells where a machine comes from."""
    known = fields(event)
    made = fields(known.get("vm"))
    source = fields(known.get("sourceVm") or known.get("srcTemplate"))
    return Record("event", mask_tree({
        "vcenter": scope, "key": known.get("key"), "kind": kind_of(event),
        "time": moment(known.get("createdTime")),
        "vm": reference(made.get("vm")), "source": reference(source.get("vm")),
        "source_name": source.get("name"),
    }))


def _cut() -> Problem:
    return Problem(
        code="truncated_events", message="a vCenter keeps more events than are read",
        detail=f"the latest {_MOST:,} were read", severity="info",
        hint="the origin of machines made before them may stay unknown",
    )
