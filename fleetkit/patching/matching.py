"""Matching: which records say what about which installed builds.

Written over Narwhals: the frames may be of pandas, Polars, DuckDB or Spark, and the answer is of
the same kind. Versions are compared as text of their keys; no engine needs to know their rules.
"""

from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrameT

from fleetkit.patching.sweep import TOP

_NAMES = ("ecosystem", "name_kind", "name")
THING_COLUMNS = ("thing_id", "ecosystem", "release", "name_kind", "name", "module", "version",
                 "key")
INTERVAL_COLUMNS = ("interval_id", "ecosystem", "release", "name_kind", "name", "module", "lo",
                    "hi", "hi_kind", "exact_version")


def match(things: IntoFrameT, intervals: IntoFrameT) -> IntoFrameT:
    """One row per installed build and interval about it: `thing_id, interval_id, status`.

    Args:
        things: `THING_COLUMNS`; one row per distinct build. `key` is NA where no rule orders it.
        intervals: `INTERVAL_COLUMNS`; a release of NA is about all releases.

    Status: vulnerable_fix_available, vulnerable_no_fix, fixed (at or above a fix), not_affected
    (outside for another reason), uncomparable (a version on either side has no key).
    """
    left: nw.LazyFrame[Any] = nw.from_native(things)
    right: nw.LazyFrame[Any] = nw.from_native(intervals)
    here = left.filter(~nw.col("release").is_null()).join(
        right.filter(~nw.col("release").is_null()), on=[*_NAMES, "release"], suffix="_interval"
    )
    anywhere = left.join(
        right.filter(nw.col("release").is_null()).drop("release"), on=list(_NAMES),
        suffix="_interval",
    )
    judged = [
        part.filter(_same_module()).with_columns(status=_status())
        .select("thing_id", "interval_id", "status")
        for part in (here, anywhere)
    ]
    answer: IntoFrameT = nw.concat(judged, how="vertical").to_native()
    return answer


def _same_module() -> nw.Expr:
    """Builds of different rpm modules, or inside and outside of one, are different packages."""
    mine, its = nw.col("module"), nw.col("module_interval")
    some = ((mine == "*") & (its != "")) | ((its == "*") & (mine != ""))
    return (mine == its) | some


def _status() -> nw.Expr:
    key, lo, hi, kind = (nw.col(name) for name in ("key", "lo", "hi", "hi_kind"))
    named = nw.col("exact_version")
    within = ((lo <= key) & (key < hi)).fill_null(False)
    all_versions = ((lo == "") & (hi == TOP)).fill_null(False)
    inside = within | all_versions | (named == nw.col("version")).fill_null(False)
    orderless = (key.is_null() | lo.is_null()) & named.is_null() & (kind != "not_affected")
    passed = (kind == "fixed") & (key >= hi).fill_null(False)
    words = (
        (inside & (kind == "fixed"), "vulnerable_fix_available"),
        (inside, "vulnerable_no_fix"),
        (orderless, "uncomparable"),
        (passed, "fixed"),
    )
    status: nw.Expr = nw.lit("not_affected")
    for condition, word in reversed(words):
        status = nw.when(condition).then(nw.lit(word)).otherwise(status)
    return status
