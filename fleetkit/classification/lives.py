"""Facts about predecessors: how often a workload was replaced, how long each lived, how it went.

Two sources: ended members of the same group, and the versions that a controller keeps.
"""

import narwhals as nw

from fleetkit.classification.engines import Frame, widened, with_minutes

ROLLOUT_COLUMNS = (
    "controller_id", "controller_kind", "controller_name", "version", "status", "replicas",
    "healthy", "started_at", "is_moving", "source",
)
_WEEK = 7 * 1440
_ENDS_BY_ITSELF = ("job", "cronjob", "batch")
_KEY = ("source", "controller_kind", "controller_name")


def predecessor_facts(workloads: Frame) -> Frame:
    """Ended members of each running workload's group: how many, short-lived, and failed."""
    lasting = workloads.drop_nulls("group_key").filter(
        nw.col("controlled") & ~nw.col("controller_kind").is_in(list(_ENDS_BY_ITSELF)))
    ended = lasting.filter(
        nw.col("state").is_in(["terminated", "stopped", "failed"]) & (nw.col("lived_minutes") >= 0))
    groups = ended.select(
        "group_key", short=(nw.col("lived_minutes") < _WEEK).cast(nw.Int64),
        broken=(nw.col("state") == "failed").cast(nw.Int64),
    ).group_by("group_key").agg(
        ended=nw.len(), ended_short=nw.col("short").sum(), ended_badly=nw.col("broken").sum(),
    ).with_columns(nw.col("ended", "ended_short", "ended_badly").cast(nw.Int64))
    running = lasting.filter(nw.col("state") == "running").select("workload_id", "group_key")
    return running.join(groups, on="group_key", how="inner").drop("group_key")


def version_facts(workloads: Frame, rollouts: Frame) -> Frame:
    """Versions of each workload's controller: how many, how many days each lasted, how it is now.

    A name that several controllers bear says nothing.
    """
    keyed = rollouts.drop_nulls(["controller_kind", "controller_name"]).with_columns(key=_key())
    current = nw.col("status").is_in(["current", "incoming"])
    plain = keyed.select(
        "key", "controller_id", "started_at",
        wanted=nw.when(current).then("replicas"), well=nw.when(current).then("healthy"),
        moving=nw.col("is_moving").fill_null(value=False).cast(nw.Int64),
    )
    per_key = plain.group_by("key").agg(
        versions=nw.len(), controllers=nw.col("controller_id").n_unique(),
        wanted=nw.col("wanted").sum(), well=nw.col("well").sum(), told=nw.col("well").count(),
        moving=nw.col("moving").max(), first=nw.col("started_at").min(),
        last=nw.col("started_at").max(), dated=nw.col("started_at").count(),
    ).filter(nw.col("controllers") == 1)
    days = nw.when(nw.col("dated") > 1).then(
        nw.col("minutes") // ((nw.col("dated") - 1) * 1440))
    facts = with_minutes(per_key, minutes=("first", "last")).select(
        "key", versions=nw.col("versions").cast(nw.Int64), version_days=days.cast(nw.Int64),
        version_well=nw.when(nw.col("told") > 0).then(
            (nw.col("well") >= nw.col("wanted")) & (nw.col("moving") == 0)),
    )
    asked = workloads.drop_nulls(["controller_kind", "controller_name"]).select(
        "workload_id", key=_key())
    return widened(asked, facts, "key").drop("key").drop_nulls("versions")


def _key() -> nw.Expr:
    return nw.concat_str([nw.col(name).fill_null("") for name in _KEY], separator="|")
