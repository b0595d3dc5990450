"""Values out of documents that anyone may have written: as they should be, cleaned, or refused."""

from typing import Any

LONGEST_NAME = 500


class BrokenError(Exception):
    """What breaks the form of a document, in a few words; its reader says where."""


def as_dict(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


def named(value: Any, what: str) -> str:
    """A name, without white space around it.

    Raises:
        BrokenError: it is no text, empty, or longer than `LONGEST_NAME`.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise BrokenError(f"{what} is no name: {shown(value)}")
    return clean(value.strip())


def shown(value: Any) -> str:
    """Texts from their beginning, of other things the kind: they may be of any size."""
    return repr(value[:80]) if isinstance(value, str) else form(value)


def form(value: Any) -> str:
    """What kind of thing stands where another was expected."""
    return {dict: "an object", list: "a list", str: "text", type(None): "nothing"}.get(
        type(value), f"a {type(value).__name__}")


def clean(text: str) -> str:
    """The text as UTF-8 can hold it: JSON may smuggle in half a character."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
