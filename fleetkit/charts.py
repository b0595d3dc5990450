"""Plotly figures in the colours and words of the views, for notebooks and slides.

Plotly is imported when a chart is drawn, not before.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fleetkit.errors import MissingTableError
from fleetkit.fleet import Fleet, at_least
from fleetkit.schema import Table
from fleetkit.tables import IMAGES, LABELS, PATCH_LEVELS, WORKLOADS
from fleetkit.views import groups, is_lower_bound, is_openssl, pick, reach

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLOURS = {"pet": "#D55E00", "cattle": "#0072B2", "unsure": "#7F7F7F", "prize_bull": "#E69F00"}
LAG = ("#EEEDEA", "#F7DCCB", "#EEB194", "#DC7F5F", "#B9443A", "#7C1420")
_SHAPES = {"pet": "diamond", "cattle": "circle", "unsure": "circle-open"}
_INK, _QUIET, _LINE = "#1A1D22", "#5D636D", "#E1E3E7"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


def pet_cattle(fleet: Fleet) -> "go.Figure":
    """State against uniqueness, a mark per workload, prize bulls ringed.

    Raises:
        MissingTableError: the fleet has not been classified.
    """
    import plotly.graph_objects as go

    tables = _with(fleet, LABELS)
    labels = tables[LABELS.name].merge(
        pick(tables, WORKLOADS)[["workload_id", "name"]], on="workload_id", how="left")
    figure = go.Figure()
    for label, shape in _SHAPES.items():
        found = _gathered(labels[labels["label"].eq(label).fillna(value=False)])
        figure.add_scatter(
            x=_numbers(found["x"]), y=_numbers(found["y"]), mode="markers", name=label,
            text=_texts(found["said"]), customdata=_texts(found["why"].fillna("")),
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
    return _dressed(figure, f"{pets} of {len(pick(tables, WORKLOADS)):,} workloads are pets",
                    "Larger marks: more workloads at the same place. Amber ring: must not be"
                    " stopped now.")


def patch_levels(fleet: Fleet, package: str | None = None) -> "go.Figure":
    """How many workloads run which version of one source package, the newest build last.

    Args:
        fleet: an audited fleet.
        package: source package; None takes OpenSSL, else the one that lags most.

    Raises:
        MissingTableError: the fleet has not been audited.
    """
    import plotly.graph_objects as go

    tables = _with(fleet, PATCH_LEVELS)
    levels = tables[PATCH_LEVELS.name]
    name = package or _foremost(levels)
    reached = levels[levels["source_name"].eq(name)].merge(reach(tables), on="subject_id")
    counts = reached.groupby(
        ["ecosystem", "release", "source_version"], as_index=False, dropna=False
    ).agg(rows=("row", "nunique"), open=("open_findings", "max"), behind=("builds_behind", "max"),
          key=("version_key", "first"), status=("status", "first"))
    ordered = counts.sort_values(["ecosystem", "release", "key", "source_version"], kind="stable")
    system = ordered["ecosystem"].fillna("") + " " + ordered["release"].fillna("")
    blind = ordered["status"].isin(["no_feed", "uncomparable", "end_of_life"])
    colours = [_lag(one["open"], one["behind"]) for one in ordered.to_dict("records")]
    named = system.str.strip() + "  " + ordered["source_version"].fillna("unknown")
    figure = go.Figure(go.Bar(
        x=ordered["rows"].tolist(), y=_texts(named), orientation="h",
        text=[f"{count:,}" for count in ordered["rows"]], textposition="outside",
        marker={"color": colours, "line": {"color": _QUIET, "width": 0.5},
                "pattern": {"shape": ["/" if unseen else "" for unseen in blind],
                            "fgcolor": COLOURS["unsure"]}},
        hovertemplate="%{y}<br>%{x:,} workloads<extra></extra>", cliponaxis=False,
    ))
    late = reached[reached[["open_findings", "builds_behind"]].fillna(0).gt(0).any(axis=1)]
    said = at_least(int(late["row"].nunique()), lower_bound=is_lower_bound(tables))
    figure.update_xaxes(title="workloads", rangemode="tozero")
    figure.update_yaxes(type="category")
    return _dressed(
        figure, f"{said} of {reached['row'].nunique():,} workloads run an old {name or 'package'}",
        "Oldest below. Darker: more open findings or builds behind. Hatched: not judged.")


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
        x=_numbers(days), xbins={"start": 0, "size": 30}, marker={"color": _QUIET},
        hovertemplate="%{x} days<br>%{y:,} workloads<extra></extra>"))
    old = int((days > 365).sum())
    figure.update_layout(bargap=0.06)
    figure.update_xaxes(title="age of the image, days", rangemode="tozero")
    figure.update_yaxes(title="workloads", rangemode="tozero")
    unknown = len(workloads) - len(days)
    return _dressed(figure, f"{old:,} of {len(days):,} workloads run an image older than a year",
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
        x=shown.tolist(), y=_texts(pd.Series(shown.index)), orientation="h",
        text=[f"{count:,}" for count in shown], textposition="outside", marker={"color": _QUIET},
        hovertemplate="%{y}<br>%{x:,} workloads<extra></extra>", cliponaxis=False))
    figure.update_xaxes(title="workloads", rangemode="tozero")
    figure.update_yaxes(type="category")
    total = at_least(int(counts.sum()), lower_bound=is_lower_bound(tables))
    return _dressed(figure, f"{total} workloads in {len(counts):,} services",
                    f"The {len(shown):,} largest services.")


def template() -> Any:
    """The look of every chart: quiet axes, no legend box, the finding as title."""
    import plotly.graph_objects as go

    axis = {"gridcolor": _LINE, "linecolor": _LINE, "zerolinecolor": _QUIET, "zerolinewidth": 1,
            "ticks": "", "automargin": True, "title": {"font": {"color": _QUIET, "size": 13}}}
    return go.layout.Template(layout={
        "font": {"family": _FONT, "size": 13, "color": _INK}, "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF", "xaxis": axis, "yaxis": axis, "separators": ".,",
        "colorway": [COLOURS["cattle"], COLOURS["pet"], COLOURS["unsure"], COLOURS["prize_bull"]],
        "title": {"x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 20}},
        "margin": {"l": 16, "r": 32, "t": 88, "b": 56}, "bargap": 0.35,
        "hoverlabel": {"font": {"size": 13}},
    })


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


def _dressed(figure: "go.Figure", finding: str, note: str) -> "go.Figure":
    figure.update_layout(template=template(), title={
        "text": finding[:1].upper() + finding[1:], "subtitle": {
            "text": note, "font": {"color": _QUIET, "size": 13}}})
    return figure


def _with(fleet: Fleet, table: Table) -> dict[str, pd.DataFrame]:
    if table.name not in fleet:
        raise MissingTableError(table.name, table.made_by or "load")
    return dict(fleet)


def _foremost(levels: pd.DataFrame) -> str:
    """OpenSSL if the fleet has it, else the package with most open findings."""
    named = levels.dropna(subset=["source_name"])
    ssl = named.loc[is_openssl(named["source_name"]), "source_name"]
    if len(ssl):
        return str(ssl.value_counts().index[0])
    sums = named.fillna({"open_findings": 0, "builds_behind": 0}).groupby("source_name")[
        ["open_findings", "builds_behind"]].sum().sum(axis=1)
    return str(sums.idxmax()) if len(sums) else ""


def _lag(found: Any, behind: Any) -> str:
    open_, late = (0 if pd.isna(value) else int(value) for value in (found, behind))
    if open_:
        return LAG[5 if open_ > 9 else 4 if open_ > 3 else 3 if open_ > 1 else 2]
    return LAG[2 if late > 2 else 1 if late else 0]


def _numbers(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _texts(values: pd.Series) -> list[str]:
    """Texts as plotly may show them: it reads a little HTML, which no fleet may write."""
    return [str(text)[:300].replace("&", "&amp;").replace("<", "&lt;") for text in values]
