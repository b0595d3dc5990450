"""What judges and shows a fleet: signals, sources of advisories, views."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from fleetkit.plugins.sources import Problem
from fleetkit.schema import Table

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True)
class Signal:
    """A piece of evidence about every workload, for one axis; two axes are two signals.

    Args:
        name: machine word; one name may speak on several axes.
        doc: the reason for the weight, in a line.
        axis: state, uniqueness or disposability.
        family: signals of one family see the same fact; together they are capped.
        needs: columns of the facts that must be known for the signal to speak.
        weight: expression over the facts: log-odds, null where the signal says nothing.
        reason: expression over the facts: what was seen, in words.
        most: the largest size of the weight; it counts towards coverage.
        kinds: kinds of workload that can have it; others are not asked.
    """

    name: str
    doc: str
    axis: Literal["state", "uniqueness", "disposability"]
    family: str
    needs: tuple[str, ...]
    weight: "nw.Expr"
    reason: "nw.Expr"
    most: float
    kinds: tuple[str, ...] = ("vm", "container", "task")


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


@dataclass(frozen=True)
class AdvisorySource:
    """Where fixes are announced: a path -> what each record says about each package.

    Args:
        doc: what it reads, in a sentence.
        reads: the file forms that it understands, as a user would name them.
        rows: path, note -> one row per record and package, as the record states it; `note` takes
            problems of records and files; a path that is no feed raises LoadError.
    """

    doc: str
    reads: tuple[str, ...]
    rows: Callable[[Path, Callable[[Problem], None]], Iterator[Affected]]


@dataclass(frozen=True)
class View:
    """A thing that can be shown: data from tables, drawn by the script of the same name.

    Args:
        title: heading in report and notebook.
        doc: the question that it answers.
        needs: tables that it reads.
        data: tables -> a dictionary of plain values, numpy arrays and text lists.
    """

    title: str
    doc: str
    needs: tuple[Table, ...]
    data: Callable[[Mapping[str, pd.DataFrame]], dict[str, Any]]
