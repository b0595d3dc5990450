"""The look of every chart: colours and words of the views, quiet axes, the finding as title."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fleetkit.errors import MissingTableError
from fleetkit.fleet import Fleet
from fleetkit.schema import Table

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLOURS = {"pet": "#D55E00", "cattle": "#0072B2", "unsure": "#7F7F7F", "prize_bull": "#E69F00"}
QUIET = "#5D636D"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of text, of what stands back, of lines and of the page; those of the views."""

    text: str
    quiet: str
    line: str
    paper: str


_LIGHT = Ink("#1A1D22", QUIET, "#E1E3E7", "#FFFFFF")
_DARK = Ink("#E9E8E4", "#A4A8B0", "#31353C", "#15171B")


def ink(dark: bool) -> Ink:  # noqa: FBT001
    """The colours for a light or a dark page."""
    return _DARK if dark else _LIGHT


def template(*, dark: bool = False) -> Any:
    """The look of every chart: quiet axes, no legend box, the finding as title."""
    import plotly.graph_objects as go

    of = ink(dark)
    axis = {"gridcolor": of.line, "linecolor": of.line, "zerolinecolor": of.quiet,
            "zerolinewidth": 1, "ticks": "", "automargin": True,
            "title": {"font": {"color": of.quiet, "size": 13}}}
    return go.layout.Template(layout={
        "font": {"family": _FONT, "size": 13, "color": of.text}, "paper_bgcolor": of.paper,
        "plot_bgcolor": of.paper, "xaxis": axis, "yaxis": axis, "separators": ".,",
        "colorway": [COLOURS["cattle"], COLOURS["pet"], COLOURS["unsure"], COLOURS["prize_bull"]],
        "title": {"x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 20}},
        "margin": {"l": 16, "r": 32, "t": 88, "b": 56}, "bargap": 0.35,
        "hoverlabel": {"font": {"size": 13}},
    })


def dressed(
    figure: "go.Figure", finding: str, note: str, *, dark: bool = False
) -> "go.Figure":
    """The figure in the look, with its finding as title and a note below."""
    figure.update_layout(template=template(dark=dark), title={
        "text": finding[:1].upper() + finding[1:], "subtitle": {
            "text": note, "font": {"color": ink(dark).quiet, "size": 13}}})
    return figure


def tables_with(fleet: Fleet, table: Table) -> dict[str, pd.DataFrame]:
    """The tables of a fleet that has a derived one.

    Raises:
        MissingTableError: it has not, and the message names the verb.
    """
    if table.name not in fleet:
        raise MissingTableError(table.name, table.made_by or "load")
    return dict(fleet)


def numbers(values: pd.Series) -> np.ndarray:
    """Numbers as plotly may show them, NaN where unknown."""
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def texts(values: Iterable[Any]) -> list[str]:
    """Texts as plotly may show them: it reads a little HTML, which no fleet may write."""
    return [str(text)[:300].replace("&", "&amp;").replace("<", "&lt;") for text in values]
