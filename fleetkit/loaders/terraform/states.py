"""States of version 4, written by Terraform 0.12 and later and by OpenTofu."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.terraform.resources import Resource, indexed
from fleetkit.loaders.terraform.secrets import named_secrets, without_paths


def resources(
    state: Mapping[str, Any], secrets: set[str], strange: list[str]
) -> Iterator[Resource]:
    """The instances of all resources of a state."""
    listed = state.get("resources")
    for position, found in enumerate(listed if isinstance(listed, list) else ()):
        address = _address(found) if isinstance(found, Mapping) else None
        if address is None:
            strange.append(f"resources[{position}] has no type and name")
            continue
        instances = found.get("instances")
        for number, instance in enumerate(instances if isinstance(instances, list) else ()):
            attributes = _attributes(instance)
            if attributes is None:
                strange.append(f"{address}: instance {number} has no attributes")
                continue
            yield _resource(found, address, instance, without_paths(
                attributes, instance.get("sensitive_attributes"), secrets))
            secrets.update(named_secrets(attributes))


def _resource(
    found: Mapping[str, Any], address: str, instance: Mapping[str, Any], attributes: Any
) -> Resource:
    one = indexed(address, instance.get("index_key"))
    deposed = instance.get("deposed")  # replaced, and not removed yet
    needs = instance.get("dependencies", instance.get("depends_on"))
    return Resource(
        address=f"{one} (deposed {deposed})" if isinstance(deposed, str) and deposed else one,
        kind=str(found["type"]),
        attributes=attributes,
        needs=tuple(need for need in needs if isinstance(need, str))
        if isinstance(needs, list) else (),
        is_managed=found.get("mode") != "data",
    )


def _attributes(instance: Any) -> Mapping[str, Any] | None:
    """Fields of an instance; old providers left them flat in a state that was moved on."""
    if not isinstance(instance, Mapping):
        return None
    for name in ("attributes", "attributes_flat"):
        found = instance.get(name)
        if isinstance(found, Mapping):
            return found
    return None


def _address(found: Mapping[str, Any]) -> str | None:
    kind, name, module = found.get("type"), found.get("name"), found.get("module")
    if not isinstance(kind, str) or not isinstance(name, str):
        return None
    plain = f"data.{kind}.{name}" if found.get("mode") == "data" else f"{kind}.{name}"
    return f"{module}.{plain}" if isinstance(module, str) and module else plain
