"""What `read_installed` answers with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fleetkit.installed.faults import Fault
from fleetkit.installed.mentions import Mention

Kind = Literal["dpkg", "rpm", "apk"]


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package, as its database states it; what it does not state is None.

    Attributes:
        name: the binary package.
        version: complete, as the package manager compares it: dpkg and apk as in the database,
            rpm as `epoch:version-release`, without `epoch:` where the header has none (rpm
            compares a missing epoch as 0).
        source_name: the source package that advisories speak of.
        source_version: its version. dpkg: the one in brackets, else that of the package. rpm: from
            the file name of the source package, which carries no epoch, so the epoch of the
            *binary* is used; the few packages that set their own epoch are wrong here. apk: that of
            the package, for packages of one origin are built together.
        arch: as the database spells it (`amd64`, `x86_64`, `all`, `noarch`).
        kind: which package manager.
        path: the database file.
        module: rpm's modularity label, `name:stream:version:context`; see `is_modular`.
        purl: package URL; None where the system is unknown, for its vendor is a required part.
        size_bytes: installed size as stated, not measured.
        vendor: who built it, in the database's words (rpm `Vendor`, dpkg `Origin`); tells packages
            of third-party repositories.
        installed_at: UTC, rpm only.
        mentions: flaws that the changelog in rpm's database names, for the first package of each
            source build; None where the database has none, as those of dpkg and apk.
    """

    name: str
    version: str
    source_name: str | None
    source_version: str | None
    arch: str | None
    kind: Kind
    path: str
    module: str | None = None
    purl: str | None = None
    size_bytes: int | None = None
    vendor: str | None = None
    installed_at: datetime | None = None
    mentions: tuple[Mention, ...] | None = None

    @property
    def is_modular(self) -> bool:
        """Built as part of an rpm module.

        Some rebuilds of RHEL ship modular packages without a label; the release still has
        `.module` in it, which says that it is one, not which.
        """
        return self.module is not None or (self.kind == "rpm" and ".module" in self.version)


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """What os-release says, and the names that OSV has for it.

    Attributes:
        id: `ID`, lower case.
        version_id: `VERSION_ID`; rolling systems have none.
        codename: `VERSION_CODENAME`, else the word in brackets of `VERSION` as Debian writes it.
        pretty_name: `PRETTY_NAME`.
        id_like: `ID_LIKE`, the systems it is derived from, nearest first. Never used to name the
            ecosystem: a derivative has its own builds and versions.
        cpe_name: `CPE_NAME`, which scopes advisories of Red Hat.
        ecosystem: base name as OSV writes it; see `ECOSYSTEMS` for systems that OSV lacks.
        release: the suffix as OSV writes it; None where there is none or it cannot be told.
        family: always `linux`.
    """

    id: str
    version_id: str | None
    codename: str | None
    pretty_name: str | None
    id_like: tuple[str, ...]
    cpe_name: str | None
    ecosystem: str | None
    release: str | None
    family: str = "linux"


@dataclass(frozen=True, slots=True)
class Installed:
    """The packages of one image or machine.

    Attributes:
        os: None without a readable os-release.
        packages: in database order; the same package may occur in several versions (kernels).
        observable: at least one database was found and held at least one entry. An image that is
            not observable may hold anything: its empty list of packages is no finding.
        faults: what is missing from `packages`; with any, the count is a lower bound.
    """

    os: OperatingSystem | None
    packages: tuple[Package, ...]
    observable: bool
    faults: tuple[Fault, ...]


Entry = Package | Fault | None
"""What a reader yields: None is an entry that is no installed package (removed, or a key)."""
