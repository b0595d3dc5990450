"""What a finding without a flaw is about: lag, support, a missing feed, what cannot be seen."""

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from fleetkit.explaining.findings.case import Case
from fleetkit.explaining.findings.comparison import compared
from fleetkit.explaining.findings.facts import (
    Fact,
    Section,
    counted,
    few,
    known,
    same,
    section,
    told,
)
from fleetkit.versions import scheme

STATUSES: Mapping[str, str] = {
    "vulnerable_fix_available": "vulnerable, and there is a fix",
    "vulnerable_no_fix": "vulnerable, and no fix is known",
    "older_than_before": "older than what it replaced had",
    "behind_fleet": "older than a build that others in the fleet have",
    "end_of_life": "gets no more fixes",
    "limited_support": "support is limited or ends soon",
    "fixed": "has the fix",
    "not_affected": "not affected",
    "current": "nothing newer is known",
    "no_feed": "nobody can tell: no advisory was given",
    "unobservable": "cannot be seen",
    "uncomparable": "cannot be compared",
}
_ENTRIES = 6
_SUPPORT = {
    "ended": "ended for everyone",
    "extended_if_enrolled": "goes on for enrolled machines only; whether it is one is not known",
    "extended": "goes on for everyone, from another team",
    "info": "ends soon",
}


def story(case: Case) -> Section | None:
    """The section that only findings of its kind have; None for those that records alone tell."""
    told_by = _STORIES.get(case.status) or _WITNESSES.get(str(case.row["evidence"]))
    return told_by(case) if told_by else None


def _lag(case: Case) -> Section:
    newest = known(case.row["fixed_version"])
    said = compared(case, case.version or "", newest) if newest else None
    level = _level(case)
    return section("Behind the fleet", [
        told("newest", newest), told("compared", said),
        *([told("newer builds", level["builds_behind"])] if level is not None else []),
        *([told("days behind", level["days_behind"])]
          if level is not None and "days_behind" in level.index else []),
        Fact("note", "no record says that the older build has a flaw; it is known from the fleet"
             " alone that a newer one is in use"),
    ])


def _setback(case: Case) -> Section:
    before = known(case.row["fixed_version"])
    return section("Before", [
        told("had", before),
        told("compared", compared(case, case.version or "", before) if before else None),
    ])


def _changelog(case: Case) -> Section:
    """Entries about the flaw, in the changelogs of all builds of the package that were read."""
    rows = same(case.fleet.changelogs, ecosystem=case.row["ecosystem"],
                release=case.row["release"], source_name=case.source, flaw=case.row["group_id"])
    rows = rows.drop_duplicates(["version", "says", "line"]).head(_ENTRIES)
    return section("Changelog", [
        Fact(f"at {known(row['version'])}", f"{known(row['line']) or row['says']} ("
             + ", ".join(filter(None, [
                 f"in the changelog of {known(row['source_version'])}",
                 known(row["changed_at"]), known(row["source"])])) + ")")
        for row in rows.to_dict("records")
    ])


def _judgement(case: Case) -> Section:
    """A statement (VEX) decided; its words are in the sentence of the finding."""
    fix = known(case.row["fixed_version"])
    said = compared(case, case.version or "", fix) if fix else None
    return section("Judgement", [
        Fact("decided by", "a statement (VEX) about this flaw here; the sentence above says whose"),
        told("range of the record", said),
    ])


def _level(case: Case) -> pd.Series | None:
    if "patch_levels" not in case.fleet:
        return None
    rows = same(case.fleet.patch_levels, subject_id=case.subject_id,
                ecosystem=case.row["ecosystem"], release=case.row["release"],
                source_name=case.source, source_version=case.row["source_version"])
    return rows.iloc[0] if len(rows) else None


def _support(case: Case) -> Section:
    severity = known(case.row["severity"])
    return section("Support", [
        told("system", _system(case)), told("standard support until", case.row["due_at"]),
        told("since then" if case.status == "end_of_life" else "support",
             _SUPPORT.get(severity or "", severity)),
        told("in the fleet", _alike(case)),
    ])


def _no_feed(case: Case) -> Section:
    spoken = sorted(case.fleet.advisories["ecosystem"].dropna().unique()) if (
        "advisories" in case.fleet) else []
    return section("What is missing", [
        Fact("advisories", f"none of those given speaks of {case.place or 'its ecosystem'}"),
        Fact("packages", f"{counted(len(case.packages), 'package')} of it compared within the"
             " fleet only"),
        told("records that hit elsewhere", ", ".join(spoken[:6])),
        told("in the fleet", _alike(case)),
        Fact("what helps", f"give audit a feed of {case.place or 'this ecosystem'}"
             if scheme(case.ecosystem) else "no rule orders versions of this ecosystem, so no feed"
             " would: name its packages as those of another, if they are"),
    ])


def _unseen(case: Case) -> Section:
    return section("What is missing", _looked(case))


def _looked(case: Case) -> Iterator[Fact | None]:
    is_image = case.workloads.empty
    if is_image and len(case.images):
        observable = known(case.images["observable"].iloc[0])
        yield Fact("looked", "nobody read its packages" if observable is None else
                   "it was read, and no package database was found in it")
        if known(case.images["is_stub"].iloc[0]) == "yes":
            yield Fact("known", "by reference only: the image itself was never met")
    rows = case.images if is_image else case.workloads
    yield told("told by", few(rows["source"].dropna()))
    yield told("system", _system(case))
    yield told("in the fleet", _alike(case))
    yield Fact("what helps", (
        "load the image by its layers (docker save, an OCI layout, a registry) or an SBOM of it"
        if is_image else "load an inventory of its packages (a patch manager's, a package"
        " manager's list) or an SBOM of it") + "; without packages it is never counted as clean")


def _system(case: Case) -> str | None:
    for rows in (case.images, case.workloads):
        if len(rows):
            name, version = (known(rows[column].iloc[0]) for column in ("os_name", "os_version"))
            if name or version:
                told_already = version is None or (name is not None and version in name)
                return name if told_already else " ".join(filter(None, [name, version]))
    return case.place or None


def _alike(case: Case) -> str:
    """How many subjects have the same finding."""
    rows = same(case.fleet.findings, status=case.row["status"], ecosystem=case.row["ecosystem"],
                release=case.row["release"])
    number = rows["subject_id"].nunique()
    if number == 1:
        return "no other subject has this finding"
    return f"{counted(number, 'subject')} have this finding"


_STORIES: Mapping[str, Callable[[Case], Section]] = {
    "behind_fleet": _lag, "end_of_life": _support, "limited_support": _support,
    "older_than_before": _setback, "no_feed": _no_feed, "unobservable": _unseen,
}
_WITNESSES: Mapping[str, Callable[[Case], Section]] = {
    "changelog": _changelog, "vex": _judgement,
}
