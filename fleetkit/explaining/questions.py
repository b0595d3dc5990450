"""What a person can be asked about a workload, fact by fact, and the answers that people give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleetkit.explaining.cases import Edit

KEPT: Mapping[str, Any] = {"kind": "a volume that is kept"}
"""Stands for a volume such as the workload would have."""


@dataclass(frozen=True)
class Answer:
    """One of the answers that people give, and what it would make known."""

    words: str
    edit: Edit


@dataclass(frozen=True)
class Question:
    """What a person is asked where a fact is unknown.

    Args:
        fact: column of the facts; asked where it is unknown and a signal needs it.
        words: the question.
        answers: the usual answers.
        topic: of one topic only one question is asked.
        boxes: asked of containers and tasks (True), of machines (False) or of all (None).
        cluster: asked only of what a cluster runs, as far as is known.
    """

    fact: str
    words: str
    answers: tuple[Answer, ...] = ()
    topic: str = ""
    boxes: bool | None = None
    cluster: bool = False


def _facts(words: str, **facts: Any) -> Answer:
    return Answer(words, Edit(facts=facts))


def _mounts(words: str, *mounts: Mapping[str, Any]) -> Answer:
    return Answer(words, Edit(mounts=mounts, told=True))


def _tagged(words: str, **tags: str) -> Answer:
    return Answer(words, Edit(row={"tags": tags}))


def _given(words: str, *names: str) -> Answer:
    return Answer(words, Edit(row={"env_names": list(names)}))


def _listens(words: str, *ports: str) -> Answer:
    return Answer(words, Edit(row={"ports": list(ports)}))


QUESTIONS = (
    Question("mounts_known", "Which volumes are mounted, and are they kept when it is replaced?", (
        _mounts("one that is kept", KEPT),
        _mounts("none"),
        _mounts("memory-backed ones only", {"kind": "tmpfs", "target_path": "/tmp"}),  # noqa: S108
    ), boxes=True),
    Question("mounts_known", "Which disks has it beside the system's, and what is on them?", (
        _mounts("500 GB of data", {"kind": "block", "size_bytes": 500_000_000_000}),
        _mounts("none"),
    ), topic="disks", boxes=False),
    Question("data_disk_bytes", "How much data is on disks beside the system's?", (
        _facts("500 GB", data_disk_bytes=500_000_000_000),
        _facts("50 GB", data_disk_bytes=50_000_000_000),
        _facts("none", data_disk_bytes=0),
    ), topic="disks", boxes=False),
    Question("software", "Which software does it run, and does that store data?", (
        _facts("a store, as a database with one writer", software="a store",
               state_class="stateful", herd="primary_replica", identity_weight=1.0),
        _facts("one that keeps nothing, as a web server", software="a web server",
               state_class="stateless", herd="herd", identity_weight=1.0),
    )),
    Question("controller_kind", "What would recreate it if it were gone?", (
        _facts("nothing", controller_kind="none", group_size=1, group_wanted=1),
        _facts("a Deployment of three", controller_kind="deployment", group_size=3,
               group_wanted=3),
        _facts("a StatefulSet of three", controller_kind="statefulset", group_size=3,
               group_wanted=3),
    ), topic="group", boxes=True),
    Question("controller_kind", "What would recreate it if it were gone?", (
        _facts("nothing", controller_kind="none", group_size=1, group_wanted=1),
        _facts("a scaling group", controller_kind="autoscaling"),
    ), topic="group", boxes=False),
    *[Question(fact, "How many instances of it are there, and how many should there be?", (
        _facts("one", group_size=1, group_wanted=1, group_running=1),
        _facts("three", group_size=3, group_wanted=3, group_running=3),
        _facts("six", group_size=6, group_wanted=6, group_running=6),
    ), topic="group") for fact in ("group_size", "group_wanted", "group_running")],
    Question("tags_known", "What does its owner say: does it keep state, may it be evicted?", (
        _tagged("it keeps state", stateful="true"),
        _tagged("it keeps none, and may be evicted",
                **{"stateless": "true", "safe-to-evict": "true"}),
        _tagged("nothing"),
    )),
    Question("env_known", "Which variables is it given: a password, the address of a store?", (
        _given("a password of its own", "ADMIN_PASSWORD"),
        _given("the address of a store elsewhere", "DATABASE_URL"),
        _given("neither"),
    ), boxes=True),
    Question("port_count", "On which ports does it listen?", (
        _listens("on that of a database", "5432/tcp"),
        _listens("on those of HTTP only", "80/tcp"),
    )),
    Question("written_bytes", "How much did it write beside its mounts since it was made?", (
        _facts("1 GB", written_bytes=1_000_000_000),
        _facts("less than 10 MB", written_bytes=0),
    ), boxes=True),
    Question("read_only_root", "Can it write to its root file system?", (
        _facts("no", read_only_root=True), _facts("yes", read_only_root=False),
    ), boxes=True),
    Question("declared_count", "Does its image declare paths as data?", (
        _facts("yes", declared_count=1, declared_text="a path"),
        _facts("no", declared_count=0),
    ), boxes=True),
    Question("image_published", "Is its image in a registry, to be pulled again?", (
        _facts("yes", image_published=True), _facts("no", image_published=False),
    ), topic="image"),
    Question("image_traced", "Which image was its image built from?", (
        _facts("a known one", image_traced=True), _facts("nobody knows", image_traced=False),
    ), topic="image"),
    *[Question(fact, "Which image does it run, and how many others run the same?", (
        _facts("three siblings run it", same_image=3, fleet_same_image=3),
        _facts("no other", same_image=1, fleet_same_image=1),
    ), topic="image") for fact in ("same_image", "fleet_same_image")],
    Question("drift", "By how many packages does it differ from its siblings?", (
        _facts("ten", drift=10), _facts("none", drift=0),
    )),
    Question("uptime_days", "Since when does it run without a restart?", (
        _facts("for two years", uptime_days=730), _facts("since today", uptime_days=0),
    )),
    Question("callers", "How many other workloads call it or stop working without it?", (
        _facts("30", callers=30), _facts("none", callers=0),
    )),
    Question("guests", "How many workloads run on it, and do they keep data on its disks?", (
        _facts("30, one with data", guests=30, guests_with_data=1, guest_data="a volume"),
        _facts("none", guests=0, guests_with_data=0),
    ), boxes=False),
    Question("health_check", "How is its health checked?", (
        _facts("by a command in it", health_check="command"),
        _facts("over HTTP", health_check="http"),
    ), boxes=True),
    Question("protected", "Is it protected against termination?", (
        _facts("yes", protected=True), _facts("no", protected=False),
    )),
    Question("ephemeral", "Is it removed when it stops, or does it run on spot capacity?", (
        _facts("yes", ephemeral=True), _facts("no", ephemeral=False),
    )),
    Question("environment", "Which environment does it belong to?", (
        _facts("production", environment="production", nonproduction=False),
        _facts("test", environment="test", nonproduction=True),
    )),
    Question("zone_members", "How many members of its group are in its zone?", (
        _facts("it alone", zone_members=1), _facts("others too", zone_members=2),
    ), topic="group"),
    Question("stop_grace_seconds", "How long may it take to stop?", (
        _facts("ten minutes", stop_grace_seconds=600.0), _facts("10 s", stop_grace_seconds=10.0),
    )),
    Question("restart_count", "How often did it restart by itself?", (
        _facts("ten times", restart_count=10), _facts("never", restart_count=0),
    )),
    Question("pool_size", "How many healthy members has the pool that it serves in?", (
        _facts("five", pool_size=5), _facts("it is in none", pool_size=0),
    ), topic="group"),
    Question("headless_service", "Do others reach each member by a name of its own?", (
        _facts("yes", headless_service="a service"), _facts("no"),
    ), topic="names", boxes=True, cluster=True),
    Question("stable_name", "Does whoever takes its place answer to its name?", (
        _facts("yes", stable_name="a name"), _facts("no"),
    ), topic="names", boxes=True, cluster=True),
    Question("told_own_name", "Is it told its own name, as members of clusters are?", (
        _facts("yes", told_own_name=True), _facts("no", told_own_name=False),
    ), topic="names", boxes=True, cluster=True),
    Question("sticky_known", "Do clients stick to one instance?", (
        _facts("yes", sticky_known=True, sticky_said="a cookie"),
        _facts("no", sticky_known=True),
    )),
    Question("service_count", "For how many services does it answer?", (
        _facts("four", service_count=4), _facts("one", service_count=1),
    )),
    Question("lives_known", "How did those before it fare that were replaced?", (
        _facts("they lived for days, and ended well", lives_known=True, ended=10,
               ended_short=10, ended_badly=0),
        _facts("none was replaced", lives_known=True, ended=0, ended_short=0, ended_badly=0),
    )),
    Question("max_replicas", "Does an autoscaler decide how many there are?", (
        _facts("yes, from two to ten", min_replicas=2, max_replicas=10),
        _facts("no", min_replicas=1, max_replicas=1),
    ), topic="group"),
    Question("start_order", "Must its replicas start one after the other?", (
        _facts("yes", start_order="ordered"), _facts("no"),
    ), topic="group", boxes=True, cluster=True),
    Question("kept_disks", "Does its group keep the disks of each member?", (
        _facts("yes", kept_disks=1), _facts("no", kept_disks=0),
    ), topic="disks"),
    Question("stop_hook", "Does it do something of its own before it stops?", (
        _facts("yes", stop_hook=True), _facts("no", stop_hook=False),
    ), boxes=True),
    Question("init_commands_known", "Does a step before its start prepare a volume?", (
        _facts("yes", init_commands_known=True, init_chown="chown"),
        _facts("no", init_commands_known=True),
    ), boxes=True, cluster=True),
    Question("devices_known", "Does it hold hardware, as a card or a dongle?", (
        _facts("yes", devices_known=True, device="a device"), _facts("no", devices_known=True),
    )),
    Question("pinned_to_known", "Is it tied to certain hosts?", (
        _facts("yes", pinned_to_known=True, pin="a host"), _facts("no", pinned_to_known=True),
    )),
    Question("fixed_ips_known", "Is an address kept for it?", (
        _facts("yes", fixed_ips_known=True, fixed_ip="an address"),
        _facts("no", fixed_ips_known=True),
    )),
    Question("failover", "Is it started before others when its host fails?", (
        _facts("yes", failover="restart_first"), _facts("no", failover="restart"),
    ), boxes=False),
    Question("snapshots", "Did people take snapshots of it?", (
        _facts("yes", snapshots=1), _facts("no", snapshots=0),
    )),
    Question("backed_up", "Is it backed up?", (
        _facts("yes", backed_up=True), _facts("no", backed_up=False),
    )),
    Question("managed_known", "Is its configuration managed, as by Ansible?", (
        _facts("yes", managed_known=True, managed_by="a manager"),
        _facts("no", managed_known=True),
    )),
    Question("name_siblings", "What is it called, and how many are called alike?", (
        _facts("by a number, like four others", name_siblings=5),
        _facts("by a name of its own", name_siblings=1),
    )),
)
COVERED = {"state_class": "software", "herd": "software", "named_like": "software",
           "durable_mounts": "mounts_known", "shared_disks": "mounts_known"}
"""Facts that are learned with another."""
