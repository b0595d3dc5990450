"""Comparison within the fleet: who of those that ought to be alike has which build.

Twins of one service, a machine beside a container, drift apart unseen; so do environments. Builds
are ordered within one release of one system only: Debian 11 beside Debian 12 is said, not ordered.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.numbering import expand
from fleetkit.patching.differences import list_differences
from fleetkit.patching.groups import By, members
from fleetkit.patching.inventory import pick, take_inventory
from fleetkit.patching.lag import SOURCE_COLUMNS, lag
from fleetkit.patching.laggards import outdone
from fleetkit.patching.spreading import Spread
from fleetkit.schema import Column, Table

SPREAD = Table(
    name="spread",
    doc="one row per group and build that a member of it has",
    key=("group", "ecosystem", "release", "source_name", "source_version"),
    columns=(
        Column("group", "text", "service, environment or name of images"),
        Column("ecosystem", "text", "named as in packages"),
        Column("release", "text", "release of the ecosystem"),
        Column("source_name", "text", "source package"),
        Column("source_version", "text", "build; of several in one member the newest"),
        Column("builds_behind", "integer", "newer builds of it seen in the fleet", "builds"),
        Column("is_newest", "boolean", "no newer build is seen in the fleet; NA: without order"),
        Column("members", "integer", "members that have it", "members"),
    ),
)
_NEWEST = " (newest)"
_PACKAGE = ["ecosystem", "release", "source_name"]


def compare(fleet: Fleet, by: By = "service") -> pd.DataFrame:
    """Source packages of which the members of one group have different builds (`DIFFERENCES`).

    Args:
        fleet: packages; workloads and services, or images.
        by: service (name in `services`, or controller): twins of one service; environment: the
            newest build of each environment; image: images of one repository, family or name.

    Raises:
        UnknownNameError: there is no such grouping.
    """
    return list_differences(_spread(fleet, by), by)


def spread(fleet: Fleet, by: By = "service") -> pd.DataFrame:
    """Which builds each group has, all packages (`SPREAD`); the newest in the fleet is marked.

    Args:
        fleet: as for `compare`.
        by: as for `compare`; by environment the groups are the environments.

    Raises:
        UnknownNameError: there is no such grouping.
    """
    found = _spread(fleet, by)
    sources = found.inventory.sources
    behind = lag(sources[list(SOURCE_COLUMNS)]).sort_values("source_id", ignore_index=True)
    group = found.members["environment" if by == "environment" else "group"]
    code, names = pd.factorize(group, sort=True)
    member, source = found.member, found.source
    pair, counts = np.unique(code.take(member) * len(sources) + source, return_counts=True)
    number = pair % max(len(sources), 1)
    builds = pick(behind["builds_behind"].astype("Int64"), number)
    frame = pick(sources[[*_PACKAGE, "source_version"]], number).assign(
        group=names.take(pair // max(len(sources), 1)), builds_behind=builds,
        is_newest=builds.eq(0), members=counts,
    )
    return SPREAD.cast(frame).sort_values(list(SPREAD.key), ignore_index=True)


def pivot(spread: pd.DataFrame, names: Iterable[str] | None = None) -> pd.DataFrame:
    """Packages down, groups across; a cell has the builds of the group, the newest marked.

    Args:
        spread: as `spread` gives it.
        names: source packages to show; without it all.

    A group without the package has NA. Several builds are divided by commas.
    """
    shown = spread if names is None else spread[spread["source_name"].isin(list(names))]
    mark = pd.Series("", index=shown.index, dtype="string[pyarrow]").mask(
        shown["is_newest"].fillna(value=False), _NEWEST
    )
    cells = shown.assign(cell=shown["source_version"].fillna("unknown") + mark)
    return cells.pivot_table(
        "cell", index=_PACKAGE, columns="group", aggfunc=", ".join, dropna=False, observed=True
    )


def _spread(fleet: Fleet, by: By) -> Spread:
    """Members and builds, as whole numbers; of several builds in one subject the newest."""
    inventory = take_inventory(fleet.packages)
    listed = members(fleet, by)
    subject = pd.Index(inventory.subjects).get_indexer(pd.Index(listed["subject_id"]))
    held = inventory.holdings[~outdone(inventory)]
    bounds = np.searchsorted(held["subject"], np.arange(len(inventory.subjects) + 1))
    seen = np.flatnonzero(subject >= 0)
    origin, holding = expand(bounds, subject[seen])
    source = held["source_id"].to_numpy().take(holding)
    return Spread(inventory, listed, seen[origin], source)
