"""What the classifier may not see: fleets without what defines a label, or without names.

- `blind`: the kind of the controller, all that betrays it, and the kinds of the volumes. Paths,
  names, images, ports, commands, replicas and packages stay.
- `plain`: only what any list of workloads has: columns that a Compose file or a chart tells.
- `nameless`: names, images, commands and packages are replaced or taken away, so that signals
  speak alone. What is shared stays shared: images and controllers get numbers.
"""

import json

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.tables import MOUNTS, WORKLOADS

BETRAYING_COLUMNS = ("controller_kind", "stable_name", "start_order", "told_own_name", "ephemeral")
BETRAYING_TAGS = ("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
                  "controller-revision-hash", "pod-template-hash", "pod-template-generation",
                  "job-name", "batch.kubernetes.io/job-name", "controller-uid")
PLAIN_COLUMNS = ("workload_id", "kind", "name", "image_ref", "command", "ports", "env_names",
                 "controller_kind", "controller_name", "replicas", "source")
PLAIN_MOUNTS = ("workload_id", "kind", "target_path", "source_path", "read_only", "source")
VOLUME_COLUMNS = ("source_path", "volume_id", "driver", "size_bytes", "used_bytes", "persistence",
                  "delete_with_workload", "shared", "declared_by_image", "snapshot_id", "thin")


def blind(fleet):
    """Without the kind of the controller and of the volumes."""
    workloads, mounts = fleet.workloads, fleet.mounts
    hidden = workloads.drop(columns=[c for c in BETRAYING_COLUMNS if c in workloads]).assign(
        name=_steady(workloads), tags=workloads["tags"].map(_plain, na_action="ignore"))
    bare = mounts.drop(columns=list(VOLUME_COLUMNS)).assign(
        kind=mounts["kind"].where(mounts["kind"].isin(("partition", "block")), "unknown"))
    return Fleet(
        workloads=WORKLOADS.cast(hidden),
        mounts=MOUNTS.cast(bare.drop_duplicates(["workload_id", "kind", "target_path"])),
        images=fleet.images, packages=fleet.packages,
    )


def plain(fleet):
    """With the columns that any list of workloads has, and no others."""
    return Fleet(workloads=fleet.workloads[list(PLAIN_COLUMNS)],
                 mounts=fleet.mounts[list(PLAIN_MOUNTS)])


def nameless(fleet):
    """Without names, images, commands and packages."""
    workloads = fleet.workloads
    hidden = workloads.drop(columns=["hostname", "command", "tags", "notes", "revision"]).assign(
        name=_numbered(workloads["name"], "thing-"),
        image_ref=_numbered(workloads["image_ref"], "team/thing-"),
        image_id=_numbered(workloads["image_id"], "image "),
        controller_name=_numbered(workloads["controller_name"], "things/"),
    )
    return Fleet(workloads=WORKLOADS.cast(hidden), mounts=fleet.mounts)


def unmounted(fleet):
    """Without the kind of the controller, and without any row of mounts."""
    hidden = blind(fleet)
    return Fleet(workloads=hidden.workloads, images=hidden.images, packages=hidden.packages)


def _steady(workloads):
    """Names of pods without their numbers and hashes, which tell a StatefulSet from others."""
    controller = workloads["controller_name"].str.rpartition("/")[2]
    inside = workloads["name"].str.rpartition("/")[2]
    is_pod = (workloads["source"] == "kubernetes") & controller.notna()
    return workloads["name"].mask(is_pod.fillna(value=False), controller + "/" + inside)


def _plain(text):
    kept = {name: value for name, value in json.loads(text).items() if name not in BETRAYING_TAGS}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def _numbered(texts, stem):
    codes, _ = pd.factorize(texts)
    return pd.Series([f"{stem}{code}" if code >= 0 else None for code in codes],
                     index=texts.index, dtype="object")
