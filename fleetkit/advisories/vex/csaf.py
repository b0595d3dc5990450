"""CSAF 2.0: states of products in flaws; one row per flaw, product and state.

A product is a leaf of the tree, named by its package URL, its CPE, a digest, else in words; or a
component of another one by a relationship. The root of a chain of relationships says where it
applies: a system by its CPE, an image, or a name. Products given as a range of versions without
a package URL that has a version are left out and counted: read without the range they would be
about all versions.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fleetkit.advisories.vex.products import Products, read_products
from fleetkit.advisories.vex.texts import Note, breach, listed, maybe_named, reason_of
from fleetkit.plugins import Problem, Statement
from fleetkit.plugins.advisories import StatementStatus
from fleetkit.values import BrokenError, as_dict, as_list, form

STATES: dict[str, StatementStatus | None] = {
    "known_not_affected": "not_affected",
    "known_affected": "affected",
    "first_affected": "affected",
    "last_affected": "affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "under_investigation": "under_investigation",
    "recommended": None,  # a version to move to, not a state of the flaw
}
MOST_WORDS = 2_000_000
_MOST_REASONS = 5

Words = dict[str, str]


def read_csaf(document: dict[str, Any], where: str, note: Note) -> Iterator[Statement]:
    """The rows of one document. A draft is for its author's eyes only and judges nothing."""
    head = as_dict(document["document"])
    tracking = as_dict(head.get("tracking"))
    if tracking.get("status") == "draft":
        note(Problem("draft", "a draft of judgements (VEX) is not used", where,
                     hint="name the final document", severity="info"))
        return
    products = read_products(document.get("product_tree"), where, note)
    author = reason_of(as_dict(head.get("publisher")).get("name"))
    stated = maybe_named(tracking.get("current_release_date")) or None
    for number, entry in enumerate(listed(document, "vulnerabilities"), 1):
        place = f"{where}, vulnerability {number}"
        try:
            for cells in _read_vulnerability(entry, place, products, note):
                yield Statement(author=author, stated=stated, where=place, **cells)
        except BrokenError as error:
            note(breach(place, str(error)))
    if products.ranges:
        note(Problem("version_range", "judgements (VEX) of ranges of versions are left out", where,
                     f"{len(products.ranges):,} products, as {min(products.ranges)[:200]}",
                     severity="info"))


def _read_vulnerability(
    entry: Any, where: str, products: Products, note: Note
) -> Iterator[dict[str, Any]]:
    if not isinstance(entry, dict):
        raise BrokenError(f"expected a flaw, found {form(entry)}")
    ids = [maybe_named(as_dict(item).get("text")) for item in as_list(entry.get("ids"))]
    names = list(dict.fromkeys(filter(None, (maybe_named(entry.get("cve")), *ids))))
    if not names:
        raise BrokenError("names no flaw ('cve' or 'ids')")
    flags = _words(entry, "flags", "label", products)
    threats = _words(entry, "threats", "details", products)
    remedies = _words(entry, "remediations", "details", products)
    for state, ids in as_dict(entry.get("product_status")).items():
        if state not in STATES:
            note(breach(where, f"{names[0]}: unknown state {state[:80]!r}; known are"
                               f" {', '.join(STATES)}"))
            continue
        status = STATES[state]
        for product_id in as_list(ids) if status else ():
            found = products.find(product_id)
            if found is None:
                note(breach(where, f"{names[0]}: unknown product {str(product_id)[:200]!r}"))
            elif found:
                reasons = remedies if status == "affected" else threats
                yield {
                    "flaw": names[0], "aliases": tuple(names[1:]), "status": status,
                    "product": found[0], "component": found[1],
                    "justification": _of(flags, product_id) if status == "not_affected" else "",
                    "reason": _of(reasons, product_id),
                }


def _words(entry: dict[str, Any], name: str, text: str, products: Products) -> Words:
    """Product -> words about it; "" is all products. Of threats only the impact counts."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    left = MOST_WORDS
    for item in map(as_dict, as_list(entry.get(name))):
        if name == "threats" and item.get("category") != "impact":
            continue
        said = reason_of(item.get(text))
        if name == "remediations":
            said = ": ".join(filter(None, (maybe_named(item.get("category")), said)))
        about = [*as_list(item.get("product_ids")), *products.members(item.get("group_ids"))]
        left -= len(about)
        if left < 0:
            raise BrokenError(f"{name!r} speaks of products more than {MOST_WORDS:,} times")
        for product_id in about if about or "product_ids" in item else [""]:
            if isinstance(product_id, str) and said and len(found[product_id]) < _MOST_REASONS:
                found[product_id][said] = None
    return {product_id: reason_of("; ".join(texts)) for product_id, texts in found.items()}


def _of(words: Words, product_id: str) -> str:
    return words.get(product_id) or words.get("", "")
