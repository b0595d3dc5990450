"""What SBOMs come wrapped in: attestations of cosign and BuildKit, reports of Trivy's operator.

An attestation (in-toto, signed by DSSE, in a bundle of Sigstore) names by digest the image that its
SBOM is of. Signatures are not checked.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from fleetkit.errors import LoadError
from fleetkit.loaders.sbom.boms import Bom
from fleetkit.loaders.sbom.naming import Names, names_of
from fleetkit.loaders.sbom.subjects import Subject
from fleetkit.loaders.sbom.texts import digest, mapping, mappings, text, warning
from fleetkit.plugins import Problem
from fleetkit.references import digest_of
from fleetkit.source import parse_json

_DEEPEST = 6
_REPORTS = ("SbomReport", "ClusterSbomReport")

Facts = Mapping[str, Any]


class Carried(NamedTuple):
    """A document out of its wrapping, and the image that the wrapping names."""

    document: Any
    names: Names
    statement: str | None


def expand(document: Any) -> Iterator[Any]:
    """The documents in a document: a list of any, a list of Kubernetes, BuildKit's by platform."""
    if isinstance(document, list) and all(
            isinstance(item, dict) and _is_carrier(item) for item in document) and document:
        yield from document
    elif isinstance(document, dict) and isinstance(document.get("items"), list):
        yield from document["items"]
    elif platforms := _platforms(document):
        yield from platforms
    else:
        yield document


def unwrap(document: Any, where: str) -> Carried:
    """The document in all its wrappings.

    Raises:
        LoadError: a payload is not what it should be, or is wrapped deeper than anything real.
    """
    names, statement = Names(), None
    for _ in range(_DEEPEST):
        if not isinstance(document, dict):
            return Carried(document, names, statement)
        if "dsseEnvelope" in document:
            document = document["dsseEnvelope"]
        elif "payload" in document and "payloadType" in document:
            document = _payload(document["payload"], where)
        elif "predicateType" in document:
            names, statement = names + _subjects(document), text(document["predicateType"])
            document = _predicate(document.get("predicate"), where)
        elif document.get("kind") in _REPORTS:
            report = mapping(document.get("report"))
            names, document = names + _artifact(report), report.get("components")
        elif isinstance(document.get("SPDX"), dict):
            document = document["SPDX"]
        else:
            return Carried(document, names, statement)
    raise LoadError(f"{where}: is wrapped more than {_DEEPEST} times; pass the SBOM in it")


def tie(bom: Bom, names: Names) -> Bom:
    """The bill of materials, of the image that its wrapping names."""
    if not names.digests and not names.tags:
        return bom
    subject, remarks = bom.subject, bom.remarks
    if subject.kind != "container":
        subject = Subject("container", "image", key=subject.key, arch=names.arch)
    else:
        remarks = (*remarks, *_doubts(subject, names))
    merged = Names(subject.tags, subject.digests) + names
    if len({digest_of(said) for said in names.digests}) > 1:
        remarks = (*remarks, warning(
            "several_subjects", "an attestation names several images; its packages stand under the"
            " first", ", ".join(names.digests)[:500]))
    subject = replace(subject, tags=merged.tags, digests=(*names.digests, *subject.digests))
    return replace(bom, subject=subject, remarks=remarks)


def _doubts(subject: Subject, names: Names) -> Iterator[Problem]:
    said = {digest_of(found) for found in subject.digests} | set(map(digest, subject.image_ids))
    attested = {digest_of(found) for found in names.digests}
    if subject.digests and attested and not said & attested:
        yield warning(
            "contradicting_digest", "an attestation and the SBOM in it name other digests",
            f"attested {min(map(str, attested))}, in the SBOM {min(map(str, said - {None}))}",
            "an index of several platforms and the image of one have different digests")


def _is_carrier(item: Facts) -> bool:
    return any(name in item for name in (
        "bomFormat", "spdxVersion", "dsseEnvelope", "payloadType", "predicateType", "artifacts",
        "ArtifactName", "@graph", "manifest_hash"))


def _platforms(document: Any) -> list[Any]:
    if not isinstance(document, dict) or not all("/" in str(name) for name in document):
        return []
    return [found for found in mappings(list(document.values())) if "SPDX" in found]


def _payload(payload: Any, where: str) -> Any:
    try:
        content = base64.b64decode(payload, validate=False)
    except (binascii.Error, ValueError, TypeError) as error:
        raise LoadError(f"{where}: expected a payload in base64, found {error}") from error
    return parse_json(content, f"{where}, its payload")


def _predicate(predicate: Any, where: str) -> Any:
    """The SBOM itself; older cosign keeps it as text, or under `Data`."""
    if isinstance(predicate, dict) and "Data" in predicate:
        predicate = predicate["Data"]
    if isinstance(predicate, str):
        return parse_json(predicate, f"{where}, its predicate")
    return predicate


def _subjects(statement: Facts) -> Names:
    names = Names()
    for subject in mappings(statement.get("subject")):
        found = digest(mapping(subject.get("digest")).get("sha256"))
        name = text(subject.get("name"))
        if name and name.startswith("pkg:"):
            known = names_of(None, None, name)
            place = known.tags[0] if known.tags else None
            names += Names(known.tags, (), known.arch) + (
                names_of(place, found, None) if place else Names())
        elif name and name != "_":
            names += names_of(name, found, None)
        if found and found not in map(digest_of, names.digests):
            names += Names(digests=(found,))
    return names


def _artifact(report: Facts) -> Names:
    artifact = mapping(report.get("artifact"))
    server = text(mapping(report.get("registry")).get("server"))
    repository, tag = text(artifact.get("repository")), text(artifact.get("tag"))
    place = f"{server}/{repository}" if server and repository else repository
    found = digest(artifact.get("digest"))
    return Names((f"{place}:{tag}",) if place and tag else (),
                 (f"{place}@{found}",) if place and found else ())
