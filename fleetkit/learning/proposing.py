"""Which workloads a person should label next: those whose answer teaches most.

A workload is worth an answer if it is undecided, if many others are like it, and if nobody has
said anything of its kind yet:

    value = doubt · ln(1 + alike) / (1 + told)

`doubt` is 1 where the evidence says 50 %, and a tenth where it is sure, since sure evidence may be
wrong too and somebody should look at what a thousand workloads hang on. Evidence that covers less
than what a label needs counts in part only. `alike` are the workloads of the same identity and
label by evidence that nobody has answered for, `told` the things of that identity that somebody
has. Each identity and each controller
is proposed once before any is proposed twice.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.fleet import Fleet
from fleetkit.learning.fitting import chance
from fleetkit.learning.likeness import likeness
from fleetkit.ledger.hearing import Told, told
from fleetkit.odds import ENOUGH
from fleetkit.tables import LABELS
from fleetkit.tables.derived import LABEL_CHOICES

_FLOOR = 0.1
_UNSURE = 0.5
_KNOWN_BY = {"software": "run {}", "image": "run the image {}", "controller": "run under {}",
             "name": "are named like it", "workload": "are like it"}
_LONGEST = 60


def propose(fleet: Fleet, ledger: Told | None = None, count: int = 10) -> pd.DataFrame:
    """The workloads to label next, the most telling first, with the reason for each.

    The same fleet gives the same proposals, whatever the order of its rows.

    Args:
        fleet: a classified fleet.
        ledger: what people have said: a ledger, its path, or a frame of `workload_id` and
            `label`; None for nothing.
        count: how many to propose; fewer come where there are fewer things without a label.

    Returns:
        One row per workload: `workload_id, name, kind, label, p_state, coverage, identity` (what
        it is like others by), `alike` (workloads without a label that it stands for, itself
        included), `value` (what an answer is worth) and `why`.

    Raises:
        MissingTableError: the fleet has not been classified.
    """
    labels = fleet[LABELS].reset_index(drop=True)
    answered = labels["workload_id"].isin(told(fleet, ledger)["workload_id"])
    alike = likeness(labels, fleet.workloads)
    kind = alike["sort"].str.cat(alike["identity"], sep="|")
    rated = pd.DataFrame({
        "rank": _rank(labels["workload_id"]), "group": _codes(kind),
        "thing": _codes(alike["thing"]), "doubt": _doubt(labels), "answered": answered,
        "lot": _codes(alike["controller"].fillna(labels["workload_id"])),
        "label": labels["label"]})
    chosen = _chosen(_valued(rated), count)
    known = labels[["workload_id", "label", "p_state", "coverage"]].join(
        alike[["sort", "identity"]])
    return _shown(chosen[["doubt", "alike", "told", "value"]].join(known), fleet.workloads)


def _doubt(labels: pd.DataFrame) -> np.ndarray:
    """From a tenth where evidence is sure to 1 where it says nothing."""
    score = labels["state_score"].to_numpy(dtype=np.float64, na_value=0.0)
    coverage = labels["coverage"].to_numpy(dtype=np.float64, na_value=0.0)
    sure = chance(score * np.minimum(1.0, coverage / ENOUGH))
    doubt: np.ndarray = _FLOOR + (1 - _FLOOR) * 4 * sure * (1 - sure)
    return doubt


def _valued(rated: pd.DataFrame) -> pd.DataFrame:
    """One row per thing without a label, by value: its most doubtful workload."""
    open_ = ~rated["answered"].to_numpy(dtype=bool)
    same = _codes(rated["group"] * (len(LABEL_CHOICES) + 1) + _codes(rated["label"]))
    alike = np.bincount(same, open_)[same]
    heard = rated.loc[~open_, ["group", "thing"]].drop_duplicates()
    told = np.bincount(heard["group"], minlength=len(rated) + 1)[rated["group"]]
    value = (rated["doubt"] * np.log1p(alike) / (1 + told)).round(6)
    still = open_ & ~rated["thing"].isin(heard["thing"]).to_numpy()
    valued = rated.assign(alike=alike, told=told, value=value)[still]
    return _by(valued, -valued["value"], valued["rank"]).drop_duplicates("thing")


def _chosen(valued: pd.DataFrame, count: int) -> pd.DataFrame:
    """The best of each identity and controller, then the second best, until there are enough."""
    turn = valued.groupby("group", sort=False).cumcount()
    first = valued.assign(turn=turn)[turn < count]
    first = _by(first, first["turn"], -first["value"], first["rank"])
    again = first.groupby("lot", sort=False).cumcount()
    late = first["turn"].where(first["turn"] >= again, again)
    return _by(first, late, -first["value"], first["rank"]).head(max(count, 0))


def _by(frame: pd.DataFrame, *keys: pd.Series) -> pd.DataFrame:
    """The rows in the order of numbers; texts would take ten times as long."""
    return frame.iloc[np.lexsort([key.to_numpy() for key in reversed(keys)])]


def _codes(values: pd.Series) -> np.ndarray:
    return pd.factorize(values, use_na_sentinel=False)[0]


def _rank(ids: pd.Series) -> np.ndarray:
    """The place of each id in their order."""
    order = pc.sort_indices(pa.array(ids, type=pa.string(), from_pandas=True)).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _shown(chosen: pd.DataFrame, workloads: pd.DataFrame) -> pd.DataFrame:
    about = workloads[workloads["workload_id"].isin(chosen["workload_id"])]
    named = chosen.merge(about[["workload_id", "name", "kind"]], on="workload_id", how="left")
    why = [_why(row) for row in named.to_dict("records")]
    return named.assign(
        why=pd.Series(why, index=named.index, dtype="string[pyarrow]"),
        alike=named["alike"].astype("Int64"), value=named["value"].astype("Float64"),
    )[["workload_id", "name", "kind", "label", "p_state", "coverage", "identity", "alike", "value",
       "why"]]


def _why(row: Mapping[Any, Any]) -> str:
    said = f"{row['p_state']:.0%} that it keeps data"
    if row["coverage"] <= ENOUGH:
        reason = f"little of it is known ({row['coverage']:.0%} of the evidence): {said}"
    elif row["doubt"] >= _UNSURE:
        reason = f"the evidence is not sure: {said}"
    else:
        reason = f"the evidence is sure ({said}), but nobody has checked it"
    others, told = int(row["alike"]) - 1, int(row["told"])
    known_by = _KNOWN_BY[row["sort"]].format(str(row["identity"])[:_LONGEST])
    like = f"{others:,} more {known_by} and have no label" if others else "no other is like it"
    return f"{reason}; {like}" + (f"; people labelled {told:,} of its kind" if told else "")
