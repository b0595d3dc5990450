"""Saved payloads: files that a source's own client printed, and folders that `capture` wrote."""

import gzip
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loading.harvest import Harvest, now
from fleetkit.plugins import Loader, Problem, Record, Target
from fleetkit.source import read_json, read_json_lines

MANIFEST = "capture.json"
_FORM = 1
_FILES = ("*.json", "*.json.gz", "*.jsonl", "*.jsonl.gz")


def is_capture(path: Path) -> bool:
    """Whether a folder was written by `capture`."""
    return (path / MANIFEST).is_file()


def read_files(source: str, loader: Loader, path: Path) -> list[Harvest]:
    """One harvest per file of a path: a file, or all JSON files of a folder.

    Raises:
        LoadError: there is no file, or none of them is what the source prints.
    """
    if loader.parse is None:
        raise LoadError(f"{source}: reads no files; it reads {', '.join(loader.reads) or 'live'}")
    harvests: list[Harvest] = []
    errors: list[LoadError] = []
    for file in _files_of(path):
        try:
            harvests.append(_read_file(source, loader, file))
        except LoadError as error:
            errors.append(error)
            harvests.append(_unread_file(source, file, error))
    if not harvests:
        raise LoadError(
            f"{path}: holds no file that {source} reads; it reads {', '.join(loader.reads)}"
        )
    if len(errors) == len(harvests):
        raise errors[0]
    return harvests


def _files_of(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise LoadError(f"{path}: there is no such file or folder")
    return sorted({file for pattern in _FILES for file in path.rglob(pattern)})


def _read_file(source: str, loader: Loader, file: Path) -> Harvest:
    seen = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    harvest = Harvest(source, Target(file.name), "file", seen)
    parse = loader.parse or _nothing
    for document in _documents(file):
        harvest.take(parse(document, str(file)), "file")
    harvest.coverage.append(_coverage(harvest, "ok" if harvest.records else "empty"))
    return harvest


def _nothing(document: Any, where: str) -> Iterator[Record]:  # noqa: ARG001
    return iter(())


def _documents(file: Path) -> Iterator[Any]:
    if ".jsonl" in file.suffixes:
        yield from ([document] for _, document in read_json_lines(file))
    else:
        yield read_json(file)


def _unread_file(source: str, file: Path, error: LoadError) -> Harvest:
    harvest = Harvest(source, Target(file.name), "file", now())
    harvest.problems.append(("file", Problem(
        code="unreadable_file", message="a file could not be read", subject_id=file.name,
        detail=str(error), phase="parse", severity="error",
    )))
    harvest.coverage.append({**_coverage(harvest, "failed"), "error": str(error)})
    return harvest


def _coverage(harvest: Harvest, status: str) -> dict[str, Any]:
    return {"resource": "file", "status": status, "rows": len(harvest.records)}


def write_capture(source: str, harvests: Sequence[Harvest], folder: Path) -> Path:
    """Writes raw records, problems and coverage so that `load` gives the same fleet again.

    The folder appears whole or not at all; one that is there and is no capture is not touched.

    Raises:
        LoadError: the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not is_capture(folder):
        raise LoadError(f"{folder}: is not empty and no capture; name a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        entries = [_write_harvest(made, number, harvest) for number, harvest in enumerate(harvests)]
        manifest = {
            "form": _FORM, "loader": source, "fleetkit": version("fleetkit"), "harvests": entries,
        }
        (made / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        if folder.exists():
            shutil.rmtree(folder)
        made.chmod(0o755)
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _write_harvest(folder: Path, number: int, harvest: Harvest) -> dict[str, Any]:
    name = f"records-{number:03}.jsonl.gz"
    lines = (
        json.dumps({"kind": record.kind, "content": record.content}, ensure_ascii=False)
        for record in harvest.records
    )
    with gzip.GzipFile(folder / name, "wb", mtime=0) as stream:
        for line in lines:
            stream.write(line.encode() + b"\n")
    return {
        "records": name,
        "target": harvest.target.name,
        "account": harvest.target.account,
        "region": harvest.target.region,
        "observed_at": harvest.observed_at.isoformat(),
        "coverage": harvest.coverage,
        "problems": [
            {"resource": resource, **asdict(problem)} for resource, problem in harvest.problems
        ],
    }


def read_capture(folder: Path) -> tuple[str, list[Harvest]]:
    """The loader's name and the harvests of a captured folder.

    Raises:
        LoadError: the manifest or a file of records is damaged, or of a newer form.
    """
    manifest = read_json(folder / MANIFEST)
    try:
        if manifest["form"] > _FORM:
            raise LoadError(
                f"{folder}: written by fleetkit {manifest['fleetkit']}, whose captures this"
                " version cannot read; upgrade fleetkit"
            )
        source = str(manifest["loader"])
        return source, [_read_harvest(folder, source, entry) for entry in manifest["harvests"]]
    except (KeyError, TypeError, ValueError) as error:
        raise LoadError(f"{folder / MANIFEST}: is damaged: {error!r}") from error


def _read_harvest(folder: Path, source: str, entry: dict[str, Any]) -> Harvest:
    target = Target(entry["target"], entry["account"], entry["region"])
    seen = datetime.fromisoformat(entry["observed_at"])
    harvest = Harvest(source, target, "file", seen, coverage=list(entry["coverage"]))
    lines = read_json_lines(folder / Path(entry["records"]).name)
    harvest.records = [Record(line["kind"], line["content"]) for _, line in lines]
    harvest.problems = [
        (problem.pop("resource"), Problem(**problem)) for problem in entry["problems"]
    ]
    return harvest
