"""Saved payloads: API answers, what `gcloud … --format=json` prints, and asset exports."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.gcp.answers import Entry, entries, remarks, unreachable
from fleetkit.loaders.gcp.records import kind_of, records, stranger
from fleetkit.plugins import Problem, Record

_ASSETS = {  # asset type -> kind of record
    "Disk": "disk",
    "Image": "image",
    "Instance": "instance",
    "InstanceGroupManager": "group",
    "RegionDisk": "disk",
    "RegionInstanceGroupManager": "group",
    "Snapshot": "snapshot",
}
_HOST = "compute.googleapis.com/"
_ROOT = "https://www.googleapis.com/compute/v1/"
_SHOWN = 10


def parse(document: Any, where: str) -> Iterator[Record | Problem]:
    """The raw records of a saved document.

    Args:
        document: a list or aggregated list of the API, an array that gcloud printed, one
            resource, or assets.
        where: its name.

    Raises:
        LoadError: it is nothing that Google Cloud's clients print.
    """
    parts = _parts(document, where)
    if len(parts) > 1 and not any(_is_known(part) for part in parts):
        raise LoadError(_strange(where, "a list of other things"))
    others: Counter[str] = Counter()
    for part in parts:
        yield from _part(part, others)
    if others:
        yield _other_assets(others)


def _parts(document: Any, where: str) -> list[Any]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        raise LoadError(_strange(where, repr(type(document).__name__)))
    for name in ("assets", "results"):  # pages of the asset API
        if isinstance(document.get(name), list):
            return list(document[name])
    if not _is_known(document):
        raise LoadError(_strange(where, f"an object with {', '.join(list(document)[:5])!r}"))
    return [document]


def _is_known(part: Any) -> bool:
    return isinstance(part, dict) and (
        _asset_type(part) is not None or _is_page(part) or kind_of(part) is not None
        or str(part.get("kind")).startswith("compute#")
    )


def _is_page(part: Mapping[str, Any]) -> bool:
    """Whether it is a list of the API; one without entries has no `items`."""
    word = str(part.get("kind"))
    listed = word.startswith("compute#") and word.endswith("List")
    return listed or ("items" in part and "/compute/" in str(part.get("selfLink")))


def _part(part: Any, others: Counter[str]) -> Iterator[Record | Problem]:
    if not isinstance(part, dict):
        yield stranger(part)
    elif _is_page(part):
        yield from _page(part)
    elif (kind := _asset_type(part)) is None:
        yield from records([(None, part)])
    elif kind not in _ASSETS:
        others[kind] += 1
    else:
        yield from _asset(part, _ASSETS[kind])


def _page(body: Mapping[str, Any]) -> Iterator[Record | Problem]:
    yield from records(entries(body))
    yield from remarks(body)
    if silent := unreachable(body):
        yield Problem(
            code="unreachable", message="places did not answer when the list was saved",
            detail=", ".join(sorted(silent)[:_SHOWN]), hint="save it again", retryable=True,
        )
    if body.get("nextPageToken"):
        yield Problem(
            code="incomplete_list", message="a file holds one page of a list that has more",
            hint="load the other pages beside it, or save it with gcloud, which follows pages",
        )


def _asset_type(part: Mapping[str, Any]) -> str | None:
    found = part.get("assetType", part.get("asset_type"))
    return found.removeprefix(_HOST) if isinstance(found, str) else None


def _asset(asset: Mapping[str, Any], kind: str) -> Iterator[Record | Problem]:
    """The resource in an asset; search results may hold it under a version."""
    held = asset.get("resource")
    entry = held.get("data") if isinstance(held, Mapping) else _versioned(asset)
    if not isinstance(entry, dict):
        yield Problem(
            code="thin_asset", message="an asset does not hold the resource itself",
            subject_id=str(asset.get("name"))[:300], phase="parse",
            hint="export with --content-type=resource, or search with --read-mask='*'",
        )
        return
    entries: list[Entry] = [(kind, {**_named(asset), **entry})]
    yield from records(entries)


def _versioned(asset: Mapping[str, Any]) -> Any:
    listed = asset.get("versionedResources")
    newest = listed[0] if isinstance(listed, list) and listed else None
    return newest.get("resource") if isinstance(newest, Mapping) else None


def _named(asset: Mapping[str, Any]) -> dict[str, str]:
    """The URL that the asset's name stands for."""
    path = str(asset.get("name") or "").rpartition(_HOST)[2]
    return {"selfLink": _ROOT + path} if path.startswith("projects/") else {}


def _other_assets(others: Counter[str]) -> Problem:
    shown = ", ".join(f"{count:,} {kind}" for kind, count in sorted(others.items())[:_SHOWN])
    return Problem(
        code="other_assets", message="an export holds assets of kinds that are not read",
        detail=shown[:500], severity="info", phase="parse",
        hint=f"export with --asset-types={','.join(_HOST + kind for kind in list(_ASSETS)[:4])}",
    )


def _strange(where: str, found: str) -> str:
    return (
        f"{where}: expected a list or resource of Compute Engine, or assets, found {found};"
        " pass the output of `gcloud compute instances list --format=json`"
    )
