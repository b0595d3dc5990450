"""What all tables of one fleet share: the plan, the keys, and where rows are from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.members import Plan, plan
from fleetkit.loaders.synthetic.names import SOURCES, accounts, regions, workload_ids
from fleetkit.loaders.synthetic.pictures import image_ids
from fleetkit.loaders.synthetic.texts import Texts, picked
from fleetkit.loaders.synthetic.wishes import MOMENT, Wishes
from fleetkit.schema import Table

_NOW = int(MOMENT.timestamp()) * 1_000_000
_SECOND = 1_000_000


@dataclass(frozen=True)
class Made:
    """A plan with the keys that tables meet by.

    Args:
        plan: what each workload and image is.
        workloads: key of each workload.
        images: key of each image.
        turn: tables are made in turn: side by side they would need the memory of all.
    """

    plan: Plan
    workloads: Texts
    images: Texts
    turn: Lock = field(default_factory=Lock)

    def workload(self, numbers: Numbers) -> Texts:
        """Keys of workloads; unknown where the number is below zero."""
        return _taken(self.workloads, numbers)

    def image(self, numbers: Numbers) -> Texts:
        """Keys of images; unknown where the number is below zero."""
        return _taken(self.images, numbers)

    def of_workloads(self, numbers: Numbers) -> dict[str, Any]:
        """Where rows about workloads are from: the source that each is as if read by."""
        few = pa.array(numbers)
        return {
            "source": picked(SOURCES, self.plan.platform[numbers]),
            "account": accounts(self.plan).take(few), "region": regions(self.plan).take(few),
            **constant(len(numbers)),
        }


def prepare(wishes: Wishes) -> Made:
    """The plan and the keys of the fleet that was asked for."""
    drawn = plan(wishes)
    return Made(drawn, workload_ids(drawn), image_ids(drawn))


def constant(rows: int) -> dict[str, Any]:
    """Where all rows are from: declared by a seed, at a moment that never changes."""
    moment = pa.scalar(_NOW, pa.timestamp("us", "UTC"))
    return {"origin": pa.repeat(pa.scalar("declared"), rows),
            "observed_at": pa.repeat(moment, rows)}


def since(seconds: Numbers) -> Any:
    """Moments so many seconds before the fleet was looked at."""
    return pa.array(_NOW - seconds.astype(np.int64) * _SECOND, pa.timestamp("us", "UTC"))


def table(declared: Table, columns: Mapping[str, Any]) -> pa.Table:
    """The columns in the types of their table; those not named are unknown."""
    return pa.table({
        name: _typed(columns[name], declared.arrow.field(name).type) for name in declared.names
        if name in columns
    })


def _typed(values: Any, kind: Any) -> Any:
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    return array if array.type == kind else array.cast(kind)


def _taken(keys: Texts, numbers: Numbers) -> Texts:
    return keys.take(pa.array(numbers, mask=np.asarray(numbers) < 0))
