"""Which builds of one package run, and how far behind they are."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from fleetkit.charts.look import COLOURS, QUIET, dressed, tables_with, texts
from fleetkit.fleet import Fleet, at_least
from fleetkit.tables import PATCH_LEVELS
from fleetkit.views import is_lower_bound, is_openssl, reach

if TYPE_CHECKING:
    import plotly.graph_objects as go

LAG = ("#EEEDEA", "#F7DCCB", "#EEB194", "#DC7F5F", "#B9443A", "#7C1420")


def patch_levels(fleet: Fleet, package: str | None = None) -> "go.Figure":
    """How many workloads run which version of one source package, the newest build last.

    Args:
        fleet: an audited fleet.
        package: source package; None takes OpenSSL, else the one that lags most.

    Raises:
        MissingTableError: the fleet has not been audited.
    """
    import plotly.graph_objects as go

    tables = tables_with(fleet, PATCH_LEVELS)
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
        x=ordered["rows"].tolist(), y=texts(named), orientation="h",
        text=[f"{count:,}" for count in ordered["rows"]], textposition="outside",
        marker={"color": colours, "line": {"color": QUIET, "width": 0.5},
                "pattern": {"shape": ["/" if unseen else "" for unseen in blind],
                            "fgcolor": COLOURS["unsure"]}},
        hovertemplate="%{y}<br>%{x:,} workloads<extra></extra>", cliponaxis=False,
    ))
    late = reached[reached[["open_findings", "builds_behind"]].fillna(0).gt(0).any(axis=1)]
    said = at_least(int(late["row"].nunique()), lower_bound=is_lower_bound(tables))
    figure.update_xaxes(title="workloads", rangemode="tozero")
    figure.update_yaxes(type="category")
    return dressed(
        figure, f"{said} of {reached['row'].nunique():,} workloads run an old {name or 'package'}",
        "Oldest below. Darker: more open findings or builds behind. Hatched: not judged.")


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
