"""Which of Packer's files a file is: a manifest, or a template in JSON or HCL."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.packer import blocks, builders, manifests
from fleetkit.loaders.packer.hcl import read_hcl
from fleetkit.loaders.packer.neighbours import settings_beside
from fleetkit.plugins import Problem, Record

Found = Iterable[Record | Problem]


def parse(document: Any, where: str) -> Iterator[Record | Problem]:
    """The raw records of a JSON document: a manifest, or a template of either form.

    Raises:
        LoadError: it is nothing that Packer reads or writes.
    """
    if manifests.is_manifest(document):
        yield from manifests.builds(document, where)
    elif builders.is_template(document):
        yield from builders.sources(document, where)
    elif where.endswith(".pkr.json") and isinstance(document, Mapping):
        yield from blocks.sources(document, where, settings_beside(Path(where)))
    else:
        raise LoadError(
            f"{where}: expected a Packer manifest (an object with builds) or template (one with"
            f" builders), found {_described(document)}"
        )


def scan(path: Path) -> Iterator[tuple[str, Found]]:
    """The raw records of a template in HCL.

    Raises:
        LoadError: it is no HCL, or larger or deeper than any template.
    """
    document = read_hcl(path)
    yield "file", blocks.sources(document, str(path), settings_beside(path))


def _described(document: Any) -> str:
    if isinstance(document, Mapping):
        return f"an object with the keys {sorted(map(str, document))[:6]!r}"
    return repr(type(document).__name__)
