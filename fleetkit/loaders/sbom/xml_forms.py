"""CycloneDX and SPDX in XML, brought to their JSON forms."""

import re
from collections.abc import Iterator
from typing import Any

from fleetkit.errors import LoadError

_CYCLONEDX = re.compile(r"\{http://cyclonedx\.org/schema/bom/([\d.]+)\}bom")
_LISTS = frozenset({"annotations", "attributionTexts", "checksums", "documentDescribes",
                    "externalRefs", "packages", "relationships"})
_DEEPEST = 6
_SHOWN = 120


def as_json(root: Any, where: str) -> dict[str, Any]:
    """The document that an XML element holds, as its JSON form has it.

    Raises:
        LoadError: it is no form of SBOM that is read.
    """
    if match := _CYCLONEDX.fullmatch(root.tag):
        return _bom(root, match[1])
    if root.tag == "Document" and root.find("spdxVersion") is not None:
        found = _tree(root, _DEEPEST)
        return found if isinstance(found, dict) else {}
    found = root.tag[:_SHOWN]
    hint = "; write SPDX as JSON, tag-value or YAML" if "rdf" in found.lower() else ""
    raise LoadError(f"{where}: expected CycloneDX in XML, found the element {found!r}{hint}")


def _bom(root: Any, version: str) -> dict[str, Any]:
    space = root.tag.removesuffix("bom")
    metadata = root.find(f"{space}metadata")
    subject = None if metadata is None else metadata.find(f"{space}component")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": root.get("serialNumber"),
        "metadata": {
            "component": None if subject is None else _component(subject, space),
            "properties": [] if metadata is None else _properties(metadata, space),
        },
        "components": [_component(element, space) for element in _walk(root, space)],
        "services": [{} for _ in root.iterfind(f"{space}services/{space}service")],
        "vulnerabilities": [{} for _ in root.iterfind("{*}vulnerabilities/{*}vulnerability")],
        "compositions": [
            {"aggregate": found.text}
            for found in root.iterfind(f"{space}compositions/{space}composition/{space}aggregate")],
    }


def _walk(root: Any, space: str) -> Iterator[Any]:
    """Components and those nested in them, in the order of the document."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element is not root:
            yield element
        waiting.extend(reversed(element.findall(f"{space}components/{space}component")))


def _component(element: Any, space: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: element.findtext(f"{space}{name}") for name in ("name", "version", "group", "purl")}
    return {
        **found,
        "type": element.get("type"),
        "bom-ref": element.get("bom-ref"),
        "hashes": [{"alg": one.get("alg"), "content": one.text}
                   for one in element.iterfind(f"{space}hashes/{space}hash")],
        "properties": _properties(element, space),
        "evidence": {"occurrences": [
            {"location": one.findtext(f"{space}location")} for one in element.iterfind(
                f"{space}evidence/{space}occurrences/{space}occurrence")]},
    }


def _properties(element: Any, space: str) -> list[dict[str, Any]]:
    return [{"name": one.get("name"), "value": one.text}
            for one in element.iterfind(f"{space}properties/{space}property")]


def _tree(element: Any, deepest: int) -> Any:
    """An element without attributes as the object or text that it stands for."""
    if not len(element) or not deepest:
        return element.text
    found: dict[str, Any] = {}
    for child in element:
        value = _tree(child, deepest - 1)
        if child.tag in _LISTS:
            found.setdefault(child.tag, []).append(value)
        else:
            found[child.tag] = value
    return found
