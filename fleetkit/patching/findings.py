"""Findings in words: one row per subject, source package and thing that is wrong or unseen."""

import numpy as np
import pandas as pd

from fleetkit.patching.changelogs import told_by_changelogs
from fleetkit.patching.decisions import told_by_statements
from fleetkit.patching.exploitation import COLUMNS
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.verdicts import Verdicts
from fleetkit.schema import Row
from fleetkit.tables import FINDINGS

_BUILD = ["ecosystem", "release", "source_name", "source_version"]


def list_findings(
    inventory: Inventory, verdicts: Verdicts, intervals: pd.DataFrame, others: list[Row],
    told: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The `findings` table: first what concerns whole subjects, then build by build, sorted.

    Args:
        inventory: what is installed.
        verdicts: what was judged about it.
        intervals: what the records say.
        others: findings about whole subjects.
        told: what else is said of single holdings, each with its `holding_id`: that it is older
            than before, past its end of life, waits for a restart.
    """
    flaws, lags = _flaws(inventory, verdicts, intervals), _lags(inventory, verdicts)
    late = np.flatnonzero(verdicts.late)
    newest = pick(inventory.holdings["source_id"], late) + len(flaws)
    flawed = verdicts.open
    fallen = pd.DataFrame({"holding_id": []}) if told is None else told
    older = np.arange(len(fallen)) + len(flaws) + len(lags)
    builds = _about(
        inventory,
        pd.concat([flaws, lags, _typed(fallen.drop(columns="holding_id"))], ignore_index=True),
        np.concatenate([flawed["holding_id"], late, fallen["holding_id"].astype(np.int64)]),
        np.concatenate([flawed["hit"], newest, older]),
    )
    whole = FINDINGS.frame(others).sort_values(list(FINDINGS.key), ignore_index=True)
    return FINDINGS.cast(pd.concat([whole, builds], ignore_index=True))


def uncovered(inventory: Inventory, verdicts: Verdicts) -> list[Row]:
    """A finding for each subject and release of packages that no record speaks of."""
    sources = inventory.sources[["ecosystem", "release"]].assign(
        key=inventory.sources["key"], covered=verdicts.covered
    )
    held = pick(sources, inventory.holdings["source_id"]).assign(
        subject=inventory.holdings["subject"]
    )
    unknown = held[~held["covered"]].groupby(
        ["subject", "ecosystem", "release"], dropna=False
    ).size().reset_index(name="count")
    plain = unknown.astype(object).where(unknown.notna(), None).to_dict("records")
    return [
        {
            "subject_id": inventory.subjects[row["subject"]], "ecosystem": row["ecosystem"],
            "release": row["release"], "status": "no_feed", "evidence": "observation",
            "why": f"no advisory was given for {_place(row['ecosystem'], row['release'])}:"
                   f" {_count(row['count'], 'source package')} compared within the fleet only",
        }
        for row in plain
    ]


def _about(
    inventory: Inventory, said: pd.DataFrame, holding: np.ndarray, number: np.ndarray
) -> pd.DataFrame:
    """Rows of holdings beside the row of `said` with the number, sorted.

    Sorted before any text is copied; the numbers of holdings are in order already.
    """
    words = (pd.factorize(said[name], sort=True)[0] for name in ("advisory_id", "status"))
    order = np.lexsort([*(word[number] for word in words), holding])
    held = pick(inventory.holdings, holding[order])
    return pd.concat([
        pick(inventory.subjects, held["subject"]).rename("subject_id"),
        pick(inventory.sources[_BUILD], held["source_id"]), held[["package_names"]],
        pick(said, number[order]),
    ], axis=1)


def _flaws(inventory: Inventory, verdicts: Verdicts, intervals: pd.DataFrame) -> pd.DataFrame:
    """What is said about each hit."""
    hits = verdicts.hits
    record = pick(intervals, hits["interval_id"])
    told = told_by_changelogs(record)
    thing = pick(inventory.things, hits["thing_id"])
    installed = thing["name"] + " " + thing["version"].fillna("of unknown version")
    said = pd.DataFrame({
        "status": hits["status"].to_numpy(), "advisory_id": record["osv_id"],
        "group_id": record["group_id"], "aliases": record["aliases"],
        "severity": record["severity"].fillna(record["status_hint"].mask(
            record["status_hint"].eq("uncomparable"))),
        "severity_score": record["severity_score"], "introduced": record["introduced"],
        "fixed_version": record["fixed_version"], "due_at": record["published"],
        **{name: record[name] for name in COLUMNS if name in record},
        "evidence": pd.Series("advisory", index=record.index).mask(told.notna(), "changelog"),
        "why": installed + " is installed; " + told.fillna(_ends(record, hits)),
    })
    judged, words = told_by_statements(hits)
    return _typed(said.assign(evidence=said["evidence"].mask(judged, "vex"),
                              why=said["why"] + words))


def _ends(record: pd.DataFrame, hits: pd.DataFrame) -> pd.Series:
    """Where the fix is, as the record says; or who gets it."""
    name = record["osv_id"]
    fixed = record["fixed_version"].fillna("")
    said = name + " affects it and names no fix"
    hint = record["status_hint"].fillna("")
    said = said.mask(hint.eq("will_not_fix"), name + " affects it and says: will not be fixed")
    said = said.mask(hint.eq("end_of_life"), name + " affects it; its release gets no more fixes")
    said = said.mask(record["hi_kind"].eq("last_affected"),
                     name + " affects it and knew no fix when it was published")
    said = said.mask(record["hi_kind"].eq("exact"), name + " names this very version as affected")
    said = said.mask(fixed.ne(""), name + " is fixed in " + fixed)
    said = said.mask(hits["status"].eq("uncomparable").to_numpy(),
                     name + " speaks of it, but the versions cannot be put in order")
    note = hits["note"]
    return said.mask(note.notna(), name + " affects it; " + note) + hits["aside"].fillna("")


def _lags(inventory: Inventory, verdicts: Verdicts) -> pd.DataFrame:
    """What is said about each source that is behind; the rows of others are not used."""
    count = verdicts.lag["builds_behind"].fillna(0)
    newest = verdicts.lag["newest_version"]
    builds = count.astype("string[pyarrow]") + " newer build"
    builds = builds + pd.Series("", index=count.index, dtype="string[pyarrow]").mask(count > 1, "s")
    name = inventory.sources["source_name"]
    return _typed(pd.DataFrame({
        "status": "behind_fleet", "fixed_version": newest, "evidence": "fleet",
        "why": name + " " + inventory.sources["source_version"] + " is installed; " + builds
               + " of it seen in the fleet, the newest is " + newest + _days(verdicts.lag),
    }))


def _days(lag: pd.DataFrame) -> pd.Series:
    """By how many days the newest build is younger, and who says so; empty where nobody does."""
    whole = lag["days_behind"].round().astype("Int64")
    days = (whole.astype("string[pyarrow]") + " days").mask(whole.eq(1), "1 day")
    by_image = lag["dated_by"].eq("image").fillna(value=False)
    said = " (" + days + " younger by its changelog)"
    return said.mask(by_image, " (first in an image " + days + " later)").fillna("")


def _typed(said: pd.DataFrame) -> pd.DataFrame:
    return said.astype({name: FINDINGS.column(name).dtype for name in said.columns})


def _place(ecosystem: str | None, release: str | None) -> str:
    return " ".join(part for part in (ecosystem, release) if part) or "an unknown ecosystem"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun} is" if number == 1 else f"{number:,} {noun}s are"
