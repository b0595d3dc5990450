"""What an SBOM is of: an image under the id that engines give it, a machine, or something else."""

import hashlib
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fleetkit.installed import OperatingSystem
from fleetkit.loaders.sbom.naming import is_reference
from fleetkit.loaders.sbom.texts import digest, mapping, mappings, moment, text, texts, warning
from fleetkit.plugins import Problem
from fleetkit.redaction import mask_step, mask_tree
from fleetkit.references import digest_of, image_id_of, reference_parts
from fleetkit.schema import as_mapping

Kind = Literal["container", "ami", "machine", "other"]


@dataclass(frozen=True)
class Subject:
    """What a document says about its subject; what it does not say is empty or None.

    Attributes:
        kind: what becomes of it: a row of images, a row of workloads, or an id only.
        said: the document's own word for its kind.
        name: a reference, a path, or the name of a program.
        key: what tells this subject from others of its name: a serial number or namespace.
        image_ids: digests of the image's configuration, which engines call its id.
        digests: of its manifests, with the repository where that is known.
        layers: digests of the unpacked layers, the lowest first; None where their order is lost.
        sizes: bytes by digest of the layer.
        config: the image's configuration as OCI defines it, secrets still in it.
    """

    kind: Kind
    said: str
    name: str | None = None
    version: str | None = None
    key: str | None = None
    image_ids: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    layers: tuple[str, ...] | None = ()
    sizes: Mapping[str, int | None] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    size_bytes: int | None = None
    arch: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A stable id: the content's digest, else that of a manifest, else the name."""
        if self.kind == "ami" and self.name:
            return self.name
        if self.kind == "machine":
            return f"sbom||vm|{self.name}"
        if self.kind == "container":
            known = [*filter(None, map(digest, self.image_ids)),
                     *filter(None, map(digest_of, self.digests))]
            named = self.tags[:1] or self._reference
            if known or named:
                return known[0] if known else image_id_of(named[0])
        native = f"{self.name}@{self.version}" if self.name and self.version else self.key
        return f"sbom||{self.said}|{native or self.name}"

    @property
    def _reference(self) -> tuple[str, ...]:
        """The name, where it may be a reference and is no path of an archive or a folder."""
        return (self.name,) if self.name and is_reference(self.name) else ()


def image_row(
    subject: Subject, system: OperatingSystem | None, *, is_observed: bool
) -> dict[str, Any]:
    """The row of an image; a stub where nothing but its name and its packages is known."""
    with_place = [said for said in subject.digests if not digest(said)]
    names = [*subject.tags, *with_place, *subject._reference]
    registry, repository, _ = reference_parts(names[0]) if names else (None, None, None)
    return {
        "image_id": subject.id,
        "kind": subject.kind,
        "name": names[0] if names else subject.name,
        "tags": sorted(set(subject.tags)),
        "digests": sorted(set(subject.digests)),
        "family": repository if subject.kind == "container" else None,
        "owner": registry if subject.kind == "container" else None,
        **system_columns(system),
        "ecosystem": system.ecosystem if system else None,
        "release": system.release if system else None,
        "observable": True if is_observed else None,
        "arch": subject.arch,
        "size_bytes": subject.size_bytes,
        "is_stub": not (subject.config or subject.layers),
        **_configured(subject),
    }


def system_columns(system: OperatingSystem | None) -> dict[str, str | None]:
    """Name and version of a system as rows of images and workloads have them."""
    if system is None:
        return {}
    return {"os_family": system.family, "os_name": system.pretty_name or system.id,
            "os_version": system.version_id}


def layer_rows(subject: Subject) -> Iterator[dict[str, Any]]:
    """The layers of an image, with the steps that made them where these match up."""
    steps = [step for step in mappings(subject.config.get("history"))
             if not step.get("empty_layer")]
    known = subject.layers or ()
    chain: str | None = None
    for position, diff_id in enumerate(known):
        chain = _chained(chain, diff_id)
        step = steps[position] if len(steps) == len(known) else {}
        command, created = step.get("created_by"), moment(step.get("created"))
        yield {
            "image_id": subject.id, "position": position, "diff_id": diff_id, "chain_id": chain,
            "command": mask_step(command) if command and isinstance(command, str) else None,
            "size_bytes": subject.sizes.get(diff_id),
            "created_at": f"{created[:19]}Z" if created else None,  # engines list whole seconds
        }


def doubts(subject: Subject) -> Iterator[Problem]:
    """Digests that contradict each other or are none."""
    known = {found for said in subject.image_ids if (found := digest(said))}
    strange = [said for said in subject.image_ids if not digest(said)] + [
        said for said in subject.digests if "sha" in said and not digest_of(said)]
    if strange:
        yield warning("bad_digest", "a digest of the subject is none, and is not used",
                      ", ".join(strange)[:500])
    if len(known) > 1:
        yield warning("contradicting_digest", "a document names several ids of one image; the"
                      " first is used", ", ".join(sorted(known))[:500])
    manifests = {digest_of(said) for said in subject.digests}
    if known & manifests:
        yield warning("contradicting_digest", "the digest of an image's configuration is also given"
                      " as that of its manifest; one of the two is wrong",
                      ", ".join(sorted(known))[:500],
                      "engines on containerd call the manifest's digest the image's id")
    yield from _layer_doubts(subject)


def _layer_doubts(subject: Subject) -> Iterator[Problem]:
    configured = texts(mapping(subject.config.get("rootfs")).get("diff_ids"))
    if configured and subject.layers and configured != list(subject.layers):
        yield warning("contradicting_digest", "the layers that a document lists are not those of"
                      " the image's configuration in it",
                      f"{len(subject.layers)} listed, {len(configured)} configured")
    if subject.layers is None:
        yield warning("unordered_layers", "the layers are listed in the order of their digests, so"
                      " nobody can tell which lies on which; no layers are read",
                      hint="Trivy's JSON report (--format json --list-all-pkgs) keeps their order")


def _configured(subject: Subject) -> dict[str, Any]:
    """What the configuration of the image tells, credentials masked."""
    config = subject.config
    inner = mapping(config.get("config"))
    labels = mask_tree({str(name): str(value) for name, value in
                        (mapping(inner.get("Labels")) or subject.labels).items()})
    if not config:
        return {"labels": as_mapping(labels)} if labels else {}
    words = [*texts(inner.get("Entrypoint")), *texts(inner.get("Cmd"))]
    kind = [text(config.get("architecture")), text(config.get("variant"))]
    return {
        "arch": "/".join(part for part in kind if part) or subject.arch,
        "os_family": text(config.get("os")),
        "created_at": moment(config.get("created")),
        "labels": as_mapping(labels),
        "command": shlex.join(mask_tree(words)) if words else None,
        "exposed_ports": sorted(map(str, mapping(inner.get("ExposedPorts")))),
        "declared_volumes": sorted(map(str, mapping(inner.get("Volumes")))),
    }


def _chained(chain: str | None, diff_id: str) -> str:
    """The OCI chain id of a layer on top of others."""
    if chain is None:
        return diff_id
    return f"sha256:{hashlib.sha256(f'{chain} {diff_id}'.encode()).hexdigest()}"
