"""Images, layers and packages as rows; each function takes one raw record.

The cells are those that an engine's loader gives for the same content, so that rows of an image
that is in an engine, a registry and an archive unite.
"""

import hashlib
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleetkit.installed.histories import changelog_rows
from fleetkit.loaders.oci.names import shown_name
from fleetkit.plugins import Record
from fleetkit.references import reference_parts
from fleetkit.schema import Row, as_mapping

_OCI = "org.opencontainers.image."
_BASE = (f"{_OCI}base.digest", f"{_OCI}base.name")
_NEVER = "0001-01-01"
_FRACTION = re.compile(r"\.\d+")


def images(record: Record) -> Iterator[Row]:
    if record.kind == "image":
        yield _image(record.content)
    if record.kind == "packages":
        yield from _systems(record.content)
    if record.kind == "build":
        yield from _built(record.content)


def _image(content: Mapping[str, Any]) -> Row:
    config = content["Config"]
    settings = config.get("config") or {}
    labels = settings.get("Labels") or {}
    told = {**content["Annotations"], **labels}
    names = [shown_name(name) for name in content["Names"]]
    registry, repository, _ = (
        reference_parts(names[0]) if names else (None, content["Repository"], None))
    return {
        "image_id": content["Id"],
        "kind": "container",
        "name": names[0] if names else None,
        "tags": sorted(name for name in names if "@" not in name),
        "digests": sorted({shown_name(digest) for digest in content["Digests"]}),
        "parent_ref": next((told[name] for name in _BASE if told.get(name)), None),
        "family": repository,
        "os_family": config.get("os") or None,
        "arch": _architecture(config),
        "created_at": _moment(config.get("created")),
        "owner": registry,
        "is_dangling": False if names else None,
        "is_stub": False,
        "revision": told.get(f"{_OCI}revision") or None,
        "command": _shell_words(settings),
        "exposed_ports": sorted(settings.get("ExposedPorts") or ()),
        "declared_volumes": sorted(settings.get("Volumes") or ()),
        "labels": as_mapping(labels),
    }


def _systems(content: Mapping[str, Any]) -> Iterator[Row]:
    system = content["System"] or {}
    for image_id in content["ImageIds"]:
        yield {
            "image_id": image_id,
            "kind": "container",
            "os_name": system.get("pretty_name") or system.get("id"),
            "os_version": system.get("version_id"),
            "ecosystem": system.get("ecosystem"),
            "release": system.get("release"),
            "observable": content["Observable"],
            "size_bytes": sum(layer["Size"] for layer in content["Layers"]),
        }


def _built(content: Mapping[str, Any]) -> Iterator[Row]:
    """The image that was built, and stubs of those that it was built from."""
    yield {
        "image_id": content["ImageId"], "kind": "container", "is_stub": True,
        "build_id": content["BuildId"], "builder": content["Builder"],
    }
    for material in content["Materials"]:
        yield {
            "image_id": material["Digest"], "kind": "container", "is_stub": True,
            "name": shown_name(material["Name"]), "tags": [shown_name(material["Name"])],
        }


def layers(record: Record) -> Iterator[Row]:
    if record.kind == "packages":
        for image_id in record.content["ImageIds"]:
            for position, layer in enumerate(record.content["Layers"]):
                yield {"image_id": image_id, "position": position, "diff_id": layer["DiffId"],
                       "size_bytes": layer["Size"]}
    if record.kind != "image":
        return
    config = record.content["Config"]
    digests = config["diff_ids"]
    steps = [step for step in config["history"] if not step["empty_layer"]]
    chain = None
    for position, digest in enumerate(digests):
        chain = digest if chain is None else _chained(chain, digest)
        step = steps[position] if len(steps) == len(digests) else {}
        yield {
            "image_id": record.content["Id"],
            "position": position,
            "diff_id": digest,
            "chain_id": chain,
            "command": step.get("created_by"),
            "created_at": _second(step.get("created")),
        }


def packages(record: Record) -> Iterator[Row]:
    if record.kind == "packages":
        yield from _installed(record.content)
    if record.kind == "sbom":
        for package in record.content["Packages"]:
            yield {"subject_id": record.content["ImageId"], **package,
                   "path": "SPDX attestation"}


def changelogs(record: Record) -> Iterator[Row]:
    if record.kind == "packages":
        content = record.content
        system = content["System"] or {}
        kind = next((package["kind"] for package in content["Packages"]), "dpkg")
        yield from changelog_rows(content.get("Changelogs") or {},
                                  system.get("ecosystem") or kind, system.get("release"))


def _installed(content: Mapping[str, Any]) -> Iterator[Row]:
    system = content["System"] or {}
    digests = [layer["DiffId"] for layer in content["Layers"]]
    for image_id in content["ImageIds"]:
        for package in content["Packages"]:
            yield {
                "subject_id": image_id,
                "ecosystem": system.get("ecosystem") or package["kind"],
                "release": system.get("release"),
                **{name: package[name] for name in (
                    "name", "source_name", "version", "source_version", "arch", "purl", "path",
                    "module", "size_bytes")},
                "layer_id": digests[package["current"]],
                "first_layer": package["first"],
                "current_layer": package["current"],
            }


def _architecture(config: Mapping[str, Any]) -> str | None:
    parts = [config.get("architecture"), config.get("variant")]
    return "/".join(part for part in parts if part) or None


def _shell_words(settings: Mapping[str, Any]) -> str | None:
    words: Sequence[Any] = [*(settings.get("Entrypoint") or ()), *(settings.get("Cmd") or ())]
    return shlex.join(str(word) for word in words if word) or None


def _moment(time: Any) -> Any:
    """A time, or None for the zero time that builders write for "never"."""
    return time if isinstance(time, str) and time and not time.startswith(_NEVER) else None


def _second(time: Any) -> Any:
    """A time to the second, as engines tell the history of an image."""
    return _FRACTION.sub("", time, count=1) if _moment(time) else None


def _chained(chain: str, digest: str) -> str:
    """The OCI chain id of a layer on top of others."""
    return f"sha256:{hashlib.sha256(f'{chain} {digest}'.encode()).hexdigest()}"
