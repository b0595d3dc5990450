"""How it is checked, stopped and restarted: research note C.4 rows 23 to 25 and 39."""

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
hook = Signal(
    name="prestop_hook",
    doc="measured: +1.31 and +0.28 in two chart catalogues",
    axis="state", family="stop", needs=("stop_hook",), most=0.6,
    weight=nw.when(nw.col("stop_hook")).then(nw.lit(0.6)),
    reason=nw.lit("needs an orderly stop: it has a hook that runs before"),
)
hook_stop = Signal(
    name="prestop_hook",
    doc="what needs an orderly stop is not stopped without asking",
    axis="disposability", family="stop", needs=("stop_hook",), most=0.4,
    weight=nw.when(nw.col("stop_hook")).then(nw.lit(-0.4)),
    reason=nw.lit("a hook has to run before it stops"),
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

SIGNALS = (probe, hook, hook_stop, grace, restarts)
