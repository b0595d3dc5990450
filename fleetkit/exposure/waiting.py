"""Stages: where a fix waits on its way from its vendor to the last workload."""

import numpy as np
import pandas as pd

from fleetkit.exposure.images import Notes, newer_without, noted
from fleetkit.exposure.instances import TEXT
from fleetkit.exposure.listing import TEAM_TAGS, list_episodes
from fleetkit.exposure.looks import Snapshots, opened
from fleetkit.exposure.tables import STAGES, STEPS

_KEY = ["slot", "flaw"]
_TIMES = ("base_at", "image_at", "deployed_at", "cleared_at", "restarted_at")
_FACTS = ["name", "label", "environment", "team", "source_name"]


def stages(snapshots: Snapshots, *, team_tags: tuple[str, ...] = TEAM_TAGS) -> pd.DataFrame:
    """Where a fix waits: in its base image, in an image of the service, to be deployed, restarted.

    One row per slot and flaw. The way is: a fix is known; a base image that had the flaw has it no
    longer (`base`; needs `trace`); an image of the slot's own repository has it no longer
    (`image`); a workload runs it (`deploy`); no vulnerable workload is left (`clear`); what runs
    was started since (`restart`). Images are dated by their build, or by the first snapshot that
    knows them; the rest by the first snapshot that saw it. A stage that does not apply or that
    nobody can date is NA, and its days are counted to the next stage that is known; days are never
    negative. A machine has no image: its stages are deploy, clear and restart. Of a slot that was
    exposed again the first exposure counts.

    Args:
        snapshots: as for `episodes`.
        team_tags: as for `episodes`.

    Returns:
        The `stages` table, sorted by slot and flaw.

    Raises:
        SnapshotError: as for `episodes`.
        MissingTableError: a fleet was not audited.

    Examples:
        >>> stages([]).empty
        True
    """
    notes = Notes()
    found = list_episodes(noted(opened(snapshots), notes), team_tags)
    if found.empty:
        return STAGES.empty()
    rows = _exposures(found)
    rows = rows.merge(_images(notes, rows), on=_KEY, how="left")
    return STAGES.cast(_timed(_restarted(rows, notes), max(notes.moments)))


def _exposures(found: pd.DataFrame) -> pd.DataFrame:
    """Of each slot and flaw the first exposure: when it was first and last open."""
    again = found["is_reexposure"].fillna(value=False).to_numpy(dtype=bool)
    repeated = found.assign(again=again).groupby(_KEY)["again"].transform("min").to_numpy()
    first = found.assign(open=found["closed_by"].isna())[~again | repeated.astype(bool)]
    rows: pd.DataFrame = first.groupby(_KEY, as_index=False, sort=True).agg(
        **{name: (name, "first") for name in _FACTS}, fix_known_at=("fix_known_at", "min"),
        first_seen=("first_seen", "min"), last_seen=("last_seen", "max"),
        deployed_at=("closed_by", "min"), cleared_at=("closed_by", "max"),
        open=("open", "max"))
    return rows.assign(cleared_at=rows["cleared_at"].mask(rows["open"].astype(bool)))


def _images(notes: Notes, rows: pd.DataFrame) -> pd.DataFrame:
    """`base_at, image_at, has_base, has_image` of each slot and flaw."""
    ran = [frame for frame in notes.ran if len(frame)]
    if not ran:
        never = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
        return rows[_KEY].assign(base_at=never, image_at=never, has_base=False, has_image=False)
    held = pd.concat(ran, ignore_index=True).drop_duplicates()
    held = held[held["slot"].isin(rows["slot"])]
    fixes = newer_without(notes).assign(has_image=True)
    joined = held.merge(fixes, on="image_id").merge(rows[_KEY], on=_KEY)
    found: pd.DataFrame = joined.groupby(_KEY, as_index=False).agg(
        base_at=("base_at", "min"), image_at=("own_at", "min"), has_base=("has_base", "any"),
        has_image=("has_image", "any"))
    return found


def _restarted(rows: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The rows with `restarted_at`, and `dated`: it can be told whether that is still to come."""
    starts = pd.concat(notes.starts, ignore_index=True).dropna(subset=["slot"])
    starts = starts[starts["slot"].isin(rows["slot"])]
    boxed = starts.groupby("slot")["boxed"].any()
    met = starts.loc[starts["started_at"].notna(), ["slot", "started_at"]].drop_duplicates()
    later = rows[[*_KEY, "last_seen"]].merge(met, on="slot")
    later = later[later["started_at"] > later["last_seen"]]
    first = later.groupby(_KEY, as_index=False)["started_at"].min()
    joined = rows.merge(first, on=_KEY, how="left")
    contained = joined["slot"].map(boxed).fillna(value=False).to_numpy(dtype=bool)
    begun = joined["started_at"].where(joined["cleared_at"].notna())
    dated = joined["slot"].isin(met["slot"]).to_numpy(dtype=bool)
    return joined.assign(
        restarted_at=begun.mask(contained, joined["cleared_at"]), dated=dated | contained)


def _timed(rows: pd.DataFrame, newest: pd.Timestamp) -> pd.DataFrame:
    """Days of each stage since the latest one before it, and the stage that took most."""
    reached = np.stack([_days(rows[name]) for name in ("fix_known_at", *_TIMES)])
    latest = np.fmax.accumulate(reached, axis=0)
    spent = np.maximum(reached[1:] - latest[:-1], 0)
    applies = np.stack([
        rows["has_base"].fillna(value=False).to_numpy(dtype=bool),
        rows["has_image"].fillna(value=False).to_numpy(dtype=bool),
        *(np.ones(len(rows), dtype=bool),) * 2, rows["dated"].to_numpy(dtype=bool),
    ])
    # who runs a fix has it: an earlier stage that is not dated is not waited for
    passed = np.maximum.accumulate(~np.isnan(reached[1:])[::-1], axis=0)[::-1]
    missing = applies & ~passed
    waits = np.where(missing.any(axis=0), missing.argmax(axis=0), -1)
    waiting = np.where(waits >= 0, np.maximum(_days(pd.Series([newest])) - latest[-1], 0), np.nan)
    whole = np.where(np.arange(len(STEPS))[:, None] == waits, waiting, spent)
    known = ~np.isnan(whole)
    slowest = np.where(known.any(axis=0), np.where(known, whole, -1).argmax(axis=0), -1)
    words = pd.Series([*STEPS, None], dtype=TEXT)
    return rows.assign(
        **{f"{step}_days": _plain(days) for step, days in zip(STEPS, spent, strict=True)},
        slowest=words.take(slowest).array, waits_for=words.take(waits).array,
        waiting_days=_plain(waiting))[list(STAGES.names)]


def _days(times: pd.Series) -> np.ndarray:
    """Days since 1970; NaN where there is no time."""
    index = pd.DatetimeIndex(pd.to_datetime(times, utc=True)).as_unit("us")
    days: np.ndarray = np.where(index.isna(), np.nan, index.asi8 / 86_400_000_000)
    return days


def _plain(values: np.ndarray) -> pd.Series:
    return pd.Series(values).astype("Float64").mask(np.isnan(values))
