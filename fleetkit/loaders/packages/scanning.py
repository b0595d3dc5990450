"""A file about a host to records: its packages, and what it tells of the host itself."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.installed import Fault, OperatingSystem, Package, read_installed
from fleetkit.installed.limits import MAX_FILE_BYTES, MAX_PACKAGES, MAX_TEXT_BYTES
from fleetkit.installed.operating_system import read_operating_system
from fleetkit.installed.places import APK_DATABASES, DPKG_STATUS, RPM_DATABASES
from fleetkit.installed.purl import build_purl, describe_naming
from fleetkit.loaders.packages.hosts import Host, beside, host_of, is_of_nobody, release_of
from fleetkit.loaders.packages.osquery import (
    Result,
    host_cells,
    package_cells,
    results,
    system_of,
    text,
)
from fleetkit.loaders.packages.printed import read_list
from fleetkit.plugins import Problem, Record, Section
from fleetkit.source import parse_json, read_bytes

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_STATUS = re.compile(rb"^(?:Package|Status): ", re.MULTILINE)
_APK = re.compile(rb"^P:\S+\r?\n", re.MULTILINE)
_RELEASE = re.compile(rb"^(?:ID|NAME|PRETTY_NAME)=", re.MULTILINE)
_KERNEL = re.compile(r"\d+\.\d+\S*")
_NAMED = 100
_HEAD = 64 << 10

Items = Iterator[Record | Problem]


def scan(path: Path, *, host: str | None = None) -> Iterator[Section]:
    """The sections of a file: its packages, and the host.

    Args:
        path: the file; its name, or its folder's, names the host.
        host: name of the host, or the id of its workload, instead.

    Raises:
        LoadError: the file cannot be read, or is nothing that is known.
    """
    found = host_of(path, host)
    is_database = path.name.removesuffix(".gz") in {Path(name).name for name in RPM_DATABASES}
    content = read_bytes(path, MAX_FILE_BYTES if is_database else MAX_TEXT_BYTES)
    yield found.role or "packages", _read(path, content, found)


def _read(path: Path, content: bytes, host: Host) -> Items:
    head = content[:_HEAD]
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if path.name in {Path(name).name for name in RPM_DATABASES}:
        yield from _database(RPM_DATABASES[0], content, host)
    elif start in (b"{", b"["):
        yield from _osquery(path, content, host)
    elif _STATUS.search(head):
        yield from _database(DPKG_STATUS, content.replace(b"\r\n", b"\n"), host)
    elif _APK.search(head):
        yield from _database(APK_DATABASES[0], content.replace(b"\r\n", b"\n"), host)
    elif _RELEASE.search(head):
        yield from _release(content, host)
    else:
        yield from _list(path, content, host)


def _database(place: str, content: bytes, host: Host) -> Items:
    files = {place: content}
    release = release_of(host)
    if release:
        files["etc/os-release"] = read_bytes(release, MAX_TEXT_BYTES)
    found = read_installed(files)
    system = found.os or _system(host)
    for package in found.packages:
        yield Record("package", _row(package, system, host))
    for fault in found.faults:
        if fault.code != "no_os_release" or system is None:
            yield _problem(fault)
    yield from _host(host, system)


def _list(path: Path, content: bytes, host: Host) -> Items:
    lines = _decoded(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kernel = _kernel([line for line in lines if line.strip()])
    if kernel:
        if is_of_nobody(host):
            yield _nobody(path)
        else:
            yield from _host(host, _system(host), kernel_version=kernel)
        return
    system = _system(host)
    for item in read_list(lines, describe_naming(system), str(path)):
        yield item if isinstance(item, Problem) else Record("package", _row(item, system, host))
    if system is None:
        yield _unknown_system()
    yield from _host(host, system)


def _release(content: bytes, host: Host) -> Items:
    system, faults = read_operating_system({"etc/os-release": content})
    if is_of_nobody(host):
        yield _nobody(host.folder / "os-release")
        return
    yield from map(_problem, faults)
    yield from _host(host, system)


def _osquery(path: Path, content: bytes, host: Host) -> Items:
    found = [result for document in _documents(path, content)
             for result in results(document, host.role)]
    if not any(result.table for result in found):
        raise LoadError(
            f"{path}: expected rows of osquery's deb_packages, rpm_packages, python_packages,"
            " npm_packages, os_version, system_info or kernel_info; found another document;"
            " name the file after its table (web-1.deb_packages.json)"
        )
    for result in found:
        if result.table is None:
            yield Problem("other_table", "a result of osquery is of no table that is read",
                          detail=f"{len(result.rows):,} rows", severity="info", phase="parse")
    for name in dict.fromkeys(result.host for result in found):
        of = Host(name, host.role, host.folder, host.stem) if name and "|" not in host.name \
            else host
        yield from _queried([result for result in found if result.host == name], of)


def _queried(found: list[Result], host: Host) -> Items:
    told = [system_of(result.rows) for result in found if result.table == "os_version"]
    system = next((one for one in told if one), None) or _system(host)
    cells: dict[str, Any] = {}
    left = MAX_PACKAGES
    is_distribution = False
    for result in found:
        if result.table in ("system_info", "kernel_info"):
            cells |= {name: cell for name, cell in host_cells(result.table, result.rows).items()
                      if cell is not None}
        elif result.table and result.table != "os_version":
            is_distribution |= result.table in ("deb_packages", "rpm_packages")
            yield from _rows(result.table, result.rows[:left], system, host)
            left -= min(left, len(result.rows))
    if not left:
        yield Problem("too_many_packages", "a result is read up to a limit", None,
                      f"{MAX_PACKAGES:,} rows", severity="error", phase="parse")
    if is_distribution and system is None:
        yield _unknown_system()
    yield from _host(host, system, **cells)


def _rows(
    table: str, rows: Iterable[Any], system: OperatingSystem | None, host: Host
) -> Items:
    naming = describe_naming(system)
    broken = 0
    for number, row in enumerate(rows, start=1):
        try:
            cells = package_cells(table, row)
        except ValueError as error:
            broken += 1
            if broken <= _NAMED:
                yield Problem("unreadable_record", "a row of osquery tells of no package",
                              f"{table}, row {number}", str(error), None, "error", "parse")
            continue
        if cells is None:
            continue
        kind = cells["ecosystem"]
        if kind in ("dpkg", "rpm"):
            cells["purl"] = build_purl(naming, kind, cells["name"], cells["version"],
                                       cells["arch"])
            cells |= _place(kind, system)
        yield Record("package", {"subject_id": host.subject_id, **cells})
    if broken > _NAMED:
        yield Problem("more_problems", "more rows of a result could not be read", None,
                      f"{broken - _NAMED:,} more", phase="parse")


def _documents(path: Path, content: bytes) -> Iterator[Any]:
    decoded = _decoded(content)
    try:
        yield parse_json(decoded, str(path))
    except LoadError:
        lines = [(number, line) for number, line in enumerate(decoded.split("\n"), start=1)
                 if line.strip()]
        if len(lines) < 2 or not lines[0][1].rstrip().endswith(("}", "]")):
            raise
        for number, line in lines:
            yield parse_json(line, f"{path}, line {number}")


def _row(package: Package, system: OperatingSystem | None, host: Host) -> dict[str, Any]:
    purl = package.purl or build_purl(
        describe_naming(system), package.kind, package.name, package.version, package.arch)
    return {
        "subject_id": host.subject_id, "name": package.name, "version": package.version,
        "source_name": package.source_name, "source_version": package.source_version,
        "arch": package.arch, "path": package.path or None, "module": package.module,
        "size_bytes": package.size_bytes, "purl": purl, **_place(package.kind, system),
    }


def _place(kind: str, system: OperatingSystem | None) -> dict[str, str | None]:
    if system is None or system.ecosystem is None:
        return {"ecosystem": kind, "release": None}
    return {"ecosystem": system.ecosystem, "release": system.release}


def _system(host: Host) -> OperatingSystem | None:
    """The operating system that a file beside tells of."""
    release = release_of(host)
    if release:
        return read_operating_system({"etc/os-release": read_bytes(release, MAX_TEXT_BYTES)})[0]
    told = beside(host, "os_version.json")
    if told is None:
        return None
    found = results(parse_json(read_bytes(told, MAX_TEXT_BYTES), str(told)), "os_version")
    return next((system for result in found if (system := system_of(result.rows))), None)


def _host(host: Host, system: OperatingSystem | None, **cells: Any) -> Items:
    if "|" in host.name:  # the workload is known by that id, and by more than a list tells
        return
    yield Record("host", {
        "workload_id": host.subject_id, "name": host.name, "hostname": host.name,
        "os_family": system.family if system else None,
        "os_name": system.id if system else None,
        "os_version": system.version_id if system else None, **cells,
    })


def _kernel(lines: list[str]) -> str | None:
    """The one word that `uname -r` prints, also between others as `uname -a` prints it."""
    if len(lines) != 1 or "\t" in lines[0]:
        return None
    words = lines[0].split()
    said = words[2] if words[0] == "Linux" and len(words) > 3 else words[0]
    alone = len(words) == 1 or words[0] == "Linux"
    return text(said) if alone and _KERNEL.fullmatch(said) else None


def _decoded(content: bytes) -> str:
    """The text; consoles of Windows redirect in UTF-16, and bad bytes show as such."""
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    return content.decode(encoding, errors="replace")


def _problem(fault: Fault) -> Problem:
    return Problem(fault.code, "a package database could not be read in full", fault.path,
                   fault.message, phase="parse")


def _unknown_system() -> Problem:
    return Problem(
        "unknown_system", "packages of a host whose operating system is unknown cannot be matched"
        " with advisories", hint="put its /etc/os-release beside the list, as HOST.os-release",
        phase="parse")


def _nobody(path: Path) -> Problem:
    return Problem("nobodys_file", "a file beside lists of several hosts names none of them",
                   path.name, hint="name it after its host: HOST.os-release, HOST.uname",
                   phase="parse")
