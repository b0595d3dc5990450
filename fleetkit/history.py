"""A fleet as a folder of Parquet files: save and restore."""

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fleetkit.errors import SnapshotError
from fleetkit.fleet import Fleet
from fleetkit.schema import Table
from fleetkit.source import read_json
from fleetkit.tables import TABLES

_MANIFEST = "fleet.json"
_FORM = 1


def save(fleet: Fleet, folder: str | Path) -> Path:
    """The fleet as a folder: one Parquet file per table, and a manifest with their digests.

    The folder appears whole or not at all. A saved fleet is replaced; anything else is not touched.

    Raises:
        SnapshotError: the folder holds something else, or cannot be written.
    """
    place = Path(folder)
    if place.exists() and not (place / _MANIFEST).is_file() and any(place.iterdir()):
        raise SnapshotError(f"{place}: is not empty and no saved fleet; name a new folder")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    except OSError as error:
        raise SnapshotError(f"{place}: cannot be written: {error}") from error
    try:
        tables = {name: _write(made, TABLES[name], frame) for name, frame in fleet}
        manifest = {
            "form": _FORM, "fleetkit": version("fleetkit"),
            "saved_at": datetime.now(UTC).isoformat(timespec="seconds"), "tables": tables,
        }
        (made / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        _replace(made, place)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return place


def restore(folder: str | Path) -> Fleet:
    """The fleet that was saved in a folder.

    Raises:
        SnapshotError: a file is missing or damaged, or was written by a newer fleetkit.
    """
    place = Path(folder)
    if not (place / _MANIFEST).is_file():
        raise SnapshotError(f"{place}: holds no saved fleet; there is no {_MANIFEST}")
    manifest = read_json(place / _MANIFEST)
    try:
        tables = manifest["tables"].items()
        newer = manifest["form"] > _FORM
    except (KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"{place / _MANIFEST}: is damaged: {error!r}") from error
    if newer:
        raise SnapshotError(
            f"{place}: saved by fleetkit {manifest.get('fleetkit')!r}, in a form that this version"
            " cannot read; upgrade fleetkit"
        )
    return Fleet(**{name: _read(place, name, entry) for name, entry in tables})


def _write(folder: Path, table: Table, frame: pd.DataFrame) -> dict[str, Any]:
    file = folder / f"{table.name}.parquet"
    declared = pa.Table.from_pandas(frame[list(table.names)], schema=table.arrow,
                                    preserve_index=False)
    written = declared.replace_schema_metadata(table.arrow.metadata)
    for name in frame.columns.difference(list(table.names), sort=False):
        written = written.append_column(str(name), pa.array(frame[name], from_pandas=True))
    pq.write_table(written, file, compression="zstd")
    return {"rows": len(frame), "version": table.version, "sha256": _digest(file)}


def _read(folder: Path, name: str, entry: dict[str, Any]) -> pd.DataFrame:
    if name not in TABLES:
        raise SnapshotError(f"{folder}: holds a table {name!r} that this version does not know")
    file = folder / f"{name}.parquet"
    try:
        if _digest(file) != entry["sha256"]:
            raise SnapshotError(f"{file}: was changed or damaged after it was saved")
        if entry["version"] > TABLES[name].version:
            raise SnapshotError(f"{file}: is of a newer version; upgrade fleetkit")
        read = pq.read_table(file)
    except (OSError, KeyError, TypeError, pa.ArrowException) as error:
        raise SnapshotError(f"{file}: cannot be read: {error}") from error
    return _typed(TABLES[name], read)


def _typed(table: Table, read: pa.Table) -> pd.DataFrame:
    """The frame in the table's own types, without a detour over Python objects."""
    columns = {}
    for field in read.schema:
        if field.name in table.names:
            dtype = table.column(field.name).dtype
            columns[field.name] = pd.Series(dtype.__from_arrow__(read[field.name]))
        else:
            columns[field.name] = read[field.name].to_pandas()
    return pd.DataFrame(columns)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _replace(made: Path, place: Path) -> None:
    """Puts the new folder in the place of the old one; an interrupt leaves one of them whole."""
    aside = place.with_name(f".{place.name}-replaced-{os.getpid()}")
    if place.exists():
        place.rename(aside)
    made.chmod(0o755)
    made.rename(place)
    shutil.rmtree(aside, ignore_errors=True)
