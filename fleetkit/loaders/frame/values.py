"""Columns of a kind from columns of any type; what does not fit is unknown, and told.

Whole columns at once; where a text has to be looked at, each distinct one is once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.frame.matching import Match, plain, spellings
from fleetkit.loaders.frame.numbers import Told, real, whole
from fleetkit.loaders.frame.raw import as_text
from fleetkit.loaders.frame.times import times
from fleetkit.loaders.frame.wishes import units_of
from fleetkit.redaction import MASK, is_secret_name, mask_column, mask_text
from fleetkit.schema import Column, as_mapping
from fleetkit.spreadsheets.cells import as_truth

_SEPARATORS = (";", ",", "\n", "|")
_NO_VALUE = frozenset(("n/a", "#n/a", "null", "nan", "<na>", "(null)", "(blank)", "nil"))
_NO_NUMBER = _NO_VALUE | {"-", "--", "none", "unknown", "na", "?", "not available", "nat", "tbd"}
_SHOWN = 20
_MIB = 1 << 20

Note = tuple[str, str, str | None, str, int]


class Setting(NamedTuple):
    """How the cells of a table are read.

    Attributes:
        decimal: sign before the decimals; None where numbers speak for themselves.
        usual: the sign where nothing speaks.
        zone: of times that name none.
    """

    decimal: str | None
    usual: str
    zone: Any


@dataclass
class Converted:
    """A column of ours.

    Args:
        values: in the Arrow type of the column.
        known: whether there was anything to read, row by row.
        notes: item, subject, taken as, why and rows, for the receipt.
        unit_is_unknown: whether no cell was read for want of a unit.
    """

    values: pa.Array
    known: pa.Array
    notes: list[Note] = field(default_factory=list)
    unit_is_unknown: bool = False

    @property
    def misfits(self) -> pa.Array:
        """Rows whose cells hold something that does not fit."""
        return pc.and_(self.known, pc.is_null(self.values))


def convert(match: Match, cells: pa.Array, setting: Setting) -> Converted:
    """The column of ours that a match makes of their cells."""
    column = match.column
    if pa.types.is_string(cells.type):
        words = _NO_VALUE if column.kind in ("text", "texts", "mapping") else _NO_NUMBER
        cells = cleaned(cells, words - {plain(choice) for choice in column.choices})
    elif pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_nan(cells), None, cells)
    found = Converted(pa.nulls(0), pc.is_valid(cells))
    found.values = _READERS[column.kind](match, cells, setting, found.notes).cast(column.field.type)
    if column.unit == "bytes" and match.named_by is None and _is_too_small(found.values):
        found.values = pa.nulls(len(cells), column.field.type)
        found.unit_is_unknown = True
    return found


def _is_too_small(sizes: pa.Array) -> bool:
    """Whether a column of sizes without a unit cannot be of bytes: none reaches a MiB."""
    largest = pc.max(sizes).as_py()
    return largest is not None and 0 < largest < _MIB


def cleaned(cells: pa.Array, words: frozenset[str] | set[str] = _NO_VALUE) -> pa.Array:
    """Text without space around it; what stands for nothing is unknown."""
    cells = pc.utf8_trim_whitespace(pc.replace_substring(cells, "\0", "\ufffd"))
    short = pc.less_equal(pc.binary_length(cells), _SHOWN)
    lower = pc.utf8_lower(pc.if_else(short, cells, "long"))
    nothing = pc.or_(pc.equal(cells, ""), pc.is_in(lower, pa.array(sorted(words))))
    return pc.if_else(nothing, None, cells)


def as_texts(cells: pa.Array) -> pa.Array:
    """A column of any type as text."""
    kind = cells.type
    if pa.types.is_string(kind):
        return cells
    if pa.types.is_integer(kind):
        return cells.cast(pa.string())
    if pa.types.is_boolean(kind):
        return pc.if_else(cells, "true", "false")
    return pa.array([as_text(cell) for cell in cells.to_pylist()], pa.string())


def by_distinct(texts: pa.Array, read: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """What a function reads in each text; it is asked once for each that differs."""
    coded = texts.dictionary_encode()
    return pa.array([read(said) for said in coded.dictionary.to_pylist()], kind).take(coded.indices)


def _text(match: Match, cells: pa.Array, _: Setting, notes: list[Note]) -> pa.Array:
    texts = as_texts(cells)
    if match.column.choices:
        return _chosen(match, texts, notes)
    if match.column.name == "os_family":
        return pc.utf8_lower(mask_column(texts))
    return mask_column(texts)


def _chosen(match: Match, texts: pa.Array, notes: list[Note]) -> pa.Array:
    """Values that the column may hold, from usual spellings of them."""
    column = match.column
    allowed = {plain(choice): choice for choice in column.choices}
    usual = spellings(column.name)
    found = by_distinct(
        texts, lambda said: allowed.get(plain(said)) or usual.get(plain(said)), pa.string())
    other = pc.fill_null(pc.and_(pc.is_valid(found), pc.not_equal(found, texts)), False)
    if pc.any(other).as_py():
        counted = pc.filter(texts, other).value_counts()
        for said, rows in list(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(),
                                   strict=True))[:_SHOWN]:
            value = allowed.get(plain(said)) or usual.get(plain(said))
            notes.append((
                "value", f"{match.header}: {said}", value, "a usual spelling of it", rows))
    return found


def _number(match: Match, cells: pa.Array, setting: Setting, notes: list[Note]) -> pa.Array:
    column = match.column
    units = units_of(column)
    unit = match.unit or next((name for name, factor in units.items() if factor == 1), None)
    told = Told(unit, units, setting.decimal, setting.usual, signed=column.unit is None)
    found = (whole if column.kind == "integer" else real)(cells, told, match.header, notes)
    if len(units) > 2 and match.named_by in (None, "header"):
        notes.append(_unit_note(match, unit, column, cells))
    return found


def _unit_note(match: Match, unit: str | None, column: Column, cells: pa.Array) -> Note:
    rows = len(cells) - cells.null_count
    again = f"if not, say columns={{{match.header!r}: ({column.name!r}, unit)}}"
    if match.named_by is None:
        return "unit", match.header, unit, f"no unit is named; {again}", rows
    power = "powers of 1,000" if unit and unit[0] in "KMGTP" and "i" not in unit else "that"
    return "unit", match.header, unit, f"the header says so, which is {power}; {again}", rows


def _boolean(_: Match, cells: pa.Array, __: Setting, ___: list[Note]) -> pa.Array:
    if pa.types.is_boolean(cells.type):
        return cells
    return by_distinct(as_texts(cells), lambda said: as_truth(said.removesuffix(".0")), pa.bool_())


def _time(match: Match, cells: pa.Array, setting: Setting, notes: list[Note]) -> pa.Array:
    return times(match, cells, setting.zone, notes)


def _texts(match: Match, cells: pa.Array, _: Setting, __: list[Note]) -> pa.Array:
    if pa.types.is_list(cells.type):
        return mask_column(cells)
    spaced = match.column.name in ("private_ips", "public_ips", "macs", "ports")
    texts = as_texts(cells)
    several = pc.match_substring_regex(texts, r"[\[\];,\n|'\"]" + (r"|\s" if spaced else ""))
    one = pa.ListArray.from_arrays(
        pa.array(np.arange(len(texts) + 1), pa.int32()), texts, mask=pc.is_null(texts))
    if not pc.any(several).as_py():
        return mask_column(one)
    split = by_distinct(pc.if_else(several, texts, None),
                        lambda said: _parts(said, spaced=spaced), pa.list_(pa.string()))
    return mask_column(pc.if_else(several, split, one))


def _parts(said: str, *, spaced: bool) -> list[str] | None:
    """The texts of a list: a JSON array, or separated by a usual sign."""
    if said.startswith("["):
        try:
            return [as_text(part) or "" for part in orjson.loads(said)]
        except orjson.JSONDecodeError:
            said = said.strip("[]")
    said = mask_text(said)
    sign = next((sign for sign in _SEPARATORS if sign in said), None)
    parts = said.split(sign) if sign else said.split() if spaced else [said]
    return [part.strip(" '\"") for part in parts if part.strip(" '\"")]


def _mapping(_: Match, cells: pa.Array, __: Setting, ___: list[Note]) -> pa.Array:
    return by_distinct(as_texts(cells), _pairs, pa.string())


def _pairs(said: str) -> str | None:
    """Pairs from a JSON object, from a list of objects with key and value, or from k=v;k=v."""
    try:
        found = orjson.loads(said)
    except orjson.JSONDecodeError:
        found = _spoken_pairs(mask_text(said))  # before it is cut: a URL is known as a whole only
    if isinstance(found, list):
        found = _listed_pairs(found)
    if not isinstance(found, dict):
        return None
    return as_mapping({
        mask_text(name): MASK if value and is_secret_name(name)
        else mask_text(as_text(value) or "")
        for name, value in found.items()
    })


def _listed_pairs(found: list[Any]) -> dict[str, Any] | None:
    pairs = {}
    for item in found:
        lower = {str(name).lower(): value for name, value in item.items()} if isinstance(
            item, dict) else {}
        if "key" not in lower:
            return None
        pairs[str(lower["key"])] = lower.get("value")
    return pairs


def _spoken_pairs(said: str) -> dict[str, str] | None:
    between = next((sign for sign in (";", ",", "\n") if sign in said), "\n")
    parts = [part.strip() for part in said.split(between) if part.strip()]
    for sign in ("=", ":"):
        if parts and all(sign in part for part in parts):
            return {name.strip(): value.strip() for name, _, value in
                    (part.partition(sign) for part in parts)}
    return None


_READERS: dict[str, Callable[[Match, pa.Array, Setting, list[Note]], pa.Array]] = {
    "text": _text, "integer": _number, "real": _number, "boolean": _boolean, "time": _time,
    "texts": _texts, "mapping": _mapping,
}
