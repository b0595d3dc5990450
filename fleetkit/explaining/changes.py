"""What could be otherwise about a workload: what is there may go, what is plausible may come.

Only what people decide is changed: how it is stored, run, configured, built, tagged. Software,
names and who calls it are what they are. A machine gets no claim, and a container no data disk.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fleetkit.explaining.cases import Edit

Kind = Literal["storage", "control", "configuration", "image", "moment", "owner"]
Facts = Mapping[str, Any]

BOXES = ("container", "task")
_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"
CLUSTER = ("deployment", "replicaset", "statefulset", "daemonset", "job", "cronjob")
"""Controllers of a cluster."""
_LOOSE = (None, "none", "unknown")
LONGEST = 60
"""Characters of a name that words show."""


@dataclass(frozen=True)
class Change:
    """One thing that could be otherwise.

    Args:
        words: what would be so, after "if".
        kind: what would have to be touched: storage, control (who runs how many of it),
            configuration, image, owner (a word of its owner, as a tag), moment (passes by itself).
        about: two changes about one thing exclude each other.
        edit: the change itself.
    """

    words: str
    kind: Kind
    about: str
    edit: Edit


@dataclass(frozen=True)
class _Rule:
    """A change that is possible where the facts say so, for containers, machines or both."""

    when: Callable[[Facts], bool]
    change: Change
    boxes: bool | None = None


def _over(name: str, limit: float) -> Callable[[Facts], bool]:
    return lambda facts: facts[name] is not None and facts[name] > limit


def _is(name: str, value: Any) -> Callable[[Facts], bool]:
    return lambda facts: facts[name] == value and facts[name] is not None


def _untagged(*names: str) -> Callable[[Facts], bool]:
    return lambda facts: facts["tags_known"] is not None and all(
        facts[name] is None for name in names)


def _names_no_store(facts: Facts) -> bool:
    could = facts["env_known"] is not None and facts["state_class"] != "stateful"
    return could and facts["store_name"] is None and facts["store_called"] is None


def _has_few_replicas(facts: Facts) -> bool:
    return facts["group_wanted"] in (1, 2) and (
        facts["controller_kind"] not in (*_LOOSE, "daemonset", "system"))


_RULES = (
    _Rule(_is("read_only_root", False),
          Change("its root file system were read-only", "configuration", "root",
                 Edit(row={"read_only_root": True})), boxes=True),
    _Rule(_is("read_only_root", True),
          Change("it could write to its root file system", "configuration", "root",
                 Edit(row={"read_only_root": False})), boxes=True),
    _Rule(_over("written_bytes", 100_000_000),
          Change("its writable layer held nothing", "storage", "layer",
                 Edit(row={"written_bytes": 0})), boxes=True),
    _Rule(_over("declared_count", 0),
          Change("its image declared no path as data", "image", "declared paths",
                 Edit(image={"declared_volumes": []})), boxes=True),
    _Rule(_is("image_published", False),
          Change("its image were in a registry", "image", "registry",
                 Edit(image={"digests": ["pushed"]})), boxes=True),
    _Rule(_names_no_store,
          Change("a variable, as DATABASE_URL, named a store elsewhere", "configuration", "store",
                 Edit(env_names={"DATABASE_URL": True})), boxes=True),
    _Rule(_is("health_check", "command"),
          Change("its health were checked over HTTP", "configuration", "health",
                 Edit(row={"health_check": "http"}))),
    _Rule(_over("stop_grace_seconds", 60),
          Change("it asked for no more than 30 s to stop", "configuration", "stop",
                 Edit(row={"stop_grace_seconds": 30.0}))),
    _Rule(_over("drift", 0),
          Change("its packages were those of its siblings", "configuration", "drift",
                 Edit(facts={"drift": 0}))),
    _Rule(_is("protected", True),
          Change("it were not protected against termination", "owner", "protected",
                 Edit(row={"protected": False}))),
    _Rule(_is("protected", False),
          Change("it were protected against termination", "owner", "protected",
                 Edit(row={"protected": True}))),
    _Rule(_is("ephemeral", True),
          Change("it were not made to go when it stops", "control", "ephemeral",
                 Edit(row={"ephemeral": False}))),
    _Rule(_over("uptime_days", 90),
          Change("it had been restarted today", "moment", "uptime",
                 Edit(facts={"uptime_days": 0}))),
    _Rule(_over("restart_count", 4),
          Change("it had not restarted again and again", "moment", "restarts",
                 Edit(row={"restart_count": 0}))),
    _Rule(_over("guests", 5),
          Change("no workload ran on it", "moment", "guests",
                 Edit(facts={"guests": 0, "guests_with_data": 0, "guest_data": None})),
          boxes=False),
    _Rule(_over("guests_with_data", 0),
          Change("none of its guests kept data on its disks", "storage", "guests",
                 Edit(facts={"guests_with_data": 0, "guest_data": None})), boxes=False),
    _Rule(_untagged("tag_stateful", "tag_stateless"),
          Change("its owner tagged it stateful=true", "owner", "word on state",
                 Edit(tags={"stateful": "true"}))),
    _Rule(_untagged("tag_stateful", "tag_stateless"),
          Change("its owner tagged it stateless=true", "owner", "word on state",
                 Edit(tags={"stateless": "true"}))),
    _Rule(_untagged("tag_evict", "tag_keep"),
          Change("its owner marked it as safe to evict", "owner", "word on eviction",
                 Edit(tags={_EVICT: "true"})), boxes=True),
    _Rule(_untagged("tag_evict", "tag_keep"),
          Change("its owner asked not to evict it", "owner", "word on eviction",
                 Edit(tags={_EVICT: "false"})), boxes=True),
    _Rule(_is("controller_kind", "statefulset"),
          Change("a Deployment ran it", "control", "control",
                 Edit(row={"controller_kind": "deployment"})), boxes=True),
    _Rule(lambda facts: facts["controller_kind"] in ("deployment", "replicaset"),
          Change("a StatefulSet ran it", "control", "control",
                 Edit(row={"controller_kind": "statefulset"})), boxes=True),
    _Rule(_has_few_replicas,
          Change("three replicas of it were wanted", "control", "replicas",
                 Edit(row={"replicas": 3})), boxes=True),
)


def ruled(facts: Facts) -> list[Change]:
    """Changes that the facts allow."""
    boxed = facts["kind"] in BOXES
    found = [rule.change for rule in _RULES
             if rule.when(facts) and (rule.boxes is None or rule.boxes == boxed)]
    return [*found, *_of_members(facts), *_controlled(facts), *_stored(facts)]


def _of_members(facts: Facts) -> Iterator[Change]:
    running, size = facts["group_running"], facts["group_size"]
    if facts["herd"] == "quorum" and running is not None and size is not None and running < size:
        yield Change("all members of its group ran", "moment", "members",
                     Edit(facts={"group_running": size}))


def _controlled(facts: Facts) -> Iterator[Change]:
    """Another way in which it could be run."""
    kind, boxed = facts["controller_kind"], facts["kind"] in BOXES
    if kind is None:
        return
    members = facts["group_size"] or 1
    if boxed and kind not in ("deployment", "replicaset", "statefulset"):
        for least, said in ((1, "one"), (3, "three")):
            if least > members or least == 1:
                count = max(members, least)
                words = said if count == least else "both" if count == 2 else f"all {count:,}"
                yield Change(f"a Deployment kept {words} of it", "control", "control", Edit(
                    row={"controller_kind": "deployment", "replicas": count,
                         "controller_name": facts["controller_name"] or facts["name"] or "it"}))
    if facts["kind"] == "vm" and kind in _LOOSE:
        yield Change("a scaling group kept it", "control", "control", Edit(
            row={"controller_kind": "autoscaling", "controller_name": facts["name"] or "it"}))
    if kind not in _LOOSE and facts["name_siblings"] == 1:
        alone = {"group_size": 1, "group_wanted": 1, "group_running": None, "same_image": None,
                 "zone_members": None}
        yield Change("nothing would recreate it", "control", "control", Edit(
            row={"controller_kind": "none", "controller_name": None}, facts=alone))
    if boxed and (facts["group_wanted"] or 0) >= 3 and kind in CLUSTER:
        alone = {"group_wanted": 1, "group_size": 1, **{
            name: min(facts[name], 1) for name in ("group_running", "same_image", "zone_members")
            if facts[name] is not None}}
        yield Change("there were one of it only", "control", "replicas",
                     Edit(row={"replicas": 1}, facts=alone))


def _stored(facts: Facts) -> Iterator[Change]:
    """Storage that it could have and has not."""
    if facts["mounts_known"] is None:
        return
    if facts["kind"] in BOXES and not facts["durable_mounts"]:
        volume = kept_volume(facts)
        said = "a claim" if volume["kind"] == "claim" else "a named volume"
        yield Change(f"{said} were mounted at {volume['target_path'][:LONGEST]}", "storage",
                     "new volume", Edit(mounts=(volume,)))
    if facts["kind"] == "vm" and (facts["data_disk_bytes"] or 0) <= 200_000_000_000:
        yield Change("a data disk of 500 GB were attached", "storage", "new volume", Edit(
            mounts=({"kind": "block", "volume_id": "data", "size_bytes": 500_000_000_000},)))


def kept_volume(facts: Facts) -> dict[str, Any]:
    """A volume such as it would have, where its software keeps data or would."""
    known = [str(facts[name]) for name in ("bare_text", "declared_text", "state_path")
             if str(facts[name]).startswith("/")]
    path = known[0].split()[0].rstrip(",;") if known else "/data"
    kind = "claim" if facts["controller_kind"] in CLUSTER else "named_volume"
    return {"kind": kind, "volume_id": "data", "target_path": path}
