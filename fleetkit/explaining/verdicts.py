"""What scoring says of a table of facts: the one place that asks it."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa

from fleetkit.classification.engines import Frame, settled
from fleetkit.classification.judgement import all_signals
from fleetkit.classification.labels import labels
from fleetkit.classification.scoring import numbered, weighed
from fleetkit.learning.tuning import SHIPPED, Tuning, tuned
from fleetkit.odds import DECIDED, ENOUGH
from fleetkit.tables.derived import AXES

_SLICE = 2_000
SIDES: Mapping[str, tuple[str, str]] = {
    "state": ("holds data", "holds none"),
    "uniqueness": ("one of a kind", "one of many"),
    "disposability": ("may be stopped", "must not be stopped now"),
}
"""What a decided axis says: above, below."""
UNDECIDED = "undecided"


def judged(facts: pa.Table, tuning: Tuning = SHIPPED) -> pd.DataFrame:
    """What is said of each row of facts, in their order.

    Has `label`, `quadrant`, and of each axis its score and its side: one of `SIDES` or undecided.
    """
    parts = [_judged(facts.slice(start, _SLICE), tuning)
             for start in range(0, len(facts), _SLICE)]
    return pd.concat(parts, ignore_index=True)


def records(judged: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries."""
    return [{str(name): value for name, value in row.items()}
            for row in judged.to_dict("records")]


def _judged(facts: pa.Table, tuning: Tuning) -> pd.DataFrame:
    frame = nw.from_native(pl.LazyFrame(pl.from_arrow(facts)))
    wide = settled(weighed(frame, numbered(tuned(all_signals(), tuning))).wide)
    reasons = wide.select("workload_id", reason="name", place=nw.lit(0))
    no_reasons = reasons.filter(nw.col("place") > 0)
    labelled = labels(wide, no_reasons).select("workload_id", "label", "quadrant")
    scores = [f"{axis}_{part}" for axis in AXES for part in ("score", "coverage")]
    found = _by_id(labelled).join(_by_id(wide.select("workload_id", *scores)))
    judged: pd.DataFrame = found.loc[facts["workload_id"].to_pylist()]
    sides = {f"{axis}_side": _sides(axis, judged) for axis in AXES}
    return judged.assign(**sides).reset_index(drop=True)


def _by_id(frame: Frame) -> pd.DataFrame:
    native: pa.Table = frame.collect(backend="pyarrow").to_native()
    found: pd.DataFrame = native.to_pandas().set_index("workload_id")
    return found


def _sides(axis: str, judged: pd.DataFrame) -> pd.Series:
    above, below = SIDES[axis]
    score, enough = judged[f"{axis}_score"], judged[f"{axis}_coverage"] > ENOUGH
    sides = pd.Series(UNDECIDED, index=judged.index, dtype="str")
    return sides.mask(enough & (score > DECIDED), above).mask(enough & (score < -DECIDED), below)
