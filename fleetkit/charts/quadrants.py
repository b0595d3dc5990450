"""State against uniqueness: the quadrants of pets and cattle."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fleetkit.charts.look import COLOURS, dressed, numbers, tables_with, texts
from fleetkit.fleet import Fleet, at_least
from fleetkit.tables import LABELS, WORKLOADS
from fleetkit.views import is_lower_bound, pick

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SHAPES = {"pet": "diamond", "cattle": "circle", "unsure": "circle-open"}


def pet_cattle(fleet: Fleet) -> "go.Figure":
    """State against uniqueness, a mark per workload, prize bulls ringed.

    Raises:
        MissingTableError: the fleet has not been classified.
    """
    import plotly.graph_objects as go

    tables = tables_with(fleet, LABELS)
    labels = tables[LABELS.name].merge(
        pick(tables, WORKLOADS)[["workload_id", "name"]], on="workload_id", how="left")
    figure = go.Figure()
    for label, shape in _SHAPES.items():
        found = _gathered(labels[labels["label"].eq(label).fillna(value=False)])
        figure.add_scatter(
            x=numbers(found["x"]), y=numbers(found["y"]), mode="markers", name=label,
            text=texts(found["said"]), customdata=texts(found["why"].fillna("")),
            hovertemplate="<b>%{text}</b><br>%{customdata}<extra></extra>", showlegend=False,
            marker={"color": COLOURS[label], "symbol": shape, "opacity": 0.85,
                    "size": 7 + 2.2 * np.sqrt(found["count"].to_numpy(dtype=np.float64)),
                    "line": {"color": COLOURS["prize_bull"],
                             "width": np.where(found["prize"], 3, 0)}},
        )
    _name_quadrants(figure, labels["quadrant"].value_counts())
    pets = at_least(int(labels["label"].eq("pet").sum()), lower_bound=is_lower_bound(tables))
    figure.update_xaxes(title="holds data → (log-odds)", zeroline=True)
    figure.update_yaxes(title="one of a kind → (log-odds)", zeroline=True)
    return dressed(figure, f"{pets} of {len(pick(tables, WORKLOADS)):,} workloads are pets",
                    "Larger marks: more workloads at the same place. Amber ring: must not be"
                    " stopped now.")


def _gathered(labels: pd.DataFrame) -> pd.DataFrame:
    """One row per place on the map: `x, y, count, prize, said, why`."""
    named = labels.assign(
        x=labels["state_score"].round(2), y=labels["uniqueness_score"].round(2),
        prize=labels["prize_bull"].fillna(value=False).astype(bool),
        said=labels["name"].fillna(labels["workload_id"]),
    )
    found = named.groupby(["x", "y"], as_index=False).agg(
        count=("said", "size"), prize=("prize", "max"), said=("said", "first"),
        why=("why", "first"))
    more = [f" and {count - 1:,} more" if count > 1 else "" for count in found["count"]]
    return found.assign(said=found["said"] + pd.Series(more, index=found.index, dtype="str"))


def _name_quadrants(figure: "go.Figure", counts: pd.Series) -> None:
    corners = {"pet": ("single pets", 1, 1), "stateful_herd": ("stateful herd", 1, 0),
               "snowflake": ("snowflakes", 0, 1), "cattle": ("cattle", 0, 0)}
    for key, (said, x, y) in corners.items():
        figure.add_annotation(
            text=f"<b>{said} {int(counts.get(key, 0)):,}</b>", x=x, y=y, xref="paper", yref="paper",
            showarrow=False, xanchor="right" if x else "left", yanchor="top" if y else "bottom")
