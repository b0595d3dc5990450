"""Times: typed, ISO 8601, as spreadsheets write them, or counted since 1970 in a told unit."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.frame.matching import Match
from fleetkit.spreadsheets.cells import as_time, order_of

_ZONED = r"(?:[zZ]|[-+]\d{2}:?\d{2}|[-+]\d{2}|UTC|GMT)\)?$"
_ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?\s?(?:Z|[-+]\d{2}:?\d{2})?$"
_UTC = pa.timestamp("us", "UTC")
_EARLIEST, _LATEST = pd.Timestamp("1950-01-01", tz="UTC"), pd.Timestamp("2200-01-01", tz="UTC")
_FACTORS = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 0.001}

Note = tuple[str, str, str | None, str, int]


def times(match: Match, cells: pa.Array, zone: Any, notes: list[Note]) -> pa.Array:
    """Times in UTC; those without a zone are of the zone that is given."""
    kind = cells.type
    if pa.types.is_timestamp(kind):
        naive = kind.tz is None
        found = _in_microseconds(cells)
        if naive:
            found = _localized(found, zone)
            _note(match, zone, len(cells) - cells.null_count, notes)
        return _plausible(found)
    if pa.types.is_date(kind):
        _note(match, zone, len(cells) - cells.null_count, notes)
        return _plausible(_localized(_in_microseconds(cells), zone))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _counted(cells, match.unit)
    if not pa.types.is_string(kind):
        return pa.nulls(len(cells), _UTC)
    if match.unit:
        return _counted(_as_numbers(cells), match.unit)
    return _spoken(match, cells, zone, notes)


def _in_microseconds(cells: pa.Array) -> "pd.Series[Any]":
    """The times without their zone, beyond what can be held unknown."""
    try:
        moved = cells.cast(pa.timestamp("us", getattr(cells.type, "tz", None)), safe=False)
    except pa.ArrowInvalid:
        return pd.Series(pd.NaT, index=range(len(cells)), dtype="datetime64[us]")
    raw = moved.cast(pa.timestamp("us"))
    return pd.Series(raw.to_numpy(zero_copy_only=False)).astype("datetime64[us]")


def _localized(naive: "pd.Series[Any]", zone: Any) -> "pd.Series[Any]":
    """Times of a zone in UTC: of an hour that comes twice the second, of a skipped one its end."""
    if str(zone) == "UTC":
        return naive
    inside = naive.where(naive.between(_EARLIEST.tz_localize(None), _LATEST.tz_localize(None)))
    local = inside.dt.tz_localize(
        zone, ambiguous=np.zeros(len(naive), bool), nonexistent="shift_forward")
    return pd.Series(local.dt.tz_convert("UTC").dt.tz_localize(None))


def _plausible(found: "pd.Series[Any]") -> pa.Array:
    """Times within what a fleet can tell of; year 1 and year 9999 stand for nothing."""
    aware = found.dt.tz_localize("UTC")
    return pa.array(aware.where(aware.between(_EARLIEST, _LATEST)), _UTC, from_pandas=True)


def _counted(cells: pa.Array, unit: str | None) -> pa.Array:
    if unit is None:
        return pa.nulls(len(cells), _UTC)
    numbers = pc.multiply(cells.cast(pa.float64(), safe=False), float(_FACTORS[unit]))
    fits = pc.less(pc.abs(numbers), 7.3e15)  # microseconds: some 230 years around 1970
    whole = pc.if_else(fits, numbers, None).cast(pa.int64(), safe=False)
    return _plausible(pd.Series(
        whole.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)).astype("datetime64[us]"))


def _as_numbers(cells: pa.Array) -> pa.Array:
    fits = pc.match_substring_regex(cells, r"^-?\d{1,18}(?:\.\d{1,9})?$")
    return pc.if_else(fits, cells, None).cast(pa.float64())


def _spoken(match: Match, cells: pa.Array, zone: Any, notes: list[Note]) -> pa.Array:
    coded = cells.dictionary_encode()
    texts = coded.dictionary
    iso = pc.match_substring_regex(texts, _ISO)
    found = pd.to_datetime(
        pd.Series(pc.if_else(iso, texts, None).to_pylist(), dtype=object),
        utc=True, format="ISO8601", errors="coerce").astype("datetime64[us, UTC]")
    others = pc.filter(texts, pc.invert(iso)).to_pylist()
    if others:
        order = order_of(others)
        read = pd.to_datetime(pd.Series([as_time(said, order) for said in others], dtype=object),
                              utc=True, format="ISO8601", errors="coerce")
        found.loc[~iso.to_numpy(zero_copy_only=False)] = read.astype("datetime64[us, UTC]").array
    naive = pc.invert(pc.match_substring_regex(texts, _ZONED)).to_numpy(zero_copy_only=False)
    naive &= found.notna().to_numpy()
    plain = found.dt.tz_localize(None)
    if naive.any():
        plain = plain.where(~naive, _localized(plain, zone))
        rows = pc.sum(pc.is_in(coded.indices, pa.array(np.flatnonzero(naive), pa.int32()))).as_py()
        _note(match, zone, int(rows or 0), notes)
    return _plausible(plain).take(coded.indices)


def _note(match: Match, zone: Any, rows: int, notes: list[Note]) -> None:
    if rows:
        notes.append(("time_zone", match.header, str(zone),
                      "the times name no zone; if it is another, say tz=", rows))
