"""What scanners tell beyond the standards: properties of Syft, Trivy and cdxgen.

Trivy writes the same facts as CycloneDX properties (`aquasecurity:trivy:ImageID`) and as SPDX
annotations (`ImageID: …`); the names here are without its prefix.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fleetkit.installed.places import APK_DATABASES, DPKG_FOLDER, DPKG_STATUS, RPM_DATABASES
from fleetkit.loaders.sbom.naming import Names
from fleetkit.loaders.sbom.subjects import Subject
from fleetkit.loaders.sbom.texts import first, whole

TRIVY = "aquasecurity:trivy:"
_LABELS = (f"{TRIVY}Labels:", "syft:image:labels:")
_DATABASES = (DPKG_STATUS, *APK_DATABASES, *RPM_DATABASES)

Said = Mapping[str, list[str]]


def component_facts(said: Said, place: str | None = None) -> dict[str, Any]:
    """Attributes of a component that properties tell; `place` is where else it is said to be."""
    kind = first(said, f"{TRIVY}PkgType", "syft:package:type")
    path, layer_id = _location(said)
    if f"{TRIVY}SrcName" in said:
        source = first(said, f"{TRIVY}SrcName")
        source_version = evr(*(
            first(said, f"{TRIVY}Src{part}") for part in ("Epoch", "Version", "Release")))
    else:
        source = first(said, "syft:metadata:source", "syft:metadata:sourceRpm",
                       "syft:metadata:originPackage")
        source_version = first(said, "syft:metadata:sourceVersion")
    return {
        "kind": kind,
        "epoch": first(said, "syft:metadata:epoch"),
        "module": first(said, f"{TRIVY}Modularitylabel", "syft:metadata:modularityLabel"),
        "source": source,
        "source_version": source_version,
        "is_built_as_named": kind == "deb" and "syft:package:foundBy" in said,
        "path": path or place,
        "layer_id": layer_id,
        "size_bytes": package_size(
            kind, first(said, "syft:metadata:installedSize", "syft:metadata:size")),
    }


def evr(epoch: str | None, version: str | None, release: str | None) -> str | None:
    """A whole version of its parts; an epoch of 0 says nothing."""
    if version is None:
        return None
    whole_version = f"{version}-{release}" if release else version
    return f"{epoch}:{whole_version}" if epoch and epoch != "0" else whole_version


def package_size(kind: str | None, size: object) -> int | None:
    """The installed size in bytes; dpkg counts in KiB."""
    found = whole(size)
    return found * 1024 if kind == "deb" and found is not None else found


def image_facts(subject: Subject, said: Said, names: Names) -> Subject:
    """The image with what properties tell of it."""
    layers = said.get(f"{TRIVY}DiffID", [])
    labels = {
        name.removeprefix(prefix): values[0] for prefix in _LABELS
        for name, values in said.items() if name.startswith(prefix)
    }
    return replace(
        subject,
        image_ids=tuple(dict.fromkeys(
            said.get(f"{TRIVY}ImageID", []) + said.get("oci:image:Id", []))),
        digests=tuple(dict.fromkeys((
            *names.digests, *said.get(f"{TRIVY}RepoDigest", ()),
            *said.get("oci:image:RepoDigest", ())))),
        tags=tuple(dict.fromkeys((
            *said.get(f"{TRIVY}RepoTag", ()), *said.get("oci:image:RepoTag", ()), *names.tags))),
        layers=None if len(layers) > 1 and layers == sorted(layers) else tuple(layers),
        size_bytes=whole(first(said, f"{TRIVY}Size")),
        arch=subject.arch or first(said, "oci:image:Architecture"),
        labels=labels,
    )


def _location(said: Said) -> tuple[str | None, str | None]:
    """File and layer that a package was found in: of several files, the package database."""
    if f"{TRIVY}LayerDiffID" in said or f"{TRIVY}FilePath" in said:
        return first(said, f"{TRIVY}FilePath"), first(said, f"{TRIVY}LayerDiffID")
    found: list[tuple[str | None, str | None]] = []
    while (place := f"syft:location:{len(found)}:path") in said:
        found.append((first(said, place), first(said, f"syft:location:{len(found)}:layerID")))
    return primary_place(found)


def primary_place(places: list[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
    """Of several files with their layers the package database, else the first."""
    for path, layer in places:
        if path and _is_database(path):
            return path, layer
    return places[0] if places else (None, None)


def _is_database(path: str) -> bool:
    return path.endswith(_DATABASES) or (DPKG_FOLDER in path and not path.endswith(".md5sums"))
