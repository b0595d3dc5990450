"""What a build starts from, in words and as the id of an image.

`custom_data` of a manifest is free text by free names; these are understood, in any case and with
any of `_`, `-` and `.` between their words. A name of an image is taken where no id is given.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fleetkit.loaders.packer.artifacts import kind_on, named
from fleetkit.redaction import mask_text

SOURCES = (
    "source_ami", "source_ami_id", "source_image", "source_image_id", "base_ami", "base_ami_id",
    "base_image", "base_image_id", "parent_ami", "parent_image", "parent_image_id", "from_image",
    "source_ami_name", "source_image_name", "base_ami_name", "base_image_name", "source_template",
    "base_template", "base_box", "source_image_family", "source_iso", "iso_url",
)
REVISIONS = (
    "git_commit", "git_commit_sha", "git_commit_hash", "git_commit_id", "git_sha", "git_revision",
    "git_hash", "commit", "commit_sha", "commit_hash", "commit_id", "revision", "vcs_ref",
    "vcs_revision", "source_revision", "sha", "git_ref",
)
PROJECTS = ("project_id", "project", "gcp_project", "gcp_project_id", "google_project")
_UNFILLED = re.compile(r"\{\{|\$\{|<no value>")
_LONGEST = 2_000


def told(custom_data: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """The first of these names that custom data gives a value; None where none does."""
    plain = {_plain(str(name)): value for name, value in custom_data.items()}
    for name in names:
        value = plain.get(_plain(name))
        if isinstance(value, str) and value.strip() and not _UNFILLED.search(value):
            return mask_text(value.strip()[:_LONGEST])
    return None


def source(builder_type: str, text: str | None, project: str | None = None) -> dict[str, Any]:
    """The columns that say what a build starts from.

    A text that is no id of its platform (a filter, a family, a file) still is one source for all
    who name it: it stands for an image of its own. One with unknown variables is words only.
    """
    if text is None:
        return {"source_image": None, "source_id": None, "source_kind": None}
    shown = mask_text(text[:_LONGEST])
    if _UNFILLED.search(text):
        return {"source_image": shown, "source_id": None, "source_kind": None}
    found = named(builder_type, text, project)
    return {
        "source_image": shown,
        "source_id": found.id if found else f"packer||source|{shown}",
        "source_kind": found.kind if found else kind_on(builder_type),
    }


def is_open(text: str | None) -> bool:
    """Whether a text still holds what nobody filled in."""
    return text is not None and bool(_UNFILLED.search(text))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
