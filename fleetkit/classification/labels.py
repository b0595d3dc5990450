"""Scores -> labels: pet, cattle or unsure, with the three strongest reasons."""

import narwhals as nw

from fleetkit.classification.engines import Frame, widened
from fleetkit.classification.scoring import PLACES
from fleetkit.odds import CERTAIN, DECIDED, ENOUGH


def labels(wide: Frame, spoken: Frame) -> Frame:
    """One row per workload.

    State decides first: who keeps data is a pet, alone or in a herd, because its data must be
    moved. Who keeps none is cattle, unless it is certain that nothing else could take its place:
    a pet by accident. An undecided state is unsure. The quadrant needs both axes decided: it tells
    the pet from the stateful herd, and the snowflake from cattle.
    """
    decided = wide.with_columns(
        stateful=_side("state", 1), stateless=_side("state", -1),
        unique=_side("uniqueness", 1), herded=_side("uniqueness", -1),
    )
    judged = decided.select(
        "workload_id", label=_label(), quadrant=_quadrant(),
        p_state=_chance("state"), p_unique=_chance("uniqueness"),
        p_disposable=_chance("disposability"),
        state_score="state_score", uniqueness_score="uniqueness_score",
        disposability_score="disposability_score", prize_bull=_prize_bull(),
        software="software", role="role", coverage=_rounded(_coverage()),
    )
    for number, name in enumerate(PLACES, start=1):
        reasons = spoken.filter(nw.col("place") == number).select(
            "workload_id", nw.col("reason").alias(name))
        judged = widened(judged, reasons, "workload_id")
    why = nw.concat_str([nw.col(name) for name in PLACES], separator="; ", ignore_nulls=True)
    return judged.with_columns(why=nw.when(~nw.col("first").is_null()).then(why)).drop(*PLACES)


def _side(axis: str, sign: int) -> nw.Expr:
    return (nw.col(f"{axis}_score") * sign > DECIDED) & (nw.col(f"{axis}_coverage") > ENOUGH)


def _label() -> nw.Expr:
    accidental = nw.col("stateless") & nw.col("unique") & (nw.col("uniqueness_score") > CERTAIN)
    return (
        nw.when(nw.col("stateful") | accidental).then(nw.lit("pet"))
        .when(nw.col("stateless")).then(nw.lit("cattle")).otherwise(nw.lit("unsure"))
    )


def _quadrant() -> nw.Expr:
    stateful, stateless = nw.col("stateful"), nw.col("stateless")
    unique, herded = nw.col("unique"), nw.col("herded")
    return (
        nw.when(stateful & unique).then(nw.lit("pet"))
        .when(stateful & herded).then(nw.lit("stateful_herd"))
        .when(stateless & unique).then(nw.lit("snowflake"))
        .when(stateless & herded).then(nw.lit("cattle")).otherwise(nw.lit("unsure"))
    )


def _prize_bull() -> nw.Expr:
    """A member of a group of two or more not to be stopped now; NA if no group is known."""
    needed = nw.col("disposability_score") < -DECIDED
    member = (nw.col("group_size") >= 2) & ~nw.col("unique")
    return nw.when(~nw.col("group_size").is_null()).then(member & needed)


def _chance(axis: str) -> nw.Expr:
    score = nw.col(f"{axis}_score")
    return _rounded(1.0 / (1.0 + (-score).exp()))


def _coverage() -> nw.Expr:
    """The lesser of the two axes that the label stands on."""
    return nw.min_horizontal("state_coverage", "uniqueness_coverage")


def _rounded(amount: nw.Expr) -> nw.Expr:
    """Six digits: engines differ in the last bit of exp."""
    return (amount * 1e6 + 0.5).floor() / 1e6
