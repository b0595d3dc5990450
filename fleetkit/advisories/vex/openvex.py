"""OpenVEX 0.0.1 (products as text) and 0.2.0 (as objects): one row per statement and product.

A statement without a time of its own has that of its document. A product goes by its package URL,
else by a SHA-256 digest, else by whatever its `@id` is. In an attestation, a statement without
products is about the artefacts that are attested; elsewhere it is about nothing, and broken.
"""

from collections.abc import Iterator
from itertools import product as pairs
from typing import Any, get_args

from fleetkit.advisories.vex.texts import Note, breach, listed, maybe_named, reason_of
from fleetkit.plugins import Statement
from fleetkit.plugins.advisories import StatementStatus
from fleetkit.values import BrokenError, as_dict, as_list, form, named

STATUSES: tuple[StatementStatus, ...] = get_args(StatementStatus)


def read_openvex(
    document: dict[str, Any], where: str, subjects: list[str], note: Note
) -> Iterator[Statement]:
    """The rows of one document; `subjects` are the artefacts that an attestation is about."""
    for number, entry in enumerate(listed(document, "statements"), 1):
        place = f"{where}, statement {number}"
        try:
            yield from _read_statement(entry, document, place, (subjects, note))
        except BrokenError as error:
            note(breach(place, str(error)))


def _read_statement(
    entry: Any, document: dict[str, Any], where: str, around: tuple[list[str], Note]
) -> Iterator[Statement]:
    if not isinstance(entry, dict):
        raise BrokenError(f"expected a statement, found {form(entry)}")
    subjects, note = around
    flaw, aliases = _flaw(entry.get("vulnerability"))
    status = entry.get("status")
    if status not in STATUSES:
        raise BrokenError(f"{flaw}: unknown status {str(status)[:80]!r}; known are"
                          f" {', '.join(STATUSES)}")
    frame: dict[str, Any] = {
        "flaw": flaw, "where": where, "status": status, "aliases": aliases,
        "justification": maybe_named(entry.get("justification")),
        "reason": _reason(entry), "author": reason_of(document.get("author")),
        "stated": _stated(entry, document),
    }
    components = [name for item in listed(entry, "subcomponents") for name in _names(item)]
    found = False
    for product in listed(entry, "products") or subjects:
        try:
            inner = as_list(as_dict(product).get("subcomponents"))
            parts = [name for item in inner for name in _names(item)] or components
            for name, part in pairs(_names(product), parts or [""]):
                found = True
                yield Statement(product=name, component=part, **frame)
        except BrokenError as error:
            note(breach(where, f"{flaw}: {error}"))
            found = True
    if not found:
        raise BrokenError(f"{flaw}: names no product")


def _flaw(value: Any) -> tuple[str, tuple[str, ...]]:
    """The id of the flaw and its aliases; 0.0.1 has text, 0.2.0 an object with a name."""
    if isinstance(value, str):
        return named(value, "vulnerability"), ()
    flaw = as_dict(value)
    fallback = maybe_named(flaw.get("@id")).rpartition("/")[2]  # some give an address only
    name = named(flaw.get("name") or fallback, "vulnerability")
    return name, tuple(filter(None, map(maybe_named, as_list(flaw.get("aliases")))))


def _names(value: Any) -> list[str]:
    """What a product or component goes by; several package URLs are several names of one thing."""
    if isinstance(value, str):
        return [named(value, "product")]
    if not isinstance(value, dict):
        raise BrokenError(f"expected a product, found {form(value)}")
    identifier, identifiers = maybe_named(value.get("@id")), as_dict(value.get("identifiers"))
    purls = [name for name in (maybe_named(identifiers.get("purl")), identifier)
             if name.startswith("pkg:")]
    if purls:
        return list(dict.fromkeys(purls))
    digest = maybe_named(as_dict(value.get("hashes")).get("sha-256"))
    others = (f"sha256:{digest.lower()}" if digest else "", identifier,
              maybe_named(identifiers.get("cpe23")), maybe_named(identifiers.get("cpe22")))
    return [named(next(filter(None, others), None), "product")]


def _reason(entry: dict[str, Any]) -> str:
    """The author's words: why it is not affected, or what to do about it."""
    notes = entry.get("status_notes")
    if entry["status"] == "affected":
        return reason_of(entry.get("action_statement"), notes, entry.get("impact_statement"))
    return reason_of(entry.get("impact_statement"), notes, entry.get("action_statement"))


def _stated(entry: dict[str, Any], document: dict[str, Any]) -> str | None:
    times = (maybe_named(holder.get(name)) for holder in (entry, document)
             for name in ("last_updated", "timestamp"))
    return next(filter(None, times), None)
