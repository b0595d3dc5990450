"""Why one finding holds, from the tables that the audit read and made: `explain_finding`."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from fleetkit.explaining.findings.builds import builds
from fleetkit.explaining.findings.card import card_html, card_text
from fleetkit.explaining.findings.case import Case
from fleetkit.explaining.findings.comparison import comparison, ending
from fleetkit.explaining.findings.facts import Section, known
from fleetkit.explaining.findings.installed import installed, origin
from fleetkit.explaining.findings.record import beside, record
from fleetkit.explaining.findings.row import FindingRow, finding_of
from fleetkit.explaining.findings.stories import STATUSES, story
from fleetkit.fleet import Fleet


@dataclass(frozen=True, eq=False)
class FindingExplanation:
    """Why one finding holds; shows itself as text and as HTML.

    Args:
        subject_id: image or workload.
        name: its name; its id where it has none.
        status: what is the matter, as in `findings`.
        headline: the finding in a line.
        why: the finding in a sentence, as the audit says it.
        sections: facts under the question that they answer; what is unknown is left out.
    """

    subject_id: str
    name: str
    status: str
    headline: str
    why: str
    sections: tuple[Section, ...]
    _finding: pd.Series = field(repr=False)

    @property
    def finding(self) -> pd.Series:
        """The row of `findings`."""
        return self._finding.copy()

    @property
    def facts(self) -> pd.DataFrame:
        """One row per fact: `section, fact, value`, in the order of the card."""
        return pd.DataFrame(
            [(section.title, fact.what, fact.value)
             for section in self.sections for fact in section.facts],
            columns=["section", "fact", "value"],
        )

    def __repr__(self) -> str:
        return card_text(self)

    def _repr_html_(self) -> str:
        return card_html(self)


def explain_finding(fleet: Fleet, finding: FindingRow) -> FindingExplanation:
    """What is installed, which record speaks of it, how they compare, and what would end it.

    Args:
        fleet: an audited fleet; layers and lineage are told where it has them.
        finding: a row of `fleet.findings`.

    Raises:
        MissingTableError: the fleet has not been audited.
        UnknownFindingError: the row is none of the fleet's, or several are meant.
    """
    case = Case(fleet, finding_of(fleet, finding))
    return FindingExplanation(
        subject_id=case.subject_id, name=case.name_of(case.subject_id), status=case.status,
        headline=_headline(case), why=known(case.row["why"]) or "",
        sections=tuple(part for part in _sections(case) if part and part.facts),
        _finding=case.row,
    )


def _sections(case: Case) -> Iterator[Section | None]:
    yield comparison(case)
    yield story(case)
    yield ending(case)
    yield installed(case)
    yield origin(case)
    yield record(case)
    yield beside(case)
    if case.source is not None:
        yield builds(case)


def _headline(case: Case) -> str:
    flaw = known(case.row["group_id"]) or known(case.row["advisory_id"])
    parts = [flaw, f"in {case.source} {case.version or ''}".strip() if case.source else None]
    said = " ".join(part for part in parts if part)
    on = f"{said} on {case.name_of(case.subject_id)}" if said else case.name_of(case.subject_id)
    if said.startswith("in "):
        on = on.removeprefix("in ")
    used = "exploited_since" in case.row.index and known(case.row["exploited_since"])
    return f"{on}: {STATUSES.get(case.status, case.status)}" + (
        f"; exploited by attackers since {used}" if used else "")
