"""Changelogs of Debian's packages: which flaws the entries of each source build name.

dpkg keeps no changelogs; packages bring them along in `usr/share/doc`, where slim images have
none. All binaries of a source build bring the same text, so one of them is enough.
Source: Debian Policy 4.4 and 12.7; deb-changelog(5).
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import NamedTuple

from fleetkit.installed.faults import Fault
from fleetkit.installed.limits import MAX_CHANGELOG_BYTES, MAX_MENTIONS, MAX_TEXT
from fleetkit.installed.mentions import STRENGTH, Mention, flaws_in
from fleetkit.installed.records import Package

FOLDER = "usr/share/doc"
OF_DEBIAN = ("changelog.Debian.gz", "changelog.Debian")
OF_NATIVE = ("changelog.gz", "changelog")  # of packages that Debian is the upstream of

_HEADER = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9+.-]*) \((?P<version>[^\s()]+)\)[^;\n]*;.*",
    re.IGNORECASE | re.MULTILINE,
)
_TRAILER = re.compile(r"^ -- .*>[ \t]*(?P<date>.*)", re.MULTILINE)
_BULLET = re.compile(r"\s*[*+~-]\s+")
_FLAW = "cve"
_GZIP = 31  # zlib's number for gzip's own frame

Mentions = tuple[Mention, ...]


class Inflated(NamedTuple):
    """The mentions of a changelog, and how many bytes of text were read for them."""

    mentions: Mentions
    size: int


class SourceChangelog(NamedTuple):
    """What the changelog of one source build says.

    Attributes:
        source_name: source package.
        source_version: version that is installed.
        mentions: flaws that its entries name; None where there is no changelog to read.
    """

    source_name: str
    source_version: str
    mentions: Mentions | None


def is_changelog(path: str) -> bool:
    """Whether a file at the path, relative to the root, can be the changelog of a package."""
    if not path.startswith(FOLDER):
        return False
    folder, _, name = path.rpartition("/")
    return name in (*OF_DEBIAN, *OF_NATIVE) and folder.rpartition("/")[0] == FOLDER


def pair_changelogs(
    packages: Iterable[Package], read: Callable[[str], Mentions | None]
) -> Iterator[SourceChangelog]:
    """The changelog of each source build that dpkg or rpm installed, each build once.

    Args:
        packages: of one image or machine.
        read: path below the root -> mentions of the changelog there; None where there is none. Of
            each build it is asked until it has one: first for the binary named like the source.
    """
    builds: dict[tuple[str, str], list[Package]] = defaultdict(list)
    for package in packages:
        if package.kind != "apk" and package.source_name and package.source_version:
            builds[package.source_name, package.source_version].append(package)
    for (name, version), binaries in builds.items():
        held = (package.mentions for package in binaries)
        told = chain(held, (read(path) for path in _paths(name, version, binaries)))
        mentions = next((one for one in told if one is not None), None)
        yield SourceChangelog(name, version, mentions)


def wanted_paths(packages: Iterable[Package]) -> set[str]:
    """Where changelogs of these packages can be, below the root."""
    return {
        f"{FOLDER}/{package.name}/{name}"
        for package in packages if package.kind == "dpkg"
        for name in (*OF_DEBIAN, *OF_NATIVE)
    }


def read_changelog(content: bytes, path: str) -> Inflated | Fault:
    """What a changelog in Debian's form says, packed or not.

    Entries under another name than the newest one are left out: the package was called otherwise,
    and nobody says that its versions count on.
    """
    text = _inflated(content, path) if path.endswith(".gz") else content
    if isinstance(text, Fault):
        return text
    if len(text) > MAX_CHANGELOG_BYTES:
        return _too_large(path)
    return Inflated(strongest(_mentions(text.decode(errors="replace"))), len(text))


def strongest(mentions: Iterable[Mention]) -> Mentions:
    """Each version and flaw once, with what says most of it; at most `MAX_MENTIONS`."""
    found: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        key = (mention.version, mention.flaw)
        if key not in found or _strength(mention) < _strength(found[key]):
            found[key] = mention
        if len(found) >= MAX_MENTIONS:
            break
    return tuple(found.values())


def _paths(name: str, version: str, binaries: Sequence[Package]) -> Iterator[str]:
    names = sorted({package.name for package in binaries if package.kind == "dpkg"} - {name})
    is_native = "-" not in version
    if any(package.name == name for package in binaries):
        names = [name, *names]
    for binary in names:
        # that of a package with an upstream is its upstream's, in no certain form
        for file in (*OF_NATIVE, *OF_DEBIAN) if is_native else OF_DEBIAN:
            yield f"{FOLDER}/{binary}/{file}"


def _inflated(content: bytes, path: str) -> bytes | Fault:
    inflate = zlib.decompressobj(_GZIP)
    try:
        text = inflate.decompress(content, MAX_CHANGELOG_BYTES + 1)
    except zlib.error as error:
        return Fault("unreadable_changelog", path, f"is no gzip: {error}")
    if len(text) > MAX_CHANGELOG_BYTES:
        return _too_large(path)
    if not inflate.eof:
        return Fault("unreadable_changelog", path, "breaks off")
    return text


def _too_large(path: str) -> Fault:
    return Fault("too_large", path, f"unfolds to more than {MAX_CHANGELOG_BYTES:,} bytes")


def _strength(mention: Mention) -> int:
    return STRENGTH.index(mention.says)


class _Entry(NamedTuple):
    version: str
    lines: list[str]
    date: str | None


def _mentions(text: str) -> Iterator[Mention]:
    for entry in _entries(text):
        said = [flaw for item, heading in _items(entry.lines) for flaw in flaws_in(item, heading)]
        moment = _moment(entry.date) if said else None
        for flaw, says, line in said:
            yield Mention(entry.version, flaw, says, line, moment)


def _entries(text: str) -> Iterator[_Entry]:
    """Entries of the package that the first one is of, the newest first."""
    headers = list(_HEADER.finditer(text))
    ends = [*(header.start() for header in headers[1:]), len(text)]
    for header, end in zip(headers, ends, strict=bool(headers)):
        if header["name"] == headers[0]["name"] and len(header["version"]) <= MAX_TEXT:
            body = text[header.end() : end]
            trailer = _TRAILER.search(body)
            lines = body[: trailer.start() if trailer else None].split("\n")
            yield _Entry(header["version"], lines, trailer["date"] if trailer else None)


def _items(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Items that may name a flaw, each with the item that it is a part of; else with ""."""
    above: list[tuple[int, str]] = []
    indent, parts = 0, []  # type: int, list[str]
    for line in (*lines, ""):
        bullet = _BULLET.match(line)
        if parts and (bullet or not line.strip() or line.lstrip().startswith("[")):
            text, parts = " ".join(parts), []
            above = [item for item in above if item[0] < indent]
            if _FLAW in text.lower():
                yield text, above[-1][1] if above else ""
            above.append((indent, text))
        if line.lstrip().startswith("["):
            above = []
        elif bullet:
            indent, parts = len(line) - len(line.lstrip()), [line[bullet.end() :]]
        elif line.strip():
            parts.append(line)


def _moment(date: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date or "")
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
