"""What the software is known to be: catalogue of software, research note C.4 rows 1 to 5."""

import narwhals as nw

from fleetkit.plugins import Signal

_SURE = nw.col("identity_weight")
_CLASS = nw.col("state_class")
_HERD = nw.col("herd")
_SEEN = nw.concat_str([nw.lit(" ("), nw.col("identity_seen"), nw.lit(")")])
_FOR, _AGAINST = ~nw.col("setting_for").is_null(), ~nw.col("setting_against").is_null()
_UNSEEN = ~_FOR & ~_AGAINST & ~nw.col("settings_known").is_null()
_UNHELD = (
    (nw.col("durable_mounts") == 0) & (nw.col("anonymous_mounts") == 0) & ~_FOR
)
_WHERE = nw.coalesce("state_path", nw.lit("its data directory"))

stateful = Signal(
    name="identity_stateful",
    doc="software that stores data",
    axis="state", family="identity", needs=("software",), most=2.2,
    weight=nw.when(_CLASS == "stateful").then(2.2 * _SURE),
    reason=nw.when(_UNHELD).then(nw.concat_str([
        nw.col("software"), _SEEN, nw.lit(" is known to store data in "), _WHERE,
        nw.lit(", where nothing is mounted: a new container would start empty")]),
    ).otherwise(nw.concat_str([
        nw.col("software"), _SEEN, nw.lit(" is known to store data in "), _WHERE])),
)
stateless = Signal(
    name="identity_stateless",
    doc="software that keeps nothing between restarts",
    axis="state", family="identity", needs=("software",), most=1.6,
    weight=nw.when(_CLASS == "stateless").then(-1.6 * _SURE),
    reason=nw.concat_str([
        nw.col("software"), _SEEN, nw.lit(" normally keeps nothing between restarts")]),
)
depends = Signal(
    name="identity_depends",
    doc="software whose configuration decides where its state is; unseen conditions say little",
    axis="state", family="identity", needs=("software",), most=2.2,
    weight=nw.when(_CLASS == "depends").then(_SURE * (
        nw.when(_FOR & ~_AGAINST).then(nw.lit(2.2)).when(_AGAINST & ~_FOR).then(nw.lit(-1.6))
        .when(_UNSEEN).then(nw.lit(-0.5)).otherwise(nw.lit(0.5)))),
    reason=nw.concat_str([
        nw.col("software"), _SEEN, nw.lit(" keeps state only if configured to; "),
        nw.when(_FOR & _AGAINST).then(nw.concat_str([
            nw.lit("seen for it: "), nw.col("setting_for"), nw.lit(", against it: "),
            nw.col("setting_against")]))
        .when(_FOR).then(nw.concat_str([nw.lit("seen: "), nw.col("setting_for")]))
        .when(_AGAINST).then(nw.concat_str([
            nw.lit("its state is elsewhere: "), nw.col("setting_against")]))
        .when(_UNSEEN).then(nw.lit("no such setting or mount is seen"))
        .otherwise(nw.lit("its configuration is not known")),
    ]),
)
peers = Signal(
    name="identity_peer_cluster",
    doc="three or more equal members replicate each other; two are not a herd",
    axis="uniqueness", family="identity", needs=("software", "group_size"), most=1.5,
    weight=nw.when(_HERD.is_in(["peer", "quorum"]) & (nw.col("group_size") >= 3)).then(
        -1.5 * _SURE),
    reason=nw.concat_str([
        nw.col("software"), nw.lit(" replicates between "),
        nw.col("group_size").cast(nw.String), nw.lit(" equal members")]),
)
primary = Signal(
    name="identity_primary_replica",
    doc="one writer, so members are not equal",
    axis="uniqueness", family="identity", needs=("software",), most=1.0,
    weight=nw.when(_HERD == "primary_replica").then(_SURE),
    reason=nw.concat_str([
        nw.col("software"), nw.lit(" has one writer; its members are not equal")]),
)
single = Signal(
    name="identity_single",
    doc="software that runs as one instance; mirrors identity_herd, not measured",
    axis="uniqueness", family="identity", needs=("software",), most=0.8,
    weight=nw.when((_HERD == "single") & (_CLASS != "stateless")).then(0.8 * _SURE),
    reason=nw.concat_str([nw.col("software"), nw.lit(" runs as one instance by design")]),
)
herd = Signal(
    name="identity_herd",
    doc="software whose instances are equal by design; not measured",
    axis="uniqueness", family="identity", needs=("software",), most=0.8,
    weight=nw.when(_HERD.is_in(["herd", "per_node"]) & (_CLASS != "stateful")).then(-0.8 * _SURE),
    reason=nw.concat_str([
        nw.lit("any instance of "), nw.col("software"), nw.lit(" can take the place of another")]),
)

SIGNALS = (stateful, stateless, depends, peers, primary, single, herd)
