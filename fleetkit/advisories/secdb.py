"""Security databases of Alpine, Wolfi and Chainguard: package, version, flaws fixed in it.

Source: secdb.alpinelinux.org (JSON), alpine-secdb (YAML, up to 2020), packages.wolfi.dev and
packages.cgr.dev (`security.json`). Such a file knows fixes only: what it does not name may be
affected or not. Version "0" means never affected. A flaw that several versions of one package fix
has a range for each, as in OSV's own conversion; united, the highest counts: a second fix tells
that the first was incomplete or got lost. The files have no date, so records are undated too.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.plugins import AdvisorySource, Affected, Problem
from fleetkit.source import parse_json, parse_yaml, read_bytes
from fleetkit.values import LONGEST_NAME, BrokenError, clean, named, shown

FILE_BYTES = 256 << 20  # the largest of the public databases have a tenth of it

_SUFFIXES = (".json", ".json.gz", ".yaml", ".yaml.gz", ".yml", ".yml.gz")
_RELEASE = re.compile(r"v?\d+(?:\.\d+)*|edge", re.ASCII)
_NOTE = re.compile(r"\([^()]*\)?")
_CVE = re.compile(r"\bCVE[-_ ]?(\d{4})[-_](\d{4,})(?!\d)", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:[-_:.][A-Za-z0-9]+)*")
_DIGITS = re.compile(r"[0-9]{2}")
_ONE_FLAW = ("GHSA-", "GO-", "PYSEC-", "RUSTSEC-")
_NEVER = "0"

Note = Callable[[Problem], None]


@dataclass(slots=True)
class _Flaw:
    """What one file says about one flaw; packages come with all versions that fix it."""

    names: set[str] = field(default_factory=set)
    fixes: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))


def rows(path: Path, note: Note) -> Iterator[Affected]:
    """What the databases of a file or folder say: a row per flaw, package and file.

    Raises:
        LoadError: the path does not exist, or is a file of another form or an incomplete one; in
            a folder such a file is a problem and the others are read.
    """
    if not path.exists():
        raise LoadError(f"{path}: no such file or folder; expected security databases")
    if path.is_dir():
        files = (file for file in sorted(path.rglob("*")) if file.name.lower().endswith(_SUFFIXES))
        for file in filter(Path.is_file, files):
            try:
                yield from _read_file(file, note)
            except LoadError as error:
                note(Problem("unreadable_feed", "a file is no complete security database",
                             clean(str(file)), clean(str(error))[:1000], "fetch it again",
                             "error"))
        return
    if not path.name.lower().endswith(_SUFFIXES):
        raise LoadError(f"{path}: expected a security database ({', '.join(_SUFFIXES)})")
    yield from _read_file(path, note)


def _read_file(file: Path, note: Note) -> Iterator[Affected]:
    where, content = clean(str(file)), read_bytes(file, FILE_BYTES)
    if ".json" in file.name.lower():
        yield from _read_database(parse_json(content, where), where, note)
        return
    number = 0
    for number, database in enumerate(parse_yaml(content, where), 1):
        place = where if number == 1 else f"{where}, document {number}"
        yield from _read_database(database, place, note)
    if not number:
        raise LoadError(f"{where}: expected a security database, found an empty file")


def _read_database(database: Any, where: str, note: Note) -> Iterator[Affected]:
    """The rows of one repository of one release; its name is part of every id."""
    if not isinstance(database, dict) or not isinstance(database.get("packages"), list):
        raise LoadError(f"{where}: expected a security database with 'packages', found"
                        f" {type(database).__name__}; is it that of Alpine, Wolfi or Chainguard?")
    ecosystem, prefix = _origin(database, where)
    note(Problem("undated_feed", "a security database states no date: its age cannot be seen",
                 where, hint="fetch it before each audit", severity="info"))
    flaws: dict[str, _Flaw] = defaultdict(_Flaw)
    for number, entry in enumerate(database["packages"], 1):
        try:
            _read_package(entry, f"{where}, package {number}", flaws, note)
        except BrokenError as error:
            note(_breach(f"{where}, package {number}", str(error)))
    for name, flaw in flaws.items():
        for package, versions in flaw.fixes.items():
            yield Affected(
                osv_id=f"{prefix}-{name}", where=where, ecosystem=ecosystem, package=package,
                ranges=tuple(_range(version) for version in versions if version != _NEVER),
                aliases=tuple(sorted(filter(_is_one_flaw, flaw.names))),
                upstream=tuple(sorted(other for other in flaw.names if not _is_one_flaw(other))),
            )


def _origin(database: dict[str, Any], where: str) -> tuple[str, str]:
    """The ecosystem as OSV writes it, and what ids begin with: no other file shares it."""
    release, repository = database.get("distroversion"), _text(database.get("reponame"))
    address = f"{_text(database.get('urlprefix'))} {repository}".lower()
    if release is not None:
        if not isinstance(release, str) or not _RELEASE.fullmatch(release):
            raise LoadError(f"{where}: 'distroversion' is {shown(release)}; expected text, as"
                            " 'v3.20' or 'edge'")
        release = release if release == "edge" else f"v{release.removeprefix('v')}"
        return f"Alpine:{release}", "-".join(filter(None, ("ALPINE", release, repository)))
    marks = (("Wolfi", ("wolfi",)), ("Chainguard", ("chainguard", "cgr.dev")))
    for ecosystem, words in marks:
        if any(word in address for word in words):
            other = repository if repository.lower() != ecosystem.lower() else ""
            return ecosystem, "-".join(filter(None, (ecosystem.upper(), other)))
    raise LoadError(f"{where}: names no 'distroversion' as Alpine does, and its address"
                    f" {address[:80]!r} is neither Wolfi's nor Chainguard's")


def _read_package(entry: Any, where: str, flaws: dict[str, _Flaw], note: Note) -> None:
    package = entry.get("pkg") if isinstance(entry, dict) else None
    if not isinstance(package, dict):
        raise BrokenError("expected 'pkg' with a name and fixes")
    name, fixes = named(package.get("name"), "package name"), package.get("secfixes")
    if not isinstance(fixes, dict | None):
        raise BrokenError(f"{name}: 'secfixes' is no mapping of versions")
    fixed: dict[str, dict[str, None]] = defaultdict(dict)
    for key, texts in (fixes or {}).items():
        for version, flaw, names in _read_fixes(key, texts, f"{where}: {name}", note):
            flaws[flaw].names.update(names)
            fixed[flaw][version] = None
    for flaw, versions in fixed.items():
        if _NEVER in versions and len(versions) > 1:
            note(Problem("contradictory_record", "one file says that a flaw never affected a"
                         " package and that it was fixed; the fix is believed", f"{where}: {name}",
                         f"{flaw}, fixed in {', '.join(versions)}"[:1000]))
        flaws[flaw].fixes[name].update(versions)


def _read_fixes(
    key: Any, texts: Any, where: str, note: Note
) -> Iterator[tuple[str, str, set[str]]]:
    """Version, flaw that it fixes and the flaw's names, for every flaw."""
    try:
        version, listed = _version(key), _list(texts)
    except BrokenError as error:
        note(_breach(where, str(error)))
        return
    for text in listed:
        try:
            for flaw, names in _flaws(named(text, "flaw")):
                yield version, flaw, names
        except BrokenError as error:
            note(_breach(where, f"{version}: {error}"))


def _flaws(text: str) -> Iterator[tuple[str, set[str]]]:
    """Every CVE in a text, with what else it is called there; other names if there is no CVE.

    Notes in parentheses are read only where nothing beside them names a CVE.
    """
    plain = _NOTE.sub(" ", text)
    text = plain if _CVE.search(plain) else text
    cves = dict.fromkeys(f"CVE-{year}-{number}" for year, number in _CVE.findall(text))
    others = dict.fromkeys(
        name for name in _NAMED.findall(_CVE.sub(" ", text)) if _is_id(name)
    )
    firsts = [*cves, *(name for name in others if name.startswith("CVE"))] or [*others]
    if not firsts:
        raise BrokenError(f"names no flaw: {text[:80]!r}")
    for name in firsts:
        yield name, {name, *(other for other in others if cves and other not in firsts)}


def _is_id(word: str) -> bool:
    """Whether a word is an id, as XSA-248, VSV00001 or SQUID-2022:1: capitals first, digits."""
    head = word[:2]
    return word.startswith(_ONE_FLAW) or bool(
        head.isalpha() and head.isupper() and _DIGITS.search(word)
    )


def _is_one_flaw(name: str) -> bool:
    """Whether registries join the name with others; CVEs are passed on, as OSV says of Alpine."""
    return name.startswith(_ONE_FLAW)


def _range(version: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "ECOSYSTEM", (("introduced", "0"), ("fixed", version))


def _version(value: Any) -> str:
    """YAML reads an unquoted 1.10 as the number 1.1: only zero is certain."""
    if value == 0 and type(value) is int:
        return _NEVER
    return named(value, "version")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | None):
        raise BrokenError(f"expected a list of flaws, found {shown(value)}")
    return value or []


def _text(value: Any) -> str:
    return clean(value)[:LONGEST_NAME] if isinstance(value, str) else ""


def _breach(where: str, said: str) -> Problem:
    return Problem("broken_record", "an entry of a security database was passed over", where,
                   clean(said)[:1000], "tell the publisher of the database")


ADVISORIES = AdvisorySource(
    doc="security databases of Alpine, Wolfi and Chainguard: which version fixes what",
    reads=("a database (.json, .json.gz)", "a database (.yaml, .yml)", "a folder of databases"),
    rows=rows,
)
