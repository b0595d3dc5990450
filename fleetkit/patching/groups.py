"""Groups whose members ought to have the same builds: services, environments, names of images."""

from typing import Literal, get_args

import pandas as pd

from fleetkit.errors import UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.patching.successions import names_of
from fleetkit.schema import Column, Table

By = Literal["service", "environment", "image"]
WHOLE = "fleet"
"""The one group of a comparison by environment."""

MEMBERS = Table(
    name="members",
    doc="one row per group and member",
    key=("group", "member"),
    columns=(
        Column("group", "text", "name of the service, or of the images"),
        Column("member", "text", "workload, or image"),
        Column("subject_id", "text", "whose packages it has: its own, else its image's; NA where"
               " nobody looked"),
        Column("side", "text", "vm, host, container, task; kind of an image"),
        Column("environment", "text", "as tagged; of an image that of its workloads if they agree"),
    ),
)
_CONTAINERS = ("container", "task")


def members(fleet: Fleet, by: By) -> pd.DataFrame:
    """The members of all groups, sorted.

    A service is known by its name in `services` or by the name of a controller; what bears one
    name in both, or in several environments, is one service.

    Raises:
        UnknownNameError: there is no such grouping.
    """
    if by not in get_args(By):
        raise UnknownNameError("grouping", by, get_args(By))
    if by == "image":
        named = _images(fleet)
    elif by == "service":
        named = _services(fleet)
    else:
        running = _workloads(fleet)
        named = running[running["environment"].notna()].assign(group=WHOLE)
    kept = named.dropna(subset=["group", "member"]).drop_duplicates(["group", "member"])
    return MEMBERS.cast(kept.sort_values(["group", "member"]))


def _workloads(fleet: Fleet) -> pd.DataFrame:
    workloads, looked_at = fleet.workloads, fleet.packages["subject_id"].dropna().unique()
    own = workloads["workload_id"].where(workloads["workload_id"].isin(looked_at))
    image = workloads["image_id"].where(workloads["image_id"].isin(looked_at))
    behind = image.where(workloads["kind"].isin(_CONTAINERS))  # a machine changes after its image
    return pd.DataFrame({
        "member": workloads["workload_id"], "subject_id": own.fillna(behind),
        "side": workloads["kind"], "environment": workloads["environment"],
        "controller_name": workloads["controller_name"],
        "controller_kind": workloads["controller_kind"],
    })


def _services(fleet: Fleet) -> pd.DataFrame:
    running = _workloads(fleet)
    known = fleet.services[["service_name", "workload_id"]].dropna()
    by_name = known.rename(columns={"service_name": "group", "workload_id": "member"})
    listed = by_name.merge(running, on="member")
    controlled = running[~running["controller_kind"].isin(["none"])].assign(
        group=running["controller_name"]
    )
    return pd.concat([listed, controlled], ignore_index=True)


def _images(fleet: Fleet) -> pd.DataFrame:
    looked_at = fleet.packages["subject_id"].dropna().unique()
    images = fleet.images[fleet.images["image_id"].isin(looked_at)]
    used = fleet.workloads[["image_id", "environment"]].dropna(subset="image_id").drop_duplicates()
    agreed = used[~used["image_id"].duplicated(keep=False)].set_index("image_id")["environment"]
    frame = pd.DataFrame({
        "member": images["image_id"], "subject_id": images["image_id"], "side": images["kind"],
        "environment": images["image_id"].map(agreed), "group": names_of(images),
    })
    return frame.explode("group", ignore_index=True)
