"""Parents that an image's labels name: a claim, inherited by every child that does not renew it."""

import json
from collections.abc import Iterator

import pandas as pd

_DIGEST = "org.opencontainers.image.base.digest"
_NAME = "org.opencontainers.image.base.name"
_NO_BASE = ("", "scratch")


def declared_parents(images: pd.DataFrame) -> pd.DataFrame:
    """Per image the base that its labels name, found in the fleet where it is there.

    Returns:
        Columns child_id, label_id (an image of the fleet, or the reference), label_ref.
    """
    known = dict(_references(images))
    rows = []
    for image_id, text in _labelled(images):
        labels = json.loads(text)
        wanted = [labels[name] for name in (_DIGEST, _NAME) if labels.get(name, "") not in _NO_BASE]
        found = next((known[_plain(ref)] for ref in wanted if _plain(ref) in known), None)
        if wanted and found != image_id:
            rows.append((image_id, found or wanted[0], wanted[-1]))
    return pd.DataFrame(rows, columns=["child_id", "label_id", "label_ref"], dtype="string")


def _labelled(images: pd.DataFrame) -> Iterator[tuple[str, str]]:
    told = images[images["labels"].str.contains("image.base.", regex=False).fillna(False)]
    return zip(told["image_id"], told["labels"], strict=True)


def _references(images: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Every way to name an image, and its id; the first image of a name keeps it."""
    listed = images[["image_id", "tags", "digests"]].iloc[::-1]
    for image_id, tags, digests in listed.itertuples(index=False):
        yield image_id, image_id
        for digest in _texts(digests):
            yield digest.rpartition("@")[2], image_id
        for tag in _texts(tags):
            yield _plain(tag), image_id


def _texts(cell: object) -> list[str]:
    return [] if cell is None or cell is pd.NA else list(cell)  # type: ignore[call-overload]


def _plain(reference: str) -> str:
    """A reference without what is implied: Docker Hub, its library, the tag latest."""
    if reference.startswith("sha256:"):
        return reference
    name = reference.partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"
