"""Records made field by field, and the problems of those with strange fields."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import Fields
from fleetkit.plugins.sources import Problem, Record
from fleetkit.redaction import mask_tree


def made(
    kind: str, content: Mapping[str, Any], fields: Fields, values: tuple[str, ...] = ()
) -> Iterator[Record | Problem]:
    """A record, and a problem where its fields are not what they should be.

    Args:
        kind: of the record.
        content: what queries read; what is unknown or empty is left out.
        fields: what it was made from.
        values: values that are known to be secret, wherever they stand.
    """
    known = {name: value for name, value in content.items() if value not in (None, [], "")}
    yield Record(kind, mask_tree(known, values))
    named = (content.get(name) for name in ("Id", "Job", "Task", "Controller"))
    yield from noted(fields, str(next((name for name in named if name), None)))


def noted(fields: Fields, subject: str) -> Iterator[Problem]:
    """One problem for all that is strange in a record; it is told once."""
    if fields.strange:
        yield Problem(
            code="strange_values", message="fields of a record are not what they should be",
            subject_id=subject[:300], detail="; ".join(fields.strange)[:500], phase="parse",
            hint="they are unknown; was the file edited, or written by another version?",
        )
        fields.strange.clear()


def nameless(what: str) -> Problem:
    """The problem that a thing has no id."""
    return Problem(code="unreadable_record", message=f"{what} has no id", phase="parse",
                   severity="error", hint="was the file edited?")
