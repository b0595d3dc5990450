"""Patch levels: one row per subject and source package, and its worst answer."""

import numpy as np
import pandas as pd

from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.verdicts import RANK, WORST_FIRST, Verdicts
from fleetkit.tables import PATCH_LEVELS

_FLAWED = ("vulnerable_fix_available", "vulnerable_no_fix", "pending_restart")


def list_levels(
    inventory: Inventory, verdicts: Verdicts, intervals: pd.DataFrame, ended: set[tuple[str, str]]
) -> pd.DataFrame:
    """The `patch_levels` table, sorted by its key.

    Args:
        inventory: what is installed.
        verdicts: what was judged about it.
        intervals: what the records say.
        ended: subjects, and the ecosystem of their operating system, without support: what has no
            open flaw there is not fine, for nobody announces flaws any more.
    """
    holdings = inventory.holdings
    source = holdings["source_id"].to_numpy()
    build = pick(inventory.sources, source)
    behind = pick(verdicts.lag, source)
    subject = pick(inventory.subjects, holdings["subject"])
    unsupported = _pairs(subject, build["ecosystem"]).isin(ended)
    rank = np.where(unsupported, np.minimum(verdicts.rank, RANK["end_of_life"]), verdicts.rank)
    count, fix = _open_flaws(verdicts, intervals, len(holdings))
    return PATCH_LEVELS.cast(pd.DataFrame({
        "subject_id": subject, "ecosystem": build["ecosystem"], "release": build["release"],
        "source_name": build["source_name"], "source_version": build["source_version"],
        "version_key": build["key"], "newest_version": behind["newest_version"],
        "builds_behind": behind["builds_behind"].astype("Int64"),
        "days_behind": behind["days_behind"], "fixed_version": fix,
        "open_findings": pd.Series(count, dtype="Int64"),
        "status": pick(pd.Series(WORST_FIRST, dtype="string[pyarrow]"), rank),
    }))


def _pairs(subject: pd.Series, ecosystem: pd.Series) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([subject, ecosystem])


def _open_flaws(
    verdicts: Verdicts, intervals: pd.DataFrame, holdings: int
) -> tuple[np.ndarray, pd.Series]:
    """Per holding: the number of records that apply, and the version that ends all with a fix."""
    hits = verdicts.hits
    record = pick(intervals, hits["interval_id"])
    counts = hits["status"].isin(_FLAWED).to_numpy() & (
        record["status_hint"].ne("unimportant").fillna(value=True).to_numpy(dtype=bool)
    )
    opened = verdicts.open[counts.take(verdicts.open["hit"])]
    number = np.bincount(opened["holding_id"], minlength=holdings)
    top, keys = pd.factorize(record["hi"].mask(record["fixed_version"].isna()), sort=True)
    highest = np.full(holdings, -1)
    np.maximum.at(highest, opened["holding_id"].to_numpy(), top.take(opened["hit"]))
    version = pd.Series(pd.NA, index=range(len(keys) + 1), dtype="string[pyarrow]")
    fixed = record["fixed_version"].notna().to_numpy()
    first = pd.Series(record["fixed_version"].to_numpy(), index=top)[fixed]
    first = first[~first.index.duplicated()]
    version.loc[first.index] = first.to_numpy()
    return number, pick(version, highest % (len(keys) + 1))
