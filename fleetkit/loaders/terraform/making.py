"""The records of a state: what each resource stands for, and what depends on what."""

from collections import Counter
from collections.abc import Callable, Iterator

from fleetkit.loaders.terraform import amazon, azure, containers, google, openstack, others, vmware
from fleetkit.loaders.terraform.resources import Resource, Stack, module_of, without_index
from fleetkit.loaders.terraform.secrets import Mask
from fleetkit.loaders.terraform.things import link
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text

_MAKERS: dict[str, Callable[[Resource, Stack], Iterator[Record]]] = {
    **amazon.KINDS, **google.KINDS, **openstack.KINDS, **vmware.KINDS, **containers.KINDS,
    **azure.KINDS, **others.KINDS,
}
_PARTS = (amazon.PARTS | google.PARTS | openstack.PARTS | vmware.PARTS | containers.PARTS
          | azure.PARTS)
_SUBJECTS = {"workload": "workload_id", "service": "service_id", "group": "controller_id"}
_MOST_TARGETS = 20
_SHOWN = 10


def records(stack: Stack, where: str) -> Iterator[Record | Problem]:
    """A record for everything that is known in a state, and problems for what is not."""
    mask, subjects = Mask(stack.secrets), dict[str, str]()
    others_met: Counter[str] = Counter()
    for resource in stack.resources:
        make = _MAKERS.get(resource.kind)
        if make is None:
            if resource.kind not in _PARTS:
                others_met[resource.kind] += 1
            continue
        for record in make(resource, stack):
            if record.kind in _SUBJECTS:
                subjects[resource.address] = record.content[_SUBJECTS[record.kind]]
            yield Record(record.kind, mask.record(record.content))
    yield from _dependencies(stack, subjects)
    yield from _problems(stack, where, mask)
    if others_met:
        yield _unread(others_met)


def _dependencies(stack: Stack, subjects: dict[str, str]) -> Iterator[Record]:
    """Links between things that are rows; one that stands many times is linked as a resource."""
    everywhere: dict[str, list[str]] = {}
    in_module: dict[tuple[str, str], list[str]] = {}
    for address, subject in subjects.items():
        plain = without_index(address)
        everywhere.setdefault(plain, []).append(subject)
        in_module.setdefault((module_of(address), plain), []).append(subject)
    for resource in stack.resources:
        me = subjects.get(resource.address)
        if me is None:
            continue
        here = module_of(resource.address)
        for need in dict.fromkeys(map(without_index, resource.needs)):
            targets = in_module.get((here, need)) or everywhere.get(need, [])
            if len(targets) > _MOST_TARGETS:
                targets = [f"terraform|{stack.lineage}|resource|{need}"]
            for target in targets:
                if target != me:
                    yield link(me, target, "depends_on", "terraform dependencies", 0.5)


def _problems(stack: Stack, where: str, mask: Mask) -> Iterator[Problem]:
    for said in stack.strange:
        yield _strange(where, said)
    for resource in stack.resources:
        if resource.fields.strange:
            yield _strange(resource.address, mask.text("; ".join(resource.fields.strange)))


def _strange(subject: str, said: str) -> Problem:
    return Problem(
        code="unreadable_record", message="a resource does not have the expected form",
        subject_id=subject[-300:], detail=mask_text(said)[:500], phase="parse",
        hint="was the file edited, or written by a provider of another version?",
    )


def _unread(met: Counter[str]) -> Problem:
    shown = ", ".join(f"{count:,} {kind}" for kind, count in met.most_common(_SHOWN))
    more = f", and {len(met) - _SHOWN} more kinds" if len(met) > _SHOWN else ""
    return Problem(
        code="unread_resources", message="a state holds resources of kinds that are not read",
        detail=f"{shown}{more}"[:500], severity="info", phase="parse",
    )
