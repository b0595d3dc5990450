"""rpm's database in any of its containers, told apart by content, not by name."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from fleetkit.installed import rpm_header as tags
from fleetkit.installed.faults import Fault
from fleetkit.installed.purl import Naming, build_purl
from fleetkit.installed.records import Entry, Package
from fleetkit.installed.rpm_bdb import is_bdb, read_bdb
from fleetkit.installed.rpm_changelog import read_mentions
from fleetkit.installed.rpm_header import Header, read_header
from fleetkit.installed.rpm_ndb import is_ndb, read_ndb
from fleetkit.installed.rpm_sqlite import is_sqlite, read_sqlite
from fleetkit.installed.texts import read_phrase, read_word

_SOURCE = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")
_NOTHING = "(none)"  # some builders write rpm's word for an absent tag into the tag


def read_rpm(database: bytes, wal: bytes, path: str, naming: Naming) -> Iterator[Entry]:
    """Every package of the database; imported keys (`gpg-pubkey`) yield None.

    Args:
        database: the file.
        wal: the write-ahead log beside an sqlite database, empty if there is none.
        path: where it was found.
        naming: of the system that the packages belong to.
    """
    number = 0
    told: set[str] = set()
    for blob in _read_blobs(database, wal, path):
        if isinstance(blob, Fault):
            yield blob
            continue
        number += 1
        header = read_header(blob)
        if isinstance(header, str):
            yield Fault("unreadable_entry", path, f"header {number} {header}")
        else:
            package = _read_package(header, number, path, naming)
            if isinstance(package, Package):
                package = _with_mentions(package, _text(header, tags.SOURCE_RPM), blob, told)
            yield package


def _with_mentions(package: Package, source: str | None, blob: bytes, told: set[str]) -> Package:
    """The package with what its changelog says, if it is the first one of its source build."""
    if source is None or source in told:
        return package
    told.add(source)
    return replace(package, mentions=read_mentions(blob, package.version))


def _read_blobs(database: bytes, wal: bytes, path: str) -> Iterator[bytes | Fault]:
    if is_sqlite(database):
        return read_sqlite(database, wal, path)
    if is_ndb(database):
        return read_ndb(database, path)
    if is_bdb(database):
        return read_bdb(database, path)
    message = (
        f"starts with {database[:16]!r}, {len(database)} bytes in all; "
        "known are sqlite, ndb and Berkeley DB hash of version 8 or 9"
    )
    return iter([Fault("unknown_format", path, message)])


def _read_package(header: Header, number: int, path: str, naming: Naming) -> Entry:
    name = read_word(header.texts.get(tags.NAME))
    version = read_word(header.texts.get(tags.VERSION))
    release = read_word(header.texts.get(tags.RELEASE))
    if name is None or version is None or release is None:
        message = f"header {number} ({name!r}) has no readable name, version and release"
        return Fault("unreadable_entry", path, message)
    if name == "gpg-pubkey":
        return None
    epoch = header.numbers.get(tags.EPOCH)
    prefix = "" if epoch is None else f"{epoch}:"
    source = _SOURCE.fullmatch(_text(header, tags.SOURCE_RPM) or "")
    full, arch = f"{prefix}{version}-{release}", _text(header, tags.ARCH)
    seconds = header.numbers.get(tags.INSTALL_TIME)
    return Package(
        name=name,
        version=full,
        source_name=source and source[1],
        source_version=source and prefix + source[2],
        arch=arch,
        kind="rpm",
        path=path,
        module=_text(header, tags.MODULARITY_LABEL),
        purl=build_purl(naming, "rpm", name, full, arch),
        size_bytes=header.numbers.get(tags.LONG_SIZE, header.numbers.get(tags.SIZE)),
        vendor=_text(header, tags.VENDOR),
        installed_at=None if seconds is None else _moment(seconds),
    )


def _text(header: Header, tag: int) -> str | None:
    text = read_phrase(header.texts.get(tag))
    return None if text == _NOTHING else text


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds < 1 << 32 else None
