"""Saved payloads: files that a source's own client printed."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fleetkit.errors import FleetkitError, LoadError
from fleetkit.loading.failures import unforeseen
from fleetkit.loading.harvest import Harvest, Part
from fleetkit.loading.shaping import listed
from fleetkit.plugins import Batch, Loader, Problem, Record, Section, Target
from fleetkit.source import read_bytes, read_json, read_json_lines

_BEGINNING = 4096
_JSON = ("*.json", "*.json.gz", "*.jsonl", "*.jsonl.gz")


def read_files(
    source: str, loader: Loader, path: Path, options: Mapping[str, Any] = MappingProxyType({})
) -> list[Harvest]:
    """One harvest per file of a path: a file, or all files of a folder that the source reads.

    Args:
        source: name of the loader.
        loader: what knows the files.
        path: a file or a folder.
        options: of the source, for what reads the files.

    Raises:
        LoadError: there is no file, none of them is what the source prints, or an option is not
            one that the source knows for files.
    """
    if loader.parse is None and loader.scan is None:
        raise LoadError(f"{source}: reads no files; it reads {', '.join(loader.reads) or 'live'}")
    check_options(source, loader, options)
    harvests = [
        _read_file(Harvest(source, Target(_name(file, path)), "file", _written_at(file)), loader,
                   file, options)
        for file in _files_of(path, loader)
    ]
    if not harvests:
        raise LoadError(
            f"{path}: holds no file that {source} reads; it reads {', '.join(loader.reads)}"
        )
    if not any(harvest.has_read for harvest in harvests):
        raise LoadError(next(
            (part.error for harvest in harvests for part in harvest.parts.values() if part.error),
            f"{path}: is empty; {source} reads {', '.join(loader.reads)}",
        ))
    return harvests


def check_options(source: str, loader: Loader, options: Mapping[str, Any]) -> None:
    """Refuses options that the source does not know for files and objects in memory.

    Raises:
        LoadError: there is such an option.
    """
    for read in (loader.parse, loader.scan, loader.given):
        known = list(inspect.signature(read).parameters.values()) if read is not None else []
        named = [option.name for option in known if option.kind is option.KEYWORD_ONLY]
        strange = sorted(set(options) - set(named))
        if read is not None and strange:
            raise LoadError(
                f"{source}: from files it takes no option {strange[0]!r};"
                f" it takes {', '.join(named) or 'none'}"
            )


def _files_of(path: Path, loader: Loader) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise LoadError(f"{path}: there is no such file or folder")
    patterns = (*loader.patterns, *(_JSON if loader.parse else ()))
    return sorted({file for pattern in patterns for file in path.rglob(pattern)})


def _name(file: Path, path: Path) -> str:
    """The file's name, or where it lies in the folder that was given."""
    return file.name if file == path else file.relative_to(path).as_posix()


def _written_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _read_file(
    harvest: Harvest, loader: Loader, file: Path, options: Mapping[str, Any]
) -> Harvest:
    try:
        if _read_at_once(harvest, loader, file):
            return harvest
        for name, items in _sections(loader, file, options):
            part = harvest.parts.setdefault(name, Part(name))
            _fill(part, items, file)
    except Exception as met:  # noqa: BLE001 - a strange file must not end the others
        _broken(harvest.parts.setdefault("file", Part("file")), file, met)
    return harvest


def _read_at_once(harvest: Harvest, loader: Loader, file: Path) -> bool:
    """Whether the file is one list of one kind of record, and was read as that."""
    if loader.listing is None or not _is_document(file):
        return False
    content = read_bytes(file)
    listing = loader.listing(content[:_BEGINNING])
    found = listed(content, listing, loader.shapes[listing.kind]) if listing else None
    if listing is None or found is None:
        return False
    part = harvest.parts.setdefault("file", Part("file", shaped=[(listing.kind, found)]))
    part.status = "ok" if part.rows else "empty"
    return True


def _fill(part: Part, items: Iterable[Record | Problem | Batch], file: Path) -> None:
    """Takes what a section holds; of a truncated one, what comes before the damage."""
    try:
        for item in items:
            part.take(item)
    except Exception as met:  # noqa: BLE001 - a strange section must not end the others
        _broken(part, file, met)
    else:
        part.status = "ok" if part.rows else "empty"


def _sections(loader: Loader, file: Path, options: Mapping[str, Any]) -> Iterable[Section]:
    if loader.scan is not None and not (loader.parse and _is_json(file)):
        return loader.scan(file, **options)
    return [("file", _parsed(loader, file, options))]


def _is_json(file: Path) -> bool:
    return any(file.match(pattern) for pattern in _JSON)


def _is_document(file: Path) -> bool:
    return _is_json(file) and ".jsonl" not in file.suffixes


def _parsed(
    loader: Loader, file: Path, options: Mapping[str, Any]
) -> Iterator[Record | Problem]:
    if loader.parse is not None:
        for document in _documents(file):
            yield from loader.parse(document, str(file), **options)


def _documents(file: Path) -> Iterator[Any]:
    if _is_document(file):
        yield read_json(file)
    else:
        yield from ([document] for _, document in read_json_lines(file))


def _broken(part: Part, file: Path, met: Exception) -> None:
    if isinstance(met, FleetkitError) and not isinstance(met, LoadError):
        raise met  # a package is missing: no other file will do better
    error = met if isinstance(met, LoadError) else unforeseen(file, met)
    part.status, part.error = "partial" if part.rows else "failed", str(error)
    part.problems.append(Problem(
        code="unreadable_file", message="a file could not be read", subject_id=file.name,
        detail=str(error), phase="parse", severity="error",
    ))
