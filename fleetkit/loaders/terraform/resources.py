"""A resource of a state, and all resources of one state with their ids."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fleetkit.fields import Fields

_INDEX = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")

_MODULE = re.compile(r"(?:module\.[\w-]+(?:\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?\.)+")


@dataclass(frozen=True)
class Resource:
    """One instance of a resource, what is sensitive already taken out.

    Args:
        address: as Terraform writes it, `module.shop["eu"].aws_instance.web[0]`.
        kind: type of the resource.
        attributes: its fields.
        needs: addresses, without index, of the resources that it depends on.
        is_managed: made by this state; otherwise only looked up in it.
        is_planned: not made yet.
    """

    address: str
    kind: str
    attributes: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    is_managed: bool = True
    is_planned: bool = False

    @cached_property
    def fields(self) -> Fields:
        """The attributes; what is strange in them is noted there."""
        return Fields(self.attributes)


@dataclass(frozen=True)
class Stack:
    """The resources of one state.

    Args:
        lineage: id of the state, "" where it is not known.
        serial: its version.
        resources: all of them.
        secrets: values that must not be shown, wherever they stand.
        strange: what could not be read as a resource.
    """

    lineage: str
    serial: int | None
    resources: list[Resource]
    secrets: frozenset[str] = frozenset()
    strange: list[str] = field(default_factory=list)

    def id(self, noun: str, resource: Resource) -> str:
        """The id of a thing; without lineage its own id tells it from those of other states."""
        native = resource.attributes.get("id")
        known = "" if self.lineage or not isinstance(native, str) else f"={native}"
        return f"terraform|{self.lineage}|{noun}|{resource.address}{known}"

    def of(self, *kinds: str) -> Iterator[Resource]:
        """Its resources of some types."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def having(self, kinds: tuple[str, ...], name: str, value: str | None) -> Fields:
        """The first resource of some types with this text in a field; empty where there is none."""
        return next(self.all_having(kinds, name, value), Fields(None))

    def all_having(self, kinds: tuple[str, ...], name: str, value: str | None) -> Iterator[Fields]:
        """The resources of some types with this text in a field."""
        key = (kinds, name)
        if key not in self._indexes:
            self._indexes[key] = {}
            for resource in self.of(*kinds):
                text = resource.attributes.get(name)
                if isinstance(text, str):
                    self._indexes[key].setdefault(text, []).append(resource)
        yield from (found.fields for found in self._indexes[key].get(value or "", ()))

    @cached_property
    def _by_kind(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.kind, []).append(resource)
        return found

    @cached_property
    def _indexes(self) -> dict[tuple[tuple[str, ...], str], dict[str, list[Resource]]]:
        return {}


def first(fields: Fields, name: str) -> Fields:
    """The block of a name that comes once; states keep it in a list."""
    return next(fields.parts(name), Fields(None))


def indexed(address: str, index: Any) -> str:
    """The address of one instance."""
    if isinstance(index, bool) or not isinstance(index, int | str):
        return address
    return f"{address}[{json.dumps(index, ensure_ascii=False)}]"


def without_index(address: str) -> str:
    """The address in the configuration, without the index of any module or instance.

    Examples:
        >>> without_index('module.a["x"].aws_instance.web[0]')
        'module.a.aws_instance.web'
    """
    return _INDEX.sub("", address)


def module_of(address: str) -> str:
    """The module that a resource lies in, "" for the root.

    Examples:
        >>> module_of('module.a["x.y"].data.aws_ami.base')
        'module.a["x.y"]'
    """
    match = _MODULE.match(address)
    return match[0].rstrip(".") if match else ""
