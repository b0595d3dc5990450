"""The audit: which fixes are missing where, and what nobody can tell."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import NamedTuple

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.changelogs import add_changelogs
from fleetkit.patching.channels import Said, check_said
from fleetkit.patching.dates import date_builds, doubt_dates
from fleetkit.patching.exploitation import describe_exploitation, know_exploitation
from fleetkit.patching.feeds import Feed, Paths, read_feeds
from fleetkit.patching.findings import list_findings, uncovered
from fleetkit.patching.inventory import Inventory, take_inventory
from fleetkit.patching.kernels import Kernels, judge_kernels
from fleetkit.patching.levels import list_levels
from fleetkit.patching.lifecycles import Lifecycles
from fleetkit.patching.owned import is_owned, tell_owned
from fleetkit.patching.reach import find_reach
from fleetkit.patching.records import list_advisories
from fleetkit.patching.runtimes import judge_runtimes
from fleetkit.patching.setbacks import find_setbacks
from fleetkit.patching.settling import settle
from fleetkit.patching.statements import apply_statements
from fleetkit.patching.subjects import newest_look, subjects, unobservable
from fleetkit.patching.support import ENDED, end_of_life
from fleetkit.patching.verdicts import Verdicts, judge, worsen
from fleetkit.plugins import Problem
from fleetkit.tables import PROBLEMS


def audit(
    fleet: Fleet, advisories: Paths = None, *, now: datetime | None = None,
    channels: Said | None = None,
) -> Fleet:
    """The fleet with `findings`, `patch_levels` and `advisories`: which fixes are missing where.

    Without advisories it still knows who runs an older build than someone else in the fleet, which
    flaws the changelogs of newer builds name, and which operating systems are past their end of
    life. What cannot be seen or judged is a finding too (unobservable, no_feed, uncomparable); it
    is never counted as clean. A container stands behind its image: join `workloads.image_id` with
    `subject_id`.

    Args:
        fleet: packages, and the images and workloads that have them.
        advisories: OSV records: a folder, `.json`, `.jsonl`, `.jsonl.gz` or `.zip`, or the address
            of one (http, https); or several. What is not OSV has the name of its source before
            it: `secdb:`, `debian_tracker:`, `vex:`, `kev:`, `epss:`, `end_of_life:`. What is read
            is stored, and opened again while its files are the same.
        now: moment of the audit; without it the moment when the fleet was last looked at.
        channels: who gets fixes that are not everyone's: a glob of a subject's id, name or
            environment -> channels, as {"web-*": ["pro"], "db-*": []}. What is said here counts
            more than what is seen; of all others installed builds and tags may tell.

    Raises:
        LoadError: advisories cannot be opened at all. A single bad record is a problem.
    """
    moment = _aware(now) if now else newest_look(fleet)
    feed = read_feeds(advisories, moment)
    owned = is_owned(fleet.packages)
    inventory = take_inventory(fleet.packages[~owned] if owned.any() else fleet.packages)
    asked = subjects(fleet)
    flaws = _judge_flaws(fleet, inventory, asked, feed, channels or {})
    setbacks, undated = find_setbacks(fleet, inventory, flaws.verdicts, flaws.spoken)
    lifecycles = Lifecycles(feed.support)
    ends, unknown = end_of_life(asked, moment, lifecycles, flaws.enrolled)
    runtimes = judge_runtimes(inventory, asked, moment, lifecycles, flaws.enrolled)
    verdicts = worsen(flaws.verdicts, runtimes.ended, "end_of_life")
    whole = [*ends, *flaws.kernels.rows, *unobservable(asked), *uncovered(inventory, verdicts)]
    builds = pd.concat([setbacks, runtimes.said, flaws.kernels.said], ignore_index=True)
    ended = {(row["subject_id"], row["ecosystem"]) for row in ends if row["severity"] in ENDED}
    problems = [
        *feed.problems, *flaws.problems, *unknown, *runtimes.problems, *undated,
        *_doubts(inventory, verdicts, feed.intervals), *doubt_dates(verdicts.lag),
        *tell_owned(owned), *describe_exploitation(feed.exploitation, moment),
    ]
    return fleet.with_tables(
        findings=list_findings(inventory, verdicts, flaws.spoken, whole, builds),
        patch_levels=list_levels(inventory, verdicts, flaws.spoken, ended),
        advisories=list_advisories(verdicts.hits["interval_id"], flaws.spoken),
        problems=PROBLEMS.frame(asdict(problem) for problem in problems),
    )


class _Flaws(NamedTuple):
    """What is known of flaws when all have spoken.

    Attributes:
        verdicts: what the records say about each holding.
        spoken: the intervals that the verdicts speak of.
        enrolled: who gets fixes that are not everyone's.
        kernels: which machines wait for a restart.
        problems: what was met on the way.
    """

    verdicts: Verdicts
    spoken: pd.DataFrame
    enrolled: dict[str, bool]
    kernels: Kernels
    problems: list[Problem]


def _judge_flaws(
    fleet: Fleet, inventory: Inventory, asked: pd.DataFrame, feed: Feed, channels: Said
) -> _Flaws:
    """Records first; then changelogs, channels, kernels and judgements, each on what was said."""
    spoken, special, aside = _set_aside(feed.intervals, channels)
    spoken, strange = add_changelogs(spoken, fleet, inventory)
    verdicts = judge(inventory, spoken, date_builds(fleet, inventory))
    reach = find_reach(fleet, inventory, asked, feed.intervals, channels)
    verdicts, spoken, apart = settle(inventory, verdicts, spoken, special, reach)
    kernels = judge_kernels(fleet, inventory, verdicts)
    verdicts, judged = apply_statements(
        feed.statements, fleet, inventory, kernels.verdicts, spoken)
    spoken = know_exploitation(spoken, verdicts.hits["interval_id"], feed.exploitation)
    problems = [*aside, *strange, *reach.problems, *apart, *kernels.problems, *judged]
    return _Flaws(verdicts, spoken, reach.enrolled, kernels, problems)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _set_aside(
    intervals: pd.DataFrame, channels: Said
) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """The intervals about flaws that everyone has the fix for, those of channels; what is left."""
    check_said(channels, intervals["channel"].dropna().unique())
    harmless = intervals["status_hint"].eq("not_security").fillna(value=False)
    enrolled = intervals["channel"].notna()
    problems = [Problem(
        "not_security", "records that announce bug fixes, not flaws, are left out", None,
        f"{intervals.loc[harmless, 'osv_id'].nunique():,} records", severity="info", phase="audit",
    )] if harmless.any() else []
    return (intervals[~harmless & ~enrolled].reset_index(drop=True),
            intervals[~harmless & enrolled].reset_index(drop=True), problems)


def _doubts(
    inventory: Inventory, verdicts: Verdicts, intervals: pd.DataFrame
) -> Iterator[Problem]:
    if inventory.nameless:
        yield Problem("nameless_package", "packages without a name or subject are not judged", None,
                      f"{inventory.nameless:,} rows", phase="audit")
    orderless = inventory.sources[inventory.sources["key"].isna()]
    if len(orderless):
        version = orderless["source_version"].fillna("without version")
        named = orderless["source_name"] + " " + version
        yield Problem("uncomparable", "no rule orders the version of a package", None,
                      f"{len(orderless):,} distinct builds, as {', '.join(named.head(5))}",
                      phase="audit")
    if len(intervals) and len(inventory.sources) and not verdicts.covered.any():
        yield Problem("foreign_feed", "the advisories speak of none of the fleet's systems", None,
                      ", ".join(sorted(intervals["ecosystem"].dropna().unique())[:20]),
                      "name the feed of the distributions that the fleet runs", "error", "audit")
