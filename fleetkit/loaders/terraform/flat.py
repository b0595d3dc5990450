"""States of version 1 to 3, written by Terraform before 0.12: attributes are flat text.

`root_block_device.0.volume_id` and `tags.Role` become lists and objects; sets have hashes for
positions. Version 2 kept the same form; version 3 added the lineage.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.terraform.resources import Resource, indexed
from fleetkit.loaders.terraform.secrets import named_secrets

_KEY = re.compile(
    r"(?P<data>data\.)?(?P<kind>[A-Za-z][\w-]*)\.(?P<name>[\w-]+)(?:\.(?P<index>\d+))?"
)
_TRUTH = {"true": True, "false": False}
_DEEPEST = 20


def resources(
    state: Mapping[str, Any], secrets: set[str], strange: list[str]
) -> Iterator[Resource]:
    """The resources of all modules of a state."""
    modules = state.get("modules")
    for position, module in enumerate(modules if isinstance(modules, list) else ()):
        held = module.get("resources") if isinstance(module, Mapping) else None
        if not isinstance(held, Mapping):
            strange.append(f"modules[{position}] has no resources")
            continue
        prefix = _prefix(module.get("path"))
        for key, found in held.items():
            resource = _resource(prefix, str(key), found)
            if resource is None:
                strange.append(f"{prefix}{key} has no attributes")
                continue
            secrets.update(named_secrets(resource.attributes))
            yield resource


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Flat attributes as lists and objects.

    Examples:
        >>> nested({"tags.%": "1", "tags.a.b": "x", "disk.#": "1", "disk.0.size": "8"})
        {'tags': {'a.b': 'x'}, 'disk': [{'size': '8'}]}
    """
    return _nested(flat, 0)


def _nested(flat: Mapping[str, Any], depth: int) -> dict[str, Any]:
    groups: dict[str, dict[str, Any]] = {}
    found: dict[str, Any] = {}
    for key, value in flat.items():
        head, dot, rest = key.partition(".") if depth < _DEEPEST else (key, "", "")
        if dot:
            groups.setdefault(head, {})[rest] = value
        else:
            found[head] = _TRUTH.get(value, value) if isinstance(value, str) else value
    return {**found, **{head: _collected(group, depth + 1) for head, group in groups.items()}}


def _collected(group: Mapping[str, Any], depth: int) -> Any:
    """The items of a list or set, or the members of a map."""
    items = {key: value for key, value in group.items() if key not in ("#", "%")}
    if "%" in group or not all(key.partition(".")[0].isdecimal() for key in items):
        return dict(items) if "%" in group or "#" in group else _nested(items, depth)
    found = _nested(items, depth)
    return [found[key] for key in sorted(found, key=lambda key: (len(key), key))]


def _resource(prefix: str, key: str, found: Any) -> Resource | None:
    match = _KEY.fullmatch(key)
    primary = found.get("primary") if isinstance(found, Mapping) else None
    flat = primary.get("attributes") if isinstance(primary, Mapping) else None
    if match is None or primary is None or not isinstance(flat, Mapping):
        return None
    plain = f"{prefix}{match['data'] or ''}{match['kind']}.{match['name']}"
    needs = found.get("depends_on")
    return Resource(
        address=indexed(plain, int(match["index"]) if match["index"] else None),
        kind=match["kind"],
        attributes={"id": primary.get("id"),
                    **nested({str(name): value for name, value in flat.items()})},
        needs=tuple(f"{prefix}{need}" for need in needs if isinstance(need, str))
        if isinstance(needs, list) else (),
        is_managed=not match["data"],
    )


def _prefix(path: Any) -> str:
    """The address of a module: ["root", "shop"] is module.shop."""
    names = path[1:] if isinstance(path, list) else []
    return "".join(f"module.{name}." for name in names)
