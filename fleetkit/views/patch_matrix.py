"""Which version where: source packages against services, images or environments."""

from typing import Any

import numpy as np
import pandas as pd

from fleetkit.fleet import at_least
from fleetkit.plugins import View
from fleetkit.tables import FINDINGS, IMAGES, PATCH_LEVELS, WORKLOADS
from fleetkit.views import (
    WORST,
    Tables,
    absent,
    coded,
    groups,
    image_names,
    is_lower_bound,
    is_openssl,
    judged,
    look_up,
    pick,
    reach,
)

_MOST_PACKAGES, _MOST_GROUPS = 120, 60


def data(tables: Tables) -> dict[str, Any]:
    levels = _levels(tables)
    packages = _packages(levels)
    named = _subject_groups(tables)
    return {
        "finding": _finding(tables, levels, named["service"]),
        "subtitle": _subtitle(levels, tables),
        "missing": absent(tables, PATCH_LEVELS),
        "statuses": list(WORST),
        "packages": packages["source_name"].tolist(),
        "packages_all": int(levels["source_name"].nunique()),
        "by": [
            {"key": key, **_matrix(levels, packages, tables, pairs)} for key, pairs in named.items()
        ],
    }


def _levels(tables: Tables) -> pd.DataFrame:
    """Patch levels with numbers filled in and the rank of the status."""
    levels = pick(tables, PATCH_LEVELS).dropna(subset=["subject_id", "source_name"])
    ranks = {status: rank for rank, status in enumerate(WORST)}
    return levels.assign(
        rank=levels["status"].map(ranks).fillna(len(WORST) - 1).astype(np.int64),
        behind=levels["builds_behind"].fillna(0).astype(np.int64),
        open=levels["open_findings"].fillna(0).astype(np.int64),
    ).reset_index(drop=True)


def _packages(levels: pd.DataFrame) -> pd.DataFrame:
    """Rows of the matrix: OpenSSL first, then what has most open findings, then what lags most."""
    counts = levels.groupby("source_name", as_index=False).agg(
        open=("open", "sum"), behind=("behind", "sum"), subjects=("subject_id", "nunique"))
    ranked = counts.assign(first=is_openssl(counts["source_name"])).sort_values(
        ["first", "open", "behind", "subjects"], ascending=False, kind="stable")
    return ranked.head(_MOST_PACKAGES).reset_index(drop=True)


def _subject_groups(tables: Tables) -> dict[str, pd.DataFrame]:
    """For each way to group: `subject_id, group, row` (position in workloads, NA for none)."""
    workloads, images = pick(tables, WORKLOADS), pick(tables, IMAGES)
    reached = reach(tables).astype({"row": "Int64"})
    rows = reached["row"].to_numpy(np.int64)
    service = groups(tables).reindex(rows).to_numpy()
    environment = workloads["environment"].fillna("environment unknown").reindex(rows).to_numpy()
    own = workloads["name"].fillna(workloads["workload_id"]).reindex(rows).reset_index(drop=True)
    named = look_up(reached["subject_id"], images["image_id"], image_names(images))
    unused = pd.DataFrame({"subject_id": images["image_id"], "group": image_names(images)})
    image = pd.concat([
        reached.assign(group=named.fillna(own)),
        unused[~unused["subject_id"].isin(reached["subject_id"])],
    ], ignore_index=True).astype({"row": "Int64"})
    return {
        "service": reached.assign(group=service),
        "image": image.drop_duplicates(["subject_id", "row"]),
        "environment": reached.assign(group=environment),
    }


def _matrix(
    levels: pd.DataFrame, packages: pd.DataFrame, tables: Tables, pairs: pd.DataFrame
) -> dict[str, Any]:
    """Columns and cells of one grouping; a cell is a package in a group that has it."""
    known = levels[levels["source_name"].isin(packages["source_name"])]
    joined = known.merge(pairs, on="subject_id")
    candidates = _columns(joined, tables, pairs)
    columns = candidates.head(_MOST_GROUPS)
    inside = joined[joined["group"].isin(columns["group"])]
    ordered = inside.sort_values(["rank", "open", "behind"], ascending=[True, False, False],
                                 kind="stable")
    cells = ordered.groupby(["source_name", "group"], as_index=False, sort=False).agg(
        worst=("source_version", "first"), newest=("newest_version", "first"),
        release=("release", "first"), rank=("rank", "min"), behind=("behind", "max"),
        open=("open", "max"), versions=("source_version", "nunique"),
        rows=("row", "nunique"), subjects=("subject_id", "nunique"),
    )
    row = pd.Series(packages.index, index=packages["source_name"])
    column = pd.Series(columns.index, index=columns["group"])
    return {
        "groups_all": len(candidates), "unseen": int(pairs["group"].nunique()) - len(candidates),
        "columns": [
            {"group": str(one["group"]), "workloads": int(one["workloads"]),
             "system": one["system"], "ended": bool(one["ended"]), "blind": bool(one["blind"])}
            for one in columns.to_dict("records")
        ],
        "cells": {
            "row": cells["source_name"].map(row).to_numpy(np.uint16),
            "column": cells["group"].map(column).to_numpy(np.uint16),
            "rank": cells["rank"].to_numpy(np.uint8), "behind": cells["behind"].to_numpy(np.uint16),
            "open": cells["open"].to_numpy(np.uint16),
            "versions": cells["versions"].to_numpy(np.uint16),
            "rows": cells["rows"].to_numpy(np.uint32),
            "subjects": cells["subjects"].to_numpy(np.uint32),
            "version": coded(cells["worst"]), "newest": coded(cells["newest"]),
            "release": coded(cells["release"]),
        },
    }


def _columns(joined: pd.DataFrame, tables: Tables, pairs: pd.DataFrame) -> pd.DataFrame:
    """Groups, those with the worst OpenSSL and most open findings first, the unseen last."""
    statuses = judged(tables).merge(pairs, on="subject_id")
    late = joined["open"] + joined["behind"]
    worst = joined.assign(ssl=late.where(is_openssl(joined["source_name"]), 0))
    sums = worst.groupby("group").agg(
        ssl=("ssl", "max"), open=("open", "sum"), behind=("behind", "sum"))
    counts = pairs.groupby("group")["row"].nunique().rename("workloads")
    flags = pd.DataFrame({
        "ended": statuses[statuses["status"].eq("end_of_life")].groupby("group").size(),
        "unseen": statuses[statuses["status"].eq("unobservable")].groupby("group").size(),
    })
    frame = pd.DataFrame(counts).join(sums).join(flags)
    frame = frame.assign(ended=frame["ended"].notna(), seen=frame["open"].notna())
    frame = frame.assign(blind=~frame["seen"], system=_systems(tables, pairs).reindex(frame.index))
    frame = frame[frame["seen"] | frame["unseen"].notna() | frame["ended"]].fillna(
        {"ssl": 0, "open": 0, "behind": 0})
    ranked = frame.sort_values(["seen", "ended", "ssl", "open", "behind", "workloads"],
                               ascending=False, kind="stable")
    named = ranked.reset_index(names="group")
    return named.assign(system=named["system"].astype(object).where(named["system"].notna(), None))


def _systems(tables: Tables, pairs: pd.DataFrame) -> pd.Series:
    """The operating system of each group, in words; several are joined."""
    images = pick(tables, IMAGES)
    release = images["release"].fillna(images["os_version"]).fillna("")
    said = (images["ecosystem"].fillna(images["os_name"]) + " " + release).str.strip()
    known = pd.DataFrame({"subject_id": images["image_id"], "system": said}).dropna()
    joined = pairs[["subject_id", "group"]].drop_duplicates().merge(known, on="subject_id")
    distinct = joined.drop_duplicates(["group", "system"]).sort_values("system")
    return distinct.groupby("group")["system"].agg(", ".join)


def _finding(tables: Tables, levels: pd.DataFrame, pairs: pd.DataFrame) -> str:
    if PATCH_LEVELS.name not in tables:
        return "Patch levels: nobody has audited this fleet yet"
    all_groups = int(pairs["group"].nunique())
    ssl = levels[is_openssl(levels["source_name"])]
    for late, said in (
        (ssl[ssl["rank"] == 0], "run OpenSSL behind the fix"),
        (ssl[ssl["behind"] > 0], "run an older OpenSSL than others"),
        (levels[levels["rank"] == 0], "run software behind a fix that exists"),
        (levels[levels["behind"] > 0], "run older builds than others in the fleet"),
    ):
        count = int(pairs.loc[pairs["subject_id"].isin(late["subject_id"]), "group"].nunique())
        if count:
            start = at_least(count, lower_bound=is_lower_bound(tables))
            return f"{start[:1].upper()}{start[1:]} of {all_groups:,} services {said}"
    return "No package is known to lack a fix or to lag behind"


def _subtitle(levels: pd.DataFrame, tables: Tables) -> str:
    if PATCH_LEVELS.name not in tables:
        return "Source packages against services, images or environments."
    late = levels[(levels["open"] > 0) | (levels["behind"] > 0)]
    blind = int(judged(tables).query("status == 'unobservable'")["subject_id"].nunique())
    unseen = f" {blind:,} images or machines could not be seen into." if blind else ""
    counts = (levels["source_name"].nunique(), late["source_name"].nunique())
    return (f"{counts[0]:,} source packages; {counts[1]:,} lack a fix or lag somewhere. Each cell"
            f" has the oldest version that runs there.{unseen}")


VIEW = View(
    title="Patches",
    doc="Which version of what runs where, and what is behind?",
    needs=(PATCH_LEVELS, FINDINGS, WORKLOADS, IMAGES),
    data=data,
)
