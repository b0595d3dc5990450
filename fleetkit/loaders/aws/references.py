"""Container images by the names that ECS and ECR have for them.

Both know an image by repository and manifest digest, never by the content digest that an engine
uses. Their id is therefore `aws||image|<registry>/<repository>@sha256:…`; it stands in `digests` as
well, without the head, as an engine writes it, so that one image of both can be recognised. Where
only a tag is known the id ends with it: a tag can move, and what ran then cannot be told.
"""

from dataclasses import dataclass

_LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Reference:
    """An image reference, taken apart.

    Args:
        registry: host, None for the default registry.
        repository: path without registry.
        tag: None where there is only a digest.
        digest: of the manifest, with its algorithm.
    """

    registry: str | None
    repository: str
    tag: str | None
    digest: str | None

    @property
    def image_id(self) -> str:
        """Stable id; the same from a task that runs the image and from its repository."""
        return f"aws||image|{self.by_digest or self.by_tag}"

    @property
    def by_digest(self) -> str | None:
        """`registry/repository@sha256:…`; None without a digest."""
        return f"{self.place}@{self.digest}" if self.digest else None

    @property
    def by_tag(self) -> str | None:
        """`registry/repository:tag`; None for an image that is named by digest alone."""
        return f"{self.place}:{self.tag}" if self.tag else None

    @property
    def place(self) -> str:
        """Registry and repository."""
        return f"{self.registry}/{self.repository}" if self.registry else self.repository


def reference_of(text: str, digest: str | None = None) -> Reference:
    """The parts of a reference.

    Args:
        text: as a task definition writes it: `nginx`, `host:5000/team/web:1.0`, `web@sha256:…`.
        digest: of what was pulled, if that is known.

    Examples:
        >>> reference_of("redis", "sha256:ab").image_id
        'aws||image|redis@sha256:ab'
        >>> reference_of("host:5000/team/web").by_tag
        'host:5000/team/web:latest'
    """
    plain, _, pinned = text.partition("@")
    first, slash, rest = plain.partition("/")
    has_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if has_registry else (None, plain)
    repository, colon, tag = path.rpartition(":")
    if not colon:
        repository, tag = path, "" if pinned else _LATEST
    return Reference(registry, repository, tag or None, digest or pinned or None)


def image_fields(text: str | None, digest: str | None = None) -> dict[str, str | None]:
    """Fields for a record of a container; none where no image is named."""
    if not text:
        return {}
    found = reference_of(text, digest)
    return {
        "Image": text, "ImageId": found.image_id, "ImageTag": found.by_tag,
        "ImageDigest": found.by_digest, "Registry": found.registry,
        "Repository": found.repository,
    }
