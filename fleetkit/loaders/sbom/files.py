"""Files to bills of materials: what a file holds is told by its content, never by its name."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from fleetkit.errors import LoadError
from fleetkit.loaders.sbom import clair, cyclonedx, spdx, spdx3, syft, trivy
from fleetkit.loaders.sbom.boms import Bom, records
from fleetkit.loaders.sbom.envelopes import expand, tie, unwrap
from fleetkit.loaders.sbom.spdx_tags import read_tags
from fleetkit.loaders.sbom.xml_forms import as_json
from fleetkit.plugins import Problem, Record
from fleetkit.source import (
    open_bytes,
    parse_json,
    parse_yaml,
    read_bytes,
    read_json_lines,
    read_xml,
)

_LARGEST = 1 << 30
_LARGEST_TEXT = 256 << 20
_HEAD = 64 << 10
_TAGS = re.compile(rb"^\s*SPDXVersion:", re.MULTILINE)
_YAML = re.compile(rb"^[\"']?(?:spdxVersion|SPDXID|bomFormat)[\"']?\s*:", re.MULTILINE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_READ = ("CycloneDX (JSON, XML), SPDX (JSON, tag-value, YAML), the JSON of Syft or Trivy, an index"
         " of Clair, or an attestation of one of these")

Section = tuple[str, Iterator[Record | Problem]]


def scan(path: Path) -> Iterator[Section]:
    """The documents of a file, each with its rows as records.

    Raises:
        LoadError: the file cannot be read, or none of its documents is a form that is read.
    """
    found = list(_documents(path))
    for number, (where, document) in enumerate(found, start=1):
        try:
            bom = _bom(document, where)
        except LoadError as error:
            if len(found) == 1:
                raise
            yield f"document {number}", _broken(error)
        else:
            yield bom.form if number == 1 else f"{bom.form} {number}", records(bom)


def _broken(error: LoadError) -> Iterator[Record | Problem]:
    yield from ()
    raise error


def _bom(document: Any, where: str) -> Bom:
    carried = unwrap(document, where)
    try:
        bom = _recognised(carried.document)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise LoadError(f"{where}: cannot be read: {type(error).__name__}: {error}") from error
    if bom is None:
        inside = f" in a statement of type {carried.statement!r}" if carried.statement else ""
        raise LoadError(f"{where}: expected {_READ}; found {_shown(carried.document)}{inside}")
    return tie(bom, carried.names)


def _recognised(document: Any) -> Bom | None:
    if trivy.is_list(document):
        return trivy.read_list(document, _key(document))
    if not isinstance(document, dict):
        return None
    if spdx3.is_spdx3(document):
        document = spdx3.as_spdx2(document)
    for is_known, read in (
        (cyclonedx.is_cyclonedx, cyclonedx.read_cyclonedx), (spdx.is_spdx, spdx.read_spdx),
        (syft.is_syft, syft.read_syft), (trivy.is_report, trivy.read_report),
        (clair.is_index, clair.read_index),
    ):
        if is_known(document):
            return read(document, _key(document))
    return None


def _key(document: Any) -> str:
    """What tells a document from others if it does not say so itself: the digest of its content."""
    if isinstance(document, dict) and {"serialNumber", "documentNamespace"} & document.keys():
        return ""
    try:
        content = orjson.dumps(document)
    except TypeError:  # text that is no Unicode, or numbers beyond 64 bits
        content = repr(document).encode(errors="replace")
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _documents(path: Path) -> Iterator[tuple[str, Any]]:
    head = _head(path)
    if head.startswith(b"\x1f\x8b"):
        raise LoadError(f"{path}: is packed by gzip; give it a name that ends in .gz")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if ".jsonl" in path.suffixes:
        yield from ((f"{path}, line {number}", inner)
                    for number, document in read_json_lines(path) for inner in expand(document))
    elif head.startswith(_UTF_16) or start[:1] in (b"{", b"["):
        yield from _json(path)
    elif start[:1] == b"<":
        yield str(path), as_json(read_xml(path), str(path))
    elif _TAGS.search(head):
        yield str(path), read_tags(_decoded(read_bytes(path, _LARGEST_TEXT)), str(path))
    elif _YAML.search(head):
        content = _decoded(read_bytes(path, _LARGEST_TEXT))
        yield from ((str(path), document) for document in parse_yaml(content, str(path)))
    else:
        found = "some other text" if start else "nothing"
        raise LoadError(f"{path}: expected {_READ}; found {found}")


def _head(path: Path) -> bytes:
    try:
        with open_bytes(path) as stream:
            return stream.read(_HEAD)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError(f"{path}: cannot be read: {error}") from error


def _json(path: Path) -> Iterator[tuple[str, Any]]:
    """One document, or several that stand one per line, as cosign prints attestations."""
    content = _decoded(read_bytes(path, _LARGEST))
    try:
        document = parse_json(content, str(path))
    except LoadError:
        lines = [(number, line) for number, line in enumerate(content.split("\n"), start=1)
                 if line.strip()]
        if len(lines) < 2 or not _is_json(lines[0][1]):
            raise
        yield from ((f"{path}, line {number}", inner) for number, line in lines
                    for inner in expand(parse_json(line, f"{path}, line {number}")))
    else:
        yield from ((str(path), inner) for inner in expand(document))


def _is_json(line: str) -> bool:
    try:
        parse_json(line, "")
    except LoadError:
        return False
    return True


def _decoded(content: bytes) -> str:
    """The text; consoles of Windows redirect in UTF-16."""
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    return content.decode(encoding, errors="replace")


def _shown(document: Any) -> str:
    if isinstance(document, dict):
        return f"an object with the keys {', '.join(map(str, list(document)[:6]))!r}"
    return repr(type(document).__name__)
