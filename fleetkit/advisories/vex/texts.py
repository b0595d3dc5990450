"""Values out of documents that anyone may have written: cut, cleaned, masked, or refused."""

from collections.abc import Callable
from typing import Any

from fleetkit.plugins import Problem
from fleetkit.redaction import mask_text

LONGEST_NAME = 1_000
LONGEST_REASON = 500

Note = Callable[[Problem], None]


class BrokenError(Exception):
    """What breaks the form, in a few words."""


def as_dict(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


def listed(holder: dict[str, Any], name: str) -> list[Any]:
    """A list that may be absent; another thing in its place is broken."""
    found = holder.get(name)
    if not isinstance(found, list | None):
        raise BrokenError(f"{name!r} is no list but {form(found)}")
    return found or []


def named(value: Any, what: str) -> str:
    """A name; what is none is broken."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise BrokenError(f"{what} is no name: {str(value)[:80]!r}")
    return clean(value.strip())


def maybe_named(value: Any) -> str:
    """A name; empty where there is none."""
    is_name = isinstance(value, str) and len(value) <= LONGEST_NAME
    return clean(value.strip()) if is_name else ""


def reason_of(*values: Any) -> str:
    """Free text on one line, the first that says anything; cut, credentials masked."""
    texts = (" ".join(value[:4 * LONGEST_REASON].split())
             for value in values if isinstance(value, str))
    text = next(filter(None, texts), "")
    cut = text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"
    return mask_text(clean(cut))


def clean(text: str) -> str:
    """The text as UTF-8 can hold it: JSON may smuggle in half a character."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def form(value: Any) -> str:
    """What kind of thing stands where another was expected."""
    return {dict: "an object", list: "a list", str: "text", type(None): "nothing"}.get(
        type(value), f"a {type(value).__name__}")


def breach(where: str, said: str) -> Problem:
    """The problem of an entry that was passed over."""
    return Problem("broken_record", "a judgement (VEX) breaks its form and was passed over",
                   clean(where)[:LONGEST_NAME], clean(said)[:LONGEST_NAME],
                   "tell the author of the document")
