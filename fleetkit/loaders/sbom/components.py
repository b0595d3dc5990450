"""One package as an SBOM tells of it, and its row, in the words that the readers of databases use.

Packages of distributions get the very row that their database would give: the whole version with
its epoch, the source package that advisories name, and a package URL built in the same way.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fleetkit.installed import OperatingSystem
from fleetkit.installed.purl import build_purl, describe_naming
from fleetkit.installed.purl_parts import ECOSYSTEMS, Purl, parse_purl, without_credentials
from fleetkit.installed.records import Kind
from fleetkit.installed.systems import system_of_purl
from fleetkit.redaction import mask_text

_MANAGERS: dict[str, Kind] = {"deb": "dpkg", "rpm": "rpm", "apk": "apk"}
_TYPES = {
    word: kind for kind, words in {
        "apk": "alpine chainguard minimos wolfi",
        "cargo": "rust-binary rust-crate rustbinary",
        "composer": "composer-vendor php-composer",
        "conda": "conda-pkg",
        "deb": "debian dpkg echo raspbian ubuntu",
        "gem": "bundler gemspec",
        "golang": "go-module gobinary gomod",
        "maven": "gradle jar java-archive pom sbt",
        "npm": "bun node-pkg pnpm yarn",
        "nuget": "dotnet dotnet-core dotnet-deps packages-props",
        "pypi": "pip pipenv poetry python python-pkg uv",
        "rpm": "almalinux alma amazon azurelinux cbl-mariner centos fedora opensuse opensuse-leap"
               " opensuse-tumbleweed oracle photon redhat rocky slem sles",
    }.items() for word in words.split()
}
_SOURCE_RPM = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")
_EPOCH = re.compile(r"\d+:")
_SPELLINGS = str.maketrans("_.", "--")


@dataclass(slots=True)
class Component:
    """What a document says about one package; what it does not say is None.

    Attributes:
        name: as the document spells it.
        kind: type as in a package URL, or the scanner's word for it.
        source: name of the source package, or file name of a source rpm.
        is_built_as_named: no source is named because it bears the package's own name.
    """

    name: str | None
    version: str | None = None
    group: str | None = None
    purl: str | None = None
    kind: str | None = None
    arch: str | None = None
    epoch: str | None = None
    source: str | None = None
    source_version: str | None = None
    is_built_as_named: bool = False
    module: str | None = None
    path: str | None = None
    size_bytes: int | None = None
    layer_id: str | None = None


def package_row(
    component: Component, subject_id: str, system: OperatingSystem | None
) -> dict[str, Any] | None:
    """The row of a package; None if nothing names it.

    Args:
        component: what the document says.
        subject_id: where it is installed.
        system: of the subject, for package URLs that do not name theirs.
    """
    purl = parse_purl(component.purl) if component.purl else None
    name = component.name or (purl.name if purl else None)
    if name is None:
        return None
    kind = purl.type if purl else _TYPES.get(component.kind or "", component.kind)
    manager = _MANAGERS.get(kind or "")
    row = {
        "subject_id": subject_id, "ecosystem": kind, "release": None, "name": name,
        "version": component.version or (purl.version if purl else None),
        "arch": component.arch or (purl.qualifiers.get("arch") if purl else None),
        "purl": _shown(component.purl) if purl and not manager else None,
        "path": mask_text(component.path.lstrip("/")) if component.path else None,
        "module": component.module, "size_bytes": component.size_bytes,
        "layer_id": component.layer_id, "source_name": None, "source_version": None,
    }
    if manager:
        _add_system_facts(row, manager, component, (purl, system))
    elif kind:
        row["ecosystem"] = ECOSYSTEMS.get(kind, kind)
        row["name"] = _ecosystem_name(component, purl, kind)
    else:
        row["source_name"], row["source_version"] = component.source, component.source_version
        row["name"] = f"{component.group}/{name}" if component.group else name
    return row


def contradicts(component: Component) -> bool:
    """Whether the package URL tells of another version than the document itself."""
    purl = parse_purl(component.purl) if component.purl else None
    if purl is None or not purl.version or not component.version:
        return False
    return _plain_version(purl.version) != _plain_version(component.version)


def _add_system_facts(
    row: dict[str, Any], manager: Kind, component: Component,
    where: tuple[Purl | None, OperatingSystem | None],
) -> None:
    """Completes the row of a package of a distribution."""
    purl, default = where
    qualifiers = purl.qualifiers if purl else {}
    system = _nearer(
        system_of_purl(purl.namespace, qualifiers.get("distro")) if purl else None, default)
    row["ecosystem"] = system.ecosystem if system and system.ecosystem else manager
    row["release"] = system.release if system else None
    epoch = component.epoch or qualifiers.get("epoch")
    version = row["version"] = _with_epoch(row["version"], epoch)
    row["module"] = component.module or qualifiers.get("rpmmod") or qualifiers.get(
        "modularitylabel")
    row["source_name"], row["source_version"] = _source(component, qualifiers, version)
    if row["source_name"] is None and component.is_built_as_named:
        row["source_name"], row["source_version"] = row["name"], version
    row["purl"] = (
        build_purl(_naming(system), manager, row["name"], version, row["arch"])
        if system and system.ecosystem and version else purl and _shown(component.purl)
    )


_naming = lru_cache(maxsize=256)(describe_naming)


def _shown(purl: str | None) -> str | None:
    """The package URL without credentials, which only its qualifiers can hold."""
    return mask_text(without_credentials(purl)) if purl and "?" in purl else purl


def _nearer(
    own: OperatingSystem | None, default: OperatingSystem | None
) -> OperatingSystem | None:
    """The system that a package URL names; that of the subject where it is the same, or unnamed."""
    if own is None or (default is not None and own.id == default.id and default.version_id):
        return default
    return own if own.ecosystem or default is None else default


def _with_epoch(version: str | None, epoch: str | None) -> str | None:
    if version is None or not epoch or not epoch.isdecimal() or _EPOCH.match(version):
        return version
    return f"{epoch}:{version}"


def _source(
    component: Component, qualifiers: Any, version: str | None
) -> tuple[str | None, str | None]:
    """Name and version of the source package, from the document, else from the package URL."""
    name, source_version = component.source, component.source_version
    if name is None:
        name, _, stated = qualifiers.get("upstream", "").partition("@")
        source_version = stated or None
    if not name:
        return None, None
    rpm = _SOURCE_RPM.fullmatch(name)
    if rpm:
        epoch = version.partition(":")[0] if version and _EPOCH.match(version) else None
        return rpm[1], _with_epoch(rpm[2], epoch)
    return name, source_version or version


def _ecosystem_name(component: Component, purl: Purl | None, kind: str) -> str:
    """The name as the ecosystem has it, in the document's spelling where that is only another."""
    said = str(component.name)
    grouped = component.group
    if purl is None:
        joined = ":" if kind == "maven" else "/"
        return f"{grouped}{joined}{said}" if grouped and grouped not in said else said
    found = purl.path
    if kind == "maven" and purl.namespace:
        found = f"{purl.namespace.replace('/', '.')}:{purl.name}"
    plain = _plain_name(found)
    for spelled in (said, f"{grouped}/{said}", f"{grouped}:{said}"):
        if _plain_name(spelled) == plain:
            return spelled
    return found


def _plain_name(name: str) -> str:
    return name.lower().translate(_SPELLINGS)


def _plain_version(version: str) -> str:
    return _EPOCH.sub("", version, count=1).removeprefix("v")
