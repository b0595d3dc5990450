"""Builds, and what an image was made by and from, as rows; each function takes one raw record."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.oci.names import shown_name
from fleetkit.plugins import Record
from fleetkit.schema import Row

_BASE = "org.opencontainers.image.base."
_SOLE, _ONE_OF_MANY = 0.9, 0.7


def builds(record: Record) -> Iterator[Row]:
    if record.kind != "build":
        return
    said = record.content
    materials = said["Materials"]
    yield {
        "build_id": said["BuildId"],
        "image_id": said["ImageId"],
        "builder": said["Builder"],
        "source_image": shown_name(materials[0]["Name"]) if len(materials) == 1 else None,
        "started_at": said["StartedAt"] or None,
        "finished_at": said["FinishedAt"] or None,
        "revision": said["Revision"],
        "template": said["Recipe"],
    }


def links(record: Record) -> Iterator[Row]:
    if record.kind == "build":
        yield from _provenance(record.content)
    if record.kind == "image":
        yield from _base(record.content)


def _provenance(said: Mapping[str, Any]) -> Iterator[Row]:
    """A base image and images that files were copied from look the same in materials."""
    image_id, materials = said["ImageId"], said["Materials"]
    yield _link(image_id, said["BuildId"], "built_by", "provenance", 1.0)
    sureness = _SOLE if len(materials) == 1 else _ONE_OF_MANY
    for material in materials:
        yield _link(image_id, material["Digest"], "derived_from", "provenance material", sureness)


def _base(content: Mapping[str, Any]) -> Iterator[Row]:
    """The base that a manifest is annotated with; labels are traced from the images themselves."""
    digest = content["Annotations"].get(f"{_BASE}digest")
    if digest:
        yield _link(content["Id"], digest, "derived_from", "base annotation", _SOLE)


def _link(from_id: str, to_id: str, relation: str, evidence: str, confidence: float) -> Row:
    return {
        "from_id": from_id, "to_id": to_id, "relation": relation, "evidence": evidence,
        "confidence": confidence,
    }
