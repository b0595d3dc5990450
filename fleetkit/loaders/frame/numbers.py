"""Numbers as people and programs write them, in the unit that is told, without rounding on the way.

One separator before three digits can be read in two ways; the numbers of a column decide together.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.frame.wishes import unit_key

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]+")
_NUMBER = re.compile(r"(?P<number>[-+]?[\d.,]{1,40}(?:[eE][-+]?\d{1,3})?)(?P<unit>[a-zA-Z%]{0,12})",
                     re.ASCII)
_GROUPED = {",": re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII),
            ".": re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)}
_PLAIN = r"^[-+]?[0-9]{1,15}$"
_LARGEST = (1 << 63) - 1
_LARGEST_REAL = Decimal(10) ** 300

Note = tuple[str, str, str | None, str, int]


class Told(NamedTuple):
    """What is known of the numbers of a column.

    Attributes:
        unit: that they count in; None where there is none.
        units: those that a cell may name itself, with what one of each is in the column's own.
        decimal: sign before the decimals; None where they speak for themselves.
        usual: the sign where nothing speaks.
        signed: whether they may be below zero.
    """

    unit: str | None
    units: Mapping[str, float]
    decimal: str | None
    usual: str
    signed: bool

    def factor(self, unit: str | None = None) -> Decimal:
        """What one of a unit is in the unit of the column."""
        known = self.units.get(unit or self.unit or "", 1)
        return Decimal(known) if isinstance(known, int) else Decimal(str(known))


def whole(cells: pa.Array, told: Told, header: str, notes: list[Note]) -> pa.Array:
    """Whole numbers; those in larger units may have decimals."""
    if pa.types.is_boolean(cells.type):
        return pa.nulls(len(cells), pa.int64())
    if pa.types.is_integer(cells.type):
        return _scaled(cells, told)
    if pa.types.is_floating(cells.type) or pa.types.is_decimal(cells.type):
        numbers = [None if cell is None else _whole(_exact(cell), told, told.factor())
                   for cell in pc.unique(cells).to_pylist()]
        return _looked_up(cells, numbers, pa.int64())
    texts = cells.cast(pa.string()) if pa.types.is_string(cells.type) else pa.nulls(
        len(cells), pa.string())
    if told.unit in (None, "B") and _is_plain(texts):
        return _scaled(texts.cast(pa.int64()), told)
    return _parsed(texts, told, header, notes, whole_numbers=True)


def real(cells: pa.Array, told: Told, header: str, notes: list[Note]) -> pa.Array:
    """Numbers with decimals."""
    if pa.types.is_boolean(cells.type):
        return pa.nulls(len(cells), pa.float64())
    if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type) or pa.types.is_decimal(
            cells.type):
        found = pc.multiply(cells.cast(pa.float64(), safe=False), float(told.factor()))
        fits = pc.and_(pc.is_finite(found), pc.or_(pc.greater_equal(found, 0), told.signed))
        return pc.if_else(fits, found, None)
    if not pa.types.is_string(cells.type):
        return pa.nulls(len(cells), pa.float64())
    if _is_plain(cells):
        return real(cells.cast(pa.int64()), told, header, notes)
    return _parsed(cells, told, header, notes, whole_numbers=False)


def _is_plain(texts: pa.Array) -> bool:
    return pc.all(pc.match_substring_regex(texts, _PLAIN)).as_py() is not False


def _scaled(cells: pa.Array, told: Told) -> pa.Array:
    factor = told.factor()
    if factor != int(factor):
        numbers = [None if cell is None else _whole(Decimal(cell), told, factor)
                   for cell in pc.unique(cells).to_pylist()]
        return _looked_up(cells, numbers, pa.int64())
    most = _LARGEST // int(factor)
    least = -most if told.signed else 0
    if pa.types.is_uint64(cells.type):
        fits = pc.less_equal(cells, pa.scalar(most, pa.uint64()))
        cells = pc.if_else(fits, cells, None)
    cells = cells.cast(pa.int64())
    fits = pc.and_(pc.greater_equal(cells, least), pc.less_equal(cells, most))
    return pc.multiply(pc.if_else(fits, cells, None), int(factor))


def _looked_up(cells: pa.Array, numbers: list[int | None], kind: pa.DataType) -> pa.Array:
    """The number of each cell, by those of the distinct cells in their order."""
    coded = cells.dictionary_encode()
    if len(coded.dictionary) < len(numbers):  # unique counts the unknown too
        numbers = [number for number, cell in zip(numbers, pc.unique(cells).to_pylist(),
                                                  strict=True) if cell is not None]
    return pa.array(numbers, kind).take(coded.indices)


def _exact(cell: float | Decimal) -> Decimal | None:
    """The number as it is written, not as it is stored."""
    found = Decimal(str(cell))
    return found if found.is_finite() else None


def _parsed(
    texts: pa.Array, told: Told, header: str, notes: list[Note], *, whole_numbers: bool
) -> pa.Array:
    coded = texts.dictionary_encode()
    spoken = [_spoken(said) for said in coded.dictionary.to_pylist()]
    signs = [number for number, _ in spoken if number and ("," in number or "." in number)]
    whole_only = whole_numbers and told.unit in (None, "B")
    decimal = told.decimal or _decimal_of(signs, told.usual, whole_only=whole_only)
    numbers: list[float | int | None] = []
    units: set[str] = set()
    for number, unit in spoken:
        value = _number(number, decimal) if number else None
        named = _unit_of(unit, told) if unit else told.unit
        if value is None or (unit and named is None):
            numbers.append(None)
            continue
        if unit and named != told.unit:
            units.add(f"{unit} is {named}")
        factor = told.factor(named)
        numbers.append(_whole(value, told, factor) if whole_numbers else _real(value, told, factor))
    rows = len(texts) - texts.null_count
    if any("," in sign or _GROUPED["."].fullmatch(sign) for sign in signs):
        notes.append(("number", header, "1,234.5" if decimal == "." else "1.234,5",
                      "the user says so" if told.decimal else
                      "the numbers of the column are written so", rows))
    if units:
        notes.append(("unit", f"{header}: units in cells", "; ".join(sorted(units))[:200],
                      "the cells say so", rows))
    return pa.array(numbers, pa.int64() if whole_numbers else pa.float64()).take(coded.indices)


def _spoken(said: str) -> tuple[str | None, str]:
    """The number in a text and the unit behind it."""
    match = _NUMBER.fullmatch(_SPACES.sub("", said[:80]))
    return (match["number"], match["unit"]) if match else (None, "")


def _unit_of(unit: str, told: Told) -> str | None:
    """The unit that a cell names; binary where the whole column was told to be."""
    letter = unit[:1].upper()
    key = unit_key(f"{letter}B" if len(unit) == 1 and letter in "KMGTP" else unit)
    if told.unit and told.unit.endswith("iB") and len(key) == 2:
        key = f"{key[0]}iB"
    return key if key in told.units else None


def _decimal_of(numbers: Iterable[str], usual: str, *, whole_only: bool) -> str:
    """The sign before the decimals, as far as the numbers tell."""
    told: set[str] = set()
    grouped: set[str] = set()
    for number in numbers:
        digits = number.lstrip("+-")
        if "," in digits and "." in digits:
            told.add(max(",.", key=digits.rfind))
            continue
        sign = "," if "," in digits else "."
        if digits.count(sign) > 1:
            told.add("." if sign == "," else ",")
        elif _GROUPED[sign].fullmatch(digits) and not digits.startswith("0"):
            grouped.add(sign)
        else:
            told.add(sign)
    if len(told) == 1:
        return told.pop()
    if whole_only and not told and len(grouped) == 1:  # no decimals, so it separates thousands
        return "." if grouped == {","} else ","
    return usual


def _number(said: str, decimal: str) -> Decimal | None:
    group = "." if decimal == "," else ","
    head, _, tail = said.partition(decimal)
    digits = head.lstrip("+-")
    if group in tail or (group in digits and not _GROUPED[group].fullmatch(digits)):
        return None
    try:
        found = Decimal(f"{head.replace(group, '')}.{tail}" if tail else head.replace(group, ""))
    except InvalidOperation:
        return None
    return found if abs(found) < _LARGEST_REAL else None


def _whole(value: Decimal | None, told: Told, factor: Decimal) -> int | None:
    if value is None or abs(value) > _LARGEST:
        return None
    scaled = value * factor
    if abs(scaled) > _LARGEST or (scaled < 0 and not told.signed):
        return None
    if factor == 1 and scaled != scaled.to_integral_value():
        return None
    return int(scaled.to_integral_value())


def _real(value: Decimal, told: Told, factor: Decimal) -> float | None:
    return None if value < 0 and not told.signed else float(value * factor)
