"""The look of every chart: colours and words of the views, quiet axes, the finding as title."""

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
_INK, _LINE = "#1A1D22", "#E1E3E7"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


def template() -> Any:
    """The look of every chart: quiet axes, no legend box, the finding as title."""
    import plotly.graph_objects as go

    axis = {"gridcolor": _LINE, "linecolor": _LINE, "zerolinecolor": QUIET, "zerolinewidth": 1,
            "ticks": "", "automargin": True, "title": {"font": {"color": QUIET, "size": 13}}}
    return go.layout.Template(layout={
        "font": {"family": _FONT, "size": 13, "color": _INK}, "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF", "xaxis": axis, "yaxis": axis, "separators": ".,",
        "colorway": [COLOURS["cattle"], COLOURS["pet"], COLOURS["unsure"], COLOURS["prize_bull"]],
        "title": {"x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 20}},
        "margin": {"l": 16, "r": 32, "t": 88, "b": 56}, "bargap": 0.35,
        "hoverlabel": {"font": {"size": 13}},
    })


def dressed(figure: "go.Figure", finding: str, note: str) -> "go.Figure":
    """The figure in the look, with its finding as title and a note below."""
    figure.update_layout(template=template(), title={
        "text": finding[:1].upper() + finding[1:], "subtitle": {
            "text": note, "font": {"color": QUIET, "size": 13}}})
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


def texts(values: pd.Series) -> list[str]:
    """Texts as plotly may show them: it reads a little HTML, which no fleet may write."""
    return [str(text)[:300].replace("&", "&amp;").replace("<", "&lt;") for text in values]
