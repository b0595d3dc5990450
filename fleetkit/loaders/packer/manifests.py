"""Manifests of Packer's manifest post-processor: one record per entry, with its images.

A run is known by its UUID, and a build by its type and name in it; several images of one build
(regions, post-processors) are entries with the same id. `build_time` is in seconds since 1970 and
absent or zero where it was stripped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.fields import Fields
from fleetkit.loaders.packer.artifacts import images_of
from fleetkit.loaders.packer.origins import PROJECTS, REVISIONS, SOURCES, source, told
from fleetkit.plugins import Problem, Record
from fleetkit.redaction import mask_text

_LATEST_YEAR = "2100"
_SHOWN = 500


def is_manifest(document: Any) -> bool:
    return isinstance(document, Mapping) and "builds" in document and "builders" not in document


def builds(manifest: Mapping[str, Any], where: str) -> Iterator[Record | Problem]:
    """The builds that a manifest tells of.

    Raises:
        LoadError: its builds are no list.
    """
    entries = manifest["builds"]
    if entries is None:
        return
    if not isinstance(entries, list):
        raise LoadError(
            f"{where}: expected the builds of a manifest as a list,"
            f" found {type(entries).__name__!r}; pass the file of the manifest post-processor"
        )
    latest = manifest.get("last_run_uuid")
    for position, entry in enumerate(entries):
        yield from _build(entry, latest, f"{where}, build {position + 1}")


def _build(entry: Any, latest: Any, where: str) -> Iterator[Record | Problem]:
    known = Fields(entry)
    builder_type, name = known.text("builder_type"), known.text("name")
    if builder_type is None:
        yield _strange(where, ["it has no builder_type", *known.strange])
        return
    artifact, run = known.text("artifact_id") or "", known.text("packer_run_uuid")
    finished = known.time("build_time", unit=1)
    if finished is not None and finished >= _LATEST_YEAR:
        known.strange.append("build_time: expected seconds since 1970")
        finished = None
    images = [asdict(image) for image in images_of(builder_type, artifact)]
    custom = known.part("custom_data").content
    project = told(custom, PROJECTS)
    yield Record("build", {
        "build_id": _identity(run, builder_type, name, artifact),
        "name": name and mask_text(name),
        "builder_type": builder_type,
        "finished": finished,
        "is_latest": run == latest if run and isinstance(latest, str) and latest else None,
        "revision": told(custom, REVISIONS),
        "project": project,
        "images": images,
        **source(builder_type, told(custom, SOURCES), project),
    })
    if known.strange:
        yield _strange(where, known.strange)


def _identity(run: str | None, builder_type: str, name: str | None, artifact: str) -> str:
    """A run that is not named is told apart by what it made."""
    build = f"{builder_type}/{name or builder_type}"
    return mask_text(f"packer|{run}|build|{build}" if run else f"packer||build|{build}={artifact}")


def _strange(where: str, found: list[str]) -> Problem:
    return Problem(
        code="unreadable_record",
        message="a build of a manifest does not have the expected form",
        subject_id=where[-_SHOWN:],
        detail=mask_text("; ".join(found))[:_SHOWN],
        hint="was the file edited, or cut while it was written?",
        phase="parse",
    )
