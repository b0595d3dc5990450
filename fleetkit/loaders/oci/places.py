"""Where images are: registries, repositories and tags, as a user names them."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.options import listed, platforms
from fleetkit.loaders.oci.walking import PLATFORM
from fleetkit.plugins import Target
from fleetkit.redaction import mask_text

HUB = "docker.io"
_HUB_NAMES = (HUB, "index.docker.io", "registry-1.docker.io")
_HUB_API = "registry-1.docker.io"
_SCHEME = re.compile(r"(?P<scheme>oci|docker|https?)://")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?")
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_EXPECTED = (
    "write it as registry.example, registry.example/team/web, registry.example/team/web:1.0 or"
    " registry.example/team/web@sha256:…; of Docker Hub as docker.io/library/nginx"
)


@dataclass(frozen=True)
class Place:
    """What a place names.

    Args:
        host: of the registry, as references are written.
        root: address of its API.
        repository: one of its repositories; None: all that it lists.
        reference: a tag or a digest; None: all tags.
    """

    host: str
    root: str
    repository: str | None = None
    reference: str | None = None


def targets(  # noqa: PLR0913 - each is a thing that users ask for by name
    *where: str | Path,
    repositories: str | Iterable[str] = (),
    tags: str | Iterable[str] = (),
    newest: int | None = None,
    platform: str | Iterable[str] = PLATFORM,
    packages: bool = True,
    insecure: bool = False,
) -> Iterator[Target]:
    """Registries, repositories and tags; credentials are those of `docker login`.

    Args:
        where: registry.example (all that it lists), registry.example/team/web (all tags),
            registry.example/team/web:1.0 or …@sha256:…; with oci:// before it or not.
        repositories: globs of repositories of a whole registry; not named: all.
        tags: globs of tags; not named: all.
        newest: so many images of each repository only, those that were built last.
        platform: whose packages are read, of images for several, as linux/arm64 or linux/*; all
            for each. Where an image has it not, those of the first are read.
        packages: read the layers that hold package databases; each once, whatever stands on it.
        insecure: speak plain HTTP; this machine's own ports always do.

    Raises:
        LoadError: a place is none, or an option is wrong.
    """
    if not where:
        raise LoadError(f"oci: name a registry, a repository or a file; {_EXPECTED}")
    if newest is not None and newest < 1:
        raise LoadError(f"oci: newest={newest} leaves no image; give a number from 1")
    options = {
        "repositories": listed(repositories), "tags": listed(tags), "newest": newest,
        "platform": platforms(platform), "packages": packages, "insecure": insecure,
    }
    for named in where:
        place = parsed(str(named), insecure=insecure)
        name = mask_text(_SCHEME.sub("", str(named)).rstrip("/"))
        yield Target(name, place.host, options={**options, "place": str(named)})


def parsed(text: str, *, insecure: bool = False) -> Place:
    """What a place names.

    Raises:
        LoadError: it is none.
    """
    match = _SCHEME.match(text)
    scheme, rest = (match["scheme"], text[match.end():]) if match else ("", text)
    before, at, _ = rest.partition("/")[0].rpartition("@")
    if at and ":" in before:
        raise LoadError("oci: credentials do not belong in a place; log in with `docker login`")
    first, slash, path = rest.partition("/")
    if not slash and not scheme and Path(first).suffix in (".tar", ".tgz", ".zst"):
        raise LoadError(f"{text}: there is no such file")
    if not _is_host(first, slash=bool(slash), scheme=scheme):
        first, path = HUB, rest if slash else f"library/{rest}"
    if not _HOST.fullmatch(first):
        raise LoadError(f"oci: {mask_text(text)!r:.200} names no registry; {_EXPECTED}")
    host = HUB if first in _HUB_NAMES else first
    is_plain = scheme == "http" or (scheme != "https" and (insecure or is_loopback(host)))
    root = f"http{'' if is_plain else 's'}://{_HUB_API if host == HUB else host}"
    repository, reference = _named(path.rstrip("/"), text)
    if host == HUB and repository and "/" not in repository:
        repository = f"library/{repository}"
    return Place(host, root, repository, reference)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_host(first: str, *, slash: bool, scheme: str) -> bool:
    """Whether a place begins with a registry; what has no dot is an image of Docker Hub."""
    if scheme.startswith("http") or first == "localhost" or first.startswith("localhost:"):
        return True
    return "." in first.partition(":")[0] or first.startswith("[") or (slash and ":" in first)


def _named(path: str, text: str) -> tuple[str | None, str | None]:
    """Repository, and tag or digest."""
    if not path:
        return None, None
    repository, at, digest = path.partition("@")
    before, colon, tag = repository.rpartition(":")
    reference = digest if at else tag if colon else None
    repository = before if colon else repository
    is_right = reference is None or (_DIGEST if at else _TAG).fullmatch(reference)
    if not is_right or len(repository) > 255 or not _REPOSITORY.fullmatch(repository):
        raise LoadError(f"oci: {mask_text(text)!r:.200} names no repository; {_EXPECTED}")
    return repository, reference
