"""Support: which operating systems get no more fixes, or soon will not.

Facts: `catalogue/end_of_life.csv`, with the date of the facts and where they come from in it.
"""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

import pandas as pd

from fleetkit.catalogue import fact_file
from fleetkit.patching.ecosystems import locate
from fleetkit.plugins import Problem, Support
from fleetkit.schema import Row

_VERSION = re.compile(r"\d+(?:\.\d+){0,9}")
SOON = timedelta(days=180)
ENDED = ("ended", "extended_if_enrolled")
"""Severities of systems for which nobody announces fixes to everyone any more."""


class _Catalogue(NamedTuple):
    by_release: dict[tuple[str, str | None], Support]
    by_system: dict[tuple[str, str], Support]


def end_of_life(subjects: pd.DataFrame, now: datetime) -> tuple[list[Row], list[Problem]]:
    """A finding for each subject whose standard support has ended or ends within half a year.

    Status end_of_life, severity `ended` or `extended_if_enrolled` (fixes go on only for those who
    pay or register); status limited_support, severity `extended` (fixes go on for everyone, from
    another team) or `info` (the end is near).
    """
    today = now.astimezone(UTC).date()
    rows: list[Row] = []
    unknown: set[str] = set()
    count = 0
    for subject in _plain(subjects):
        support = _find(subject)
        if support and support.standard_until:
            rows.extend(_judge(subject, support, today))
        elif subject["ecosystem"] or subject["os_name"]:
            count += 1
            unknown.add(f"{subject['os_name'] or subject['ecosystem']}"
                        f" {subject['os_version'] or subject['release'] or ''}".strip())
    return rows, list(_unknown(unknown, count))


def _plain(subjects: pd.DataFrame) -> Iterator[Row]:
    """The rows with None for what is unknown."""
    columns = {name: subjects[name].astype(object).where(subjects[name].notna(), None).tolist()
               for name in ("subject_id", "ecosystem", "release", "os_name", "os_version")}
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _find(subject: Row) -> Support | None:
    facts = _facts()
    if subject["ecosystem"]:
        place = locate(f"{subject['ecosystem']}:{subject['release'] or ''}")
        found = facts.by_release.get((place.ecosystem, place.release))
        if found:
            return found
    return _by_name((subject["os_name"] or "").strip().lower(), subject["os_version"] or "")


def _by_name(said: str, version: str) -> Support | None:
    """The support of `Debian GNU/Linux 12 (bookworm)`, version `12.5`; the finest release known."""
    known = _facts().by_system
    names = [name for name, _ in known if said == name or said.startswith(f"{name} ")]
    name = max(names, key=len, default="")
    found = _VERSION.search(version or said.removeprefix(name))
    parts = found[0].split(".") if found else []
    releases = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((known[name, release] for release in releases if (name, release) in known), None)


def _judge(subject: Row, support: Support, today: date) -> Iterator[Row]:
    end = support.standard_until
    if end is None or end > today + SOON:
        return
    severity, said = _verdict(support, end, today)
    yield {
        "subject_id": subject["subject_id"], "ecosystem": subject["ecosystem"],
        "release": subject["release"], "severity": severity,
        "status": "end_of_life" if severity in ENDED else "limited_support",
        "due_at": datetime.combine(end, time(), UTC), "evidence": "end_of_life",
        "why": f"{support.name}: {said} ({support.source}, as of {support.as_of})",
    }


def _verdict(support: Support, end: date, today: date) -> tuple[str, str]:
    if end >= today:
        return "info", f"standard support ends on {end}"
    ended = f"standard support ended on {end}"
    extended = support.extended_until
    if extended is None or extended <= end:
        return "ended", ended
    if extended < today:
        return "ended", f"{ended}, {support.extended_name} on {extended}"
    if support.needs_enrolment:
        return ("extended_if_enrolled",
                f"{ended}; only machines enrolled in {support.extended_name} get fixes until"
                f" {extended}")
    return "extended", f"{ended}; {support.extended_name} gives fixes until {extended}"


def _unknown(systems: set[str], count: int) -> Iterator[Problem]:
    if systems:
        named = sorted(systems)
        yield Problem(
            "end_of_life_unknown", "how long an operating system gets fixes is not known", None,
            f"{count:,} subjects: {', '.join(named[:20])}"
            + (f" and {len(named) - 20:,} more" if len(named) > 20 else ""),
            "see the system's own pages", "info", "audit",
        )


@cache
def _facts() -> _Catalogue:
    facts = _Catalogue({}, {})
    lines = fact_file("end_of_life.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        support = _read(row)
        if row["ecosystem"]:
            place = locate(f"{row['ecosystem']}:{row['release']}")
            facts.by_release[place.ecosystem, place.release] = support
        for name in {row["os_id"], *row["os_names"].lower().split(";")}:
            facts.by_system[name, row["os_version"]] = support
    return facts


def _read(row: dict[str, str]) -> Support:
    return Support(
        name=f"{row['os_names'].split(';')[0]} {row['os_version']}",
        released=_day(row["released"]),
        active_until=_day(row["active_until"]),
        standard_until=_day(row["standard_until"]),
        extended_until=_day(row["extended_until"]),
        extended_name=row["extended_name"],
        needs_enrolment=row["needs_enrolment"] == "yes",
        as_of=date.fromisoformat(row["as_of"]),
        source=row["source"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
