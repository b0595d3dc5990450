"""How long exposures stay open: steps that fall when slots are fixed."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fleetkit.charts.look import COLOURS, dressed, ink, numbers, texts
from fleetkit.exposure import Survival

if TYPE_CHECKING:
    import plotly.graph_objects as go

_OTHERS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SINCE = {"first_seen": "first seen vulnerable", "published": "the record was published",
          "fix": "a fix was known"}
_GAP = 0.14
_LONGEST = 18


def survival(found: Survival, most: int = 4, *, dark: bool = False) -> "go.Figure":
    """The share of exposed slots that is still open, day by day, one line per group.

    Small upright marks: slots that were watched no longer, open or gone. A ring marks the day on
    which half are fixed. Each band is the 95 % interval; a fix is placed on the day of the
    snapshot that saw it, so that every line is an upper bound.

    Args:
        found: what `fleetkit.survival` gives.
        most: how many groups to draw, the largest first; at most six.
        dark: for a dark page.
    """
    import plotly.graph_objects as go

    shown = found.summary.sort_values("slots", ascending=False, kind="stable").head(min(most, 6))
    shown = shown.sort_index()
    figure = go.Figure()
    figure.add_hline(y=0.5, line={"color": ink(dark).quiet, "width": 1, "dash": "dot"})
    ends = []
    for place, one in enumerate(shown.to_dict("records")):
        line = _line(found.curves, one["group"])
        colour = COLOURS.get(str(one["group"]), _OTHERS[place])
        name = _name(one["group"])
        _draw(figure, line, name, colour, _DASHES[place])
        _mark(figure, one["median_days"], colour, ink(dark).paper)
        if found.by is not None:
            median = one["median_days"]
            said = "not half yet" if pd.isna(median) else f"half in {_days(median)}"
            ends.append((line, f"{name}<br>{said}", colour))
    _label(figure, ends)
    unit = _SINCE.get(found.clock, found.clock)
    figure.update_xaxes(title=f"days since {unit}", rangemode="tozero", showgrid=False)
    figure.update_yaxes(title="share still open", tickformat=".0%", range=[0, 1.02], dtick=0.25)
    made = dressed(figure, _finding(found, shown), _note(found, shown), dark=dark)
    top = {"yref": "container", "y": 1, "yanchor": "top", "pad": {"t": 20}}
    return made.update_layout(margin={"t": 104, "b": 72, "r": 150 if ends else 32}, title=top)


def _line(curves: pd.DataFrame, group: Any) -> pd.DataFrame:
    """The steps of a group, from day 0, when all are open."""
    same = curves["group"].isna() if pd.isna(group) else curves["group"].eq(group)
    rows = curves[same.fillna(value=False)]
    return pd.DataFrame({
        "days": np.concatenate([[0.0], numbers(rows["days"])]),
        "share": np.concatenate([[1.0], numbers(rows["share_open"])]),
        "low": np.concatenate([[1.0], numbers(rows["low"].fillna(rows["share_open"]))]),
        "high": np.concatenate([[1.0], numbers(rows["high"].fillna(rows["share_open"]))]),
        "at_risk": np.concatenate([[np.nan], numbers(rows["at_risk"])]),
        "censored": np.concatenate([[0.0], numbers(rows["censored"])]),
    })


def _draw(figure: "go.Figure", line: pd.DataFrame, name: str, colour: str, dash: str) -> None:
    plain = {"x": numbers(line["days"]), "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(y=numbers(line["high"]), line={"width": 0, "shape": "hv"}, **plain)
    figure.add_scatter(y=numbers(line["low"]), line={"width": 0, "shape": "hv"}, fill="tonexty",
                       fillcolor=_faint(colour), **plain)
    figure.add_scatter(
        x=numbers(line["days"]), y=numbers(line["share"]), mode="lines", name=name,
        showlegend=False, line={"color": colour, "width": 2.5, "shape": "hv", "dash": dash},
        customdata=line[["low", "high", "at_risk"]].to_numpy(dtype=float),
        hovertemplate=name + "<br>day %{x:.0f}: %{y:.0%} open"
                      "<br>95 % interval %{customdata[0]:.0%} to %{customdata[1]:.0%}"
                      "<br>%{customdata[2]:,.0f} slots watched<extra></extra>")
    lost = line[line["censored"] > 0]
    figure.add_scatter(
        x=numbers(lost["days"]), y=numbers(lost["share"]), mode="markers", showlegend=False,
        marker={"symbol": "line-ns", "size": 9, "line": {"width": 1.5, "color": colour}},
        customdata=lost[["censored"]].to_numpy(dtype=float), cliponaxis=False,
        hovertemplate="%{customdata[0]:,.0f} slots watched no longer<extra></extra>")


def _mark(figure: "go.Figure", median: Any, colour: str, paper: str) -> None:
    """A ring where half are fixed."""
    if pd.isna(median):
        return
    figure.add_scatter(
        x=[float(median)], y=[0.5], mode="markers", showlegend=False,
        marker={"size": 10, "color": paper, "line": {"width": 2.5, "color": colour}},
        hovertemplate="half are fixed after %{x:.0f} days<extra></extra>")


def _label(figure: "go.Figure", ends: list[tuple[pd.DataFrame, str, str]]) -> None:
    """The name of each line right of its end, moved apart where lines end close together."""
    ordered = sorted(ends, key=lambda end: float(end[0]["share"].iloc[-1]))
    height = -1.0
    for line, name, colour in ordered:
        height = max(float(line["share"].iloc[-1]), height + _GAP)
        figure.add_annotation(x=1.01, xref="paper", y=height, text=name, showarrow=False,
                              xanchor="left", align="left", font={"color": colour, "size": 13})


def _finding(found: Survival, shown: pd.DataFrame) -> str:
    if shown.empty:
        return "No exposures"
    reached = shown.dropna(subset=["median_days"]).sort_values("median_days", kind="stable")
    if reached.empty:
        return "Half are not fixed yet"
    first, last = reached.iloc[0], reached.iloc[-1]
    if found.by is None:
        return f"Half are fixed after {_days(first['median_days'])}"
    slow = shown[shown["median_days"].isna()]
    if len(slow):
        return (f"{_name(first['group'])}: half fixed after {_days(first['median_days'])};"
                f" {_name(slow.iloc[0]['group'])}: not yet")
    if len(reached) == 1:
        return f"{_name(first['group'])}: half are fixed after {_days(first['median_days'])}"
    return (f"Half are fixed after {_days(first['median_days'])} in {_name(first['group'])},"
            f" {_days(last['median_days'])} in {_name(last['group'])}")


def _note(found: Survival, shown: pd.DataFrame) -> str:
    if shown.empty:
        return "No episode was found in the snapshots."
    closed, open_ = int(shown["closed"].sum()), int(shown["censored"].sum())
    lines = [f"{closed:,} slots fixed, {open_:,} open or lost sight of (upright marks)."
             " Band: 95 % interval."]
    left, hidden = int(shown["left_out"].sum()), len(found.summary) - len(shown)
    more = [f"{left:,} slots have no such start." if left else "",
            f"{hidden:,} smaller groups are not drawn." if hidden else ""]
    return "<br>".join([*lines, " ".join(text for text in more if text)]).removesuffix("<br>")


def _name(group: Any) -> str:
    """A group as it may stand beside its line."""
    text = "unknown" if pd.isna(group) else str(group)
    return texts([text if len(text) <= _LONGEST else f"{text[:_LONGEST - 1]}…"])[0]


def _days(number: Any) -> str:
    whole = round(float(number))
    return "1 day" if whole == 1 else f"{whole:,} days"


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[place:place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"
