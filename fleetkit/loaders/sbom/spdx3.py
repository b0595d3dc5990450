"""SPDX 3, a graph of elements in JSON-LD, brought to the form of SPDX 2."""

from collections.abc import Mapping
from typing import Any

from fleetkit.loaders.sbom.texts import mapping, mappings, text, texts

_PACKAGE = ("software_Package", "software:Package", "Package")
_PURL = ("packageUrl", "packageURL", "purl")


def is_spdx3(document: Mapping[str, Any]) -> bool:
    """Whether a document is a graph in the vocabulary of SPDX 3."""
    return isinstance(document.get("@graph"), list) and "spdx" in str(document.get("@context"))


def as_spdx2(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same document as SPDX 2 has it, as far as packages and what is described go."""
    elements = list(mappings(document.get("@graph")))
    head = next((one for one in elements if _kind(one) == "SpdxDocument"), {})
    described = [name for one in elements if _kind(one) in ("SpdxDocument", "software_Sbom")
                 for name in texts(one.get("rootElement"))]
    creation = next((one for one in elements if _kind(one) == "CreationInfo"), {})
    version = text(creation.get("specVersion"))
    return {
        "spdxVersion": f"SPDX-{version}" if version else None,
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": text(head.get("name")),
        "documentNamespace": text(head.get("spdxId")),
        "documentDescribes": described,
        "packages": [_package(one) for one in elements if _kind(one) in _PACKAGE],
        "relationships": [],
    }


def _kind(element: Mapping[str, Any]) -> str | None:
    return text(element.get("type", element.get("@type")))


def _package(element: Mapping[str, Any]) -> dict[str, Any]:
    purpose = text(element.get("software_primaryPurpose"))
    purl = text(element.get("software_packageUrl")) or next((
        text(one.get("identifier")) for one in mappings(element.get("externalIdentifier"))
        if one.get("externalIdentifierType") in _PURL), None)
    return {
        "SPDXID": element.get("spdxId", element.get("@id")),
        "name": element.get("name"),
        "versionInfo": element.get("software_packageVersion"),
        "sourceInfo": element.get("software_sourceInfo"),
        "primaryPackagePurpose": {"operatingSystem": "OPERATING-SYSTEM"}.get(
            purpose or "", (purpose or "").upper() or None),
        "externalRefs": [{"referenceType": "purl", "referenceLocator": purl}] if purl else [],
        "checksums": [
            {"algorithm": str(one.get("algorithm")).upper(), "checksumValue": one.get("hashValue")}
            for one in mappings(element.get("verifiedUsing"))],
        "attributionTexts": element.get("software_attributionText"),
        "annotations": mapping(None),
    }
