"""What became of its predecessors: research note C.4 rows 37 and 38.

A group that ends by itself, as a batch job does, has no predecessors. Long uptime tells of the
same fact, and a writable layer too of what a recreation loses, so they share families.
"""

import narwhals as nw

from fleetkit.plugins import Signal

_ENDED, _SHORT = nw.col("ended"), nw.col("ended_short")
_VERSIONS, _DAYS = nw.col("versions"), nw.col("version_days")
_BY_MEMBERS = ((_ENDED >= 3) & (_SHORT * 2 > _ENDED)).fill_null(value=False)
_BY_VERSIONS = ((_VERSIONS >= 3) & (_DAYS < 7)).fill_null(value=False)
_LIVED = nw.when(_BY_MEMBERS).then(nw.concat_str([
    _SHORT.cast(nw.String), nw.lit(" of its "), _ENDED.cast(nw.String),
    nw.lit(" predecessors lived for less than a week")]),
).otherwise(nw.concat_str([
    nw.lit("its last "), _VERSIONS.cast(nw.String), nw.lit(" versions lasted "),
    _DAYS.cast(nw.String), nw.lit(" days on average")]))
_WELL_MEMBERS = ((_ENDED >= 3) & (nw.col("ended_badly") == 0)).fill_null(value=False)
_WELL_VERSIONS = ((_VERSIONS >= 4) & nw.col("version_well")).fill_null(value=False)
_WELL = _WELL_MEMBERS | _WELL_VERSIONS
_SURVIVED = nw.concat_str([
    nw.lit("was replaced "), nw.when(_WELL_VERSIONS).then(_VERSIONS - 1).otherwise(_ENDED).cast(
        nw.String), nw.lit(" times without a trace of harm")])
_UNHELD = (nw.col("durable_mounts") == 0) & (nw.col("anonymous_mounts") == 0)

short = Signal(
    name="short_median_life",
    doc="who is replaced every few days is nobody in particular",
    axis="uniqueness", family="uptime", needs=("lives_known",), most=1.2,
    weight=nw.when(_BY_MEMBERS | _BY_VERSIONS).then(nw.lit(-1.2)), reason=_LIVED,
)
short_stop = Signal(
    name="short_median_life",
    doc="it will be stopped soon anyway",
    axis="disposability", family="uptime", needs=("lives_known",), most=1.2,
    weight=nw.when(_BY_MEMBERS | _BY_VERSIONS).then(nw.lit(1.2)), reason=_LIVED,
)
survived = Signal(
    name="survived_recreate",
    doc="what went well three times will go well again",
    axis="disposability", family="uptime", needs=("lives_known",), most=1.5,
    weight=nw.when(_WELL).then(nw.lit(1.5)), reason=_SURVIVED,
)
survived_state = Signal(
    name="survived_recreate",
    doc="it lost nothing, and no volume that could have held it outlived it",
    axis="state", family="layer", needs=("lives_known", "mounts_known"), most=0.8,
    weight=nw.when(_WELL & _UNHELD).then(nw.lit(-0.8)),
    reason=nw.concat_str([_SURVIVED, nw.lit(", with no volume that outlives it")]),
)

SIGNALS = (short, short_stop, survived, survived_state)
