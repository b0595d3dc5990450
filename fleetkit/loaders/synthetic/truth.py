"""The planted truth of a synthetic fleet: in frames of its own, which no judge reads."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from fleetkit.loaders.synthetic.gallery import CASES
from fleetkit.loaders.synthetic.groups import PARTS
from fleetkit.loaders.synthetic.made import Made, prepare
from fleetkit.loaders.synthetic.names import controller_names
from fleetkit.loaders.synthetic.reading import targets
from fleetkit.loaders.synthetic.stacks import column
from fleetkit.loaders.synthetic.texts import decimals, joined, known, picked
from fleetkit.loaders.synthetic.wishes import wishes
from fleetkit.schema import Column, Table

WORKLOAD_TRUTH = Table(
    name="workload_truth",
    doc="one row per workload: what was planted",
    key=("workload_id",),
    columns=(
        Column("workload_id", "text", "key of workloads"),
        Column("entity_id", "text", "the same machine's first row: one for all that list it"),
        Column("group_id", "text", "workloads that were made alike"),
        Column("stack", "text", "software and manner that it was made by"),
        Column("service", "text", "service that it belongs to: twins share it"),
        Column("is_stateful", "boolean", "keeps data; NA for hosts"),
        Column("is_unique", "boolean", "nothing else could take its place; NA for hosts"),
        Column("label", "text", "pet where it is stateful or unique; NA for hosts",
               choices=("pet", "cattle")),
        Column("quadrant", "text", "state × uniqueness; NA for hosts",
               choices=("pet", "stateful_herd", "snowflake", "cattle")),
        Column("is_silent", "boolean", "its data lies on nothing that outlives it"),
        Column("lags", "boolean", "runs an older OpenSSL than its siblings"),
        Column("has_drifted", "boolean", "its packages differ from its siblings'"),
        Column("is_hostile", "boolean", "its name is meant to do harm"),
    ),
)
IMAGE_TRUTH = Table(
    name="image_truth",
    doc="one row per image: what it was built on",
    key=("image_id",),
    columns=(
        Column("image_id", "text", "key of images"),
        Column("parent_id", "text", "image that it was built on; NA for a base"),
        Column("named_id", "text", "parent that its label names, true or not; NA where none"),
        Column("case", "text", "how it came from its parent: by layers (prefix), in one layer"
               " (flattened), on another than its label says (rebased), under another name"
               " (retagged), as the platform's record tells (recorded)", choices=CASES),
    ),
)


@dataclass(frozen=True)
class Truth:
    """What was planted.

    Args:
        workloads: columns of WORKLOAD_TRUTH, sorted by key.
        images: columns of IMAGE_TRUTH, sorted by key.
    """

    workloads: pd.DataFrame
    images: pd.DataFrame


def truth(**options: Any) -> Truth:
    """What was planted in the fleet that `load("synthetic", **options)` gives.

    Raises:
        LoadError: an option is out of its bounds.

    Examples:
        >>> planted = truth(workloads=1000, seed=7)
        >>> sorted(planted.workloads["label"].dropna().unique())
        ['cattle', 'pet']
    """
    target = next(targets(**options))
    made = prepare(wishes(target.options))
    return Truth(_workloads(made), _images(made))


def _workloads(made: Made) -> pd.DataFrame:
    plan = made.plan
    judged = plan.part != PARTS.index("hosts")
    stateful, unique = plan.is_stateful, plan.is_unique
    quadrant = np.where(stateful, np.where(unique, 0, 1), np.where(unique, 2, 3))
    group = pa.array(plan.group)
    return _framed(WORKLOAD_TRUTH, {
        "workload_id": made.workloads, "entity_id": made.workload(plan.original),
        "group_id": joined("group", decimals(plan.group), between="-"),
        "stack": picked([str(name) for name in column("name")], plan.stack),
        "service": controller_names(plan).take(group),
        "is_stateful": known(judged, stateful), "is_unique": known(judged, unique),
        "label": known(judged, picked(("pet", "cattle"), (~(stateful | unique)).astype(int))),
        "quadrant": known(judged, picked(
            ("pet", "stateful_herd", "snowflake", "cattle"), quadrant)),
        "is_silent": plan.is_silent, "lags": plan.lags, "has_drifted": plan.drifted,
        "is_hostile": plan.is_hostile,
    })


def _images(made: Made) -> pd.DataFrame:
    shown = made.plan.gallery
    return _framed(IMAGE_TRUTH, {
        "image_id": made.images, "parent_id": made.image(shown.parent),
        "named_id": made.image(shown.named), "case": picked(CASES, shown.case),
    })


def _framed(declared: Table, columns: dict[str, Any]) -> pd.DataFrame:
    rows = pa.table({name: pa.array(values) if isinstance(values, np.ndarray) else values
                     for name, values in columns.items()})
    return declared.from_arrow(rows.sort_by(declared.key[0]))
