"""Words of judgements: lists, names and reasons, cut and masked."""

from collections.abc import Callable
from typing import Any

from fleetkit.plugins import Problem
from fleetkit.redaction import mask_text
from fleetkit.values import LONGEST_NAME, BrokenError, clean, form

LONGEST_REASON = 500

Note = Callable[[Problem], None]


def listed(holder: dict[str, Any], name: str) -> list[Any]:
    """A list that may be absent; another thing in its place is broken."""
    found = holder.get(name)
    if not isinstance(found, list | None):
        raise BrokenError(f"{name!r} is no list but {form(found)}")
    return found or []


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


def breach(where: str, said: str) -> Problem:
    """The problem of an entry that was passed over."""
    return Problem("broken_record", "a judgement (VEX) breaks its form and was passed over",
                   clean(where)[:LONGEST_NAME], clean(said)[:LONGEST_NAME],
                   "tell the author of the document")
