"""SPDX 2 in its JSON form, to which the other forms are brought; of packages, files are not read.

The document describes its subject: an image if it says so, and any other thing under an id of its
own. Scanners put more into free text: Trivy in annotations, Syft and Trivy in `sourceInfo`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.installed import OperatingSystem
from fleetkit.installed.systems import system_of
from fleetkit.loaders.sbom.boms import Bom
from fleetkit.loaders.sbom.components import Component
from fleetkit.loaders.sbom.naming import Names, names_of
from fleetkit.loaders.sbom.properties import (
    TRIVY,
    Said,
    component_facts,
    image_facts,
    primary_place,
)
from fleetkit.loaders.sbom.subjects import Subject
from fleetkit.loaders.sbom.texts import digest, mappings, text, texts, warning
from fleetkit.plugins import Problem

_VERSIONS = ("SPDX-2.0", "SPDX-2.1", "SPDX-2.2", "SPDX-2.3", "SPDX-3.0")
_NOTE = re.compile(r"(\w+): (.+)")
_BUILT_FROM = re.compile(r"built package from: (\S+)(?: (\S+))?")
_ACQUIRED = re.compile(r"(?:acquired package info from|package found in)[^:]*: (.+)")
_IS_IMAGE = re.compile(r"SPDXRef-(?:DocumentRoot-Image|ContainerImage)")
_IS_SYSTEM = re.compile(r"SPDXRef-(?:OperatingSystem|Distribution)-")
_IS_OTHER = {"SPDXRef-Repository-": "repository", "SPDXRef-Application-": "lock file",
             "SPDXRef-DocumentRoot-": "root"}
_CLAIR = re.compile(r"(?:bdb|sqlite|ndb|rpm):(.+)")

Facts = Mapping[str, Any]


def is_spdx(document: Facts) -> bool:
    """Whether a document says that it is SPDX 2."""
    return isinstance(document.get("spdxVersion"), str) or (
        "SPDXID" in document and "packages" in document)


def read_spdx(document: Facts, key: str) -> Bom:
    """An SPDX document; `key` stands for its namespace where it has none."""
    packages = document.get("packages")
    entries = packages if isinstance(packages, list) else []
    root = _root(document, entries)
    subject = _subject(document, root, text(document.get("documentNamespace")) or key)
    shapes = _Entries(document, root if subject.kind == "container" else None)
    system = next((_system(entry) for entry in mappings(entries) if _is_system(entry)), None)
    return Bom("spdx", subject, system, entries, shapes.read, tuple(_remarks(document)))


class _Entries:
    """Reads the packages of one document, for some of which relations say what they are."""

    def __init__(self, document: Facts, root: Facts | None) -> None:
        self._root = root
        self._sources = _sources(document)
        self._by_id = {text(entry.get("SPDXID")): entry
                       for entry in mappings(document.get("packages"))}
        self._is_source = set(self._sources.values())

    def read(self, entry: Any) -> Component | str:
        """A package, or the word for what else it is."""
        identity = text(entry.get("SPDXID")) or ""
        if entry is self._root:
            return "image, the subject itself"
        if _is_system(entry):
            return "operating-system"
        purl = _purl(entry)
        other = next((word for head, word in _IS_OTHER.items() if identity.startswith(head)), None)
        if other and purl is None:
            return other
        if identity in self._is_source and entry.get("primaryPackagePurpose") == "SOURCE":
            return "source package"
        facts = component_facts(_notes(entry))
        facts |= _told(entry, self._by_id.get(self._sources.get(identity)))
        return Component(text(entry.get("name")), text(entry.get("versionInfo")), None, purl,
                         **facts)


def _root(document: Facts, entries: list[Any]) -> Facts | None:
    """The one package that the document describes; None where it describes several or none."""
    described = set(texts(document.get("documentDescribes")))
    for relation in mappings(document.get("relationships")):
        kind, one, other = _relation(relation)
        if kind in ("DESCRIBES", "DESCRIBE") and one == "SPDXRef-DOCUMENT":
            described.add(other)
        elif kind == "DESCRIBED_BY" and other == "SPDXRef-DOCUMENT":
            described.add(one)
    found = [entry for entry in mappings(entries) if text(entry.get("SPDXID")) in described]
    images = [entry for entry in found if _is_image(entry)]
    if len(images) == 1:
        return images[0]
    return found[0] if len(found) == 1 else None


def _relation(relation: Facts) -> tuple[str, str, str]:
    one, two, three = (text(relation.get(name)) or "" for name in (
        "relationshipType", "spdxElementId", "relatedSpdxElement"))
    return one, two, three


def _sources(document: Facts) -> dict[str, str]:
    """Ids of packages -> ids of what they were built from."""
    found = {}
    for relation in mappings(document.get("relationships")):
        kind, one, other = _relation(relation)
        if kind == "GENERATED_FROM":
            found[one] = other
        elif kind == "GENERATES":
            found[other] = one
    return found


def _is_image(entry: Facts) -> bool:
    purl = _purl(entry) or ""
    return (entry.get("primaryPackagePurpose") == "CONTAINER"
            or bool(_IS_IMAGE.match(text(entry.get("SPDXID")) or ""))
            or purl.startswith(("pkg:oci/", "pkg:docker/")))


def _is_system(entry: Facts) -> bool:
    return (entry.get("primaryPackagePurpose") in ("OPERATING-SYSTEM", "OPERATING_SYSTEM")
            or bool(_IS_SYSTEM.match(text(entry.get("SPDXID")) or "")))


def _system(entry: Facts) -> OperatingSystem | None:
    said = {text(reference.get("referenceType")): text(reference.get("referenceLocator"))
            for reference in mappings(entry.get("externalRefs"))}
    return system_of(said.get("did") or text(entry.get("name")),
                     said.get("version_id") or text(entry.get("versionInfo")),
                     said.get("pretty_name"))


def _purl(entry: Facts) -> str | None:
    return next((text(reference.get("referenceLocator"))
                 for reference in mappings(entry.get("externalRefs"))
                 if reference.get("referenceType") == "purl"), None)


def _notes(entry: Facts) -> dict[str, list[str]]:
    """What Trivy writes into annotations, under the names of its properties."""
    lines = texts(entry.get("attributionTexts")) + [
        found for note in mappings(entry.get("annotations"))
        if (found := text(note.get("comment")))]
    said: dict[str, list[str]] = {}
    for line in lines:
        match = _NOTE.fullmatch(line)
        if match:
            said.setdefault(f"{TRIVY}{match[1]}", []).append(match[2])
    return said


def _told(entry: Facts, source: Facts | None) -> dict[str, Any]:
    """What `sourceInfo`, the file name and the source package tell."""
    told: dict[str, Any] = {}
    line = entry.get("sourceInfo")
    line = line.strip() if isinstance(line, str) else ""
    if built := _BUILT_FROM.fullmatch(line):
        told |= {"source": built[1], "source_version": built[2]}
    elif acquired := _ACQUIRED.fullmatch(line):
        told["path"] = primary_place([(text(place), None) for place in acquired[1].split(", ")])[0]
        told["is_built_as_named"] = "DPKG DB" in line
    if clair := _CLAIR.fullmatch(text(entry.get("packageFileName")) or ""):
        told |= {"kind": "rpm", "path": clair[1]}
    if source is not None:
        told |= {"source": text(source.get("name")),
                 "source_version": text(source.get("versionInfo"))}
    return told


def _subject(document: Facts, root: Facts | None, key: str) -> Subject:
    title = text(document.get("name"))
    if root is not None and _is_image(root):
        name, version = text(root.get("name")), text(root.get("versionInfo"))
        names = names_of(name, version, _purl(root)) + _checksums(root)
        said: Said = _notes(root)
        return image_facts(Subject("container", "container", name, version, key, arch=names.arch),
                           said, names)
    if title and digest(title):
        return Subject("container", "container", key=key, digests=(title,))
    if root is None:
        return Subject("other", "document", title, None, key)
    said_kind = text(root.get("primaryPackagePurpose"))
    return Subject("other", (said_kind or "package").lower(), text(root.get("name")),
                   text(root.get("versionInfo")), key)


def _checksums(root: Facts) -> Names:
    found = [digest(entry.get("checksumValue")) for entry in mappings(root.get("checksums"))
             if entry.get("algorithm") == "SHA256"]
    return Names(digests=tuple(filter(None, found)))


def _remarks(document: Facts) -> Iterator[Problem]:
    version = text(document.get("spdxVersion")) or "without a version"
    if not version.startswith(_VERSIONS):
        yield warning("unknown_version", "a document is of a version that is not known; it is read"
                      " as far as it can be", version)
