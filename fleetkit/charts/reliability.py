"""Calibration: whether what was said with a probability was so that often."""

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fleetkit.charts.look import QUIET, dressed, numbers
from fleetkit.classification import learn
from fleetkit.fleet import Fleet
from fleetkit.learning import metrics
from fleetkit.learning.learned import ENOUGH, Fitted
from fleetkit.learning.reliability import reliability
from fleetkit.ledger.hearing import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

_QUESTIONS = {"state": "keeps data", "uniqueness": "is one of a kind"}
_FAINT = "#8A919B"


def calibration(
    fleet: Fleet, ledger: Told, axis: Literal["state", "uniqueness"] = "state",
) -> "go.Figure":
    """How often workloads are what was said of them, in ten bins of probability.

    Replicas of one controller with one answer count once. What was learned from the answers is
    judged on software that was left out (hollow: the shipped weights, filled: learned).

    Args:
        fleet: any fleet; it is classified with the shipped weights where it is not.
        ledger: what people said: a ledger, its path, or a frame of `workload_id` and `label`.
        axis: state or uniqueness.

    Raises:
        LoadError: the ledger cannot be read.
        MissingExtraError: there are labels enough to learn from, and scikit-learn is missing.
    """
    import plotly.graph_objects as go

    fitted = learn(fleet, ledger)
    told = fitted.chances[fitted.chances["axis"].eq(axis)]
    learned = bool(len(told)) and bool(told["after"].notna().all())
    figure = go.Figure()
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip", showlegend=False,
                       line={"color": QUIET, "width": 1, "dash": "dot"})
    if learned:
        _draw(figure, told, "before", hollow=True)
    shown = "after" if learned else "before"
    _draw(figure, told, shown, hollow=False)
    _count(figure, told, shown)
    _frame(figure, axis)
    made = dressed(figure, _finding(told, learned=learned), _note(fitted, axis, told))
    top = {"yref": "container", "y": 1, "yanchor": "top", "pad": {"t": 24}}
    return made.update_layout(margin={"t": 128}, title=top)


def _draw(figure: "go.Figure", told: pd.DataFrame, column: str, *, hollow: bool) -> None:
    """A mark per bin, the larger the more labels; no line, since between bins nothing was seen."""
    every = reliability(told["positive"].to_numpy(dtype=bool), numbers(told[column]))
    bins = every[every["rows"] > 0]
    colour = _FAINT if hollow else QUIET
    words = "shipped weights" if column == "before" else "learned, on software left out"
    figure.add_scatter(
        x=numbers(bins["said"]), y=numbers(bins["seen"]), name=words, mode="markers",
        showlegend=False, cliponaxis=False,
        marker={"symbol": "circle-open" if hollow else "circle", "color": colour,
                "opacity": 1, "line": {"width": 1.5 if hollow else 0},
                "size": 6 + 10 * np.sqrt(numbers(bins["rows"]) / max(len(told), 1))},
        error_y=None if hollow else {
            "array": numbers(bins["seen_high"] - bins["seen"]),
            "arrayminus": numbers(bins["seen"] - bins["seen_low"]),
            "color": colour, "thickness": 1, "width": 4},
        customdata=bins[["rows", "seen_low", "seen_high"]].to_numpy(dtype=float),
        hovertemplate=words + "<br>said %{x:.0%}, seen %{y:.0%} of %{customdata[0]:,}<br>"
                      "95 % interval %{customdata[1]:.0%} to %{customdata[2]:.0%}<extra></extra>")


def _count(figure: "go.Figure", told: pd.DataFrame, column: str) -> None:
    """Bars below the curve: how many answers stand behind each bin."""
    bins = reliability(told["positive"].to_numpy(dtype=bool), numbers(told[column]))
    figure.add_bar(
        x=numbers((bins["start"] + bins["end"]) / 2), y=bins["rows"].tolist(), yaxis="y2",
        width=0.094, marker={"color": _FAINT}, showlegend=False, cliponaxis=False,
        text=[f"{count:,}" if count else "" for count in bins["rows"]], textposition="outside",
        customdata=bins[["start", "end"]].to_numpy(dtype=float),
        hovertemplate="said %{customdata[0]:.0%} to %{customdata[1]:.0%}: %{y:,} labelled things"
                      "<extra></extra>")


def _frame(figure: "go.Figure", axis: str) -> None:
    figure.update_xaxes(title=f"said: probability that it {_QUESTIONS[axis]}", range=[0, 1],
                        tickformat=".0%", dtick=0.2, anchor="y2")
    figure.update_layout(
        yaxis={"title": "seen: share that does", "range": [0, 1], "tickformat": ".0%",
               "dtick": 0.2, "domain": [0.27, 1]},
        yaxis2={"title": "labels", "domain": [0, 0.17], "rangemode": "tozero", "nticks": 3,
                "showticklabels": False, "showgrid": False})


def _finding(told: pd.DataFrame, *, learned: bool) -> str:
    count = len(told)
    if not count:
        return "No labels yet"
    if count < ENOUGH:
        return f"{count:,} {'label' if count == 1 else 'labels'}: too few to say"
    off = 100 * _errors(told, "before")[0]
    if learned:
        return f"Learned: {100 * _errors(told, 'after')[0]:.0f} points off, before {off:.0f}"
    return f"Probabilities are {off:.0f} points off"


def _errors(told: pd.DataFrame, column: str) -> tuple[float, float]:
    truth, said = told["positive"].to_numpy(dtype=bool), numbers(told[column])
    return metrics.calibration_error(truth, said), metrics.brier(truth, said)


def _note(fitted: Fitted, axis: str, told: pd.DataFrame) -> str:
    """Short lines: the errors, those before, and how many answers they stand on."""
    if not len(told):
        return "Nothing to compare with: label what<br>propose gives, then draw this again."
    learned = bool(told["after"].notna().all())
    error, squared = _errors(told, "after" if learned else "before")
    luck = metrics.chance_error(numbers(told["after" if learned else "before"]))
    lines = [f"ECE {error:.3f} (by chance alone {luck:.3f}), Brier {squared:.3f}."]
    if learned:
        lines.append("Hollow, shipped: ECE {:.3f}, Brier {:.3f}.".format(*_errors(told, "before")))
    kinds = fitted.report.loc[fitted.report["axis"].eq(axis), "identities"].iloc[0]
    lines.append(f"{len(told):,} labels, {kinds:,} kinds of software, 95 % intervals.")
    return "<br>".join(lines)
