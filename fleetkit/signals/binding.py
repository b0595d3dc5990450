"""What ties a machine to one place: research note C.4 rows 49 to 51, 53 and 54."""

import narwhals as nw

from fleetkit.plugins import Signal

_FAILOVER = nw.col("failover")
_SNAPSHOTS = nw.col("snapshots")

fixed = Signal(
    name="static_ip_or_dns",
    doc="clients know this one by its address; names that a service gives are not meant",
    axis="uniqueness", family="name", needs=("fixed_ips_known",), most=0.7,
    weight=nw.when(~nw.col("fixed_ip").is_null()).then(nw.lit(0.7)),
    reason=nw.concat_str([nw.lit("clients reach it by an address that is kept for it: "),
                          nw.col("fixed_ip").str.head(80)]),
)
pinned = Signal(
    name="affinity_or_pinning",
    doc="elsewhere it would not run; Forklift warns of the same before a migration",
    axis="uniqueness", family="bound", needs=("pinned_to_known",), most=0.8,
    weight=nw.when(~nw.col("pin").is_null()).then(nw.lit(0.8)),
    reason=nw.concat_str([nw.lit("pinned to certain hosts: "), nw.col("pin").str.head(80)]),
)
device = Signal(
    name="passthrough_device",
    doc="the device does not move with it",
    axis="uniqueness", family="bound", needs=("devices_known",), most=1.5,
    weight=nw.when(~nw.col("device").is_null()).then(nw.lit(1.5)),
    reason=nw.concat_str([nw.lit("bound to a device of its host: "),
                          nw.col("device").str.head(80)]),
)
failover = Signal(
    name="ha_or_ft_enabled",
    doc="operators protect this one; a restart that all machines of a cluster get tells nothing",
    axis="uniqueness", family="care", needs=("failover",), most=0.6, kinds=("vm",),
    weight=nw.when(_FAILOVER.is_in(["fault_tolerant", "restart_first"])).then(nw.lit(0.6)),
    reason=nw.when(_FAILOVER == "fault_tolerant").then(
        nw.lit("operators protect this one: a second one runs in lockstep"),
    ).otherwise(nw.lit("operators protect this one: it is restarted before others")),
)
snapshots = Signal(
    name="snapshots_present",
    doc="somebody wanted to be able to go back",
    axis="uniqueness", family="care", needs=("snapshots",), most=0.4, kinds=("vm",),
    weight=nw.when(_SNAPSHOTS > 0).then(nw.lit(0.4)),
    reason=nw.concat_str([nw.lit("has "), _SNAPSHOTS.cast(nw.String), nw.lit(" snapshots")]),
)
snapshots_state = Signal(
    name="snapshots_present",
    doc="somebody thought that its disks are worth it",
    axis="state", family="backup", needs=("snapshots",), most=0.3, kinds=("vm",),
    weight=nw.when(_SNAPSHOTS > 0).then(nw.lit(0.3)),
    reason=nw.concat_str([nw.lit("its disks were worth "), _SNAPSHOTS.cast(nw.String),
                          nw.lit(" snapshots")]),
)

SIGNALS = (fixed, pinned, device, failover, snapshots, snapshots_state)
