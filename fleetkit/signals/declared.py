"""What owners say themselves, by tags and marks: research note C.4 rows 47, 55, 58, 60 to 66."""

from typing import Literal

import narwhals as nw

from fleetkit.plugins import Signal

_SAYS = "the owner's own word"


def _tag(
    name: str, column: str, about: tuple[Literal["state", "uniqueness", "disposability"], str],
    weight: float, start: str,
) -> Signal:
    """A signal that speaks wherever the tag is there."""
    axis, family = about
    return Signal(
        name=name, doc=_SAYS, axis=axis, family=family, needs=("tags_known",), most=abs(weight),
        weight=nw.when(~nw.col(column).is_null()).then(nw.lit(weight)),
        reason=nw.concat_str([nw.lit(start), nw.col(column)]),
    )


stateful = _tag("tag_says", "tag_stateful", ("state", "declared"), 2.0, "tagged ")
stateless = _tag("tag_says_not", "tag_stateless", ("state", "declared"), -2.0, "tagged ")
backup = _tag("backup_policy", "tag_backup", ("state", "backup"), 1.3, "is in backup plan ")


def _sticky(axis: Literal["state", "disposability"], weight: float, start: str) -> Signal:
    return Signal(
        name="sticky_sessions", doc="by its own tags, or by the service that it answers for",
        axis=axis, family="sticky", needs=("sticky_known",), most=abs(weight),
        weight=nw.when(~nw.col("sticky_said").is_null()).then(nw.lit(weight)),
        reason=nw.concat_str([nw.lit(start), nw.col("sticky_said").str.head(80)]),
    )


sticky = _sticky("state", 0.9, "clients are pinned to its instances: ")
sticky_stop = _sticky("disposability", -0.5, "its clients would lose their sessions: ")
license_bound = _tag("license_bound", "tag_license", ("uniqueness", "bound"), 1.5,
                     "its licence is bound to it: ")
managed = Signal(
    name="config_managed", doc="by its tags, or by a package of the manager",
    axis="uniqueness", family="managed", needs=("managed_known",), most=0.4,
    weight=nw.when(~nw.col("managed_by").is_null()).then(nw.lit(-0.4)),
    reason=nw.concat_str([nw.lit("its configuration is managed by "), nw.col("managed_by")]),
)
leader = _tag("leader_role", "tag_leader", ("disposability", "membership"), -1.5,
              "currently leads: ")
keep = Signal(
    name="no_evict_mark",
    doc=_SAYS,
    axis="disposability", family="marks", needs=("tags_known",), most=2.0,
    weight=nw.when(~nw.col("tag_keep").is_null()).then(nw.lit(-2.0)),
    reason=nw.concat_str([nw.lit("its owner asked not to evict it: "), nw.col("tag_keep")]),
)
protected = Signal(
    name="termination_protected",
    doc="a mark against eviction in another form",
    axis="disposability", family="marks", needs=("protected",), most=2.0,
    weight=nw.when(nw.col("protected")).then(nw.lit(-2.0)),
    reason=nw.lit("it is protected against termination"),
)
evict = _tag("evict_ok_mark", "tag_evict", ("disposability", "marks"), 1.5,
             "its owner says that eviction is fine: ")
ephemeral = Signal(
    name="ephemeral",
    doc="spot capacity, or removed when it stops",
    axis="disposability", family="marks", needs=("ephemeral",), most=1.5,
    weight=nw.when(nw.col("ephemeral")).then(nw.lit(1.5)),
    reason=nw.lit("made to go: it is removed when it stops, or runs on spot capacity"),
)
nonproduction = Signal(
    name="env_nonprod",
    doc="less is lost outside production",
    axis="disposability", family="environment", needs=("environment",), most=0.6,
    weight=nw.when(nw.col("nonproduction")).then(nw.lit(0.6)),
    reason=nw.concat_str([nw.lit("its environment is "), nw.col("environment").str.head(80)]),
)
nonproduction_tag = Signal(
    name="env_nonprod_tag",
    doc="less is lost outside production",
    axis="disposability", family="environment", needs=("tags_known",), most=0.6,
    weight=nw.when(~nw.col("tag_nonprod").is_null() & nw.col("environment").is_null()).then(
        nw.lit(0.6)),
    reason=nw.concat_str([nw.lit("its tags say that it is "), nw.col("tag_nonprod")]),
)

SIGNALS = (
    stateful, stateless, backup, sticky, sticky_stop, license_bound, managed, leader, keep,
    protected, evict, ephemeral, nonproduction, nonproduction_tag,
)
