"""Entry: one person's word about a workload or its group, and the evidence that it outvotes."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from fleetkit.redaction import mask_text

LASTS = timedelta(days=180)
"""How long an entry holds if nobody says otherwise: fleets change within a year."""
WORDS = ("pet", "cattle")
FITTING = {"pet": ("pet", "stateful_herd", "snowflake"), "cattle": ("cattle", "snowflake")}
"""Quadrants that a label can go with: a snowflake keeps no data and is a pet only by accident."""
NAMING = ("workload_id", "machine_uuid", "controller_name", "name", "hostname")
"""Columns of workloads of which an entry names one at least, the most telling first."""
SUBJECT = (*NAMING, "source", "account", "region", "zone", "kind", "controller_kind")
"""Columns of workloads by which an entry may say for whom it is."""
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Outvoted:
    """What the evidence said when the entry was made; None where it was not known.

    Args:
        label: pet, cattle or unsure; of a group, what most members were.
        state_score: log-odds; of a group, the median of its members.
        uniqueness_score: the same on the other axis.
        software: identity in the software catalogue.
        image: what the image is called without its version.
        os: the operating system without its version.
        workloads: how many workloads the entry was for.
        reasons: the strongest pieces of evidence in words, with axis and log-odds.
    """

    label: str | None = None
    state_score: float | None = None
    uniqueness_score: float | None = None
    software: str | None = None
    image: str | None = None
    os: str | None = None
    workloads: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One block of the ledger.

    Args:
        subject: columns of workloads and the values that they must have; None: it must be unknown.
        label: pet or cattle.
        by: who says so.
        why: the reason in the person's words, credentials masked.
        made: the day (UTC) when it was said.
        until: the last day (UTC) on which it holds.
        quadrant: which kind of pet or cattle, where the person says so.
        outvoted: the evidence at that time; None where nobody wrote it down.
        line: where its block begins in the file; None before it is written.
    """

    subject: tuple[tuple[str, str | None], ...]
    label: str
    by: str
    why: str
    made: date
    until: date
    quadrant: str | None = None
    outvoted: Outvoted | None = None
    line: int | None = field(default=None, compare=False)

    @property
    def whom(self) -> str:
        """For whom it is, in words."""
        return ", ".join(f"{name} {value or 'unknown'}" for name, value in self.subject)

    @property
    def says(self) -> str:
        """What readers of labels see."""
        return f"{self.label}, says {self.by} until {self.until.isoformat()}: {self.why}"


def plain(text: str) -> str:
    r"""What a person wrote, on one line, credentials masked, cut where it is longer than a reason.

    Examples:
        >>> plain("holds the key\nPASSWORD=hunter2")
        'holds the key PASSWORD=[masked]'
    """
    line = " ".join(_UNSPEAKABLE.sub(" ", text).split())
    return mask_text(mask_text(line)[:_LONGEST])


def lasting(made: date) -> date:
    """The last day of an entry of which nobody says how long it holds."""
    return made + min(LASTS, date.max - made)
