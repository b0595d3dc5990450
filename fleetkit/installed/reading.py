"""One image's files to one `Installed`: which databases there are and which of them count."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fleetkit.installed.apk import read_apk
from fleetkit.installed.dpkg import read_status, read_status_folder
from fleetkit.installed.faults import Fault
from fleetkit.installed.limits import MAX_FAULTS, MAX_FILE_BYTES, MAX_PACKAGES, MAX_TEXT_BYTES
from fleetkit.installed.operating_system import read_operating_system
from fleetkit.installed.places import (
    APK_DATABASES,
    DPKG_FOLDER,
    DPKG_STATUS,
    RPM_DATABASES,
    WAL_SUFFIX,
)
from fleetkit.installed.purl import Naming, describe_naming
from fleetkit.installed.records import Entry, Installed, Package
from fleetkit.installed.rpm import read_rpm


@dataclass(frozen=True, slots=True)
class _Database:
    """One database as far as it could be read; `entries` counts removed packages too."""

    path: str
    packages: tuple[Package, ...]
    faults: tuple[Fault, ...]
    entries: int


def read_installed(files: Mapping[str, bytes]) -> Installed:
    """The installed packages that these files of one image or machine state.

    Where a system has two rpm or two apk databases (a link fetched twice, a leftover of a
    migration), equal ones count once and of different ones that with the most packages; a fault
    names the other.

    Args:
        files: contents by path relative to the root, no leading slash; `PATHS` says which paths
            are looked at, others are ignored.

    Returns:
        What was found. Input never raises: whatever is wrong with it is in `faults`.
    """
    system, system_faults = read_operating_system(files)
    naming = describe_naming(system)
    sized, oversized = _split_by_size(files)
    rpm, apk = _read_rpm(sized, naming), _read_apk(sized, naming)
    databases = [*_read_dpkg(sized, naming), *_choose(apk), *_choose(rpm)]
    packages = tuple(package for database in databases for package in database.packages)
    observable = any(database.entries for database in databases)
    faults = [*system_faults, *oversized]
    faults += [fault for database in databases for fault in database.faults]
    faults += _judge(databases, known=system is not None or bool(system_faults))
    return Installed(system, packages, observable, tuple(faults))


def _split_by_size(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Fault]]:
    sized: dict[str, bytes] = {}
    faults = []
    for path, content in files.items():
        limit = _limit(path)
        if limit is None:
            continue
        if len(content) <= limit:
            sized[path] = content
        else:
            message = f"{len(content)} bytes, more than the {limit} that are read"
            faults.append(Fault("too_large", path, message))
    return sized, faults


def _limit(path: str) -> int | None:
    """How long the file may be; None for a file that is no part of a database."""
    if path.removesuffix(WAL_SUFFIX) in RPM_DATABASES:
        return MAX_FILE_BYTES
    is_text = path == DPKG_STATUS or path in APK_DATABASES or path.startswith(DPKG_FOLDER)
    return MAX_TEXT_BYTES if is_text else None


def _read_dpkg(files: dict[str, bytes], naming: Naming) -> Iterator[_Database]:
    if DPKG_STATUS in files:
        yield _collect(DPKG_STATUS, read_status(files[DPKG_STATUS], DPKG_STATUS, naming))
    folder = {path: text for path, text in sorted(files.items()) if path.startswith(DPKG_FOLDER)}
    if folder:
        yield _collect(DPKG_FOLDER, read_status_folder(folder, naming))


def _read_apk(files: dict[str, bytes], naming: Naming) -> list[_Database]:
    paths = {files[path]: path for path in reversed(APK_DATABASES) if path in files}
    return [_collect(path, read_apk(files[path], path, naming)) for path in paths.values()]


def _read_rpm(files: dict[str, bytes], naming: Naming) -> list[_Database]:
    paths = {
        (files[path], files.get(path + WAL_SUFFIX, b"")): path
        for path in reversed(RPM_DATABASES)
        if path in files
    }
    return [
        _collect(path, read_rpm(database, wal, path, naming))
        for (database, wal), path in paths.items()
    ]


def _collect(path: str, entries: Iterable[Entry]) -> _Database:
    """Packages apart from faults, both bounded, and how many entries there were."""
    packages: list[Package] = []
    faults: list[Fault] = []
    counted = failed = 0
    for entry in entries:
        if counted + failed >= MAX_PACKAGES:
            message = f"more than {MAX_PACKAGES} entries; the rest is not read"
            faults.append(Fault("too_many_packages", path, message))
            break
        if isinstance(entry, Fault):
            failed += 1
            faults += [entry][: MAX_FAULTS - len(faults)]
            continue
        counted += 1
        packages += [] if entry is None else [entry]
    if failed > MAX_FAULTS:
        message = f"{failed - MAX_FAULTS} more faults of this database are not listed"
        faults.append(Fault("more_faults", path, message))
    return _Database(path, tuple(packages), tuple(faults), counted)


def _choose(databases: list[_Database]) -> Iterator[_Database]:
    """The database with the most packages (of equals the first path); of others only faults."""
    ranked = sorted(databases, key=lambda database: (-len(database.packages), database.path))
    for rank, database in enumerate(ranked):
        faults = database.faults
        if database.entries and _contents(database) != _contents(ranked[0]):
            message = (
                f"a second database, with {len(database.packages)} packages; "
                f"{ranked[0].path} with {len(ranked[0].packages)} is taken instead"
            )
            faults += (Fault("left_out", database.path, message),)
        yield database if rank == 0 else _Database(database.path, (), faults, 0)


def _contents(database: _Database) -> set[tuple[str, str, str | None]]:
    return {(package.name, package.version, package.arch) for package in database.packages}


def _judge(databases: list[_Database], *, known: bool) -> Iterator[Fault]:
    """What is wrong with the whole."""
    observable = any(database.entries for database in databases)
    for database in databases:
        # one empty database beside a full one is what tools leave behind
        if not observable and not database.faults and not database.entries:
            message = "holds no entry; what is installed cannot be told from it"
            yield Fault("empty_database", database.path, message)
    if observable and not known:
        message = "absent; the packages cannot be matched with advisories"
        yield Fault("no_os_release", "etc/os-release", message)
