"""Raw records: an entry as the API gives it, its kind known and its secrets taken out.

Of metadata only the names of its keys stay, and of the key created-by the managed group that it
names; key material and boot certificates are dropped. Labels become a list of Key and Value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text, mask_tree

KINDS = {  # collection in URLs -> kind of record
    "disks": "disk",
    "images": "image",
    "instanceGroupManagers": "group",
    "instances": "instance",
    "machineTypes": "machine_type",
    "snapshots": "snapshot",
}
_WORDS = {  # the API's own word, as in compute#machineType
    "disk": "disk", "image": "image", "instanceGroupManager": "group", "instance": "instance",
    "machineType": "machine_type", "snapshot": "snapshot",
}
_COLLECTION = re.compile(r"/([A-Za-z]+)/[^/]+/?")
_GROUP = re.compile(
    r"projects/[^/\s]{1,100}/(?:zones|regions)/[^/\s]{1,100}/instanceGroupManagers/[^/\s]{1,100}"
)
_DROPPED = {
    "rawKey", "rsaEncryptedKey", "sha256", "shieldedInstanceInitialState", "fingerprint",
    "labelFingerprint",
}
_SHOWN = 300


def kind_of(entry: Mapping[str, Any], usual: str | None = None) -> str | None:
    """The kind of record that an entry is, by its own word, its URL, or the list it came in."""
    word = entry.get("kind")
    if isinstance(word, str) and word.startswith("compute#"):
        return _WORDS.get(word.removeprefix("compute#"))
    link = entry.get("selfLink")
    found = _COLLECTION.findall(link) if isinstance(link, str) else []
    return KINDS.get(found[-1]) if found else usual


def records(entries: Iterable[tuple[str | None, Any]]) -> Iterator[Record | Problem]:
    """A record for each entry, and a problem for each that cannot be one.

    Args:
        entries: the kind that the list is known to hold, and the entry.
    """
    for usual, entry in entries:
        kind = kind_of(entry, usual) if isinstance(entry, Mapping) else None
        if kind is None:
            yield stranger(entry)
            continue
        try:
            content = _labelled(mask_tree(_cleaned(entry)))
        except RecursionError:
            yield stranger(None, "it is nested deeper than anything real")
            continue
        yield Record(kind, content)
        if kind == "disk" and not entry.get("users"):
            yield _unattached(content)


def stranger(entry: Any, why: str | None = None) -> Problem:
    """The problem that an entry is nothing that is read."""
    shown = dict(list(entry.items())[:3]) if isinstance(entry, Mapping) else type(entry).__name__
    named = {name: text for name, text in shown.items() if isinstance(text, str)} \
        if isinstance(shown, dict) else shown
    return Problem(
        code="unknown_entry",
        message="an entry is nothing that is read from Google Cloud",
        detail=mask_text(why or f"found {mask_tree(named)!r}")[:_SHOWN],
        phase="parse",
        hint="was the output printed with --format=json, and in full?",
    )


def _cleaned(value: Any) -> Any:
    """The value without secrets and without what nobody reads."""
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _names_of(item) if name == "metadata" else item if name == "labels"
        else _cleaned(item)
        for name, item in value.items() if name not in _DROPPED
    }


def _names_of(metadata: Any) -> dict[str, Any]:
    """Of metadata (a list of items, or a plain mapping) the names, and the group that made it."""
    pairs: dict[str, Any] = {}
    if isinstance(metadata, Mapping):
        items = metadata.get("items", [])
        if isinstance(items, list):
            pairs = {
                str(item.get("key")): item.get("value")
                for item in items if isinstance(item, Mapping)
            }
    group = _GROUP.search(str(pairs.get("created-by", "")))
    return {"keys": sorted(pairs), "createdBy": group[0] if group else None}


def _labelled(entry: dict[str, Any]) -> dict[str, Any]:
    labels = entry.get("labels")
    if not isinstance(labels, dict):
        return entry
    pairs = [{"Key": key, "Value": value} for key, value in labels.items()]
    return {**entry, "labels": pairs}


def _unattached(disk: Mapping[str, Any]) -> Problem:
    project = re.search(r"projects/([^/]+)", str(disk.get("selfLink") or disk.get("zone") or ""))
    place = str(disk.get("zone") or disk.get("region") or "").rpartition("/")[2]
    detached = disk.get("lastDetachTimestamp")
    since = f", detached {detached}" if detached else ""
    return Problem(
        code="unattached_volume",
        message="a disk is attached to no machine",
        subject_id=f"gcp|{project[1] if project else ''}|disk|{disk.get('id')}",
        detail=f"{disk.get('name')} in {place}: {disk.get('sizeGb')} GiB{since}"[:_SHOWN],
        severity="info",
        hint="is its data still needed?",
    )
