"""Saved payloads, recognised by their shape: answers of the API, what the CLI prints, job files."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.fields import Fields
from fleetkit.loaders.nomad.allocations import allocation_records, deployment_records, is_over
from fleetkit.loaders.nomad.nodes import node_records
from fleetkit.loaders.nomad.recipes import job_records
from fleetkit.loaders.nomad.stubs import stub_records
from fleetkit.loaders.nomad.volumes import volume_records
from fleetkit.plugins import Problem, Record

_SHOWN = 6
_HELD = {"Job": dict, "Versions": list, "Volumes": list, "Allocations": list, "Jobs": list}

Found = Iterator[Record | Problem]
Maker = Callable[[Fields], Found]


def parse(document: Any, where: str, *, completed: bool = False) -> Found:
    """The raw records of a saved document.

    Args:
        document: an answer of Nomad's API: a list of jobs, allocations, nodes, deployments or
            volumes, one of them, or the versions of a job; or a job file in JSON.
        where: its name.
        completed: load allocations that are over, too.

    Raises:
        LoadError: it is nothing of all this.
    """
    items = _items(document)
    if items is None or (items and not any(_maker(item) for item in items)):
        raise LoadError(_strange(where, document))
    over = 0
    ids: set[str] = set()
    for position, item in enumerate(items):
        make = _maker(item)
        if make is None:
            yield _unknown(f"{where}[{position}]")
            continue
        if make is allocation_records and not completed and is_over(Fields(item)):
            over += 1
            continue
        yield from make(Fields(item))
        yield from _again(item, ids)
    yield from left_out(over)


def left_out(over: int) -> Iterator[Problem]:
    """What is said of allocations that are over and were not wanted."""
    if over:
        yield Problem(
            code="completed_allocations", message="allocations that are over are left out",
            detail=f"{over:,} allocations", severity="info", phase="parse",
            hint="completed=True loads them",
        )


def _items(document: Any) -> list[Any] | None:
    """The things in a document; None if it is none that could hold any."""
    if isinstance(document, list):
        return document
    if not isinstance(document, Mapping):
        return None
    for name, form in _HELD.items():
        held = document.get(name)
        if isinstance(held, form) and not ("ID" in document and name == "Job"):
            return [held] if isinstance(held, Mapping) else list(held)
    return [document] if _maker(document) else None


def _maker(item: Any) -> Maker | None:
    """What makes records of a thing."""
    if not isinstance(item, Mapping):
        return None
    forms: tuple[tuple[bool, Maker], ...] = (
        ("TaskGroup" in item and _words(item, "ClientStatus", "NodeID"), allocation_records),
        ("JobID" in item and "JobVersion" in item and isinstance(
            item.get("TaskGroups"), Mapping), deployment_records),
        (isinstance(item.get("TaskGroups"), list) and _words(item, "ID", "Name"), job_records),
        ("SchedulingEligibility" in item or ("Datacenter" in item and _words(
            item, "Attributes", "NodeClass")), node_records),
        (_words(item, "JobSummary", "JobModifyIndex") and "ID" in item, stub_records),
        (_words(item, "AttachmentMode", "HostPath", "CurrentWriters") or (
            "PluginID" in item and _words(item, "AccessMode", "Capacity", "CapacityBytes")),
         volume_records),
    )
    return next((make for fits, make in forms if fits), None)


def _words(item: Mapping[str, Any], *names: str) -> bool:
    return any(name in item for name in names)


def _again(item: Mapping[str, Any], ids: set[str]) -> Iterator[Problem]:
    """A problem for a thing that comes again; versions of a job differ."""
    key = f"{item.get('Namespace')} {item.get('ID')} {item.get('Version')}"
    if key in ids and item.get("ID"):
        yield Problem(
            code="duplicate_record", message="a thing is listed more than once", phase="parse",
            subject_id=str(item.get("ID"))[:300], detail="one row is made of it",
        )
    ids.add(key)


def _unknown(subject: str) -> Problem:
    return Problem(
        code="unknown_record", subject_id=subject, phase="parse",
        message="an entry is nothing that Nomad prints",
    )


def _strange(where: str, document: Any) -> str:
    shown = document[0] if isinstance(document, list) and document else document
    found = f"an object with the keys {sorted(map(str, shown))[:_SHOWN]!r}" if isinstance(
        shown, Mapping) else f"{type(shown).__name__}"
    return (
        f"{where}: expected what Nomad's API answers or a job file in JSON, found {found}; pass the"
        " output of `nomad job inspect JOB`, `nomad operator api /v1/allocations?resources=true`"
        " or `nomad node status -json NODE`"
    )
