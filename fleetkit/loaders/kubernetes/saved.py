"""Saved payloads: what kubectl prints as JSON or YAML, answers of the API, and manifests."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.kubernetes.kinds import kind_named, kind_of
from fleetkit.loaders.kubernetes.records import name_of, record_of
from fleetkit.plugins import Listing, Problem, Record, Section
from fleetkit.redaction import mask_text
from fleetkit.source import read_yaml

_KIND = re.compile(rb'"kind"\s*:\s*"(\w*?)(List)?"')
_CONTINUED = re.compile(rb'"continue"\s*:\s*"[^"]')
_AT_ONCE = ("pod", "replica_set", "endpoint_slice")
_SHOWN = 300
_MOST_KINDS = 10
_WHAT_TO_DO = "pass what `kubectl get pods,nodes,services -A -o json` prints, or manifests"


def listing(beginning: bytes) -> Listing | None:
    """What a document lists, if that is one of the kinds that come in great number."""
    found = _KIND.search(beginning)
    inside = beginning.find(b'"items"')
    if found is None or inside < 0 or _CONTINUED.search(beginning):
        return None
    if found[1] == b"" and found.end() < inside:  # a list of any kinds says so first
        found = _KIND.search(beginning, inside)
    kind = kind_named(found[1].decode()) if found else None
    is_within = found is not None and (found[2] is not None or found.start() > inside)
    if kind is None or not is_within or kind.record not in _AT_ONCE:
        return None
    return Listing(kind.record, "items", ("metadata", "uid"), {
        "kind": (None, kind.word), "apiVersion": (None, *kind.versions)})


def parse(document: Any, where: str) -> Iterator[Record | Problem]:
    """The raw records of a saved document.

    Args:
        document: a list of any kinds, a list of the API, one object, or several.
        where: its name.

    Raises:
        LoadError: it holds no object of Kubernetes.
    """
    parts = document if isinstance(document, list) else [document]
    if parts and not any(_is_object(part) for part in parts):
        raise LoadError(_strange(where, parts[0]))
    others: Counter[str] = Counter()
    for part in parts:
        yield from _objects(part, others)
    yield from _of_others(others)


def scan(path: Path) -> Iterator[Section]:
    """The sections of a YAML file: manifests, or what kubectl prints as YAML.

    Raises:
        LoadError: it is no YAML, or holds no object of Kubernetes.
    """
    yield "file", _documents(path)


def _documents(path: Path) -> Iterator[Record | Problem]:
    others: Counter[str] = Counter()
    seen = False
    for document in read_yaml(path):
        if document is None:  # between two marks, or only remarks
            continue
        if not seen and not _is_object(document):
            raise LoadError(_strange(str(path), document))
        seen = True
        yield from _objects(document, others)
    yield from _of_others(others)


def _is_object(part: Any) -> bool:
    if not isinstance(part, Mapping):
        return False
    held = part.get("object")
    return isinstance(part.get("kind"), str) or (
        isinstance(held, Mapping) and isinstance(held.get("kind"), str))


def _objects(part: Any, others: Counter[str]) -> Iterator[Record | Problem]:
    """The records of an object, of a list, or of what `--watch` tells of one."""
    if not _is_object(part):
        yield _stranger(part)
        return
    held = part if isinstance(part.get("kind"), str) else part["object"]
    word = held["kind"]
    if word == "List" or (word.endswith("List") and "items" in held):
        yield from _listed(held, others)
    else:
        yield from object_records(held, {}, others)


def _listed(held: Mapping[str, Any], others: Counter[str]) -> Iterator[Record | Problem]:
    word, items = held["kind"].removesuffix("List"), held.get("items")
    usual = {"kind": word, "apiVersion": held.get("apiVersion")} if word else {}
    for item in items if isinstance(items, list) else []:
        yield from object_records(item, usual, others)
    if items is not None and not isinstance(items, list):
        yield _stranger(items)
    metadata = held.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("continue"):
        yield Problem(
            code="incomplete_list", message="a file holds one page of a list that has more",
            hint="load the other pages beside it, or save it with kubectl, which follows pages",
        )


def object_records(
    item: Any, usual: Mapping[str, Any], others: Counter[str]
) -> Iterator[Record | Problem]:
    """The record of one object of a list; objects of other kinds are counted.

    Args:
        item: the object.
        usual: kind and API version of what a list of the API holds, which does not say it itself.
        others: counts of kinds that are not read.
    """
    if not isinstance(item, Mapping) or not isinstance(item.get("kind", ""), str):
        yield _stranger(item)
        return
    entry = {**usual, **item}
    kind, version = kind_of(entry), entry.get("apiVersion")
    if kind is None:
        others[f"{entry.get('kind')} ({version})"] += 1
    elif version is not None and version not in kind.versions:
        yield Problem(
            code="unknown_version", message="an object is of an API version that is not known",
            subject_id=name_of(entry), phase="parse", severity="error",
            detail=mask_text(f"found {version!r}; known are {', '.join(kind.versions)}")[:_SHOWN],
            hint="read it again with a newer fleetkit, or ask the API for a known version",
        )
    else:
        yield from record_of(entry, kind)


def _of_others(others: Counter[str]) -> Iterator[Problem]:
    if others:
        shown = ", ".join(f"{count:,} {kind}" for kind, count in sorted(others.items())[
            :_MOST_KINDS])
        yield Problem(
            code="other_kinds", message="a file holds objects of kinds that are not read",
            detail=mask_text(shown)[:_SHOWN], severity="info", phase="parse",
        )


def _stranger(part: Any) -> Problem:
    found = ", ".join(map(str, list(part)[:5])) if isinstance(part, Mapping) else ""
    return Problem(
        code="unknown_entry", message="an entry is no object of Kubernetes",
        detail=mask_text(f"found {type(part).__name__} {found}".rstrip())[:_SHOWN],
        hint="was the output printed with -o json or -o yaml, and in full?", phase="parse",
    )


def _strange(where: str, part: Any) -> str:
    found = f"an object with {', '.join(map(str, list(part)[:5]))}" if isinstance(part, Mapping) \
        else type(part).__name__
    return (f"{where}: expected objects of Kubernetes, each with its kind, found"
            f" {mask_text(found)[:_SHOWN]}; {_WHAT_TO_DO}")
