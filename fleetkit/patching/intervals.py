"""Intervals: what advisories say, as one frame that any engine can join with versions.

Each row holds the versions from `lo` up to, not with, `hi`. Both are hexadecimal keys that compare
as text, so that "is it affected" is `lo <= key and key < hi`, in every engine alike.
Source: OSV schema 1.7.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.patching.flaws import Flaws
from fleetkit.patching.gathering import Gathered, gather
from fleetkit.plugins import Affected, Problem
from fleetkit.schema import Column, Table

HINTS = ("unimportant", "end_of_life", "will_not_fix", "not_security", "uncomparable")
HI_KINDS = ("fixed", "last_affected", "limit", "open", "exact", "not_affected")

INTERVALS = Table(
    name="intervals",
    doc="one row per record, package, release and unbroken stretch of affected versions",
    key=("osv_id", "ecosystem", "release", "channel", "package", "module", "lo", "exact_version"),
    columns=(
        Column("osv_id", "text", "record"),
        Column("group_id", "text", "the flaw, whatever the record: CVE first"),
        Column("aliases", "texts", "other names of the flaw"),
        Column("ecosystem", "text", "named as in OSV, without release"),
        Column("release", "text", "release; NA means all"),
        Column("channel", "text", "line of fixes for enrolled machines; NA is everyone's"),
        Column("package", "text", "name as it is compared"),
        Column("name_kind", "text", "what the name is", choices=("source", "binary", "either")),
        Column("module", "text", "rpm module stream; * is some module, empty is none"),
        Column("lo", "text", "key of the first affected version; NA where it has none"),
        Column("hi", "text", "key of the first version above; NA where it has none"),
        Column("hi_kind", "text", "what ends the stretch", choices=HI_KINDS),
        Column("introduced", "text", "first affected version"),
        Column("fixed_version", "text", "first version without the flaw; NA where there is none"),
        Column("exact_version", "text", "the one version meant, as text"),
        Column("status_hint", "text", "what the record says beside the range", choices=HINTS),
        Column("severity", "text", "as the record words it"),
        Column("severity_type", "text", "kind of the score"),
        Column("severity_score", "text", "CVSS vector"),
        Column("published", "time", "when the record was published", "UTC"),
        Column("modified", "time", "last change of the record", "UTC"),
        Column("withdrawn", "time", "when the record is withdrawn; NA if it is not", "UTC"),
        Column("where", "text", "file, and line or entry of it"),
    ),
)


def intervals(affected: Iterable[Affected]) -> pd.DataFrame:
    """The intervals of the rows, sorted by record; entries on one package are united.

    A record whose range cannot be ordered has a row without keys, hinted as uncomparable; one that
    says "not affected" has a row too, so that an answer can name it.
    """
    problems: list[Problem] = []
    return join([gather(affected, problems.append)])


def join(feeds: Sequence[Gathered], now: datetime | None = None) -> pd.DataFrame:
    """The intervals of all feeds, sorted by `INTERVALS.key`.

    Of several records of one id the newest counts; of equally new ones that of the last feed.

    Args:
        feeds: what each feed states.
        now: records that were withdrawn until then are left out; without it, none is.
    """
    if not feeds:
        return INTERVALS.empty()
    records = pa.concat_tables([feed.records for feed in feeds])
    if len(feeds) == 1 and (count := _first(records, now)) is not None:
        numbers = feeds[0].spans["record"].to_numpy()
        records = records.slice(0, count)
        spans = feeds[0].spans.slice(0, int(np.searchsorted(numbers, count)))
    else:
        kept = _newest(records, now)
        spans = _renumbered(feeds, kept)
        records = records.take(pa.array(kept))
    records = _grouped(records, spans["record"])
    said = records.take(spans["record"])
    columns = {
        name: (spans if name in spans.column_names else said)[name] for name in INTERVALS.names
    }
    return INTERVALS.from_arrow(pa.table(columns))


def _first(records: pa.Table, now: datetime | None) -> int | None:
    """How many records of one feed hold, if all others stand behind them: nothing is copied."""
    count: int = records["withdrawn"].null_count
    return count if _past(records, now)[count:].all() else None


def _past(records: pa.Table, now: datetime | None) -> np.ndarray:
    """Which records are withdrawn."""
    withdrawn = records["withdrawn"]
    limit = pa.scalar(now, withdrawn.type)
    past: np.ndarray = pc.fill_null(pc.less_equal(withdrawn, limit), False).to_numpy()
    return past


def _newest(records: pa.Table, now: datetime | None) -> np.ndarray:
    """The row of each id's newest record, sorted by id; not where that is withdrawn."""
    frame: Any = pl.from_arrow(records.select(["osv_id", "modified"]))
    ordered = frame.with_row_index("row").sort(["osv_id", "modified"], maintain_order=True)
    newest = ordered.unique("osv_id", keep="last", maintain_order=True)["row"].to_numpy()
    rows: np.ndarray = newest[~_past(records, now)[newest]].astype(np.int64)
    return rows


def _renumbered(feeds: Sequence[Gathered], kept: np.ndarray) -> pa.Table:
    """The spans of the kept records, each numbered by the place of its record among them."""
    counts = [len(feed.records) for feed in feeds]
    places = np.full(sum(counts), -1, dtype=np.int32)
    places[kept] = np.arange(len(kept), dtype=np.int32)
    starts = np.cumsum([0, *counts[:-1]])
    numbers = np.concatenate([
        places[feed.spans["record"].to_numpy() + start]
        for feed, start in zip(feeds, starts, strict=True)
    ])
    found = pa.concat_tables([feed.spans for feed in feeds])
    order = np.argsort(numbers, kind="stable")
    order = order[np.searchsorted(numbers[order], 0):]
    return found.set_column(0, "record", pa.array(numbers)).take(pa.array(order))


def _grouped(records: pa.Table, spoken: pa.ChunkedArray) -> pa.Table:
    """The records with flaw and names as all together tell: `aliases` are those of the flaw.

    Only records with aliases, and those that an alias names, say more together than alone.
    """
    given = records["aliases"]
    named = pc.is_in(records["osv_id"], pc.unique(pc.list_flatten(given)).cast(pa.large_string()))
    tied = pc.or_(named, pc.greater(pc.list_value_length(given), 0)).to_numpy()
    tied &= np.bincount(spoken.to_numpy(), minlength=len(records)) > 0
    where = np.flatnonzero(tied)
    part = records.take(pa.array(where)).select(["osv_id", "aliases", "upstream"]).to_pydict()
    ids = part["osv_id"]
    flaws = Flaws(dict(zip(ids, part["aliases"], strict=True)),
                  dict(zip(ids, part["upstream"], strict=True)))
    told: dict[str, list[Any]] = {
        "group_id": [flaws.group(name) for name in ids],
        "aliases": [flaws.others(name) for name in ids],
    }
    alone = {"group_id": records["group_id"], "aliases": records["names"]}
    for name, cells in told.items():
        column = _replaced(alone[name], where, cells) if cells else alone[name]
        records = records.set_column(records.schema.get_field_index(name), name, column)
    return records


def _replaced(column: pa.ChunkedArray, where: np.ndarray, cells: list[Any]) -> pa.ChunkedArray:
    order = np.arange(len(column))
    order[where] = len(column) + np.arange(len(where))
    both = pa.chunked_array([*column.chunks, pa.array(cells, column.type)])
    return both.take(pa.array(order))
