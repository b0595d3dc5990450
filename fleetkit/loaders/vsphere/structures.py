"""One way to read objects of the vSphere API: as pyVmomi answers them, or as govc prints them.

Both have the same names: those of the API. Old versions of govc write them with a capital letter
and without types; `plain` makes both forms alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_DEEPEST = 64
_WRAPPED = {"_typeName", "_value"}


def fields(thing: Any) -> Mapping[str, Any]:
    """The properties of an object by name; none for None.

    Raises:
        TypeError: it is no object.
    """
    if type(thing) is dict:
        return thing
    if thing is None:
        return {}
    if isinstance(thing, str | int | float | list):
        raise TypeError(f"expected an object, found {type(thing).__name__!r}")
    known: dict[str, Any] = vars(thing)
    return known


def listed(thing: Any) -> Sequence[Any]:
    """The members of an array; none for None.

    Raises:
        TypeError: it is no array.
    """
    if thing is None:
        return ()
    if isinstance(thing, list | tuple):
        return thing
    raise TypeError(f"expected a list, found {type(thing).__name__!r}")


def kind_of(thing: Any) -> str:
    """The name of an object's type in the API; empty where govc did not write it."""
    if type(thing) is dict:
        return str(thing.get("_typeName", ""))
    return str(getattr(thing, "_wsdlName", ""))


def reference(thing: Any) -> str | None:
    """The id of the managed object that is referred to."""
    if thing is None:
        return None
    if type(thing) is dict:
        value = thing.get("value")
        return None if value is None else str(value)
    found = getattr(thing, "_moId", None)
    return None if found is None else str(found)


def moment(thing: Any) -> Any:
    """A time as text."""
    return thing.isoformat() if hasattr(thing, "isoformat") else thing


def word(value: Any) -> Any:
    """An enumeration of the SDK, which is a sort of text, as plain text."""
    return str(value) if isinstance(value, str) else value


def walk(document: Any, path: str) -> Any:
    """The value at a path such as config.hardware.numCPU; None where a part is missing."""
    for name in path.split("."):
        document = fields(document).get(name)
    return document


def plain(thing: Any, depth: int = 0) -> Any:
    """What govc printed, in the form of its newest versions, without wrappers of values.

    Raises:
        ValueError: it is nested deeper than anything that govc prints.
    """
    if depth > _DEEPEST:
        raise ValueError(f"nested deeper than {_DEEPEST} levels")
    kind = type(thing)
    if kind is list:
        return [plain(item, depth + 1) for item in thing]
    if kind is not dict:
        return thing
    if thing.keys() == _WRAPPED:
        return plain(thing["_value"], depth + 1)
    return {_lowered(str(name)): plain(value, depth + 1) for name, value in thing.items()}


def _lowered(name: str) -> str:
    return name if name[:1].islower() else name[:1].lower() + name[1:]
