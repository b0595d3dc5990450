"""Dates of support from endoflife.date: operating systems, runtimes and whatever else it knows.

Reads its API v1 (`/api/v1/products/full`, or one product), its older API (one product per file,
named after it) and its pages' front matter as one JSON object by product. The dates are last days.
API v1 states its own day; for the other forms the newest release that they list stands for it,
which is no later than the truth.
Source: https://endoflife.date/docs/api/v1/.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.plugins import AdvisorySource, Problem, Support
from fleetkit.source import parse_json, read_bytes
from fleetkit.values import BrokenError, clean

FILE_BYTES = 128 << 20  # all that endoflife.date publishes is a fiftieth of it
SOURCE = "endoflife.date"

_LONGEST = 300
_TAG = re.compile(r"<[^<>]{0,200}>")
_NAMES = {  # our word -> the word of API v1, of the front matter, of the older API
    "release": ("name", "releaseCycle", "cycle"),
    "active": ("eoasFrom", "eoas", "support"),
    "standard": ("eolFrom", "eol", "eol"),
    "extended": ("eoesFrom", "eoes", "extendedSupport"),
}
_DISTRIBUTIONS = ("docker", "brew", "github", "githubactions", "oci")
"""Types of purls that name no package that an inventory lists."""

Note = Callable[[Problem], None]


def rows(path: Path, note: Note) -> Iterator[Support]:
    """One row per product and release, in the order of the file; of a folder file by file.

    Raises:
        LoadError: nothing can be read, or is of another form.
    """
    files = sorted(path.glob("*.json*")) if path.is_dir() else [path]
    if not files:
        raise LoadError(f"{path}: expected JSON files of endoflife.date, found none")
    for file in files:
        yield from _read(file, note)


def _read(path: Path, note: Note) -> Iterator[Support]:
    content = parse_json(read_bytes(path, FILE_BYTES), str(path))
    products = _products(content, path)
    if products is None:
        raise LoadError(
            f"{path}: expected data of endoflife.date (products with 'releases'); fetch"
            " /api/v1/products/full"
        )
    as_of = _as_of(content, products, path)
    for name, product in products.items():
        where = f"{path}, {name[:_LONGEST]}"
        for release in product["releases"]:
            try:
                yield _support(name, product, release, as_of)
            except BrokenError as error:
                note(Problem("broken_record", "a release breaks its form and was passed over",
                             clean(where), clean(str(error)), "fetch the file again"))


def _products(content: Any, path: Path) -> dict[str, dict[str, Any]] | None:
    """The products by name, whatever the form; None where it is none of them."""
    if isinstance(content, list):
        stem = path.name.split(".")[0]
        told = [row for row in content if isinstance(row, dict) and "cycle" in row]
        return {stem: {"releases": content}} if told else None
    if not isinstance(content, dict):
        return None
    result = content.get("result", content)
    if isinstance(result, dict) and isinstance(result.get("releases"), list):
        result = [result]
    if not isinstance(result, list | dict):
        return None
    if isinstance(result, list):
        named = {str(product.get("name") or str(product.get("permalink") or "").strip("/")): product
                 for product in result if isinstance(product, dict)}
    else:
        named = {str(name): product for name, product in result.items()}
    found = {name: product for name, product in named.items()
             if name and isinstance(product, dict) and isinstance(product.get("releases"), list)}
    return found or None


def _as_of(content: Any, products: dict[str, Any], path: Path) -> date:
    stated = content.get("generated_at") if isinstance(content, dict) else None
    if isinstance(stated, str) and (found := _date(stated)):
        return found
    try:
        latest = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except (OSError, OverflowError, ValueError):
        latest = date.max
    days = [day for product in products.values() for release in product["releases"]
            if isinstance(release, dict)
            for name in ("releaseDate", "latestReleaseDate")
            if (day := _date(release.get(name))) and day <= latest]
    return max(days, default=date.min)


def _support(name: str, product: dict[str, Any], release: Any, as_of: date) -> Support:
    if not isinstance(release, dict):
        raise BrokenError(f"expected a release, found {str(release)[:80]!r}")
    said = {word: next((release[key] for key in keys if key in release), None)
            for word, keys in _NAMES.items()}
    number = said["release"]
    if not isinstance(number, str | int | float) or not str(number) or len(str(number)) > _LONGEST:
        raise BrokenError(f"a release without a name: {str(release)[:80]!r}")
    title = str(product.get("label") or product.get("title") or name)[:_LONGEST]
    extended = _extended_name(product)
    return Support(
        name=clean(f"{title} {number}"), released=_day(release.get("releaseDate")),
        active_until=_day(said["active"]), standard_until=_day(said["standard"]),
        extended_until=_day(said["extended"]), extended_name=clean(extended),
        needs_enrolment=None, as_of=as_of, source=SOURCE, product=clean(name[:_LONGEST]),
        release=clean(str(number)), ended=_flag(release.get("isEol", said["standard"])),
        packages=tuple(_purls(product)),
    )


def _extended_name(product: dict[str, Any]) -> str:
    labels = product.get("labels")
    said = labels.get("eoes") if isinstance(labels, dict) else product.get("eoesColumn")
    return " ".join(_TAG.sub("", said).split())[:_LONGEST] if isinstance(said, str) else ""


def _purls(product: dict[str, Any]) -> Iterator[str]:
    """Identifiers are {type: id} in the front matter, {"type": …, "id": …} in API v1."""
    listed = product.get("identifiers")
    for identifier in listed if isinstance(listed, list) else ():
        if not isinstance(identifier, dict):
            continue
        purl = identifier.get("id") if identifier.get("type") == "purl" else identifier.get("purl")
        if isinstance(purl, str) and purl.startswith("pkg:") and len(purl) <= _LONGEST:
            kind = purl.removeprefix("pkg:").split("/")[0]
            if kind not in _DISTRIBUTIONS:
                yield clean(purl)


def _day(value: Any) -> date | None:
    """A date; None for what is not known or not dated (true, false)."""
    if value is None or isinstance(value, bool):
        return None
    found = _date(value)
    if found is None:
        raise BrokenError(f"expected a date, found {str(value)[:80]!r}")
    return found


def _date(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


ADVISORIES = AdvisorySource(
    doc="endoflife.date: how long systems and runtimes get fixes; newer dates than the shipped",
    reads=("API v1: all products or one (.json)", "the older API: one product per file",
           "the pages' front matter as one JSON object"),
    rows=rows,
)
