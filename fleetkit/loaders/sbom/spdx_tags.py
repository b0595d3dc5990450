"""SPDX's tag-value form, brought to its JSON form: lines of `Tag: value`, longer text in <text>."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fleetkit.errors import LoadError

_OF_DOCUMENT = {"SPDXVersion": "spdxVersion", "DocumentName": "name",
                "DocumentNamespace": "documentNamespace"}
_OF_PACKAGE = {
    "SPDXID": "SPDXID", "PackageVersion": "versionInfo", "PackageFileName": "packageFileName",
    "PrimaryPackagePurpose": "primaryPackagePurpose", "PackageSourceInfo": "sourceInfo",
}
_WORDS = re.compile(r"(\S+)\s+(\S+)\s+(\S+)")
_CHECKSUM = re.compile(r"(\w+):\s*(\w+)")
_ELSEWHERE = frozenset({"FileName", "SnippetSPDXID", "LicenseID"})


def read_tags(content: str, where: str) -> dict[str, Any]:
    """The document in SPDX's JSON form, as far as packages and relations go.

    Raises:
        LoadError: a text is not ended.
    """
    found = _Document()
    for tag, value in _tags(content, where):
        found.take(tag, value)
    packages = [
        {**package, "annotations": found.annotations.get(package.get("SPDXID", ""), [])}
        for package in found.packages
    ]
    return {**found.head, "SPDXID": "SPDXRef-DOCUMENT", "packages": packages,
            "relationships": found.relations}


@dataclass
class _Document:
    """What the lines have told so far; what they tell of files and snippets goes nowhere."""

    head: dict[str, Any] = field(default_factory=dict)
    packages: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    annotations: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    comment: str | None = None
    about: str | None = None
    package: dict[str, Any] | None = None

    def take(self, tag: str, value: str) -> None:
        if tag == "PackageName":
            self.package = {"name": value, "externalRefs": [], "checksums": [],
                            "attributionTexts": []}
            self.packages.append(self.package)
        elif tag in _ELSEWHERE:
            self.package = None
        elif tag in _OF_DOCUMENT:
            self.head[_OF_DOCUMENT[tag]] = value
        elif tag in ("Relationship", "AnnotationComment", "SPDXREF"):
            self._relate(tag, value)
        elif self.package is not None:
            _add(self.package, tag, value)

    def _relate(self, tag: str, value: str) -> None:
        """Takes a relation, or what an annotation says and is about, in any order."""
        words = _WORDS.match(value)
        if tag == "Relationship" and words:
            self.relations.append({"spdxElementId": words[1], "relationshipType": words[2],
                                   "relatedSpdxElement": words[3]})
        elif tag == "AnnotationComment":
            self.comment = value
        elif tag == "SPDXREF":
            self.about = value
        if self.comment is not None and self.about is not None:
            self.annotations.setdefault(self.about, []).append({"comment": self.comment})
            self.comment = self.about = None


def _add(package: dict[str, Any], tag: str, value: str) -> None:
    if tag in _OF_PACKAGE:
        package[_OF_PACKAGE[tag]] = value
    elif tag == "PackageAttributionText":
        package["attributionTexts"].append(value)
    elif tag == "ExternalRef" and (words := _WORDS.fullmatch(value)):
        package["externalRefs"].append({"referenceType": words[2], "referenceLocator": words[3]})
    elif tag == "PackageChecksum" and (match := _CHECKSUM.fullmatch(value)):
        package["checksums"].append({"algorithm": match[1], "checksumValue": match[2]})


def _tags(content: str, where: str) -> Iterator[tuple[str, str]]:
    lines = iter(enumerate(content.splitlines(), start=1))
    for number, line in lines:
        tag, _, value = (part.strip() for part in line.partition(":"))
        if value.startswith("<text>"):
            parts = [value.removeprefix("<text>")]
            while "</text>" not in parts[-1]:
                following = next(lines, None)
                if following is None:
                    raise LoadError(f"{where}: a text that begins at line {number} does not end;"
                                    " is the file complete?")
                parts.append(following[1])
            value = "\n".join(parts).rpartition("</text>")[0]
        yield tag, value
