"""Trivy's JSON: reports of images, machines and folders, and bare lists of packages.

A report without the option --list-all-pkgs names only packages with a known flaw; these are read,
and the list is said to be a part.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.installed.systems import system_of
from fleetkit.loaders.sbom.boms import Bom
from fleetkit.loaders.sbom.components import Component
from fleetkit.loaders.sbom.properties import evr
from fleetkit.loaders.sbom.subjects import Subject
from fleetkit.loaders.sbom.texts import digest, info, mapping, mappings, text, texts, warning, whole
from fleetkit.plugins import Problem

_PACKAGE_CLASSES = ("os-pkgs", "lang-pkgs")
_LOST = "a report names only packages that have a known flaw: counts are lower bounds"

Facts = Mapping[str, Any]


def is_report(document: Facts) -> bool:
    """Whether a document is a report."""
    return "ArtifactName" in document or (
        isinstance(document.get("Results"), list) and "SchemaVersion" in document)


def is_list(document: Any) -> bool:
    """Whether a document is a list of packages."""
    return isinstance(document, list) and bool(document) and isinstance(document[0], dict) and (
        {"Name", "Version"} <= document[0].keys() and "Id" not in document[0])


def read_report(document: Facts, key: str) -> Bom:
    """A report of Trivy."""
    results = list(mappings(document.get("Results")))
    metadata = mapping(document.get("Metadata"))
    system = mapping(metadata.get("OS"))
    listed = [result for result in results if result.get("Class") in _PACKAGE_CLASSES
              or result.get("Packages") or result.get("Vulnerabilities")]
    is_whole = all(isinstance(result.get("Packages"), list) for result in listed) and bool(listed)
    flaws = sum(len(list(mappings(result.get("Vulnerabilities")))) for result in listed)
    return Bom(
        "trivy", _subject(document, metadata, key),
        system_of(text(system.get("Family")), text(system.get("Name"))),
        list(_entries(listed)), _component, tuple(_remarks(listed, flaws, is_whole=is_whole)),
        is_whole,
    )


def read_list(document: list[Any], key: str) -> Bom:
    """A bare list of packages, of nobody knows what."""
    subject = Subject("other", "package-list", None, None, key)
    entries: list[tuple[Facts, Any]] = [({}, entry) for entry in document]
    return Bom("trivy", subject, None, entries, _component, (warning(
        "unknown_subject", "a list of packages does not say what they are installed in, nor in"
        " which system", hint="write a report: trivy image --format json --list-all-pkgs IMAGE"),))


def _entries(results: list[Facts]) -> Iterator[tuple[Facts, Any]]:
    """Packages with the result that they belong to; packages of flaws, each once."""
    for result in results:
        packages = result.get("Packages")
        if isinstance(packages, list):
            yield from ((result, package) for package in packages)
            continue
        seen = set()
        for flaw in mappings(result.get("Vulnerabilities")):
            named = tuple(str(flaw.get(name)) for name in (
                "PkgID", "PkgName", "InstalledVersion", "PkgPath"))
            if named not in seen:
                seen.add(named)
                yield result, flaw


def _component(entry: tuple[Facts, Any]) -> Component:
    result, said = entry
    layer = mapping(said.get("Layer"))
    epoch = text(said.get("Epoch"))
    version = text(said.get("InstalledVersion")) or evr(
        epoch, text(said.get("Version")), text(said.get("Release")))
    is_language = result.get("Class") == "lang-pkgs"
    return Component(
        name=text(said.get("Name")) or text(said.get("PkgName")),
        version=version,
        purl=text(mapping(said.get("Identifier", said.get("PkgIdentifier"))).get("PURL")),
        kind=text(result.get("Type")) or text(said.get("AnalyzedBy")),
        arch=text(said.get("Arch")),
        source=text(said.get("SrcName")),
        source_version=evr(*(text(said.get(f"Src{part}"))
                             for part in ("Epoch", "Version", "Release"))),
        module=text(said.get("Modularitylabel")),
        path=text(said.get("FilePath")) or text(said.get("PkgPath")) or (
            text(result.get("Target")) if is_language else None),
        layer_id=text(layer.get("DiffID")) or text(layer.get("Digest"))
        or text(said.get("LayerID")),
    )


def _subject(document: Facts, metadata: Facts, key: str) -> Subject:
    kind = text(document.get("ArtifactType")) or "artifact"
    name = text(document.get("ArtifactName"))
    if kind == "vm" and name and name.startswith("ami:"):
        return Subject("ami", kind, name.removeprefix("ami:"), key=key)
    if kind != "container_image" and not metadata.get("ImageID"):
        return Subject("other", kind, name, None, key)
    layers = list(mappings(metadata.get("Layers")))
    listed = texts(metadata.get("DiffIDs"))
    identity = text(metadata.get("ImageID"))
    return Subject(
        "container", kind, name, None, key,
        image_ids=(identity,) if identity else (),
        digests=tuple(texts(metadata.get("RepoDigests"))),
        tags=tuple(texts(metadata.get("RepoTags"))),
        layers=tuple(found for found in listed if digest(found)),
        sizes={found: whole(layer.get("Size")) for layer in layers
               if (found := text(layer.get("DiffID")))},
        config=mapping(metadata.get("ImageConfig")),
        size_bytes=whole(metadata.get("Size")),
    )


def _remarks(results: list[Facts], flaws: int, *, is_whole: bool) -> Iterator[Problem]:
    if not is_whole:
        yield warning("incomplete", _LOST, hint="write it with --list-all-pkgs")
    if flaws:
        yield info("vulnerabilities_not_read", "a document judges vulnerabilities; its judgement is"
                   " not read", f"{flaws:,} vulnerabilities in {len(results):,} results",
                   "audit judges packages by advisories of today")
