"""What judges and shows a fleet: signals and views."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

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
