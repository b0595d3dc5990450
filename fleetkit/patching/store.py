"""The store of feeds: what a feed stated when it was last read, as Parquet in the user's cache.

An entry is a folder for this user alone: columns, objects and a manifest with the date, the form
and a digest of name, size and times of every file that was read. A file that is changed, added or
removed makes the entry void. Nothing in it depends on the day of the audit. Feeds of less than
`SMALL` bytes are not stored: reading them is as quick. `FLEETKIT_STORE=off` switches it off.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fleetkit.errors import LoadError
from fleetkit.patching.gathering import RECORDS, Gathered, Other
from fleetkit.patching.marks import Mark, looks, mark
from fleetkit.patching.spans import SPANS
from fleetkit.plugins import Exploitation, Problem, Statement, Support, find
from fleetkit.source import read_json, shelf_folder

SMALL = 4 << 20
_FORM = 2
_MOST_ENTRIES = 64
_MOST_BYTES = 8 << 30
_DAY = 86_400
_MANIFEST = "manifest.json"
_OTHERS: tuple[type[Other], ...] = (Statement, Exploitation, Support)


def recall(
    source: str, path: Path, seen: Mark, note: Callable[[Problem], None]
) -> Gathered | None:
    """What an earlier reading found, if the files are the same; a damaged entry is noted."""
    folder = _folder(source, path)
    if not _is_used(seen) or not is_mine(folder):
        return None
    try:
        manifest = read_json(folder / _MANIFEST)
        if manifest["mark"] != list(seen):
            return None
        found = _open(folder, manifest)
        os.utime(folder / _MANIFEST)  # what was not used for longest goes first
    except (LoadError, OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        if (folder / _MANIFEST).exists():  # else another process replaced it
            note(Problem(
                "damaged_store", "what was stored of a feed is damaged; the feed was read anew",
                str(path), f"{folder}: {str(error)[:200]}", severity="info", phase="audit",
            ))
        return None
    return found


def remember(source: str, path: Path, seen: Mark, found: Gathered) -> None:
    """Stores what was found; a cache that cannot be written is no reason to fail."""
    if not _is_used(seen) or mark(path) != seen:
        return
    folder = _folder(source, path)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            counts = _write(made, found)
            manifest = {
                "form": _FORM, "fleetkit": version("fleetkit"), "source": source,
                "path": str(path), "read_at": datetime.now(UTC).isoformat(), "mark": seen,
                "rows": counts, "problems": [asdict(problem) for problem in found.problems],
            }
            (made / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        bound(folder.parent)
    except OSError:
        return


def bound(shelf: Path) -> None:
    """Removes the entries of a shelf that were not used for longest, beyond its bounds."""
    entries = sorted(map(_weigh, shelf.iterdir()), reverse=True)
    size = 0
    for number, (used, weight, entry) in enumerate(entries, 1):
        size += weight
        is_left_over = entry.name.startswith(".new-") and used < time.time() - _DAY
        if number > _MOST_ENTRIES or size > _MOST_BYTES or is_left_over:
            shutil.rmtree(entry, ignore_errors=True)


def is_mine(folder: Path) -> bool:
    """Whether an entry is there and this user made it: what others wrote is not believed."""
    try:
        owner = folder.stat().st_uid
    except OSError:
        return False
    return not hasattr(os, "getuid") or owner == os.getuid()


def _weigh(entry: Path) -> tuple[float, int, Path]:
    """When an entry was used last, and its bytes."""
    found = [look for _, look in looks(entry)]
    return (max((look.st_mtime for look in found), default=0.0),
            sum(look.st_size for look in found), entry)


def _is_used(seen: Mark) -> bool:
    return seen.size >= SMALL and os.environ.get("FLEETKIT_STORE", "").lower() != "off"


def _folder(source: str, path: Path) -> Path:
    """The entry of a feed in the form that this fleetkit and this reader write."""
    reader = sys.modules[find("advisories", source).rows.__module__].__file__
    form = [_FORM, version("fleetkit"), str(RECORDS), str(SPANS), mark(Path(reader or "")).digest,
            [[field.name for field in fields(kind)] for kind in _OTHERS]]
    named = json.dumps([form, source, str(path.absolute())], default=str)
    return shelf_folder("feeds") / hashlib.sha256(named.encode(errors="replace")).hexdigest()


def _write(folder: Path, found: Gathered) -> dict[str, int]:
    """Writes the tables and gives the rows of each."""
    tables = {"records": found.records, "spans": found.spans}
    for kind in _OTHERS:
        rows = [row for row in found.others if isinstance(row, kind)]
        tables[kind.__name__] = pa.table(
            {field.name: [getattr(row, field.name) for row in rows] for field in fields(kind)}
        )
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="lz4",
                       row_group_size=max(len(table), 1), write_page_checksum=True)
    return {name: len(table) for name, table in tables.items()}


def _open(folder: Path, manifest: dict[str, Any]) -> Gathered:
    tables = {}
    for name in ("records", "spans", *(kind.__name__ for kind in _OTHERS)):
        tables[name] = pq.ParquetFile(
            folder / f"{name}.parquet", page_checksum_verification=True
        ).read()
        if len(tables[name]) != manifest["rows"][name]:
            raise ValueError(f"{name} has {len(tables[name]):,} rows")
    records, spans = tables["records"], tables["spans"]
    if (records.schema, spans.schema) != (RECORDS, SPANS):
        raise ValueError("the columns are of another form")
    last = pc.max(spans["record"]).as_py()
    if last is not None and last >= len(records):
        raise ValueError(f"a span is of record {last:,}")
    others = [
        kind(**_plain(row)) for kind in _OTHERS for row in tables[kind.__name__].to_pylist()
    ]
    return Gathered(records, spans, others, [Problem(**said) for said in manifest["problems"]])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _hardened(cell) for name, cell in row.items()}


def _hardened(cell: Any) -> Any:
    """Lists as the tuples that they were."""
    return tuple(map(_hardened, cell)) if isinstance(cell, list) else cell
