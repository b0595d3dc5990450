"""The builds of the package that the fleet runs, oldest first: who has which."""

from collections.abc import Iterator
from typing import NamedTuple

from fleetkit.explaining.findings.case import Case
from fleetkit.explaining.findings.facts import Fact, Section, counted, known, same, section
from fleetkit.tables import PATCH_LEVELS

_MOST = 8
_NAMED = 3


class _Build(NamedTuple):
    """One version, who has it, and its place among all, 0 is the oldest."""

    version: str
    subjects: list[str]
    order: str
    place: int


def builds(case: Case) -> Section:
    """All builds of the package in this release with their subjects; of many the telling ones."""
    return section(f"Builds of {case.source} in the fleet", _facts(case))


def _facts(case: Case) -> Iterator[Fact]:
    known_builds = _listed(case)
    if len(known_builds) < 2 and case.status != "behind_fleet":
        if known_builds:
            yield Fact("alone", f"{counted(len(known_builds[0].subjects), 'subject')} of the fleet"
                       f" {'has' if len(known_builds[0].subjects) == 1 else 'have'} this build and"
                       " none has another")
        return
    most = max((len(build.subjects) for build in known_builds), default=1)
    shown = _telling(known_builds, case)
    for build in shown:
        said = [_owners(build, case), *_marks(build, known_builds, case)]
        yield Fact(build.version, "; ".join(said), len(build.subjects) / most)
    if len(shown) < len(known_builds):
        yield Fact("others", counted(len(known_builds) - len(shown), "other build"))


def _listed(case: Case) -> list[_Build]:
    if PATCH_LEVELS.name not in case.fleet or case.source is None:
        return []
    rows = same(case.fleet.patch_levels, source_name=case.source,
                ecosystem=case.row["ecosystem"], release=case.row["release"])
    rows = rows[rows["version_key"].notna()]
    if rows["version_key"].empty:
        return []
    groups = rows.groupby(["version_key", "source_version"], sort=True)["subject_id"]
    return [
        _Build(str(version), sorted(ids.astype(str)), str(order), place)
        for place, ((order, version), ids) in enumerate(groups)
    ]


def _owners(build: _Build, case: Case) -> str:
    """`4 subjects: web-1, web-2 and 2 more`; the subject of the finding is named above."""
    names = [case.name_of(name) for name in build.subjects[:_NAMED] if name != case.subject_id]
    left = len(build.subjects) - len(names)
    more = f" and {left:,} more" if left else ""
    return counted(len(build.subjects), "subject") + (
        f": {', '.join(names)}{more}" if names and build.version != case.version else "")


def _marks(build: _Build, every: list[_Build], case: Case) -> Iterator[str]:
    if build.version == case.version:
        yield "this finding"
    if build.order == every[-1].order:
        yield "newest"
    if _has_fix(build, case):
        yield "has the fix"


def _has_fix(build: _Build, case: Case) -> bool:
    fix = case.key(case.row["fixed_version"])
    mine = case.key(build.version)
    if known(case.row["advisory_id"]) is None or fix is None or mine is None:
        return False
    return mine >= fix


def _telling(every: list[_Build], case: Case) -> list[_Build]:
    """All if they are few; else its own, the newest, the first with the fix, and those about it."""
    if len(every) <= _MOST:
        return every
    own = next((build.place for build in every if build.version == case.version), 0)
    fix = next((build.place for build in every if _has_fix(build, case)), own)
    wanted = {own, fix, len(every) - 1}
    near = sorted(range(len(every)), key=lambda place: (place not in wanted, abs(place - own)))
    return [every[place] for place in sorted(near[:_MOST])]

