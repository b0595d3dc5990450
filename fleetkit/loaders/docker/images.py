"""Images, their layers and packages as rows; each function takes one raw record."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleetkit.installed import Installed
from fleetkit.installed.histories import changelog_rows
from fleetkit.loaders.docker.filesystems import installed_in
from fleetkit.loaders.docker.names import content_id, moment, natural, shell_words
from fleetkit.plugins import Record
from fleetkit.references import reference_parts
from fleetkit.schema import Row, as_mapping

_BASE = ("org.opencontainers.image.base.digest", "org.opencontainers.image.base.name")
_METADATA_STEP = re.compile(
    r"\s*(?:/bin/sh -c #\(nop\)\s+)?"
    r"(?:ENV|CMD|LABEL|EXPOSE|ENTRYPOINT|USER|VOLUME|STOPSIGNAL|HEALTHCHECK|ARG|MAINTAINER|ONBUILD|SHELL)\b"
)


def images(record: Record) -> Iterator[Row]:
    if record.kind == "image":
        yield _image(record.content)
    if record.kind == "container" and record.content.get("Image"):
        yield _stub(record.content)
    if record.kind == "filesystem":
        yield from _systems(record.content)


def _image(inspected: Mapping[str, Any]) -> Row:
    config = inspected.get("Config") or {}
    labels = config.get("Labels") or inspected.get("Labels") or {}
    names = [name for name in inspected.get("RepoTags") or () if name != "<none>:<none>"]
    digests = list(inspected.get("RepoDigests") or ())
    registry, repository = _origin([*names, *digests])
    return {
        "image_id": content_id(inspected["Id"]),
        "kind": "container",
        "name": names[0] if names else None,
        "tags": sorted(names),
        "digests": sorted(digests),
        "parent_ref": content_id(inspected.get("Parent")) or _base_of(labels),
        "family": repository,
        "os_family": inspected.get("Os") or None,
        "arch": _architecture(inspected),
        "created_at": moment(inspected.get("Created")),
        "size_bytes": natural(inspected.get("Size")),
        "owner": registry,
        "is_dangling": _is_dangling(inspected, names),
        "is_stub": False,
        "command": shell_words([*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())]),
        "exposed_ports": sorted(config.get("ExposedPorts") or ()),
        "declared_volumes": sorted(config.get("Volumes") or ()),
        "labels": as_mapping(labels),
    }


def _stub(container: Mapping[str, Any]) -> Row:
    """An image that a container names; the row of the image itself completes it."""
    reference = (container.get("Config") or {}).get("Image") or container.get("ImageName")
    return {
        "image_id": content_id(container["Image"]), "kind": "container", "name": reference,
        "is_stub": True,
    }


def _systems(filesystem: Mapping[str, Any]) -> Iterator[Row]:
    found = _installed(filesystem)
    system = found.os
    for image_id in filesystem["ImageIds"]:
        yield {
            "image_id": image_id,
            "kind": "container",
            "os_name": system.pretty_name or system.id if system else None,
            "os_version": system.version_id if system else None,
            "ecosystem": system.ecosystem if system else None,
            "release": system.release if system else None,
            "observable": found.observable,
        }


def layers(record: Record) -> Iterator[Row]:
    if record.kind != "image":
        return
    digests = ((record.content.get("RootFS") or {}).get("Layers")) or []
    steps = _layer_steps(record.content.get("History") or [], len(digests))
    chain = None
    for position, digest in enumerate(digests):
        chain = digest if chain is None else _chained(chain, digest)
        step = steps[position] if steps else {}
        yield {
            "image_id": content_id(record.content["Id"]),
            "position": position,
            "diff_id": digest,
            "chain_id": chain,
            "command": step.get("CreatedBy"),
            "size_bytes": step.get("Size"),
            "created_at": moment(step.get("Created")),
        }


def packages(record: Record) -> Iterator[Row]:
    if record.kind == "filesystem":
        yield from _packages(record.content, record.content["ImageIds"])
    if record.kind == "diverged":
        yield from _packages(record.content, [record.content["WorkloadId"]])


def _packages(filesystem: Mapping[str, Any], subjects: Sequence[str]) -> Iterator[Row]:
    found = _installed(filesystem)
    system = found.os
    ecosystem = system.ecosystem if system else None
    release = system.release if system else None
    for subject in subjects:
        for package in found.packages:
            yield {
                "subject_id": subject,
                "ecosystem": ecosystem or package.kind,
                "release": release,
                "name": package.name,
                "source_name": package.source_name,
                "version": package.version,
                "source_version": package.source_version,
                "arch": package.arch,
                "purl": package.purl,
                "path": package.path,
                "module": package.module,
                "size_bytes": package.size_bytes,
            }


def changelogs(record: Record) -> Iterator[Row]:
    if record.kind == "filesystem":
        found = _installed(record.content)
        kind = next((package.kind for package in found.packages), "dpkg")
        yield from changelog_rows(
            record.content.get("Changelogs") or {},
            (found.os.ecosystem if found.os else None) or kind,
            found.os.release if found.os else None,
        )


def _installed(filesystem: Mapping[str, Any]) -> Installed:
    return installed_in(filesystem["Files"])


def _origin(names: Sequence[str]) -> tuple[str | None, str | None]:
    """Registry and repository of the first name."""
    if not names:
        return None, None
    registry, repository, _ = reference_parts(names[0])
    return registry, repository


def _base_of(labels: Mapping[str, str]) -> str | None:
    return next((labels[name] for name in _BASE if labels.get(name)), None)


def _architecture(inspected: Mapping[str, Any]) -> str | None:
    parts = [inspected.get("Architecture"), inspected.get("Variant")]
    return "/".join(part for part in parts if part) or None


def _is_dangling(inspected: Mapping[str, Any], names: Sequence[str]) -> bool | None:
    """What the engine says; from a file, a named image is not, and of another nothing is known."""
    said = inspected.get("Dangling")
    if said is not None:
        return bool(said)
    return False if names else None


def _layer_steps(history: Sequence[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    """The step that made each layer, lowest first; none where steps and layers do not match up."""
    known = [step for step in history if step.get("Empty") is not None]
    if known and len(known) == len(history):  # an image's own config: oldest first, marked
        filled = [step for step in history if not step["Empty"]]
        return filled if len(filled) == count else []
    oldest_first = list(reversed(history))
    sized = [step for step in oldest_first if step.get("Size")]
    if len(sized) == count:
        return sized
    writing = [step for step in oldest_first if not _METADATA_STEP.match(step["CreatedBy"] or "")]
    return writing if len(writing) == count else []


def _chained(chain: str, digest: str) -> str:
    """The OCI chain id of a layer on top of others."""
    return f"sha256:{hashlib.sha256(f'{chain} {digest}'.encode()).hexdigest()}"
