"""Results of osquery: rows of its tables, as osqueryi prints and osqueryd logs them.

Source: osquery's schema of the tables deb_packages, rpm_packages, python_packages, npm_packages,
os_version, system_info and kernel_info.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fleetkit.installed import OperatingSystem
from fleetkit.installed.limits import MAX_TEXT
from fleetkit.installed.operating_system import describe_system
from fleetkit.redaction import mask_text

_SOURCE = re.compile(r"([^\s(]+)(?:\s*\(([^\s()]+)\))?")
_SOURCE_RPM = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_MARKS = (
    ("os_version", {"platform", "major"}), ("system_info", {"uuid", "hostname"}),
    ("kernel_info", {"version", "arguments"}), ("deb_packages", {"name", "version", "revision"}),
    ("deb_packages", {"name", "version", "maintainer"}),
    ("rpm_packages", {"name", "version", "release"}),
    ("python_packages", {"name", "version", "summary"}),
    ("npm_packages", {"name", "version", "homepage"}),
    ("npm_packages", {"name", "version", "description"}),
)
TABLES = tuple(dict.fromkeys(name for name, _ in _MARKS))
_ECOSYSTEMS = {"python_packages": "PyPI", "npm_packages": "npm"}
_GONE = ("deinstall", "config-files", "not-installed", "purge", "half-installed")
Facts = Mapping[str, Any]


class Result(NamedTuple):
    """Rows of one table; `host` as the daemon names it; None where only the file tells."""

    table: str | None
    host: str | None
    rows: list[Any]


def results(document: Any, role: str | None) -> Iterator[Result]:
    """The tables in a document: a list of rows, tables by name, or a line of the daemon's log."""
    if isinstance(document, list):
        logged = [row for row in document if _is_logged(row)]
        for row in logged:
            yield from results(row, role)
        rows = [row for row in document if not _is_logged(row)]
        if rows or not document:
            yield Result(_table(rows, role), None, rows)
    elif _is_logged(document):
        told = document.get("snapshot")
        rows = told if isinstance(told, list) else [document.get("columns")]
        action = document.get("action")
        named = next((name for name in TABLES if name in str(document.get("name"))), role)
        kept = [] if action == "removed" else rows
        yield Result(_table(kept, named), text(document.get("hostIdentifier")), kept)
    elif isinstance(document, dict) and any(name in TABLES for name in document):
        for name, rows in document.items():
            known = rows if isinstance(rows, list) else [rows]
            yield Result(name if name in TABLES else None, None, known)
    elif isinstance(document, dict):
        yield Result(_table([document], role), None, [document])


def text(value: Any) -> str | None:
    """One line of printable text; osquery writes numbers as text, some clients as numbers."""
    if type(value) is int:
        value = str(value) if abs(value) < 1 << 63 else ""
    found = value.strip() if isinstance(value, str) else ""
    return found if found and len(found) <= MAX_TEXT and found.isprintable() else None


def package_cells(table: str, row: Any) -> dict[str, Any] | None:
    """Cells of `packages` that a row gives, its ecosystem apart; None if it is not installed.

    Raises:
        ValueError: the row has no readable name and version.
    """
    if not isinstance(row, dict):
        raise ValueError(f"expected an object, found {type(row).__name__!r}")  # noqa: TRY004
    name, version = text(row.get("name")), text(row.get("version"))
    if name is None or version is None or " " in name or " " in version:
        raise ValueError("no readable name and version")
    if table in _ECOSYSTEMS:
        path = text(row.get("path")) or text(row.get("directory"))
        return {"ecosystem": _ECOSYSTEMS[table], "name": name, "version": version,
                "path": path and mask_text(path.lstrip("/"))}
    return _deb(row, name, version) if table == "deb_packages" else _rpm(row, name, version)


def system_of(rows: list[Any]) -> OperatingSystem | None:
    """The operating system that a row of os_version tells of."""
    row = rows[0] if rows and isinstance(rows[0], dict) else {}
    system_id, said = text(row.get("platform")), text(row.get("version"))
    if system_id is None:
        return None
    number = _NUMBER.match(said or "")
    version = number[0] if number else None
    if system_id.lower() == "ubuntu" and version:
        version = ".".join(version.split(".")[:2])
    facts = {"ID": system_id, "VERSION_ID": version, "VERSION": said,
             "VERSION_CODENAME": text(row.get("codename")),
             "PRETTY_NAME": " ".join(filter(None, (text(row.get("name")), said)))}
    return describe_system({name: fact for name, fact in facts.items() if fact})


def host_cells(table: str | None, rows: list[Any]) -> dict[str, Any]:
    """What system_info and kernel_info tell of the host."""
    row = rows[0] if rows and isinstance(rows[0], dict) else {}
    if table == "kernel_info":
        return {"kernel_version": text(row.get("version"))}
    if table == "system_info":
        memory, cores = text(row.get("physical_memory")), text(row.get("cpu_logical_cores"))
        return {
            "hostname": text(row.get("hostname")), "machine_uuid": text(row.get("uuid")),
            "arch": text(row.get("cpu_type")),
            "memory_bytes": int(memory) if memory and memory.isascii() and memory.isdigit()
            and len(memory) < 16 else None,
            "cpu_cores": float(cores) if cores and cores.isascii() and cores.isdigit()
            and len(cores) < 6 else None,
        }
    return {}


def _is_logged(row: Any) -> bool:
    return isinstance(row, dict) and "name" in row and ("snapshot" in row or "columns" in row)


def _table(rows: list[Any], role: str | None) -> str | None:
    if role in TABLES:
        return role
    keys = rows[0].keys() if rows and isinstance(rows[0], dict) else set()
    return next((name for name, marks in _MARKS if marks <= keys), None)


def _deb(row: Facts, name: str, version: str) -> dict[str, Any] | None:
    state = text(row.get("status")) or "installed"
    if any(word in _GONE for word in state.split()):
        return None
    revision = text(row.get("revision"))
    if revision and not version.endswith(f"-{revision}"):
        version = f"{version}-{revision}"
    said = _SOURCE.fullmatch(text(row.get("source")) or "")
    # osquery gives an empty source where the package bears its source's name
    source, source_version = (said[1], said[2]) if said else (
        name if "source" in row else None, None)
    size = text(row.get("size"))
    return {
        "ecosystem": "dpkg", "name": name, "version": version, "source_name": source,
        "source_version": (source_version or version) if source else None,
        "arch": text(row.get("arch")), "path": "var/lib/dpkg/status",
        "size_bytes": int(size) * 1024 if size and size.isascii() and size.isdigit()
        and len(size) < 12 else None,
    }


def _rpm(row: Facts, name: str, version: str) -> dict[str, Any] | None:
    release, epoch = text(row.get("release")), text(row.get("epoch"))
    if name == "gpg-pubkey":
        return None
    prefix = f"{epoch}:" if epoch and epoch.isdecimal() and epoch != "0" else ""
    source = _SOURCE_RPM.fullmatch(text(row.get("source")) or "")
    size = text(row.get("size"))
    return {
        "ecosystem": "rpm", "name": name,
        "version": f"{prefix}{version}" + (f"-{release}" if release else ""),
        "source_name": source and source[1], "source_version": source and prefix + source[2],
        "arch": text(row.get("arch")), "path": None,
        "size_bytes": int(size) if size and size.isascii() and size.isdigit()
        and len(size) < 16 else None,
    }
