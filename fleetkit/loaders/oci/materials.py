"""Package URLs in attestations: images that a build started from, libraries that an image holds.

Sources: the purl specification (types docker and oci); the OSV schema's list of ecosystems.
"""

import re
from urllib.parse import parse_qs, unquote

_PURL = re.compile(r"pkg:([a-z.+-]+)/([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?", re.IGNORECASE)
_LONGEST = 2_000
_ECOSYSTEMS = {
    "pypi": "PyPI", "npm": "npm", "golang": "Go", "maven": "Maven", "cargo": "crates.io",
    "gem": "RubyGems", "nuget": "NuGet", "composer": "Packagist", "hex": "Hex", "pub": "Pub",
}
_FRONTENDS = ("docker/dockerfile", "docker/dockerfile-upstream", "docker/buildkit-syft-scanner",
              "docker.io/docker/dockerfile")


def image_of_purl(text: str) -> str | None:
    """The reference of an image; None for anything else, and for tools of the build itself.

    Examples:
        >>> image_of_purl("pkg:docker/registry.example/team/base@1.4?platform=linux%2Famd64")
        'registry.example/team/base:1.4'
        >>> image_of_purl("pkg:oci/web@sha256%3Aab?repository_url=registry.example/web&tag=12")
        'registry.example/web:12'
        >>> image_of_purl("pkg:docker/docker/dockerfile@1") is None
        True
    """
    match = _PURL.fullmatch(text[:_LONGEST])
    if not match or match[1].lower() not in ("docker", "oci"):
        return None
    said = parse_qs(match[4] or "")
    name = said.get("repository_url", [unquote(match[2])])[0]
    if match[1].lower() == "docker" and "repository_url" in said:
        name = f"{name.rstrip('/')}/{unquote(match[2])}"
    version = unquote(match[3] or "")
    tag = said.get("tag", [version])[0]
    if name in _FRONTENDS:
        return None
    return f"{name}:{tag}" if tag and not tag.startswith("sha256:") else name


def library_of_purl(text: str) -> dict[str, str] | None:
    """Ecosystem (as OSV names it), name, version and purl of a library.

    Examples:
        >>> library_of_purl("pkg:npm/%40angular/core@17.0.1")["name"]
        '@angular/core'
        >>> library_of_purl("pkg:deb/debian/curl@7.88.1-10") is None
        True
    """
    match = _PURL.fullmatch(text[:_LONGEST])
    ecosystem = _ECOSYSTEMS.get(match[1].lower()) if match else None
    if match is None or ecosystem is None or not match[3]:
        return None
    name = unquote(match[2]).strip("/")
    if ecosystem == "Maven":
        name = ":".join(name.rsplit("/", 1))
    return {"ecosystem": ecosystem, "name": name, "version": unquote(match[3]), "purl": match[0]}
