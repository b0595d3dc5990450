"""Ports, variables, callers and guests: research note C.4 rows 22 and 43 to 46."""

import narwhals as nw

from fleetkit.plugins import Signal

_BOXES = ("container", "task")
_PORTS, _HTTP = nw.col("port_count"), nw.col("http_ports")

password = Signal(
    name="secret_password_env",
    doc="measured: +1.09 and +1.08 in two chart catalogues; names only, never values",
    axis="state", family="credentials", needs=("env_known",), most=1.0, kinds=_BOXES,
    weight=nw.when(~nw.col("password_name").is_null()).then(nw.lit(1.0)),
    reason=nw.concat_str([nw.lit("expects credentials of its own: variable "),
                          nw.col("password_name").str.head(80)]),
)
data_port = Signal(
    name="open_data_port",
    doc="a port that only stores use; weak alone",
    axis="state", family="ports", needs=("port_count",), most=0.8,
    weight=nw.when(~nw.col("data_port").is_null()).then(nw.lit(0.8)),
    reason=nw.concat_str([nw.lit("listens on "), nw.col("data_port")]),
)
http = Signal(
    name="only_http_ports",
    doc="what only serves HTTP rarely stores",
    axis="state", family="ports", needs=("port_count",), most=0.5,
    weight=nw.when((_PORTS > 0) & (_PORTS == _HTTP)).then(nw.lit(-0.5)),
    reason=nw.lit("serves only HTTP ports"),
)
store = Signal(
    name="outbound_to_store",
    doc="who names a store keeps its data there",
    axis="state", family="outbound", needs=("env_known",), most=0.7, kinds=_BOXES,
    weight=nw.when(~nw.col("store_name").is_null() | ~nw.col("store_called").is_null()).then(
        nw.lit(-0.7)),
    reason=nw.when(~nw.col("store_called").is_null()).then(nw.concat_str([
        nw.lit("keeps its data elsewhere: calls "), nw.col("store_called")]),
    ).otherwise(nw.concat_str([
        nw.lit("keeps its data elsewhere: variable "), nw.col("store_name").str.head(80)])),
)
fan_in = Signal(
    name="fan_in_high",
    doc="many others stop working without it",
    axis="disposability", family="callers", needs=("callers",), most=1.0,
    weight=nw.when(nw.col("callers") > 20).then(nw.lit(-1.0))
    .when(nw.col("callers") > 5).then(nw.lit(-0.5)),
    reason=nw.concat_str([nw.col("callers").cast(nw.String), nw.lit(" workloads call it")]),
)
guests = Signal(
    name="host_of_many",
    doc="its guests stop with it; sized as callers are",
    axis="disposability", family="callers", needs=("guests",), most=1.0, kinds=("vm",),
    weight=nw.when(nw.col("guests") > 20).then(nw.lit(-1.0))
    .when(nw.col("guests") > 5).then(nw.lit(-0.5)),
    reason=nw.concat_str([nw.col("guests").cast(nw.String), nw.lit(" workloads run on it")]),
)
guest_data = Signal(
    name="host_of_data",
    doc="volumes of its guests are on its disks; sized as named_volume",
    axis="state", family="storage", needs=("guests",), most=1.8, kinds=("vm",),
    weight=nw.when(nw.col("guests_with_data") > 0).then(nw.lit(1.8)),
    reason=nw.concat_str([
        nw.col("guests_with_data").cast(nw.String),
        nw.lit(" of its guests keep data on its disks, as "), nw.col("guest_data")]),
)

SIGNALS = (password, data_port, http, store, fan_in, guests, guest_data)
