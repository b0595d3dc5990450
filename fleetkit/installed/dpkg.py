"""dpkg's `status`, and the folder `status.d` of distroless images."""

import re
from collections.abc import Iterator

from fleetkit.installed.faults import Fault
from fleetkit.installed.purl import Naming, build_purl
from fleetkit.installed.records import Entry, Package
from fleetkit.installed.stanzas import Stanza, compile_fields, read_stanzas
from fleetkit.installed.texts import read_count, read_phrase, read_word

_WANTED = compile_fields(
    "Package|Status|Version|Source|Architecture|Installed-Size|Origin", flags=re.IGNORECASE
)
_SOURCE = re.compile(r"([^\s(]+)(?:\s*\(([^\s()]+)\))?")
_KIB = 1024

# the third word of Status; dpkg(1). The files of these are on disk, whatever is wanted
# (a held package is "hold ok installed") and whether or not configuring it succeeded.
_PRESENT = {"installed", "triggers-pending", "triggers-awaited", "half-configured", "unpacked"}
_ABSENT = {"not-installed", "config-files"}


def read_status(text: bytes, path: str, naming: Naming) -> Iterator[Entry]:
    """The packages of `var/lib/dpkg/status` whose files are on disk.

    Removed packages yield None; a half-installed one or a stanza without a status is a fault.
    """
    for stanza in read_stanzas(text, _WANTED):
        state = (read_phrase(stanza.fields.get(b"status")) or "").rpartition(" ")[2]
        if state in _PRESENT or stanza.repeated:
            yield from _read_package(stanza, path, naming)
        elif state in _ABSENT:
            yield None
        elif not state:
            yield _unreadable(stanza, path, "has no readable status")
        else:
            yield _unreadable(stanza, path, f"has state {state!r}; whether it is whole is unknown")


def read_status_folder(files: dict[str, bytes], naming: Naming) -> Iterator[Entry]:
    """The packages of `var/lib/dpkg/status.d`: every stanza is installed, none has a status.

    Checksum lists (`*.md5sums`) beside them are no packages.
    """
    for path, text in files.items():
        if not path.endswith(".md5sums"):
            for stanza in read_stanzas(text, _WANTED):
                yield from _read_package(stanza, path, naming)


def _read_package(stanza: Stanza, path: str, naming: Naming) -> Iterator[Entry]:
    fields = stanza.fields
    name, version = read_word(fields.get(b"package")), read_word(fields.get(b"version"))
    if stanza.repeated:
        yield _unreadable(stanza, path, f"has two lines {stanza.repeated.decode()!r}")
        return
    if name is None or version is None:
        yield _unreadable(stanza, path, "has no readable name and version")
        return
    source = _read_source(fields.get(b"source"), name, version)
    if source is None:
        yield Fault("unreadable_field", path, f"source of package {name!r} cannot be read")
    arch = read_word(fields.get(b"architecture"))
    size = read_count(fields.get(b"installed-size"))
    yield Package(
        name=name,
        version=version,
        source_name=source and source[0],
        source_version=source and source[1],
        arch=arch,
        kind="dpkg",
        path=path,
        purl=build_purl(naming, "dpkg", name, version, arch),
        size_bytes=None if size is None else size * _KIB,
        vendor=read_phrase(fields.get(b"origin")),
    )


def _read_source(raw: bytes | None, name: str, version: str) -> tuple[str, str] | None:
    """Name and version of the source package; both are those of the binary unless stated."""
    if raw is None:
        return name, version
    match = _SOURCE.fullmatch(read_phrase(raw) or "")
    return match and (match[1], match[2] or version)


def _unreadable(stanza: Stanza, path: str, why: str) -> Fault:
    name = read_phrase(stanza.fields.get(b"package"))
    called = "" if name is None else f" ({name!r})"
    return Fault("unreadable_entry", path, f"stanza at line {stanza.line}{called} {why}")
