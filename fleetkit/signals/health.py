"""How it is checked, stopped and restarted: research note C.4 rows 23, 25 and 39."""

import narwhals as nw

from fleetkit.plugins import Signal

_GRACE = nw.col("stop_grace_seconds")

probe = Signal(
    name="command_probe",
    doc="measured: +0.45 and +1.15 in two chart catalogues; an engine alone knows no other check",
    axis="state", family="probe", needs=("health_check", "controller_kind"), most=0.7,
    weight=nw.when(
        (nw.col("health_check") == "command")
        & ~nw.col("controller_kind").is_in(["none", "compose", "swarm", "unknown"])
    ).then(nw.lit(0.7)),
    reason=nw.lit("its health is checked by a command, not over HTTP"),
)
grace = Signal(
    name="long_grace",
    doc="what needs long to stop has something to put in order",
    axis="disposability", family="stop", needs=("stop_grace_seconds",), most=1.0,
    weight=nw.when(_GRACE > 300).then(nw.lit(-1.0)).when(_GRACE > 60).then(nw.lit(-0.5)),
    reason=nw.concat_str([
        nw.lit("asks for "), _GRACE.clip(0.0, 1e9).floor().cast(nw.Int64).cast(nw.String),
        nw.lit(" s to stop")]),
)
restarts = Signal(
    name="restart_loops",
    doc="recovery of what restarts often is unproven",
    axis="disposability", family="restarts", needs=("restart_count",), most=0.3,
    weight=nw.when(nw.col("restart_count") >= 5).then(nw.lit(-0.3)),
    reason=nw.concat_str([
        nw.lit("restarted "), nw.col("restart_count").cast(nw.String), nw.lit(" times")]),
)

SIGNALS = (probe, grace, restarts)
