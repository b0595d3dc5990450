"""Facts of an explanation: what is said, and under which head."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

_FEW = 4


class Fact(NamedTuple):
    """One thing that is known; `share` above NA draws a bar, as a part of 1."""

    what: str
    value: str
    share: float | None = None


class Section(NamedTuple):
    """Facts that answer one question."""

    title: str
    facts: tuple[Fact, ...]


def section(title: str, facts: Iterable[Fact | None]) -> Section:
    """The facts that are known."""
    return Section(title, tuple(fact for fact in facts if fact is not None and fact.value))


def told(what: str, value: Any) -> Fact | None:
    """A fact of a cell; None where it is unknown."""
    said = known(value)
    return None if said is None else Fact(what, said)


def known(value: Any) -> str | None:
    """A cell as text: None for NA, times to the minute, lists as `few` names them."""
    if isinstance(value, str):
        return value or None
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, Iterable):
        return few(value) or None
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, float):
        return None if value != value else f"{value:g}"
    return str(value)


def few(names: Iterable[Any], most: int = _FEW) -> str:
    """The first names, each once, and how many more there are."""
    listed = list(dict.fromkeys(str(name) for name in names))
    more = f" and {len(listed) - most:,} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def counted(number: int, noun: str) -> str:
    """The number with its noun.

    Examples:
        >>> counted(1, "image"), counted(1200, "image")
        ('1 image', '1,200 images')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def same(frame: pd.DataFrame, **cells: Any) -> pd.DataFrame:
    """The rows that have the cells; NA equals NA. Fastest with the rarest cell first."""
    kept = np.arange(len(frame))
    for name, cell in cells.items():
        column = frame[name] if len(kept) == len(frame) else frame[name].take(kept)
        alike = column.isna() if pd.isna(cell) else column.eq(cell).fillna(value=False)
        kept = kept[alike.to_numpy(dtype=bool)]
    return frame.take(kept)
