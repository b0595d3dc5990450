"""People's answers as lessons: for each axis, what was known of a thing and what is true of it.

A label speaks of the axes as `labels` reads them. "pet" says that data is kept, "cattle" that none
is; "stateful_herd" and "snowflake", and a column `quadrant`, speak of uniqueness as well. Where
the evidence is that nothing is kept and that nothing could take its place, "pet" and "cattle" tell
uniqueness, and nothing of state: that is a pet by accident, or not. Which of both is asked follows
from what is known of a workload, never from the answer, so that it does not bend the fit.

Replicas of one controller with one answer are one lesson: thirty of them are no more experience
than one. The one whose score is in the middle stands for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fleetkit.errors import SchemaError
from fleetkit.learning.likeness import likeness
from fleetkit.learning.rescoring import Patterns
from fleetkit.learning.tuning import INTERCEPT
from fleetkit.odds import CERTAIN, DECIDED, ENOUGH
from fleetkit.plugins import find, names

_MEANT: Mapping[str, Mapping[str, tuple[bool, bool | None]]] = {
    "label": {"pet": (True, None), "cattle": (False, None),
              "stateful_herd": (True, False), "snowflake": (False, True)},
    "quadrant": {"pet": (True, True), "stateful_herd": (True, False),
                 "snowflake": (False, True), "cattle": (False, False)},
}


@dataclass(frozen=True, slots=True)
class Lessons:
    """Things whose place on one axis people know, in the order of `workload_ids`.

    Args:
        axis: state or uniqueness.
        workload_ids: the workload that stands for each thing.
        positive: whether it keeps data, or whether nothing could take its place.
        identities: a number for each identity: what never is in train and test together.
        pattern: row of `patterns` with its weights.
        patterns: distinct sets of weights.
        signals: names of the signals, the columns of `patterns`.
    """

    axis: str
    workload_ids: NDArray[np.object_]
    positive: NDArray[np.bool_]
    identities: NDArray[np.intp]
    pattern: NDArray[np.intp]
    patterns: Patterns
    signals: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.workload_ids)

    def some(self, rows: NDArray[np.intp]) -> "Lessons":
        """A part of the lessons."""
        return replace(self, workload_ids=self.workload_ids[rows], positive=self.positive[rows],
                       identities=self.identities[rows], pattern=self.pattern[rows])

    def scores(self, intercept: float = 0.0, factors: NDArray[np.float64] | None = None
               ) -> NDArray[np.float64]:
        """Scores with an intercept and factors; the shipped ones without."""
        kept = np.ones(len(self.signals)) if factors is None else factors
        return intercept + self.patterns.scores(kept)[0][self.pattern]

    def identities_of(self, answer: bool) -> int:  # noqa: FBT001
        """How many identities have an answer."""
        return len(np.unique(self.identities[self.positive == answer]))


@dataclass(frozen=True, slots=True)
class Answers:
    """What people said, read: one row per workload, and what could not be used.

    Args:
        frame: `workload_id, state, uniqueness`, booleans that are NA where nothing is said.
        left_out: how many rows were left out, by reason in words.
    """

    frame: pd.DataFrame
    left_out: dict[str, int]


def answers(labels: pd.DataFrame, truth: pd.DataFrame) -> Answers:
    """What the truth says of the axes.

    Args:
        labels: the table, made with the shipped weights.
        truth: `workload_id`, `label` and perhaps `quadrant`.
    """
    for name in ("workload_id", "label"):
        if name not in truth:
            raise SchemaError(f"truth: no column {name!r}; it needs workload_id and label")
    kept = [name for name in ("workload_id", *_MEANT) if name in truth]
    given = truth[kept].drop_duplicates()
    said = _said(given)
    several = given["workload_id"].duplicated(keep=False) & given["workload_id"].notna()
    here = given["workload_id"].isin(labels["workload_id"])
    wordless = said["state"].isna()
    left_out = {
        "of workloads that this fleet does not have": int((~here).sum()),
        "that contradict each other": int((here & several).sum()),
        "that say neither pet nor cattle": int((here & ~several & wordless).sum()),
    }
    clear = said[here & ~several & ~wordless]
    read = _by_accident(clear, labels).sort_values("workload_id", ignore_index=True)
    return Answers(read, {reason: count for reason, count in left_out.items() if count})


def lessons(
    axis: str, said: Answers, evidence: pd.DataFrame, labels: pd.DataFrame,
    workloads: pd.DataFrame | None = None,
) -> Lessons:
    """The lessons of one axis.

    Raises:
        SchemaError: the evidence was made with learned weights.
    """
    known = said.frame.dropna(subset=[axis])
    own = labels[labels["workload_id"].isin(known["workload_id"])]
    alike = likeness(own, workloads).assign(score=own[f"{axis}_score"].array)
    told = known[["workload_id", axis]].rename(columns={axis: "positive"})
    things = _one_of_each(told.merge(alike, on="workload_id"))
    signals = _signals(axis)
    weights, families, named = _weights(axis, things["workload_id"], evidence, signals)
    distinct, pattern = np.unique(weights, axis=0, return_inverse=True)
    identity = things["sort"].str.cat(things["identity"], sep="|")
    return Lessons(
        axis=axis, workload_ids=things["workload_id"].to_numpy(dtype=object),
        positive=things["positive"].to_numpy(dtype=bool),
        identities=pd.factorize(identity, sort=True)[0].astype(np.intp),
        pattern=pattern.reshape(-1).astype(np.intp), patterns=Patterns(distinct, families),
        signals=named)


def _said(given: pd.DataFrame) -> pd.DataFrame:
    """State and uniqueness as the words say; a quadrant outdoes a label."""
    meant = {axis: pd.Series(pd.NA, index=given.index, dtype="boolean")
             for axis in ("state", "uniqueness")}
    for column in (name for name in ("quadrant", "label") if name in given):
        for place, axis in enumerate(meant):
            words = {word: both[place] for word, both in _MEANT[column].items()}
            read = given[column].astype("object").map(words).astype("boolean")
            meant[axis] = meant[axis].fillna(read)
    return pd.DataFrame({"workload_id": given["workload_id"], **meant})


def _by_accident(said: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Moves an answer from state to uniqueness where state is not what it was about."""
    lonely = (
        labels["state_score"].lt(-DECIDED) & labels["uniqueness_score"].gt(CERTAIN)
        & labels["coverage"].gt(ENOUGH)
    ).fillna(value=False)
    accident = said["workload_id"].isin(labels.loc[lonely, "workload_id"])
    moved = accident & said["uniqueness"].isna()
    return said.assign(
        uniqueness=said["uniqueness"].mask(moved, said["state"]),
        state=said["state"].mask(moved))


def _one_of_each(told: pd.DataFrame) -> pd.DataFrame:
    """The middle one by score of each thing and answer."""
    by = ["thing", "positive"]
    ordered = told.sort_values([*by, "score", "workload_id"])
    group = ordered.groupby(by, sort=False)
    middle = group.cumcount() == (group["thing"].transform("size") - 1) // 2
    return ordered[middle].sort_values("workload_id", ignore_index=True)


def _signals(axis: str) -> dict[str, int]:
    """Places of the signals of an axis, in the order of scoring."""
    found = [signal for name in names("signals") for signal in find("signals", name)]
    return {signal.name: place for place, signal in enumerate(found) if signal.axis == axis}


def _weights(
    axis: str, ids: pd.Series, evidence: pd.DataFrame, places: dict[str, int],
) -> tuple[NDArray[np.float64], list[NDArray[np.intp]], tuple[str, ...]]:
    own = evidence[evidence["axis"].eq(axis) & evidence["workload_id"].isin(ids)]
    if own["signal"].eq(INTERCEPT).any():
        raise SchemaError("evidence: made with learned weights; learning starts from the shipped"
                          " ones, so pass what `classify` made without `learn`")
    spoke = own[["signal", "family"]].drop_duplicates()
    spoke = spoke.assign(place=spoke["signal"].astype("object").map(places).fillna(len(places)))
    spoke = spoke.sort_values(["place", "signal"], ignore_index=True)
    row = pd.Index(ids).get_indexer(own["workload_id"])
    column = pd.Index(spoke["signal"]).get_indexer(own["signal"])
    weights = np.zeros((len(ids), len(spoke)))
    weights[row, column] = own["weight"].to_numpy(dtype=np.float64)
    kinds = pd.factorize(spoke["family"])[0]
    families = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    return weights, families, tuple(spoke["signal"].astype("object"))


