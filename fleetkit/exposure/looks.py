"""Looks: of each snapshot what bears on exposure, as numbers; its tables are let go again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from fleetkit.errors import MissingTableError, SnapshotError
from fleetkit.exposure.instances import instances, tokens
from fleetkit.exposure.vocabulary import ABSENT, Vocabulary, ranges
from fleetkit.fleet import Fleet
from fleetkit.history import restore
from fleetkit.tables import FINDINGS, PATCH_LEVELS

Snapshot = Fleet | str | Path
Snapshots = Iterable[Snapshot] | Mapping[datetime, Snapshot]

VULNERABLE = ("vulnerable_fix_available", "vulnerable_no_fix", "pending_restart")
ALL = np.int64(-1)
"""The mask of a subject of which nothing at all can be said."""
_BITS = 62
_BUILD = ["ecosystem", "release", "source_name", "source_version"]


@dataclass
class Words:
    """What the numbers of all looks mean.

    Attributes:
        claim: rows of flaw, ecosystem, release and source package.
        build: rows of ecosystem, release, source package and its version.
        scope: rows of source, account and region.
    """

    text: Vocabulary = field(default_factory=Vocabulary)
    subject: Vocabulary = field(default_factory=Vocabulary)
    flaw: Vocabulary = field(default_factory=Vocabulary)
    token: Vocabulary = field(default_factory=Vocabulary)
    ecosystem: Vocabulary = field(default_factory=Vocabulary)
    claim: Vocabulary = field(default_factory=Vocabulary)
    build: Vocabulary = field(default_factory=Vocabulary)
    scope: Vocabulary = field(default_factory=Vocabulary)


@dataclass
class Look:
    """One snapshot in numbers.

    Attributes:
        moment: when it was taken.
        instances: one row per workload that counts: `subject, scope`, and texts.
        tokens: `row, token`: the names by which a slot is known again.
        flagged: `subject, flaw, claim, build`: who is vulnerable to what.
        doubted: `subject, flaw`: who cannot be compared.
        held: `subject, build`: source packages of which the subject has one build only.
        claims: `claim, has_fix, published, severity`, distinct.
        masks: subject -> ecosystems that nobody can judge in it, as bits; all for the unseen.
        bad_scopes: source, account and region of what was not read in full.
        good_scopes: of what was.
    """

    moment: pd.Timestamp
    instances: pd.DataFrame
    tokens: pd.DataFrame
    flagged: pd.DataFrame
    doubted: pd.DataFrame
    held: pd.DataFrame
    claims: pd.DataFrame
    masks: pd.Series
    bad_scopes: np.ndarray
    good_scopes: np.ndarray


def take_looks(
    pairs: Iterable[tuple[pd.Timestamp, Fleet]], team_tags: tuple[str, ...]
) -> tuple[list[Look], Words]:
    """All looks, the oldest first, and the meaning of their numbers.

    Raises:
        SnapshotError: two fleets are of one moment.
        MissingTableError: a fleet was not audited.
    """
    words = Words()
    looks = [_look(fleet, moment, words, team_tags) for moment, fleet in pairs]
    looks.sort(key=lambda look: look.moment)
    for before, after in pairwise(looks):
        if before.moment == after.moment:
            raise SnapshotError(
                f"two snapshots were taken at {after.moment:%Y-%m-%d %H:%M:%S} UTC; add the fleets"
                " of one moment with +, or give moments: {datetime: snapshot}"
            )
    return looks, words


def opened(snapshots: Snapshots) -> Iterator[tuple[pd.Timestamp, Fleet]]:
    """Moment and fleet of each snapshot, one after the other, so that one is in memory."""
    if isinstance(snapshots, (Fleet, str, Path)):
        raise SnapshotError(
            "one snapshot where several are expected: give a list of fleets or folders, or"
            " {moment: fleet}"
        )
    pairs = snapshots.items() if isinstance(snapshots, Mapping) else (
        (None, given) for given in snapshots)
    for number, (moment, given) in enumerate(pairs, start=1):
        fleet = given if isinstance(given, Fleet) else restore(given)
        place = "snapshot " + (str(number) if isinstance(given, Fleet) else str(given))
        yield _moment(moment, fleet, place), fleet


def _moment(given: datetime | None, fleet: Fleet, place: str) -> pd.Timestamp:
    if given is not None:
        try:
            moment = pd.Timestamp(given)
        except (TypeError, ValueError) as error:
            raise SnapshotError(f"{place}: {given!r} is no moment; give a datetime") from error
        if pd.isna(moment):
            raise SnapshotError(f"{place}: its moment is missing; give a datetime")
        utc = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
        return utc.as_unit("us")
    seen = [
        frame["observed_at"].max() for _, frame in fleet
        if "observed_at" in frame.columns and frame["observed_at"].notna().any()
    ]
    if not seen:
        raise SnapshotError(
            f"{place}: no table says when it was observed; give moments: {{datetime: snapshot}}"
        )
    return pd.Timestamp(max(seen)).as_unit("us")


def _look(
    fleet: Fleet, moment: pd.Timestamp, words: Words, team_tags: tuple[str, ...]
) -> Look:
    for table in (FINDINGS, PATCH_LEVELS):
        if table.name not in fleet:
            raise MissingTableError(table.name, table.made_by or "audit")
    findings, levels = fleet.findings, fleet.patch_levels
    unseen = findings.loc[findings["status"].eq("unobservable").fillna(value=False), "subject_id"]
    images = fleet.images
    empty = images.loc[images["observable"].fillna(value=False), "image_id"]
    judged = pd.Index(levels["subject_id"].dropna().unique()).union(pd.Index(empty.dropna()))
    judged = judged.difference(pd.Index(unseen.dropna().unique()))
    found = instances(fleet, judged, team_tags)
    texts = {"name": "known_as", "label": "label", "environment": "environment", "team": "team"}
    named = {name: words.text.codes(found[column]) for name, column in texts.items()}
    numbered = pd.DataFrame({
        "subject": words.subject.codes(found["subject_id"]), "scope": _scopes(found, words),
        **named,
    })
    known = tokens(found)
    known["token"] = words.token.codes(known["token"])
    flagged, claims = _flagged(findings, words)
    held = pd.DataFrame({
        "subject": words.subject.codes(levels["subject_id"]), "build": _builds(levels, words),
    })
    held = held[held["subject"].ge(0) & ~_kept_beside(levels, words)].reset_index(drop=True)
    coverage = fleet.coverage
    good = coverage["status"].isin(["ok", "empty"]).to_numpy(dtype=bool)
    scopes = _scopes(coverage, words)
    return Look(
        moment, numbered, known, flagged, _doubted(findings, words), held, claims,
        _masks(findings, judged, words), np.unique(scopes[~good]), np.unique(scopes[good]),
    )


def _kept_beside(levels: pd.DataFrame, words: Words) -> np.ndarray:
    """Builds beside others of one package, as old kernels: being there, they need not run."""
    place = {name: words.text.codes(levels[name]) for name in _BUILD[:3]}
    rows = pd.DataFrame({"subject": words.subject.codes(levels["subject_id"]), **place})
    several: np.ndarray = rows.duplicated(keep=False).to_numpy(dtype=bool)
    return several


def _flagged(findings: pd.DataFrame, words: Words) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who is vulnerable to what, sorted; and what is said about each claim."""
    counts = findings["status"].isin(VULNERABLE) & findings["group_id"].notna() & (
        findings["subject_id"].notna()
    ) & findings["severity"].ne("unimportant").fillna(value=True)
    rows = findings[counts.to_numpy(dtype=bool)]
    flaw = words.flaw.codes(rows["group_id"])
    place = [words.ecosystem.codes(rows["ecosystem"]),
             *(words.text.codes(rows[name]) for name in ("release", "source_name"))]
    said = pd.DataFrame({
        "subject": words.subject.codes(rows["subject_id"]), "flaw": flaw,
        "claim": words.claim.rows(flaw, *place), "build": _builds(rows, words),
        "has_fix": rows["status"].ne("vulnerable_no_fix").to_numpy(dtype=bool),
        "published": rows["due_at"].to_numpy(), "severity": words.text.codes(rows["severity"]),
    })
    claims = said.groupby("claim", as_index=False).agg(
        has_fix=("has_fix", "max"), published=("published", "min"), severity=("severity", "max"))
    order = np.lexsort((pd.factorize(rows["source_name"], sort=True)[0],
                        said["flaw"].to_numpy(), said["subject"].to_numpy()))
    ordered = said.take(order)[["subject", "flaw", "claim", "build"]]
    return ordered.drop_duplicates(ignore_index=True), claims


def _doubted(findings: pd.DataFrame, words: Words) -> pd.DataFrame:
    named = findings["group_id"].notna() & findings["subject_id"].notna()
    rows = findings[(named & findings["status"].eq("uncomparable")).to_numpy(dtype=bool)]
    return pd.DataFrame({
        "subject": words.subject.codes(rows["subject_id"]),
        "flaw": words.flaw.codes(rows["group_id"]),
    }).drop_duplicates(ignore_index=True)


def _masks(findings: pd.DataFrame, judged: pd.Index, words: Words) -> pd.Series:
    """What nobody can judge, of each subject that has been judged in part; of others: all."""
    rows = findings[findings["status"].eq("no_feed").fillna(value=False).to_numpy(dtype=bool)]
    rows = rows[rows["subject_id"].notna()]
    bits = np.left_shift(np.int64(1), bit_of(words.ecosystem.codes(rows["ecosystem"])))
    subject = words.subject.codes(rows["subject_id"])
    clear = pd.Series(np.int64(0), index=words.subject.codes(judged))
    order = np.argsort(subject, kind="stable")
    if not len(order):
        return clear
    start, length = ranges(subject[order], int(subject.max()) + 1)
    shown = np.flatnonzero(length)
    blind = pd.Series(np.bitwise_or.reduceat(bits[order], start[shown]), index=shown)
    clear.update(blind.reindex(clear.index).dropna().astype("int64"))
    return clear


def bit_of(ecosystem: np.ndarray) -> np.ndarray:
    """The bit of each ecosystem; those beyond the number of bits share the last one."""
    return np.where(ecosystem == ABSENT, _BITS, np.minimum(ecosystem, _BITS))


def _builds(rows: pd.DataFrame, words: Words) -> np.ndarray:
    return words.build.rows(*(words.text.codes(rows[name]) for name in _BUILD))


def _scopes(rows: pd.DataFrame, words: Words) -> np.ndarray:
    return words.scope.rows(
        *(words.text.codes(rows[name]) for name in ("source", "account", "region")))
