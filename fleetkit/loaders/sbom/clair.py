"""Claircore's index reports, as Clair and Quay keep them: packages by id, each with its layer."""

import re
from collections.abc import Mapping
from typing import Any

from fleetkit.installed import OperatingSystem
from fleetkit.installed.systems import system_of
from fleetkit.loaders.sbom.boms import Bom
from fleetkit.loaders.sbom.components import Component
from fleetkit.loaders.sbom.subjects import Subject
from fleetkit.loaders.sbom.texts import mapping, mappings, text, warning
from fleetkit.plugins import Problem

_MANAGERS = {"var/lib/dpkg": "deb", "lib/apk": "apk", "rpm": "rpm"}
_SOURCE = re.compile(r"(\S+)(?: \((.+)\))?")

Facts = Mapping[str, Any]


def is_index(document: Facts) -> bool:
    """Whether a document is an index report."""
    return "manifest_hash" in document and isinstance(document.get("packages"), dict)


def read_index(document: Facts, key: str) -> Bom:
    """An index report."""
    manifest = text(document.get("manifest_hash"))
    environments = mapping(document.get("environments"))
    remarks: tuple[Problem, ...] = ()
    if document.get("success") is False:
        remarks = (warning("incomplete", "a scan did not succeed: counts are lower bounds",
                           text(document.get("err"))),)
    return Bom(
        "clair", Subject("container", "image", key=key, digests=(manifest,) if manifest else ()),
        _system(document), [
            (package, next(mappings(environments.get(identity)), {}))
            for identity, package in mapping(document.get("packages")).items()],
        _component, remarks, not remarks,
    )


def _system(document: Facts) -> OperatingSystem | None:
    for found in mapping(document.get("distributions")).values():
        said = mapping(found)
        return system_of(text(said.get("did")), text(said.get("version_id")),
                         text(said.get("pretty_name")))
    return None


def _component(entry: tuple[Any, Facts]) -> Component | str:
    package, environment = entry
    if package.get("kind") == "source":
        return "source package"
    database = text(environment.get("package_db")) or ""
    kind, _, path = database.rpartition(":")
    manager = next((found for part, found in _MANAGERS.items() if part in database), None)
    source = _SOURCE.fullmatch(text(mapping(package.get("source")).get("name")) or "")
    return Component(
        name=text(package.get("name")),
        version=text(package.get("version")),
        kind=manager or kind or None,
        arch=text(package.get("arch")),
        source=source[1] if source else None,
        source_version=(source[2] or text(mapping(package.get("source")).get("version")))
        if source else None,
        is_built_as_named=manager == "deb",
        module=text(package.get("module")),
        path=path or None,
        layer_id=text(environment.get("introduced_in")),
    )
