"""What `terraform show -json` prints: the values of a state, or those before and after a plan."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fleetkit.loaders.terraform.resources import Resource
from fleetkit.loaders.terraform.secrets import named_secrets, without_marks

_DEEPEST = 100


def resources(
    shown: Mapping[str, Any], secrets: set[str], strange: list[str]
) -> Iterator[Resource]:
    """The resources that there are, and behind them those that a plan would make."""
    prior = shown.get("prior_state")
    there = shown.get("values") or (prior.get("values") if isinstance(prior, Mapping) else None)
    known = set()
    for resource in _of_values(there, secrets, strange):
        known.add(resource.address)
        yield resource
    for resource in _of_values(shown.get("planned_values"), secrets, strange):
        if resource.address not in known:
            yield replace(resource, is_planned=True)


def _of_values(values: Any, secrets: set[str], strange: list[str]) -> Iterator[Resource]:
    waiting = [(values.get("root_module"), 0)] if isinstance(values, Mapping) else []
    while waiting:
        module, depth = waiting.pop(0)
        if not isinstance(module, Mapping) or depth > _DEEPEST:
            continue
        for found in _listed(module, "resources"):
            resource = _resource(found, secrets)
            if resource is None:
                strange.append(f"{str(module.get('address', 'root module'))[:200]}:"
                               " a resource has no address and type")
            else:
                yield resource
        waiting += [(child, depth + 1) for child in _listed(module, "child_modules")]


def _resource(found: Any, secrets: set[str]) -> Resource | None:
    known = found if isinstance(found, Mapping) else {}
    address, kind, values = known.get("address"), known.get("type"), known.get("values")
    if not isinstance(address, str) or not isinstance(kind, str) \
            or not isinstance(values, Mapping | None):
        return None
    shown = without_marks(values or {}, known.get("sensitive_values"), secrets) or {}
    secrets.update(named_secrets(values))
    deposed = known.get("deposed_key")
    return Resource(
        address=f"{address} (deposed {deposed})" if isinstance(deposed, str) else address,
        kind=kind,
        attributes=shown,
        needs=tuple(need for need in _listed(known, "depends_on")
                    if isinstance(need, str)),
        is_managed=known.get("mode") != "data",
    )


def _listed(found: Mapping[str, Any], name: str) -> list[Any]:
    value = found.get(name)
    return value if isinstance(value, list) else []
