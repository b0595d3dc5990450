"""What a builder or source block of a template starts from."""

from collections.abc import Mapping
from typing import Any

from fleetkit.loaders.packer.origins import is_open, source
from fleetkit.loaders.packer.settings import Settings, filled, listed
from fleetkit.plugins import Problem, Record

_NAMES = (  # attributes that name a source, the most exact first
    "source_ami", "source_image", "external_source_image_url", "source_image_name", "image",
    "image_id", "base_image", "template", "clone_from_vm_name", "custom_managed_image_name",
    "clone_vm", "source_path", "iso_url",
)
_FILTERS = ("source_ami_filter", "source_image_filter")
_MOST_NAMED = 20


def declared(
    builder_type: str, name: str, body: Mapping[str, Any], settings: Settings, where: str
) -> list[Record | Problem]:
    """The record of what a builder starts from; a problem where that is left open."""
    if not builder_type or builder_type in ("null", "file"):
        return []
    text = _source_of(body, settings)
    project = _text(body, "source_image_project_id", settings) or _text(
        body, "project_id", settings)
    found: list[Record | Problem] = [Record("source", {
        "name": name, "builder_type": builder_type,
        "project": _known(_text(body, "project_id", settings)),
        **source(builder_type, text, _known(project)),
    })]
    if is_open(text):
        found.append(Problem(
            code="open_variable",
            message="the source of a build depends on a variable that has no plain default",
            subject_id=f"{builder_type}.{name}", detail=f"{where}: {text}"[-500:],
            severity="info", phase="parse",
            hint="name the source in custom_data of the manifest post-processor",
        ))
    return found


def _source_of(body: Mapping[str, Any], settings: Settings) -> str | None:
    for name in _NAMES:
        if text := _text(body, name, settings):
            return text
    if url := next((item for item in listed(body.get("iso_urls")) if isinstance(item, str)), None):
        return filled(url, settings)
    for name in _FILTERS:
        if (words := _filter(body.get(name), settings)) is not None:
            return words
    return _family(body, settings) or _offer(body, settings)


def _filter(blocks: Any, settings: Settings) -> str | None:
    """A filter in words: `name=ubuntu/images/*, owners=099720109477`."""
    block = next((item for item in listed(blocks) if isinstance(item, Mapping)), None)
    if block is None:
        return None
    inner = next((item for item in listed(block.get("filters")) if isinstance(item, Mapping)), {})
    pairs = {str(key): value for key, value in inner.items()}
    if owners := block.get("owners"):
        pairs["owners"] = " ".join(map(str, listed(owners)))
    words = [f"{key}={filled(str(value), settings)}" for key, value in sorted(pairs.items())]
    return ", ".join(words[:_MOST_NAMED]) or None


def _family(body: Mapping[str, Any], settings: Settings) -> str | None:
    family = _text(body, "source_image_family", settings)
    projects = [filled(str(item), settings) for item in listed(body.get("source_image_project_id"))]
    return f"family {'/'.join([*projects[:1], family])}" if family else None


def _offer(body: Mapping[str, Any], settings: Settings) -> str | None:
    """What Azure's marketplace calls an image."""
    parts = [_text(body, f"image_{part}", settings) for part in ("publisher", "offer", "sku")]
    version = _text(body, "image_version", settings) or "latest"
    return ":".join([*(part or "" for part in parts), version]) if all(parts) else None


def _text(body: Mapping[str, Any], name: str, settings: Settings) -> str | None:
    value = body.get(name)
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    return filled(value, settings) or None if isinstance(value, str) else None


def _known(text: str | None) -> str | None:
    return None if is_open(text) else text
