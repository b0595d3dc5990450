"""Standing: what has become of each entry of a ledger, in a fleet, on a day.

An entry ends on its day, and when what it was said of is no more: another image (by name, not by
version) or, of a machine, another operating system. It holds, with a warning, when the evidence
moved: to the other side of a threshold, to other software, or to an image of that name from
elsewhere. Of several entries for one workload the newest holds. Where `unify` knows that several
rows are one machine or container, the word about one is the word about all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.entries import Entry, Outvoted
from fleetkit.ledger.evidence import Sight, lean, seen
from fleetkit.ledger.subjects import caught, newest, with_twins
from fleetkit.schema import Column, Table
from fleetkit.tables.derived import LABEL_CHOICES, QUADRANTS

APPLIED = ("applied", "agreed", "moved", "contradicted")
STATES = (*APPLIED, "superseded", "expired", "unmatched", "invalid")
OVERRIDES = Table(
    name="overrides",
    doc="one row per entry of a ledger, and what has become of it",
    key=(),
    columns=(
        Column("line", "integer", "where its block begins in the file"),
        Column("whom", "text", "for whom it is, in words"),
        Column("label", "text", "what the person says", choices=LABEL_CHOICES),
        Column("quadrant", "text", "which kind of it, where the person says so", choices=QUADRANTS),
        Column("by", "text", "who says so"),
        Column("why", "text", "the person's reason, credentials masked"),
        Column("made", "text", "day on which it was said"),
        Column("until", "text", "last day on which it holds"),
        Column("state", "text", "applied; agreed: the evidence says the same; moved and"
               " contradicted: applied, but look again; the others are not applied",
               choices=STATES),
        Column("told", "text", "what makes the state, in words; NA where nothing is to be told"),
        Column("workloads", "integer", "workloads whose label it decides", "workloads"),
        Column("label_then", "text", "what the evidence said when it was made"),
        Column("label_now", "text", "what the evidence says"),
        Column("state_score_then", "real", "of a group, the median", "log-odds"),
        Column("state_score_now", "real", "of a group, the median", "log-odds"),
        Column("workload_id", "text", "the workload, or the first of its group; NA for nobody"),
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Entries of a ledger beside a fleet.

    Args:
        frame: a row of `OVERRIDES` per entry in the order of the ledger, its faults behind.
        heard: whose word holds: positions of workloads (`row`) and of entries (`entry`).
        disputed: positions of entries, each with that of a newer one which says otherwise.
    """

    frame: pd.DataFrame
    heard: pd.DataFrame
    disputed: tuple[tuple[int, int], ...]


def standing(ledger: Ledger, fleet: Fleet, labels: pd.DataFrame, today: date) -> Standing:
    """What has become of each entry.

    Args:
        ledger: from `Ledger.read`.
        fleet: `workloads` and `images` are read; who has no label is nobody's subject.
        labels: what the evidence says; an override in them changes nothing.
        today: the day, UTC.
    """
    entries = ledger.entries
    found = _judged(caught(entries, fleet.workloads), fleet, labels)
    sights = seen(found, fleet, labels)
    ended = {number: state for number, entry in enumerate(entries)
             if (state := _ended(entry, sights.get(number), today))}
    holding = found[~found["entry"].isin(list(ended))]
    holding = _judged(with_twins(holding, fleet), fleet, labels)
    heard = newest(holding, entries)
    decided = heard["entry"].value_counts().to_dict()
    for number in _replaced(found[found["entry"].isin(list(ended))], heard, entries):
        ended[number] = ("superseded", None)
    rows = [
        _row(entry, sights.get(number), ended.get(number), decided.get(number, 0))
        for number, entry in enumerate(entries)
    ]
    faults = [{"line": fault.line, "state": "invalid", "told": fault.reason}
              for fault in ledger.faults]
    return Standing(OVERRIDES.frame([*rows, *faults]), heard,
                    tuple(_disputed(holding, heard, entries)))


def _judged(found: pd.DataFrame, fleet: Fleet, labels: pd.DataFrame) -> pd.DataFrame:
    """Rows of `found` about workloads that have a label."""
    ids = fleet.workloads["workload_id"].take(found["row"].to_numpy())
    known = labels["workload_id"]
    return found[ids.isin(known[known.isin(ids.unique())]).to_numpy()].reset_index(drop=True)


def _replaced(
    found: pd.DataFrame, heard: pd.DataFrame, entries: tuple[Entry, ...]
) -> set[int]:
    """Entries that need no warning: newer ones hold for all their workloads."""
    pairs = found.merge(heard, on="row", how="left", suffixes=("", "_newer"))
    told = set(pairs[["entry", "entry_newer"]].itertuples(index=False, name=None))
    alone = {older for older, newer in told
             if pd.isna(newer) or entries[int(newer)].made < entries[older].made}
    return {older for older, _ in told} - alone


def _ended(entry: Entry, sight: Sight | None, today: date) -> tuple[str, str | None] | None:
    """State of an entry that is not applied, and why."""
    if entry.until < today:
        return "expired", f"ended on {entry.until}"
    if sight is None:
        return "unmatched", "nobody in this fleet"
    then, now = entry.outvoted or Outvoted(), sight.evidence
    if _differ(_own_name(then.image), _own_name(now.image)):
        return "expired", f"another image: {then.image} then, {now.image} now"
    if sight.machine and _differ((then.os or "").casefold(), (now.os or "").casefold()):
        return "expired", f"another operating system: {then.os} then, {now.os} now"
    return None


def _row(
    entry: Entry, sight: Sight | None, ended: tuple[str, str | None] | None, decided: int
) -> dict[str, Any]:
    then, now = entry.outvoted or Outvoted(), sight.evidence if sight else Outvoted()
    applied = _state(entry, then, now) if decided else ("superseded", None)
    state, told = ended or applied
    return {
        "line": entry.line, "whom": entry.whom, "label": entry.label, "quadrant": entry.quadrant,
        "by": entry.by, "why": entry.why, "made": entry.made.isoformat(),
        "until": entry.until.isoformat(), "state": state, "told": told, "workloads": decided,
        "label_then": lean(then), "label_now": lean(now), "state_score_then": then.state_score,
        "state_score_now": now.state_score, "workload_id": sight.first if sight else None,
    }


def _state(entry: Entry, then: Outvoted, now: Outvoted) -> tuple[str, str | None]:
    """State of an entry that is applied, and the words for it."""
    before, after = lean(then), lean(now)
    changes = [f"{what}: {one} then, {other} now" for what, one, other in (
        ("evidence", before, after), ("software", then.software, now.software),
        ("image", then.image, now.image)) if _differ(one, other)]
    opposite = "cattle" if entry.label == "pet" else "pet"
    if after == opposite and _differ(before, after):
        return "contradicted", "; ".join(changes)
    if after == entry.label and not _differ(then.software, now.software):
        return "agreed", None
    return ("moved", "; ".join(changes)) if changes else ("applied", None)


def _disputed(
    holding: pd.DataFrame, heard: pd.DataFrame, entries: tuple[Entry, ...]
) -> Iterator[tuple[int, int]]:
    """Entries and the newer ones that say otherwise; who changes their mind disputes nothing."""
    pairs = holding.merge(heard, on="row", suffixes=("", "_newer"))[["entry", "entry_newer"]]
    for older, newer in sorted(set(pairs.itertuples(index=False, name=None))):
        one, other = entries[older], entries[newer]
        same = (one.by, dict(one.subject)) == (other.by, dict(other.subject))
        if one.label != other.label and not same:
            yield older, newer


def _differ(one: str | None, other: str | None) -> bool:
    """Whether two known values differ; what is unknown does not."""
    return bool(one and other and one != other)


def _own_name(image: str | None) -> str | None:
    return image.rsplit("/", 1)[-1] if image else None
