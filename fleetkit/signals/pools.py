"""What it answers for: research note C.4 rows 48 and 68, and headless services, C.3."""

import narwhals as nw

from fleetkit.plugins import Signal

_SIZE = nw.col("pool_size")
_POOL = nw.concat_str([nw.lit("one of "), _SIZE.cast(nw.String), nw.lit(" healthy members of "),
                       nw.col("pool_name").str.head(80)])

pool = Signal(
    name="behind_lb_pool",
    doc="clients take any of three or more",
    axis="uniqueness", family="control", needs=("pool_size",), most=0.8,
    weight=nw.when(_SIZE >= 3).then(nw.lit(-0.8)), reason=_POOL,
)
pool_stop = Signal(
    name="behind_lb_pool",
    doc="the others take over",
    axis="disposability", family="pool", needs=("pool_size",), most=0.6,
    weight=nw.when(_SIZE >= 3).then(nw.lit(0.6)), reason=_POOL,
)
headless = Signal(
    name="headless_service",
    doc="measured: +0.07 and +0.62 in two chart catalogues; another way to see stable names",
    axis="state", family="controller", needs=("headless_service",), most=0.3,
    weight=nw.when(~nw.col("headless_service").is_null()).then(nw.lit(0.3)),
    reason=nw.concat_str([nw.lit("clients choose among its members by the headless service "),
                          nw.col("headless_service").str.head(80)]),
)
several = Signal(
    name="multi_service_host",
    doc="no image holds such a mixture; a host of containers is no mixture itself",
    axis="uniqueness", family="build", needs=("service_count",), most=0.6,
    kinds=("vm",),
    weight=nw.when((nw.col("service_count") >= 3) & nw.col("guests").is_null()).then(nw.lit(0.6)),
    reason=nw.concat_str([nw.lit("answers for "), nw.col("service_count").cast(nw.String),
                          nw.lit(" different services")]),
)

SIGNALS = (pool, pool_stop, headless, several)
