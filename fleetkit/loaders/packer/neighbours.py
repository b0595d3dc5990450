"""Settings of the folder that a template in HCL lies in: Packer reads its files as one template."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.packer.hcl import LARGEST, read_hcl
from fleetkit.loaders.packer.settings import of_hcl, of_values, sensitive_in
from fleetkit.source import parse_json, read_bytes

_MOST_FILES = 20
_TEMPLATES = ("*.pkr.hcl", "*.pkr.json")
_VALUES = ("*.auto.pkrvars.hcl", "*.auto.pkrvars.json")


def settings_beside(path: Path) -> dict[str, str]:
    """Variables and locals of the templates in a folder, with the values that go without saying.

    Files that are given with -var-file are not among them: which of them was is not known. A file
    beside the template that cannot be read only leaves its variables open.
    """
    found: dict[str, str] = {}
    secret: frozenset[str] = frozenset()
    for document in _documents(path.parent, _TEMPLATES):
        found |= of_hcl(document)
        secret |= sensitive_in(document)
    for document in _documents(path.parent, _VALUES):
        found |= of_values(document, secret)
    return {name: text for name, text in found.items() if name.partition(".")[2] not in secret}


def _documents(folder: Path, patterns: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    files = sorted(file for pattern in patterns for file in folder.glob(pattern))
    for file in files[:_MOST_FILES]:
        try:
            document = parse_json(read_bytes(file, LARGEST), str(file)) \
                if file.suffix == ".json" else read_hcl(file)
        except LoadError:
            continue
        if isinstance(document, Mapping):
            yield document
