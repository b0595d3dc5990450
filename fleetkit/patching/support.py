"""Support: which operating systems get no more fixes, or soon will not."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import pandas as pd

from fleetkit.patching.lifecycles import Lifecycles
from fleetkit.plugins import Problem, Support
from fleetkit.schema import Row

SOON = timedelta(days=180)
STALE = timedelta(days=365)
ENDED = ("ended", "extended_if_enrolled", "extended_not_enrolled")
"""Severities of what nobody announces fixes for, as far as is known."""
_SHOWN = ("subject_id", "ecosystem", "release", "os_name", "os_version")


class Phase(NamedTuple):
    """Where a release stands in its life, if that is worth a finding.

    Attributes:
        severity: `info` (standard support ends soon), `extended` (fixes go on for everyone, from
            another team), `extended_enrolled`, `extended_not_enrolled`, `extended_if_enrolled` (who
            is enrolled is not known) or `ended`.
        said: the same in words.
    """

    severity: str
    said: str

    @property
    def has_ended(self) -> bool:
        """Nobody gives it fixes, as far as is known."""
        return self.severity in ENDED


def end_of_life(
    subjects: pd.DataFrame, now: datetime, lifecycles: Lifecycles | None = None,
    enrolled: Mapping[str, bool] | None = None,
) -> tuple[list[Row], list[Problem]]:
    """A finding for each subject whose standard support has ended or ends within half a year.

    Status end_of_life for what gets no more fixes, else limited_support; `Phase` tells the
    severities.

    Args:
        subjects: who is asked about.
        now: moment of the audit.
        lifecycles: the facts.
        enrolled: subject -> whether it is enrolled for extended support, where that is known.
    """
    facts = lifecycles or Lifecycles()
    known = enrolled or {}
    today = now.astimezone(UTC).date()
    rows: list[Row] = []
    used: set[Support] = set()
    unknown: set[str] = set()
    count = 0
    for subject in _plain(subjects):
        support = find_support(facts, subject)
        if support and is_known(support):
            used.add(support)
            phase = find_phase(support, today, enrolled=known.get(subject["subject_id"]))
            rows.extend(_tell(subject, support, phase) if phase else ())
        elif subject["ecosystem"] or subject["os_name"]:
            count += 1
            unknown.add(f"{subject['os_name'] or subject['ecosystem']}"
                        f" {subject['os_version'] or subject['release'] or ''}".strip())
    return rows, [*_unknown(unknown, count), *stale_facts(used, today)]


def find_support(facts: Lifecycles, subject: Row) -> Support | None:
    """The support of a subject's operating system, by its ecosystem or else by its name."""
    if subject["ecosystem"]:
        found = facts.of_place(subject["ecosystem"], subject["release"])
        if found:
            return found
    return facts.of_system(subject["os_name"] or "", subject["os_version"] or "")


def is_known(support: Support) -> bool:
    """Whether anything says how long it is supported."""
    return support.standard_until is not None or support.ended is not None


def find_phase(support: Support, today: date, *, enrolled: bool | None) -> Phase | None:
    """The phase of a release on a day; None while standard support goes on for long."""
    end = support.standard_until
    if end is None:
        said = "standard support has ended"
        return _extended(support, today, said, enrolled=enrolled) if support.ended else None
    if end > today + SOON:
        return None
    if end >= today:
        return Phase("info", f"standard support ends on {end}")
    return _extended(support, today, f"standard support ended on {end}", enrolled=enrolled)


def stale_facts(used: Iterable[Support], today: date) -> Iterator[Problem]:
    """What was judged by facts that nobody refreshed for a year."""
    old = {f"{support.product or support.name} of {support.as_of}" for support in used
           if support.as_of < today - STALE}
    if old:
        named = sorted(old)
        yield Problem(
            "stale_facts", "dates of support are older than a year: they may have been moved", None,
            ", ".join(named[:20]) + (f" and {len(named) - 20:,} more" if len(named) > 20 else ""),
            "give endoflife.date's data to the audit, as end_of_life:FILE", phase="audit",
        )


def _plain(subjects: pd.DataFrame) -> Iterator[Row]:
    """The rows with None for what is unknown."""
    columns = {name: subjects[name].astype(object).where(subjects[name].notna(), None).tolist()
               for name in _SHOWN}
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _tell(subject: Row, support: Support, phase: Phase) -> Iterator[Row]:
    end = support.standard_until
    yield {
        "subject_id": subject["subject_id"], "ecosystem": subject["ecosystem"],
        "release": subject["release"], "severity": phase.severity,
        "status": "end_of_life" if phase.has_ended else "limited_support",
        "due_at": datetime.combine(end, time(), UTC) if end else None, "evidence": "end_of_life",
        "why": f"{support.name}: {phase.said} ({support.source}, as of {support.as_of})",
    }


def _extended(support: Support, today: date, ended: str, *, enrolled: bool | None) -> Phase:
    until, programme = support.extended_until, support.extended_name or "extended support"
    standard = support.standard_until
    if until is None or (standard is not None and until <= standard):
        return Phase("ended", ended)
    if until < today:
        return Phase("ended", f"{ended}, {programme} on {until}")
    if not support.needs_enrolment:
        return Phase("extended", f"{ended}; {programme} gives fixes until {until}")
    if enrolled:
        return Phase("extended_enrolled",
                     f"{ended}; enrolled in {programme}, it gets fixes until {until}")
    told = f"{ended}; only machines enrolled in {programme} get fixes until {until}"
    if enrolled is None:
        return Phase("extended_if_enrolled", told)
    return Phase("extended_not_enrolled", f"{told}, and it is not enrolled")


def _unknown(systems: set[str], count: int) -> Iterator[Problem]:
    if systems:
        named = sorted(systems)
        yield Problem(
            "end_of_life_unknown", "how long an operating system gets fixes is not known", None,
            f"{count:,} subjects: {', '.join(named[:20])}"
            + (f" and {len(named) - 20:,} more" if len(named) > 20 else ""),
            "see the system's own pages", "info", "audit",
        )
