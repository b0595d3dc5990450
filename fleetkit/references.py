"""Image references: the spellings of one name, and the id of an image known by name only.

A reference is `registry/repository:tag@digest`; Docker's own registry, the folder `library` and
the tag `latest` go without saying (distribution/reference, "familiar names").
"""

import re
from functools import lru_cache

_DEFAULT_REGISTRY = "docker.io"
_ALSO_DEFAULT = ("index.docker.io", "registry-1.docker.io")
_SCHEMES = re.compile(r"^(?:docker-pullable|docker-image|docker|containerd|cri-o|oci|https?)://")
_DIGEST = re.compile(r"(?:^|@)(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$")


def reference_parts(reference: str) -> tuple[str | None, str, str | None]:
    """Registry, repository and tag of an image reference; its digest is left out.

    Examples:
        >>> reference_parts("registry.example:5000/team/web:1.0@sha256:ab")
        ('registry.example:5000', 'team/web', '1.0')
        >>> reference_parts("postgres")
        (None, 'postgres', None)
    """
    plain = reference.partition("@")[0]
    first, slash, rest = plain.partition("/")
    has_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if has_registry else (None, plain)
    repository, colon, tag = path.rpartition(":")
    return (registry, repository, tag) if colon and "/" not in tag else (registry, path, None)


def repository_of(reference: str) -> str:
    """Registry and repository as they are written, without tag and digest.

    Examples:
        >>> repository_of("registry.example:5000/team/web:1.0")
        'registry.example:5000/team/web'
    """
    registry, repository, _ = reference_parts(reference)
    return f"{registry}/{repository}" if registry else repository


@lru_cache(maxsize=65_536)
def full_reference(reference: str) -> str:
    """The reference with all that goes without saying, its digest left out.

    Examples:
        >>> full_reference("nginx")
        'docker.io/library/nginx:latest'
        >>> full_reference("docker-pullable://registry.example/web@sha256:ab")
        'registry.example/web'
    """
    plain = _SCHEMES.sub("", reference.strip())
    registry, repository, tag = reference_parts(plain)
    if registry is None or registry in _ALSO_DEFAULT:
        registry = _DEFAULT_REGISTRY
    if registry == _DEFAULT_REGISTRY and "/" not in repository:
        repository = f"library/{repository}"
    if tag is None and "@" not in plain:
        tag = "latest"
    return f"{registry}/{repository}" + (f":{tag}" if tag else "")


def digest_of(reference: str) -> str | None:
    """The digest in a reference, or the reference where it is one; None where there is none.

    Examples:
        >>> digest_of("nginx:1.25") is None
        True
    """
    match = _DIGEST.search(_SCHEMES.sub("", reference.strip()))
    return match[1] if match else None


def image_id_of(reference: str) -> str:
    """The id of an image that is known by a reference only: its digest, else its full name.

    Of a digest nobody can tell whether it is that of the content (as engines have it) or of a
    manifest (as registries have it); `digests` of a whole image lists both, which joins them.

    Examples:
        >>> image_id_of("nginx:1.25")
        'name|docker.io/library/nginx:1.25'
    """
    return digest_of(reference) or f"name|{full_reference(reference)}"
