"""CycloneDX, JSON of any version: components, nested ones too, and the image they were found in.

The dependency graph, services, licences and vulnerabilities are not read; what kinds of component
are no packages is counted.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.installed import OperatingSystem
from fleetkit.installed.systems import system_of
from fleetkit.loaders.sbom.boms import Bom
from fleetkit.loaders.sbom.components import Component
from fleetkit.loaders.sbom.naming import Names, names_of
from fleetkit.loaders.sbom.properties import component_facts, image_facts
from fleetkit.loaders.sbom.subjects import Subject
from fleetkit.loaders.sbom.texts import digest, first, info, mapping, mappings, pairs, text, warning
from fleetkit.plugins import Problem

_VERSIONS = frozenset(f"1.{minor}" for minor in range(8))
_PACKAGES = frozenset({"library", "framework", "application", "platform", "firmware",
                       "device-driver"})
_INCOMPLETE = re.compile(r"incomplete|unknown")


def is_cyclonedx(document: Mapping[str, Any]) -> bool:
    """Whether a document says that it is CycloneDX."""
    return document.get("bomFormat") == "CycloneDX" or (
        "specVersion" in document and "components" in document)


def read_cyclonedx(document: Mapping[str, Any], key: str) -> Bom:
    """A CycloneDX document; `key` stands for its serial number where it has none."""
    metadata = mapping(document.get("metadata"))
    entries = list(_walk(document.get("components")))
    system = _system(entries)
    return Bom(
        "cyclonedx", _subject(metadata, text(document.get("serialNumber")) or key), system,
        entries, _component, tuple(_remarks(document)), not _is_incomplete(document),
    )


def _walk(components: Any) -> Iterator[Any]:
    """Components and those nested in them, in the order of the document."""
    waiting = list(reversed(components)) if isinstance(components, list) else []
    while waiting:
        component = waiting.pop()
        yield component
        nested = component.get("components") if isinstance(component, dict) else None
        if isinstance(nested, list):
            waiting.extend(reversed(nested))


def _system(entries: list[Any]) -> OperatingSystem | None:
    for entry in mappings(entries):
        if entry.get("type") == "operating-system":
            said = pairs(entry.get("properties"))
            return system_of(
                first(said, "syft:distro:id") or text(entry.get("name")),
                first(said, "syft:distro:versionID") or text(entry.get("version")),
                first(said, "syft:distro:prettyName"),
            )
    return None


def _component(entry: Any) -> Component | str:
    kind = entry.get("type", "library")
    if kind not in _PACKAGES:
        return text(kind) or "of an unknown type"
    said = pairs(entry.get("properties"))
    purl = text(entry.get("purl"))
    if purl is None and "aquasecurity:trivy:Class" in said:
        return "lock file"
    return Component(
        text(entry.get("name")), text(entry.get("version")), text(entry.get("group")), purl,
        **component_facts(said, _evidence(entry)),
    )


def _evidence(entry: Mapping[str, Any]) -> str | None:
    """Where the component was found; only a list with one place says it."""
    places = list(mappings(mapping(entry.get("evidence")).get("occurrences")))
    return text(places[0].get("location")) if len(places) == 1 else None


def _subject(metadata: Mapping[str, Any], key: str) -> Subject:
    component = mapping(metadata.get("component"))
    kind = text(component.get("type")) or "document"
    said = pairs(component.get("properties"))
    for label, values in pairs(metadata.get("properties")).items():
        said.setdefault(label, []).extend(values)
    name, version, purl = (text(component.get(part)) for part in ("name", "version", "purl"))
    hostname = next((values[0] for label, values in said.items()
                     if re.split(r"[:.]", label)[-1].lower() == "hostname"), None)
    if kind != "container" and hostname:
        return Subject("machine", kind, hostname, key=key)
    if kind != "container" and not (purl or "").startswith(("pkg:oci/", "pkg:docker/")):
        group = text(component.get("group"))
        return Subject("other", kind, f"{group}/{name}" if group and name else name, version, key)
    names = names_of(name, version, purl) + _hashes(component, purl)
    return image_facts(Subject("container", kind, name, version, key, arch=names.arch), said, names)


def _hashes(component: Mapping[str, Any], purl: str | None) -> Names:
    """The digest of the image among its hashes, if its package URL does not tell it."""
    if purl and "@sha256" in purl:
        return Names()
    found = [digest(entry.get("content")) for entry in mappings(component.get("hashes"))
             if entry.get("alg") == "SHA-256"]
    return Names(digests=tuple(filter(None, found)))


def _remarks(document: Mapping[str, Any]) -> Iterator[Problem]:
    version = text(document.get("specVersion"))
    if version not in _VERSIONS:
        yield warning("unknown_version", "a document is of a version that is not known; it is read"
                      " as far as it can be", f"CycloneDX {version}")
    services, flaws = document.get("services"), document.get("vulnerabilities")
    if isinstance(services, list) and services:
        yield info("services_not_read", "a document lists services, which are not read",
                   f"{len(services):,} services and those in them")
    if isinstance(flaws, list) and flaws:
        yield info("vulnerabilities_not_read", "a document judges vulnerabilities; its judgement is"
                   " not read", f"{len(flaws):,} vulnerabilities",
                   "audit judges packages by advisories of today")
    if _is_incomplete(document):
        yield warning("incomplete", "a document says that it does not list everything: counts are"
                      " lower bounds")


def _is_incomplete(document: Mapping[str, Any]) -> bool:
    return any(_INCOMPLETE.match(str(entry.get("aggregate")))
               for entry in mappings(document.get("compositions")))
