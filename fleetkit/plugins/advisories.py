"""What a source of advisories states, row by row: flaws, judgements of them, ends of support."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from fleetkit.plugins.sources import Problem

StatementStatus = Literal["not_affected", "affected", "fixed", "under_investigation"]


@dataclass(frozen=True, slots=True)
class Affected:
    """One package that one record speaks of; words are those of the OSV schema.

    Args:
        osv_id: id of the record.
        where: file, and line or entry of it: one record in one place.
        ecosystem: with its release, as the record writes it; None if the record names no package
            (it still replaces older records of its id).
        package: as the record writes it.
        ranges: (type, events) with events as (kind, version).
        versions: affected versions, listed one by one.
        aliases: other ids of the same flaw.
        upstream: ids of the flaws that the record passes on.
        severity: in the record's words: an urgency or a level.
        severity_type: kind of the score.
        severity_score: CVSS vector.
        hint: what the words say about the flaw: unimportant, end_of_life, will_not_fix or
            not_security.
        module: rpm module and stream, as "nodejs:12"; "*" where only "some module" is known;
            "" outside of modules.
        modified: last change, as RFC 3339 text, as are the next two.
        published: when it was made public.
        withdrawn: since when it is void; None while it holds.
    """

    osv_id: str
    where: str
    ecosystem: str | None = None
    package: str | None = None
    ranges: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    versions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    severity: str | None = None
    severity_type: str | None = None
    severity_score: str | None = None
    hint: str | None = None
    module: str = ""
    modified: str | None = None
    published: str | None = None
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody who knows the product says about one flaw in it (VEX).

    Args:
        flaw: id of the flaw, as the document writes it.
        where: file, and number of the statement.
        product: purl, digest or name of what is spoken of; "" is everything.
        status: of the four that OpenVEX and CSAF share.
        component: purl of the package inside of the product; "" is the product itself.
        justification: machine word for the reason, as "vulnerable_code_not_present".
        reason: the same in the author's words.
        author: who says so.
        aliases: other ids of the flaw.
        stated: when it was said, as RFC 3339 text; the newest of several counts.
    """

    flaw: str
    where: str
    product: str
    status: StatementStatus
    component: str = ""
    justification: str = ""
    reason: str = ""
    author: str = ""
    aliases: tuple[str, ...] = ()
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Exploitation:
    """How far a flaw is used by attackers: what catalogues (KEV) saw and models (EPSS) expect.

    Args:
        flaw: CVE.
        where: file, and line or entry of it.
        exploited_since: day on which it was listed as exploited; None where that is not said.
        probability: chance of being exploited within 30 days, 0 to 1.
        as_of: day of the statement.
    """

    flaw: str
    where: str
    exploited_since: date | None = None
    probability: float | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """The support of one release of one system or runtime; unknown dates are None.

    Args:
        name: system or runtime with its release, for people.
        released: first day.
        active_until: last day with new features and hardware.
        standard_until: last day with security fixes for everyone.
        extended_until: last day with fixes of the programme `extended_name`.
        extended_name: that programme, for people; "" is none.
        needs_enrolment: a machine must be enrolled in that programme; None is what the catalogue
            says, and yes where it says nothing.
        as_of: date of the facts.
        source: who states them.
        product: one word for all releases, as endoflife.date has it: debian, nodejs.
        release: as versions begin: 12, 22.04, 3.11.
        ended: whether standard support has ended, where no date says so; None is unknown.
        packages: purls without version of what is the product; what `catalogue/lifecycles.csv` says
            of it holds too.
        system_names: names of the system in os-release and in inventories, in lower case.
        ecosystem: the release as OSV names it, as "Debian:12"; "" where it is none.
    """

    name: str
    released: date | None
    active_until: date | None
    standard_until: date | None
    extended_until: date | None
    extended_name: str
    needs_enrolment: bool | None
    as_of: date
    source: str
    product: str = ""
    release: str = ""
    ended: bool | None = None
    packages: tuple[str, ...] = ()
    system_names: tuple[str, ...] = ()
    ecosystem: str = ""


Stated = Affected | Statement | Exploitation | Support
"""What the row of a source can be."""


@dataclass(frozen=True)
class AdvisorySource:
    """Where fixes are announced and flaws are judged: a path -> what each record says.

    Args:
        doc: what it reads, in a sentence.
        reads: the file forms that it understands, as a user would name them.
        rows: path, note -> one row per record and thing that it speaks of, as it states it; `note`
            takes problems of records and files; a path that is no feed raises LoadError.
    """

    doc: str
    reads: tuple[str, ...]
    rows: Callable[[Path, Callable[[Problem], None]], Iterator[Stated]]
