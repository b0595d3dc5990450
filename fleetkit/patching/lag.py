"""Lag: who runs an older build than someone else in the same fleet. It needs no advisory.

Written over Narwhals, as `matching`.
"""

from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrameT

SOURCE_COLUMNS = ("source_id", "family_id", "rank", "source_version")


def lag(sources: IntoFrameT) -> IntoFrameT:
    """One row per build: `source_id, builds_behind, newest_version`.

    Args:
        sources: `SOURCE_COLUMNS`; one row per distinct build. Builds of one family (ecosystem,
            release, source package) are compared; `rank` is a number that orders them, NA where
            none can.

    A build without rank has NA in both columns. Builds of equal rank count once.
    """
    frame: nw.LazyFrame[Any] = nw.from_native(sources)
    ranked = frame.filter(~nw.col("rank").is_null()).with_columns(
        builds_behind=nw.col("rank").rank("dense", descending=True).over("family_id")
        .cast(nw.Int64()) - 1
    )
    newest = (
        ranked.filter(nw.col("builds_behind") == 0).group_by("family_id")
        .agg(newest_version=nw.col("source_version").min())
    )
    known = ranked.join(newest, on="family_id", how="left")
    answer: IntoFrameT = (
        frame.select("source_id")
        .join(known.select("source_id", "builds_behind", "newest_version"), on="source_id",
              how="left")
        .to_native()
    )
    return answer
