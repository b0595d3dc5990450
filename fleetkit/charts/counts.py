"""How many of what: ages of images, sizes of services."""

from typing import TYPE_CHECKING

import pandas as pd

from fleetkit.charts.look import QUIET, dressed, numbers, texts
from fleetkit.fleet import Fleet, at_least
from fleetkit.tables import IMAGES, WORKLOADS
from fleetkit.views import groups, is_lower_bound, pick

if TYPE_CHECKING:
    import plotly.graph_objects as go


def image_age(fleet: Fleet) -> "go.Figure":
    """Age of the images that workloads run, in days before the fleet was read."""
    import plotly.graph_objects as go

    tables = dict(fleet)
    workloads, images = pick(tables, WORKLOADS), pick(tables, IMAGES)
    read = workloads["observed_at"].max()
    born = pd.Series(images["created_at"].to_numpy(), index=images["image_id"].to_numpy())
    born = born[~born.index.duplicated()]
    built = pd.to_datetime(workloads["image_id"].map(born), utc=True)
    days = ((read - built).dt.total_seconds() / 86_400).astype("Float64").dropna()
    figure = go.Figure(go.Histogram(
        x=numbers(days), xbins={"start": 0, "size": 30}, marker={"color": QUIET},
        hovertemplate="%{x} days<br>%{y:,} workloads<extra></extra>"))
    old = int((days > 365).sum())
    figure.update_layout(bargap=0.06)
    figure.update_xaxes(title="age of the image, days", rangemode="tozero")
    figure.update_yaxes(title="workloads", rangemode="tozero")
    unknown = len(workloads) - len(days)
    return dressed(figure, f"{old:,} of {len(days):,} workloads run an image older than a year",
                    f"Of {unknown:,} workloads the age is unknown. Each bar is 30 days.")


def services(fleet: Fleet, most: int = 20) -> "go.Figure":
    """The largest services of the fleet, by workloads.

    Args:
        fleet: any fleet.
        most: how many services to show.
    """
    import plotly.graph_objects as go

    tables = dict(fleet)
    counts = groups(tables).value_counts()
    shown = counts.head(most)[::-1]
    figure = go.Figure(go.Bar(
        x=shown.tolist(), y=texts(pd.Series(shown.index)), orientation="h",
        text=[f"{count:,}" for count in shown], textposition="outside", marker={"color": QUIET},
        hovertemplate="%{y}<br>%{x:,} workloads<extra></extra>", cliponaxis=False))
    figure.update_xaxes(title="workloads", rangemode="tozero")
    figure.update_yaxes(type="category")
    total = at_least(int(counts.sum()), lower_bound=is_lower_bound(tables))
    return dressed(figure, f"{total} workloads in {len(counts):,} services",
                    f"The {len(shown):,} largest services.")
