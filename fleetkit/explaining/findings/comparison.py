"""The comparison itself: the range that holds the installed version, by whose rule."""

from collections.abc import Iterator

from fleetkit.explaining.findings.case import Case
from fleetkit.explaining.findings.facts import Fact, Section, known, same, section
from fleetkit.tables import PATCH_LEVELS
from fleetkit.versions import scheme

_RULES = {
    "dpkg": "dpkg's rule", "rpm": "rpm's rule", "apk": "apk's rule",
    "pep440": "the rule of PEP 440",
    "semver": "the rule of SemVer", "semver_build": "the rule of SemVer with build numbers",
    "maven": "Maven's rule", "rubygems": "the rule of RubyGems", "nuget": "NuGet's rule",
    "composer": "Composer's rule", "go": "Go's rule", "integers": "the order of its numbers",
}
_FLAWED = ("vulnerable_fix_available", "vulnerable_no_fix")
_SIGNS = {-1: "<", 0: "=", 1: ">"}


def comparison(case: Case) -> Section:
    """The range of the record and where the installed version is in it."""
    return section("Comparison", _comparison(case) if known(case.row["advisory_id"]) else ())


def rule(ecosystem: str) -> str | None:
    """Whose rule orders the versions, in words; None where no rule does."""
    name = scheme(ecosystem) if ecosystem else None
    return None if name is None else _RULES.get(name, f"the rule {name}")


def compared(case: Case, left: str, right: str) -> str | None:
    """`1.0 < 2.0 by dpkg's rule`, as the keys say; None where a side has no key."""
    mine, other = case.key(left), case.key(right)
    if mine is None or other is None:
        return None
    return f"{left} {_SIGNS[(mine > other) - (mine < other)]} {right} by {rule(case.ecosystem)}"


def ending(case: Case) -> Section:
    """Which version ends the finding, and which ends all about the package that have a fix."""
    return section("What ends it", _ending(case))


def _comparison(case: Case) -> Iterator[Fact | None]:
    record = case.record
    lower, fix = known(case.row["introduced"]), known(case.row["fixed_version"])
    exact = None if record is None else known(record["exact_version"])
    if exact:
        yield Fact("affected", f"the record names {exact} itself")
    elif case.status != "uncomparable" or lower or fix:
        yield Fact("affected", f"from {_first(lower)} {_end(case, fix)}")
    for version in _versions(case):
        for said in _lines(case, version, lower, exact or fix):
            yield Fact("compared", said)


def _versions(case: Case) -> list[str]:
    """The installed versions that were held against the record."""
    record = case.record
    if record is not None and record["name_kind"] != "source":
        named = same(case.packages, name=record["package"])["version"].dropna().unique().tolist()
        if named:
            return [str(version) for version in named]
    return [case.version] if case.version else []


def _first(version: str | None) -> str:
    if version is None:
        return "a version that nobody names"
    return "the very first version" if version == "0" else version


def _end(case: Case, fix: str | None) -> str:
    if fix:
        return f"up to, not with, {fix}"
    kind = None if case.record is None else known(case.record["hi_kind"])
    if kind == "last_affected":
        return "up to the last version that was known when it was published"
    return "up to a version that the record does not name" if kind == "limit" else "on, without end"


def _lines(case: Case, version: str, lower: str | None, upper: str | None) -> Iterator[str]:
    """The version beside the ends of the range; which side has no key where one has none."""
    name = rule(case.ecosystem)
    if name is None:
        yield f"no rule orders the versions of {case.place or 'an unknown ecosystem'}"
        return
    if case.key(version) is None:
        yield f"{version}, the installed version, has no key by {name}"
    for end in (lower, upper):
        if end and end != "0":
            said = compared(case, version, end)
            yield said or (f"{end}, of the record, has no key by {name}"
                           if case.key(end) is None else "")
    if case.status == "uncomparable" and not upper and case.key(version) is not None:
        yield f"{version}, the installed version, has a key; a version of the record has none" \
              f" by {name}"


def _ending(case: Case) -> Iterator[Fact | None]:
    fix = known(case.row["fixed_version"])
    if case.source is None or case.status not in _FLAWED:
        return
    channel = None if case.record is None else known(case.record["channel"])
    if fix:
        yield Fact("this one", f"{case.source} {fix} or newer")
    elif channel:
        yield Fact("this one", f"no version that this subject is known to get; {channel} has one")
    else:
        yield Fact("this one", "no version without the flaw is known")
    level = _level(case)
    if level is None:
        return
    every, number = level
    if every and every != fix:
        yield Fact("all that have a fix", f"{case.source} {every} or newer: {number:,} records"
                   " apply, and it is the highest of their fixes")


def _level(case: Case) -> tuple[str | None, int] | None:
    if PATCH_LEVELS.name not in case.fleet:
        return None
    names = [name for name in PATCH_LEVELS.key if name in case.row.index]
    rows = same(case.fleet.patch_levels, **{name: case.row[name] for name in names})
    if rows.empty:
        return None
    number = known(rows["open_findings"].iloc[0])
    return known(rows["fixed_version"].iloc[0]), int(number or 0)

