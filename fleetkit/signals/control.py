"""Who would replace it, and how many there are: research note C.4 rows 16 to 20 and 26 to 30.

Names that outlive a replica and an order of start are ways to see the same controller, C.3.
"""

import narwhals as nw

from fleetkit.plugins import Signal

_KIND = nw.col("controller_kind")
_MANY = nw.col("group_wanted")
_BOXES = ("container", "task")


def _named(start: str) -> nw.Expr:
    name = nw.coalesce("controller_name", nw.lit("without a name"))
    return nw.concat_str([nw.lit(start), name.str.head(80)])


statefulset = Signal(
    name="controller_statefulset",
    doc="measured: +2.39 and +1.68 in two chart catalogues",
    axis="state", family="controller", needs=("controller_kind",), most=2.0, kinds=_BOXES,
    weight=nw.when(_KIND == "statefulset").then(nw.lit(2.0)),
    reason=_named("run by the StatefulSet "),
)
deployment = Signal(
    name="controller_deployment",
    doc="measured: -1.06 and -0.36 in two chart catalogues",
    axis="state", family="controller", needs=("controller_kind",), most=0.6, kinds=_BOXES,
    weight=nw.when(_KIND.is_in(["deployment", "replicaset"])).then(nw.lit(-0.6)),
    reason=_named("run by the Deployment "),
)
daemonset = Signal(
    name="controller_daemonset",
    doc="one per node follows its node",
    axis="uniqueness", family="control", needs=("controller_kind",), most=1.0, kinds=_BOXES,
    weight=nw.when(_KIND.is_in(["daemonset", "system"])).then(nw.lit(-1.0)),
    reason=_named("one per node: "),
)
job = Signal(
    name="controller_job",
    doc="work that ends by itself can be run again if it is idempotent",
    axis="disposability", family="job", needs=("controller_kind",), most=1.0,
    weight=nw.when(_KIND.is_in(["job", "cronjob", "batch"])).then(nw.lit(1.0)),
    reason=_named("batch job, which can be rerun if it is idempotent: "),
)
bare = Signal(
    name="bare_instance",
    doc="made by hand, as far as anybody can see",
    axis="uniqueness", family="control", needs=("controller_kind",), most=1.3,
    weight=nw.when(_KIND == "none").then(nw.lit(1.3)),
    reason=nw.lit("no controller would recreate it"),
)
many = Signal(
    name="replicas_many",
    doc="replicas of one recipe; two are not a herd",
    axis="uniqueness", family="control", needs=("group_wanted",), most=1.5,
    weight=nw.when(_MANY > 5).then(nw.lit(-1.5)).when(_MANY >= 3).then(nw.lit(-0.8)),
    reason=nw.concat_str([_MANY.cast(nw.String), nw.lit(" replicas of "),
                          nw.coalesce("controller_name", nw.lit("one controller")).str.head(80)]),
)
one = Signal(
    name="replicas_one",
    doc="its controller keeps one only",
    axis="uniqueness", family="control", needs=("group_wanted", "controller_kind"), most=0.5,
    weight=nw.when((_MANY == 1) & ~_KIND.is_in(["none", "unknown", "daemonset", "system"])).then(
        nw.lit(0.5)),
    reason=_named("the only instance of "),
)
group = Signal(
    name="in_instance_group",
    doc="members of a scaling group are made from one template",
    axis="uniqueness", family="control", needs=("controller_kind",), most=1.5, kinds=("vm",),
    weight=nw.when(_KIND.is_in(["autoscaling", "managed_group"])).then(nw.lit(-1.5)),
    reason=_named("member of the scaling group "),
)
autoscaled = Signal(
    name="autoscaled",
    doc="who is added and taken away by a rule is nobody in particular; says nothing of state",
    axis="uniqueness", family="control", needs=("max_replicas",), most=1.2,
    weight=nw.when((nw.col("max_replicas") > 1) & (
        nw.col("max_replicas") > nw.col("min_replicas").fill_null(0))).then(nw.lit(-1.2)),
    reason=nw.concat_str([
        nw.lit("its count changes by itself, from "),
        nw.coalesce(nw.col("min_replicas").cast(nw.String), nw.lit("?")), nw.lit(" to "),
        nw.col("max_replicas").cast(nw.String)]),
)
stable = Signal(
    name="stable_name",
    doc="measured: a service that names each replica, +2.13 and +1.70 in two chart catalogues",
    axis="state", family="controller", needs=("stable_name",), most=1.9, kinds=_BOXES,
    weight=nw.when(~nw.col("stable_name").is_null()).then(nw.lit(1.9)),
    reason=nw.concat_str([nw.lit("its successor would bear its name, "),
                          nw.col("stable_name").str.head(80)]),
)
ordered = Signal(
    name="start_order",
    doc="measured: an order of start that somebody chose, +2.07 and +1.42 in two chart catalogues",
    axis="state", family="controller", needs=("start_order",), most=1.6, kinds=_BOXES,
    weight=nw.when(~nw.col("start_order").is_null()).then(nw.lit(1.6)),
    reason=nw.concat_str([nw.lit("somebody chose the order in which replicas start: "),
                          nw.col("start_order")]),
)
own_name = Signal(
    name="told_own_name",
    doc="measured: +0.72 and +0.25 in two chart catalogues",
    axis="state", family="controller", needs=("told_own_name",), most=0.4, kinds=_BOXES,
    weight=nw.when(nw.col("told_own_name")).then(nw.lit(0.4)),
    reason=nw.concat_str([nw.lit("is told its own name, as members of clusters are: "),
                          nw.coalesce("name", nw.lit("unnamed")).str.head(80)]),
)

SIGNALS = (statefulset, deployment, daemonset, job, bare, many, one, group, autoscaled, stable,
           ordered, own_name)
