"""Names and digests of images out of the many places where documents write them."""

from dataclasses import dataclass

from fleetkit.installed.purl_parts import parse_purl
from fleetkit.loaders.sbom.texts import digest
from fleetkit.references import digest_of, reference_parts

_ARCHIVES = (".tar", ".tar.gz", ".tgz")


@dataclass(frozen=True)
class Names:
    """Names of one image: tags, digests of manifests with their repository, architecture."""

    tags: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    arch: str | None = None

    def __add__(self, other: "Names") -> "Names":
        return Names(tuple(dict.fromkeys(self.tags + other.tags)),
                     tuple(dict.fromkeys(self.digests + other.digests)), self.arch or other.arch)


def names_of(name: str | None, version: str | None, purl: str | None) -> Names:
    """What a component's name, version and package URL tell of an image.

    Examples:
        >>> names_of("postgres:11", "sha256:" + "a" * 64, None).digests[0][:18]
        'postgres@sha256:aa'
        >>> names_of("alpine", None, "pkg:oci/alpine?repository_url=r.example/alpine&tag=3").tags
        ('r.example/alpine:3',)
    """
    return _from_purl(purl) + _from_reference(name, version)


def is_reference(name: str) -> bool:
    """Whether a name may be that of an image: it is no path of an archive or a folder."""
    return not (name.endswith(_ARCHIVES) or name.startswith((".", "/")) or " " in name)


def _from_reference(name: str | None, version: str | None) -> Names:
    if not name or not is_reference(name):
        return Names()
    inner, said = digest_of(name), digest(version) if version else None
    registry, repository, tag = reference_parts(name)
    place = f"{registry}/{repository}" if registry else repository
    found = tuple(f"{place}@{known}" for known in dict.fromkeys((inner, said)) if known)
    if tag:
        return Names((f"{place}:{tag}",), found)
    is_tag = version and not said and "/" not in version and ":" not in version
    return Names((f"{place}:{version}",) if is_tag else (), found)


def _from_purl(text: str | None) -> Names:
    purl = parse_purl(text) if text else None
    if purl is None or purl.type not in ("oci", "docker"):
        return Names()
    place = _place(purl.qualifiers.get("repository_url"), purl.path)
    found = digest(purl.version) if purl.version else None
    tag = purl.qualifiers.get("tag") or (None if found else purl.version)
    arch = purl.qualifiers.get("arch") or purl.qualifiers.get("platform", "").partition("/")[2]
    return Names((f"{place}:{tag}",) if tag else (), (f"{place}@{found}",) if found else (),
                 arch or None)


def _place(url: str | None, path: str) -> str:
    """The repository; some write its address without the name at its end."""
    base = (url or "").removeprefix("https://").rstrip("/").rpartition("@")[2]
    if not base or base == path or base.endswith(f"/{path.rpartition('/')[2]}"):
        return base or path
    return f"{base}/{path}"
