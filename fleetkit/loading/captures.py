"""Folders that `capture` writes: the raw records of a live read, secrets taken out."""

import gzip
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loading.harvest import Harvest, Line, Part
from fleetkit.plugins import Problem, Target
from fleetkit.source import inflated_lines, read_json

MANIFEST = "capture.json"
_FORM = 2
_HEAD = re.compile(rb'\{"kind":"([\w.-]{1,60})","content":(?=\{)')
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")


def is_capture(path: Path) -> bool:
    """Whether a folder was written by `capture`."""
    return (path / MANIFEST).is_file()


def write_capture(source: str, harvests: Sequence[Harvest], folder: Path) -> Path:
    """Writes raw records, problems and coverage so that `load` gives the same fleet again.

    The folder appears whole or not at all, for this user alone; one that is there and is no
    capture is not touched.

    Raises:
        LoadError: the folder holds something else, or the source gave whole tables.
    """
    if any(part.batches for harvest in harvests for part in harvest.parts.values()):
        raise LoadError(f"{source}: has no raw records to capture; `save` keeps its tables")
    if folder.exists() and any(folder.iterdir()) and not is_capture(folder):
        raise LoadError(f"{folder}: is not empty and no capture; name a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        entries = [_write_harvest(made, number, harvest) for number, harvest in enumerate(harvests)]
        manifest = {
            "form": _FORM, "loader": source, "fleetkit": version("fleetkit"), "harvests": entries,
        }
        (made / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _write_harvest(folder: Path, number: int, harvest: Harvest) -> dict[str, Any]:
    return {
        "target": harvest.target.name,
        "account": harvest.target.account,
        "region": harvest.target.region,
        "observed_at": harvest.observed_at.isoformat(),
        "problems": [asdict(problem) for problem in harvest.problems],
        "parts": [
            _write_part(folder, f"{number:03}-{place:02}", part)
            for place, part in enumerate(harvest.parts.values())
        ],
    }


def _write_part(folder: Path, number: str, part: Part) -> dict[str, Any]:
    name = f"{number}-{_UNSAFE.sub('-', part.resource)[:60]}.jsonl.gz"
    if part.lines:
        with gzip.GzipFile(folder / name, "wb", mtime=0) as stream:
            for kind, line in part.lines:
                stream.write(b'{"kind":"%s","content":%s}\n' % (kind.encode(), line))
    return {
        "resource": part.resource,
        "records": name if part.lines else None,
        "status": part.status,
        "calls": part.calls,
        "retries": part.retries,
        "seconds": round(part.seconds, 3),
        "error": part.error,
        "problems": [asdict(problem) for problem in part.problems],
    }


def read_capture(folder: Path) -> tuple[str, list[Harvest]]:
    """The loader's name and the harvests of a captured folder.

    A file of records that is damaged gives the records before the damage, and is marked partial.

    Raises:
        LoadError: the manifest is damaged, or of another form.
    """
    manifest = read_json(folder / MANIFEST)
    try:
        if manifest["form"] != _FORM:
            raise LoadError(
                f"{folder}: written by fleetkit {manifest['fleetkit']} in a form that this"
                " version cannot read; use the same version for both"
            )
        source = str(manifest["loader"])
        return source, [_read_harvest(folder, source, entry) for entry in manifest["harvests"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LoadError(f"{folder / MANIFEST}: is damaged: {error!r}") from error


def _read_harvest(folder: Path, source: str, entry: dict[str, Any]) -> Harvest:
    target = Target(entry["target"], entry["account"], entry["region"])
    harvest = Harvest(source, target, "file", datetime.fromisoformat(entry["observed_at"]))
    harvest.problems = [Problem(**problem) for problem in entry["problems"]]
    for said in entry["parts"]:
        part = _read_part(folder, dict(said))
        harvest.parts[part.resource] = part
    return harvest


def _read_part(folder: Path, said: dict[str, Any]) -> Part:
    records, problems = said.pop("records"), said.pop("problems")
    part = Part(**said, problems=[Problem(**problem) for problem in problems])
    if records is not None:
        _fill(part, folder / Path(records).name)
    return part


def _fill(part: Part, file: Path) -> None:
    try:
        part.lines.extend(_lines(file))
    except LoadError as error:
        said = f"{file.name}: cannot be read to its end: {error}"
        part.status, part.error = "partial" if part.lines else "failed", said
        part.problems.append(Problem(
            code="unreadable_file", message="a file could not be read", subject_id=file.name,
            detail=said, phase="parse", severity="error", hint="was it copied in full?",
        ))


def _lines(file: Path) -> Iterator[Line]:
    head, kind = b"no record", ""
    for number, line in enumerate(inflated_lines(file), start=1):
        if not line.startswith(head):  # most records of a file are of one kind
            match = _HEAD.match(line)
            if match is None:
                raise LoadError(f"line {number} is no record")
            head, kind = match[0], match[1].decode()
        if not line.endswith(b"}}"):
            raise LoadError(f"line {number} is cut off")
        yield kind, line[len(head):-1]
