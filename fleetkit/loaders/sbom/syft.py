"""Syft's own JSON: artifacts, the image or folder that was scanned, its distribution and layers."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.installed import OperatingSystem
from fleetkit.installed.systems import system_of
from fleetkit.loaders.sbom.boms import Bom
from fleetkit.loaders.sbom.components import Component
from fleetkit.loaders.sbom.properties import package_size, primary_place
from fleetkit.loaders.sbom.subjects import Subject
from fleetkit.loaders.sbom.texts import digest, mapping, mappings, text, texts, warning, whole
from fleetkit.plugins import Problem
from fleetkit.source import parse_json

Facts = Mapping[str, Any]


def is_syft(document: Facts) -> bool:
    """Whether a document has the three parts of Syft's JSON."""
    return "artifacts" in document and "source" in document and "descriptor" in document


def read_syft(document: Facts, key: str) -> Bom:
    """A document of Syft."""
    source = mapping(document.get("source"))
    remarks: list[Problem] = []
    entries = document.get("artifacts")
    return Bom(
        "syft", _subject(source, text(source.get("id")) or key, remarks),
        _system(mapping(document.get("distro"))), entries if isinstance(entries, list) else [],
        _component, tuple(remarks),
    )


def _system(distro: Facts) -> OperatingSystem | None:
    return system_of(
        text(distro.get("id")) or text(distro.get("name")),
        text(distro.get("versionID")) or text(distro.get("version")),
        text(distro.get("prettyName")),
    )


def _component(entry: Any) -> Component:
    facts = mapping(entry.get("metadata"))
    kind = text(entry.get("type"))
    path, layer = primary_place([
        (text(place.get("path")), text(place.get("layerID")))
        for place in mappings(entry.get("locations"))])
    source = next((found for name in ("source", "sourceRpm", "originPackage")
                   if (found := text(facts.get(name)))), None)
    return Component(
        name=text(entry.get("name")),
        version=text(entry.get("version")),
        purl=text(entry.get("purl")),
        kind=kind,
        arch=text(facts.get("architecture")) or text(facts.get("arch")),
        epoch=text(facts.get("epoch")),
        source=source,
        source_version=text(facts.get("sourceVersion")),
        is_built_as_named=kind == "deb",
        module=text(facts.get("modularityLabel")),
        path=path,
        size_bytes=package_size(kind, facts.get("installedSize", facts.get("size"))),
        layer_id=layer,
    )


def _subject(source: Facts, key: str, remarks: list[Problem]) -> Subject:
    kind = text(source.get("type")) or "source"
    about = source.get("metadata", source.get("target"))
    if kind != "image":
        said = mapping(about)
        path = text(about) or text(said.get("path"))
        return Subject("other", kind, text(source.get("name")) or path,
                       text(source.get("version")), key)
    return _image(mapping(about), key, remarks)


def _image(about: Facts, key: str, remarks: list[Problem]) -> Subject:
    config = _checked(about, "config", "imageID", remarks)
    _checked(about, "manifest", "manifestDigest", remarks)
    layers = list(mappings(about.get("layers")))
    identity, manifest = text(about.get("imageID")), text(about.get("manifestDigest"))
    listed = [text(layer.get("digest")) for layer in layers]
    kinds = (text(about.get("architecture")), text(about.get("variant")))
    return Subject(
        "container", "image", text(about.get("userInput")), None, key,
        image_ids=(identity,) if identity else (),
        digests=tuple(dict.fromkeys((
            *texts(about.get("repoDigests")), *([manifest] if manifest else [])))),
        tags=tuple(texts(about.get("tags"))),
        layers=tuple(found for found in listed if found and digest(found)),
        sizes={found: whole(layer.get("size"))
               for found, layer in zip(listed, layers, strict=True) if found},
        config=config,
        size_bytes=whole(about.get("imageSize")),
        arch="/".join(part for part in kinds if part) or None,
    )


def _checked(about: Facts, part: str, name: str, remarks: list[Problem]) -> Facts:
    """The configuration or manifest that the document holds, and whether its digest is true."""
    encoded, said = about.get(part), digest(about.get(name))
    if not isinstance(encoded, str) or not encoded:
        return {}
    try:
        content = base64.b64decode(encoded, validate=True)
        found: Facts = dict(parse_json(content, part))
    except (binascii.Error, ValueError, TypeError, LoadError):
        remarks.append(warning("unreadable_field", f"the {part} of an image cannot be read"))
        return {}
    true = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if said and true != said:
        remarks.append(warning(
            "contradicting_digest", f"the {part} of an image has another digest than the document"
            " says; it is not used", f"{name} is {said}, the {part} has {true}"))
        return {}
    return found


