"""What an answer of the API holds: its entries by place, and its warnings of places left out."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fleetkit.loaders.gcp.records import KINDS
from fleetkit.plugins import Problem
from fleetkit.redaction import mask_text

_LIST = re.compile(r"compute#(\w+?)(?:Aggregated)?List")
_LOCATION = re.compile(r"(?:zones|regions)/[a-z0-9-]{1,63}")
_USUAL = ("NO_RESULTS_ON_PAGE", "UNREACHABLE")
_SHOWN = 300

Entry = tuple[str | None, Any]
Wanted = Callable[[str], object]  # whether a place, as zones/europe-west1-b, is asked for


def entries(
    body: Mapping[str, Any], wanted: Wanted = bool
) -> Iterator[Entry]:
    """The entries of a list or an aggregated list, each with the kind that the list holds."""
    items = body.get("items")
    if isinstance(items, Mapping):
        for place, part in items.items():
            if wanted(place):
                yield from _of_place(part)
    elif isinstance(items, list):
        usual = _listed_kind(body)
        yield from ((usual, entry) for entry in items)
    elif items is not None:
        yield None, items


def _of_place(part: Any) -> Iterator[Entry]:
    if not isinstance(part, Mapping):
        yield None, part
        return
    for collection, listed in part.items():
        if collection != "warning":
            found = listed if isinstance(listed, list) else [listed]
            yield from ((KINDS.get(collection), entry) for entry in found)


def _listed_kind(body: Mapping[str, Any]) -> str | None:
    word = _LIST.fullmatch(str(body.get("kind")))
    link = str(body.get("selfLink") or "").rstrip("/").rpartition("/")[2]
    return KINDS.get(f"{word[1]}s" if word else link)


def unreachable(
    body: Mapping[str, Any], wanted: Wanted = bool
) -> set[str]:
    """Places, as zones/europe-west1-b, that did not answer and are left out."""
    listed = body.get("unreachables")
    said = [str(place) for place in listed] if isinstance(listed, list) else []
    said += [place for place, warning in _warnings(body) if warning.get("code") == "UNREACHABLE"]
    found = {match[0] if (match := _LOCATION.search(place)) else place for place in said}
    return {place for place in found if wanted(place)}


def remarks(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Warnings of other kinds than that a place is empty or did not answer."""
    for place, warning in _warnings(body):
        code = warning.get("code")
        if code not in _USUAL:
            yield Problem(
                code="source_warning", message="the source added a warning to its answer",
                detail=mask_text(f"{place}: {code}: {warning.get('message')}")[:_SHOWN],
                severity="info", phase="list",
            )


def _warnings(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    items = body.get("items")
    parts = {"": body, **(items if isinstance(items, Mapping) else {})}
    for place, part in parts.items():
        warning = part.get("warning") if isinstance(part, Mapping) else None
        if isinstance(warning, Mapping):
            yield place or _scope(warning), warning


def _scope(warning: Mapping[str, Any]) -> str:
    """The place that a warning of a whole answer speaks of."""
    told = warning.get("data")
    for pair in told if isinstance(told, list) else ():
        if isinstance(pair, Mapping) and pair.get("key") == "scope":
            return str(pair.get("value"))
    return "somewhere"
