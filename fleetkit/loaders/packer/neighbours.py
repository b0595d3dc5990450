"""Settings of the folder that a template in HCL lies in: Packer reads its files as one template."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.packer.hcl import LARGEST, read_hcl
from fleetkit.loaders.packer.settings import of_hcl, of_values, sensitive_in
from fleetkit.source import parse_json, read_bytes

_File = tuple[Path, int, int]

_MOST_FILES = 20
_TEMPLATES = ("*.pkr.hcl", "*.pkr.json")
_VALUES = ("*.auto.pkrvars.hcl", "*.auto.pkrvars.json")


def settings_beside(path: Path) -> dict[str, str]:
    """Variables and locals of the templates in a folder, with the values that go without saying.

    Files that are given with -var-file are not among them: which of them was is not known. A file
    beside the template that cannot be read only leaves its variables open.
    """
    templates, values = _files(path.parent, _TEMPLATES), _files(path.parent, _VALUES)
    return dict(_settings(templates, values))


@lru_cache(maxsize=16)
def _settings(templates: tuple[_File, ...], values: tuple[_File, ...]) -> Mapping[str, str]:
    """What the files of a folder set, read once for all templates in it."""
    found: dict[str, str] = {}
    secret: frozenset[str] = frozenset()
    for document in _documents(templates):
        found |= of_hcl(document)
        secret |= sensitive_in(document)
    for document in _documents(values):
        found |= of_values(document, secret)
    return {name: text for name, text in found.items() if name.partition(".")[2] not in secret}


def _files(folder: Path, patterns: tuple[str, ...]) -> tuple[_File, ...]:
    """The files of a folder, each with what changes when it does."""
    files = sorted(file for pattern in patterns for file in folder.glob(pattern))
    stamps = [(file, file.stat()) for file in files[:_MOST_FILES] if file.is_file()]
    return tuple((file, stamp.st_mtime_ns, stamp.st_size) for file, stamp in stamps)


def _documents(files: tuple[_File, ...]) -> Iterator[Mapping[str, Any]]:
    for file, _, _ in files:
        try:
            document = parse_json(read_bytes(file, LARGEST), str(file)) \
                if file.suffix == ".json" else read_hcl(file)
        except LoadError:
            continue
        if isinstance(document, Mapping):
            yield document
