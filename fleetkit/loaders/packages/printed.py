"""Lists of packages as dpkg, rpm and apk print them: one line each, the form told by the lines."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from fleetkit.errors import LoadError
from fleetkit.installed.limits import MAX_PACKAGES, MAX_TEXT
from fleetkit.installed.purl import Naming, build_purl
from fleetkit.installed.records import Kind, Package
from fleetkit.plugins import Problem
from fleetkit.redaction import mask_text

_DPKG, _APK = "var/lib/dpkg/status", "lib/apk/db/installed"  # what the commands read
_TRIED = 200
_NAMED = 100
_SHOWN = 200
# dpkg(1): the files of a package in these states are on disk
_PRESENT = {"installed", "triggers-pending", "triggers-awaited", "half-configured", "unpacked"}
_ABSENT = {"not-installed", "config-files", "half-installed"}
_NAME = r"[A-Za-z0-9][A-Za-z0-9+._-]*"
_DEB = re.compile(rf"({_NAME})(?::([a-z0-9-]+))?")
_DEB_VERSION = re.compile(r"(?:\d+:)?\d[A-Za-z0-9.+:~-]*")
_LISTED = re.compile(r"([uirph])([ncHUFWti])([ Rr]?)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s.*)?")
_TABLE = re.compile(r"(?:Desired=|\| Status=|\|/ Err\?=|\|\|/ |\+\+\+-)")
_RPM = re.compile(r"(\S+)-([^-\s]+-[^-\s]+?)\.([a-z][a-z0-9_]*|\(none\))")
_RPM_VERSION = re.compile(r"(?:(\d+|\(none\)):)?([^\s:-]+-[^\s:-]+)")
_SOURCE_RPM = re.compile(r"(\S+)-([^-\s]+-[^-\s]+)\.(?:no)?src\.rpm")
_APK_NAMED = re.compile(r"(\S+)-(\d[^\s-]*-r\d+)")
_APK_LISTED = re.compile(r"(\S+)-(\d[^\s-]*-r\d+) (\S+) \{([^}\s]+)\} \(.*\) \[([^\]]*)\]")
_NOISE = re.compile(r"WARNING: |Listing\.\.\.|Installed:\s+Available:")
_NOTHING = "(none)"


class _Form(NamedTuple):
    """A form of list: `read` gives a package, None for one that is not installed, or says why not.

    Attributes:
        lacks: what the form never tells, in words; None where it tells all.
    """

    name: str
    kind: Kind
    read: Callable[[str], Package | None]
    lacks: str | None


class Unreadable(ValueError):
    """A line that is no package."""


def read_list(lines: Sequence[str], naming: Naming, where: str) -> Iterator[Package | Problem]:
    """The packages of a printed list, and a problem for each line that tells of none.

    Raises:
        LoadError: no line is one of a form that is known.
    """
    form = _form_of(lines, where)
    broken = absent = count = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip() or _NOISE.match(line) or _TABLE.match(line):
            continue
        if count >= MAX_PACKAGES:
            yield Problem("too_many_packages", "a list is read up to a limit", None,
                          f"{MAX_PACKAGES:,} lines", severity="error", phase="parse")
            break
        count += 1
        try:
            package = form.read(line)
        except Unreadable as error:
            broken += 1
            if broken <= _NAMED:
                yield _unreadable(number, line, form, str(error))
            continue
        absent += package is None
        if package:
            yield _named(package, naming)
    yield from _remarks(form, broken, absent)


def _form_of(lines: Sequence[str], where: str) -> _Form:
    tried = [line for line in lines if line.strip() and not _NOISE.match(line)][:_TRIED]
    fits = {form.name: sum(_fits(form, line) for line in tried) for form in _FORMS}
    best = max(_FORMS, key=lambda form: fits[form.name])
    if not fits[best.name]:
        found = "other lines" if tried else "nothing"  # a line may be anything, a secret too
        raise LoadError(
            f"{where}: expected a list of packages as {', '.join(form.name for form in _FORMS)}"
            f" prints it, found {found}; the README names the exact commands"
        )
    return best


def _fits(form: _Form, line: str) -> bool:
    try:
        form.read(line)
    except Unreadable:
        return False
    return True


def _unreadable(number: int, line: str, form: _Form, why: str) -> Problem:
    return Problem(
        "unreadable_line", "a line of a list tells of no package", f"line {number}",
        f"{why}: {mask_text(line[:_SHOWN])!r}",
        f"expected what {form.name} prints; was the list cut off?", "error", "parse",
    )


def _remarks(form: _Form, broken: int, absent: int) -> Iterator[Problem]:
    if broken > _NAMED:
        yield Problem("more_problems", "more lines of a list could not be read", None,
                      f"{broken - _NAMED:,} more", phase="parse")
    if absent:
        yield Problem("not_installed", "lines tell of packages that are not installed", None,
                      f"{absent:,} lines", severity="info", phase="parse")
    if form.lacks:
        yield Problem("list_without_sources", f"what {form.name} prints lacks {form.lacks}", None,
                      None, "use the longer command that the README names", "info", "parse")


def _named(package: Package, naming: Naming) -> Package:
    purl = build_purl(naming, package.kind, package.name, package.version, package.arch)
    return package if purl is None else Package(
        package.name, package.version, package.source_name, package.source_version, package.arch,
        package.kind, package.path, package.module, purl,
    )


def _deb_name(cell: str) -> tuple[str, str | None]:
    match = _DEB.fullmatch(cell)
    if match is None:
        raise Unreadable("no name of a package")
    return match[1], match[2]


def _deb_version(cell: str) -> str:
    if not _DEB_VERSION.fullmatch(cell):
        raise Unreadable("no version")
    return cell


def _read_dpkg(line: str) -> Package | None:
    cells = _cells(line, (6,))
    name, _ = _deb_name(cells[0])
    if cells[5] in _ABSENT:
        return None
    if cells[5] not in _PRESENT:
        raise Unreadable("no state of dpkg in the last column")
    return Package(name, _deb_version(cells[1]), cells[3] or None, cells[4] or None,
                   cells[2] or None, "dpkg", _DPKG)


def _read_dpkg_plain(line: str) -> Package | None:
    cells = _cells(line, (1, 2))
    name, arch = _deb_name(cells[0])
    if len(cells) == 1 or not cells[1]:
        if line.endswith("\t"):  # removed, its configuration left behind
            return None
        raise Unreadable("no version")
    return Package(name, _deb_version(cells[1]), None, None, arch, "dpkg", _DPKG)


def _read_dpkg_table(line: str) -> Package | None:
    match = _LISTED.fullmatch(line.rstrip())
    if match is None:
        raise Unreadable("no row of the table")
    if match[2] in "ncH":
        return None
    name, arch = _deb_name(match[4])
    return Package(name, _deb_version(match[5]), None, None, arch or match[6], "dpkg", _DPKG)


def _read_rpm(line: str) -> Package | None:
    cells = _cells(line, (4, 5))
    match = _RPM_VERSION.fullmatch(cells[1])
    if not cells[0] or " " in cells[0] or match is None:
        raise Unreadable("no name and version")
    if cells[0] == "gpg-pubkey":
        return None
    epoch = f"{match[1]}:" if match[1] and match[1] != _NOTHING else ""
    source = _SOURCE_RPM.fullmatch(cells[3])
    module = cells[4] if len(cells) > 4 and cells[4] not in ("", _NOTHING) else None
    return Package(
        cells[0], epoch + match[2], source and source[1], source and epoch + source[2],
        None if cells[2] in ("", _NOTHING) else cells[2], "rpm", "", module,
    )


def _read_rpm_plain(line: str) -> Package | None:
    match = _RPM.fullmatch(line.strip())
    if line.startswith("gpg-pubkey-"):
        return None
    if match is None:
        raise Unreadable("no name, version, release and architecture")
    return Package(match[1], match[2], None, None, None if match[3] == _NOTHING else match[3],
                   "rpm", "")


def _read_apk(line: str) -> Package | None:
    match = _APK_LISTED.fullmatch(line.strip())
    if match is None:
        raise Unreadable("no name, version, architecture and origin")
    if "installed" not in match[5]:
        return None
    return Package(match[1], match[2], match[4], match[2], match[3], "apk", _APK)


def _read_apk_plain(line: str) -> Package | None:
    match = _APK_NAMED.fullmatch(line.strip().partition(" - ")[0].rstrip())
    if match is None:
        raise Unreadable("no name and version")
    return Package(match[1], match[2], None, None, None, "apk", _APK)


def _cells(line: str, counts: tuple[int, ...]) -> list[str]:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) not in counts:
        raise Unreadable(f"{len(cells)} columns, not {' or '.join(map(str, counts))}")
    if not all(cell.isprintable() and len(cell) <= MAX_TEXT and "\ufffd" not in cell
               for cell in cells):
        raise Unreadable("text that cannot be printed, or is too long")
    return cells


_FORMS = (
    _Form("dpkg-query with sources", "dpkg", _read_dpkg, None),
    _Form("dpkg -l", "dpkg", _read_dpkg_table, "source packages; it may cut long names"),
    _Form("rpm -qa with sources", "rpm", _read_rpm, None),
    _Form("apk list", "apk", _read_apk, None),
    _Form("apk info -v", "apk", _read_apk_plain, "origins and architectures"),
    _Form("rpm -qa", "rpm", _read_rpm_plain, "epochs, source packages and modules"),
    _Form("dpkg-query -W", "dpkg", _read_dpkg_plain, "source packages, and mostly architectures"),
)
