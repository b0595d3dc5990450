"""CycloneDX: the analysis of vulnerabilities; one row per flaw and component that it affects.

A reference names a component of the same document, or is a link to another one whose own
reference is a package URL. The document's own subject, where it is an image, says where the
statement applies.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from fleetkit.advisories.vex.texts import Note, breach, listed, maybe_named, reason_of
from fleetkit.plugins import Statement
from fleetkit.plugins.advisories import StatementStatus
from fleetkit.values import BrokenError, as_dict, as_list, form, named

STATES: dict[str, StatementStatus] = {
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
    "false_positive": "not_affected",
    "not_affected": "not_affected",
}
COMPONENTS = 2_000_000


def read_cyclonedx(document: dict[str, Any], where: str, note: Note) -> Iterator[Statement]:
    """The rows of one document; a vulnerability without an analysis states nothing."""
    metadata = as_dict(document.get("metadata"))
    subject = as_dict(metadata.get("component"))
    names = _components(document, subject)
    root = _name(subject) or maybe_named(subject.get("name"))
    authors = [as_dict(item).get("name") for item in as_list(metadata.get("authors"))]
    supplier = as_dict(metadata.get("supplier")).get("name")
    author = reason_of(*authors, supplier, as_dict(metadata.get("manufacture")).get("name"))
    for number, entry in enumerate(listed(document, "vulnerabilities"), 1):
        place = f"{where}, vulnerability {number}"
        try:
            frame = _read_frame(entry, maybe_named(metadata.get("timestamp")))
            for reference in _references(entry) if frame else ():
                product = _find(reference, names)
                component = product if root and product != root else ""
                yield Statement(where=place, author=author, product=root if component else product,
                                component=component, **frame)
        except BrokenError as error:
            note(breach(place, str(error)))


def _read_frame(entry: Any, stated: str) -> dict[str, Any]:
    """What all rows of a vulnerability share; empty where nothing is stated."""
    if not isinstance(entry, dict):
        raise BrokenError(f"expected a vulnerability, found {form(entry)}")
    flaw, analysis = named(entry.get("id"), "id"), as_dict(entry.get("analysis"))
    state = analysis.get("state")
    if state is None:
        return {}
    if not isinstance(state, str) or state not in STATES:
        raise BrokenError(f"{flaw}: unknown state {str(state)[:80]!r}; known are"
                          f" {', '.join(STATES)}")
    aliases = [maybe_named(as_dict(item).get("id")) for item in as_list(entry.get("references"))]
    said = ", ".join(map(maybe_named, as_list(analysis.get("response"))))
    times = (maybe_named(holder.get(name)) for holder, name in (
        (analysis, "lastUpdated"), (analysis, "firstIssued"), (entry, "updated")))
    return {
        "flaw": flaw, "aliases": tuple(filter(None, aliases)), "status": STATES[state],
        "justification": maybe_named(analysis.get("justification")),
        "reason": reason_of(analysis.get("detail"), said),
        "stated": next(filter(None, times), stated) or None,
    }


def _references(entry: dict[str, Any]) -> list[str]:
    """What is affected; entries that are about versions only of a component are not read."""
    affected = listed(entry, "affects")
    found = [named(as_dict(item).get("ref"), "ref") for item in affected
             if not as_dict(item).get("versions")]
    if not found:
        raise BrokenError(f"{maybe_named(entry.get('id'))}: names no component without a list of"
                          " versions")
    return found


def _components(document: dict[str, Any], subject: dict[str, Any]) -> dict[str, str]:
    """Reference -> name of all components, however deep."""
    names: dict[str, str] = {}
    waiting = [subject, *as_list(document.get("components"))]
    while waiting and len(names) < COMPONENTS:
        component = as_dict(waiting.pop())
        reference = maybe_named(component.get("bom-ref"))
        if reference:
            names[reference] = _name(component)
        waiting += as_list(component.get("components"))
    return names


def _name(component: dict[str, Any]) -> str:
    """An image by its digest or name with tag, all else by its package URL; empty without one."""
    purl = maybe_named(component.get("purl"))
    if component.get("type") != "container":
        return purl
    for item in map(as_dict, as_list(component.get("hashes"))):
        if item.get("alg") == "SHA-256" and maybe_named(item.get("content")):
            return f"sha256:{maybe_named(item['content']).lower()}"
    name, version = maybe_named(component.get("name")), maybe_named(component.get("version"))
    mark = "@" if version.startswith("sha256:") else ":"
    return purl or (f"{name}{mark}{version}" if version and ":" not in name else name)


def _find(reference: str, names: dict[str, str]) -> str:
    if names.get(reference):
        return names[reference]
    if reference in names:
        raise BrokenError(f"{reference[:200]!r} has no package URL")
    linked = unquote(reference.rpartition("#")[2]) if reference.startswith("urn:cdx:") else ""
    plain = linked or reference
    if not plain.startswith("pkg:"):
        raise BrokenError(f"refers to {reference[:200]!r}, which the document does not hold")
    return names.get(plain, plain)
