"""Entries of an answer or of a saved document, each to records; a broken one is a problem."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text

_SHOWN = 300
_BROKEN = (  # the last: nested deeper than anything real
    KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)

Make = Callable[[Mapping[str, Any]], Iterable[Record | Problem]]
Parsed = Iterator[Record | Problem]


def each(entries: Any, kind: str, make: Make) -> Parsed:
    """The records of all entries; one that has not the expected form is a problem."""
    if not isinstance(entries, list):
        yield _misshapen(kind, TypeError(f"expected a list, found {type(entries).__name__}"))
        return
    for entry in entries:
        try:
            yield from list(make(entry))
        except _BROKEN as error:
            yield _misshapen(kind, error)


def failures(document: Mapping[str, Any], kind: str) -> Iterator[Problem]:
    """What the service says it could not describe; mostly what is gone since it was listed."""
    found = document.get("failures")
    for failure in found if isinstance(found, list) else ():
        if isinstance(failure, Mapping):
            reason = mask_text(str(failure.get("detail") or failure.get("reason")))[:_SHOWN]
            yield Problem(
                code="vanished" if failure.get("reason") == "MISSING" else "not_described",
                message=f"a {kind} was listed and could not be described",
                subject_id=str(failure.get("arn")), detail=reason,
            )


def _misshapen(kind: str, error: Exception) -> Problem:
    return Problem(
        code="unreadable_record", message=f"a {kind} record does not have the expected form",
        detail=mask_text(f"{type(error).__name__}: {error}")[:_SHOWN],
        hint="was the file edited, or written by a newer version of the source?",
        phase="parse", severity="error",
    )
