"""Products: what a judgement is about: a package, an image, a system, or what no fleet has.

Sources: the purl specification (types and their namespaces), CPE 2.2 and 2.3 (a system's part "o").
"""

import re
from typing import NamedTuple

from fleetkit.installed.purl_parts import ECOSYSTEMS, Purl, parse_purl
from fleetkit.installed.systems import system_of, system_of_purl
from fleetkit.patching.ecosystems import Place, locate, plain_name
from fleetkit.references import digest_of, full_reference, reference_parts

_SYSTEMS = ("deb", "rpm", "apk")
_IMAGES = ("oci", "docker")
_SOURCES = ("source", "src", "nosrc")
_ARCHES = {"x86_64": "amd64", "aarch64": "arm64", "i386": "386", "i686": "386", "armhf": "arm",
           "armv7": "arm", "armv7hl": "arm", "ppc64el": "ppc64le"}
_EVERY_ARCH = ("all", "noarch", "any")
_REBUILD = re.compile(r"\+b\d+$")  # Debian builds a binary anew without a new source
_HEX = re.compile(r"[0-9a-f]{64}")
_VENDORS = {"debian": "debian", "canonical": "ubuntu", "suse": "sles", "alpinelinux": "alpine",
            "almalinux": "almalinux", "rocky": "rocky", "fedoraproject": "fedora",
            "oracle": "ol", "opensuse": "opensuse-leap"}


class Package(NamedTuple):
    """A package, as far as it is named.

    Attributes:
        ecosystem: as records spell it; None: of any ecosystem.
        release: as records spell it; None: all.
        name: as it is compared.
        version: None: all.
        arch: None: all.
        part: "source" is all that is built from a source package, "binary" the one package;
            "either" where the name may be that of both.
        module: rpm module and stream; None: any.
    """

    ecosystem: str | None
    release: str | None
    name: str
    version: str | None = None
    arch: str | None = None
    part: str = "either"
    module: str | None = None


class Image(NamedTuple):
    """An image: by digest, else by its full name with a tag, else all of a repository."""

    digest: str | None
    reference: str | None
    repository: str | None
    arch: str | None = None


class System(NamedTuple):
    """An operating system; a channel means enrolled machines, and who is one is not known."""

    ecosystem: str
    release: str | None
    channel: str | None = None


Product = Package | Image | System | None


def read_product(text: str) -> Product:
    """What the text names; None where it names nothing that a fleet could have.

    Examples:
        >>> read_product("pkg:deb/debian/curl@7.88.1-10?arch=source&distro=bookworm").release
        '12'
        >>> read_product("nginx:1.25").reference
        'docker.io/library/nginx:1.25'
        >>> read_product("cpe:/o:redhat:enterprise_linux:9")
        System(ecosystem='Red Hat', release='9', channel=None)
    """
    if text.startswith("pkg:"):
        purl = parse_purl(text)
        if purl is None:
            return None
        return _image(purl) if purl.type in _IMAGES else _package(purl)
    if text.startswith("cpe:"):
        return _system(text)
    if " " in text or "://" in text:
        return None
    return _reference(text)


def plain_arch(arch: str | None) -> str | None:
    """The architecture in one spelling; None where it is every one's."""
    found = (arch or "").lower()
    return None if not found or found in _EVERY_ARCH else _ARCHES.get(found, found)


def _package(purl: Purl) -> Package | None:
    arch = purl.qualifiers.get("arch", "")
    module = purl.qualifiers.get("rpmmod") or purl.qualifiers.get("modularitylabel")
    if purl.type not in _SYSTEMS:
        ecosystem = ECOSYSTEMS.get(purl.type)
        if ecosystem is None:
            return None
        return Package(ecosystem, None, plain_name(ecosystem, _name(purl)), purl.version)
    system = system_of_purl(purl.namespace, purl.qualifiers.get("distro"))
    if system is None or system.ecosystem is None:
        return None
    place = _place(system.ecosystem, system.release)
    is_source = arch in _SOURCES
    plain = None if is_source else plain_arch(arch)
    return Package(
        place.ecosystem, place.release, purl.name, _version(purl), plain,
        "source" if is_source else "binary" if arch else "either",
        ":".join(module.split(":")[:2]) if module else None,
    )


def _name(purl: Purl) -> str:
    if purl.type == "maven" and purl.namespace:
        return f"{purl.namespace.replace('/', '.')}:{purl.name}"
    return purl.path


def _version(purl: Purl) -> str | None:
    """With the epoch, which an rpm's purl has aside, as databases write it."""
    version, epoch = purl.version, purl.qualifiers.get("epoch", "0")
    if version and purl.type == "deb":
        return _REBUILD.sub("", version)
    return f"{epoch}:{version}" if version and epoch.strip("0") and ":" not in version else version


def _place(ecosystem: str, release: str | None) -> Place:
    return locate(f"{ecosystem}:{release}" if release else ecosystem)


def _image(purl: Purl) -> Image:
    """An image's purl; some write the whole address of the repository, some without its name."""
    base = purl.qualifiers.get("repository_url", "").rpartition("://")[2].rstrip("/")
    base = base.rpartition("@")[2]
    repository = base or purl.path
    if base and repository.rpartition("/")[2] != purl.name:
        repository = f"{base}/{purl.name}"
    digest = digest_of(purl.version or "")
    tag = purl.qualifiers.get("tag") or (None if digest else purl.version)
    plain = full_reference(f"{repository}:{tag or 'latest'}")
    return Image(digest, plain if tag else None, plain.rpartition(":")[0],
                 plain_arch(purl.qualifiers.get("arch")))


def _reference(text: str) -> Image | None:
    digest = digest_of(f"sha256:{text.lower()}" if _HEX.fullmatch(text.lower()) else text)
    if digest:
        return Image(digest, None, None)
    _, repository, tag = reference_parts(text)
    if not repository or (tag is None and "/" not in text):  # "redis" alone may be any product
        return None
    plain = full_reference(f"{text}:latest" if tag is None else text)
    return Image(None, plain if tag else None, plain.rpartition(":")[0])


def _system(cpe: str) -> System | None:
    """The system of a CPE; Red Hat's are what its own records call ecosystems."""
    prefix, _, tail = cpe.partition(":")[2].partition(":")
    words = tail.split(":") if prefix.startswith("/") else tail.partition(":")[2].split(":")
    vendor, product, *rest = [*(word.replace("\\", "").strip("*-") for word in words), "", ""]
    if vendor != "redhat" and prefix.strip("/") != "o" and not tail.startswith("o:"):
        return None
    if vendor == "redhat":
        place = locate("Red Hat:" + ":".join([product, *rest]).rstrip(":"))
        return System(place.ecosystem, place.release, place.channel)
    number = rest[0] if rest else ""
    if vendor == "suse" and len(rest) > 1 and rest[1].startswith("sp"):
        number = f"{number}.{rest[1].removeprefix('sp')}"
    found = system_of(_VENDORS.get(vendor), number or None)
    if found is None or found.ecosystem is None:
        return None
    place = _place(found.ecosystem, found.release)
    return System(place.ecosystem, place.release, place.channel)
