"""What a user says beside a table: which columns are which, in which unit, and how to read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fleetkit.errors import LoadError, UnknownNameError
from fleetkit.schema import Column, Table
from fleetkit.tables import COVERAGE, LOADED, PROBLEMS, RECEIPT, table

_KINDS = ("vm", "container", "task", "host")


class Wish(NamedTuple):
    """What a column is to be: one of ours, in a unit; no name: it is left out."""

    name: str | None
    unit: str | None = None


@dataclass(frozen=True)
class Wishes:
    """All that was said.

    Args:
        table: what a row is.
        columns: their columns, by the names that the file gives them.
        sheet: of a workbook; None: the first that holds a table.
        sep: of delimited text; None: what its header speaks for.
        encoding: of delimited text; None: what its bytes speak for.
        decimal: sign before the decimals; None: what the numbers of a column speak for.
        tz: zone of times that name none.
        scope: part of the ids that are made; None: the file's name.
        kind: of workloads that no column tells.
    """

    table: Table
    columns: Mapping[str, Wish] = field(default_factory=dict)
    sheet: str | int | None = None
    sep: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    tz: str = "UTC"
    scope: str | None = None
    kind: str = "vm"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that name none."""
        return ZoneInfo(self.tz)


def wishes(said: Mapping[str, Any]) -> Wishes:
    """The options of `load`, checked.

    Raises:
        LoadError: one of them cannot be; the message says what can.
    """
    wanted = _table(said["table"])
    found = Wishes(**{**said, "table": wanted, "columns": dict(_columns(said["columns"], wanted))})
    if found.decimal not in (None, ".", ","):
        raise LoadError(f"frame: decimal is '.' or ',', found {found.decimal!r}")
    if found.sep is not None and (not isinstance(found.sep, str) or len(found.sep) != 1):
        raise LoadError(f"frame: sep is one character, found {found.sep!r}")
    if found.kind not in _KINDS:
        raise LoadError(f"frame: kind is one of {', '.join(_KINDS)}, found {found.kind!r}")
    _check_codec(found.encoding)
    _check_zone(found.tz)
    return found


def _table(name: Any) -> Table:
    loaded = [known.name for known in LOADED if known not in (COVERAGE, RECEIPT, PROBLEMS)]
    if name not in loaded:
        raise LoadError(f"frame: table is one of {', '.join(loaded)}, found {name!r}")
    return table(name)


def _columns(said: Any, wanted: Table) -> Iterable[tuple[str, Wish]]:
    for header, wish in _pairs(said):
        name, unit = _named(wish)
        if name is not None and name not in wanted.names:
            unknown = UnknownNameError(f"column of {wanted.name}", name, wanted.names)
            raise LoadError(f"frame: {unknown}")
        column = wanted.column(name) if name is not None else None
        if unit is not None and (column is None or unit_key(unit) not in units_of(column)):
            allowed = ", ".join(units_of(column)) if column is not None else ""
            raise LoadError(
                f"frame: {name} is not counted in {unit!r}; it may be in {allowed or 'no unit'}")
        yield header, Wish(name, None if unit is None else unit_key(unit))


def _pairs(said: Any) -> Iterable[tuple[str, Any]]:
    """Pairs of a mapping, or of texts as the command line has them: Host=name, RAM=memory/GiB."""
    if isinstance(said, Mapping):
        return [(str(header), wish) for header, wish in said.items()]
    texts = [said] if isinstance(said, str) else said or []
    if not isinstance(texts, Sequence) or not all(
            isinstance(text, str) and "=" in text for text in texts):
        raise LoadError(
            "frame: columns is a mapping of the names in the file to ours, as"
            " {'Host': 'name', 'RAM': ('memory_bytes', 'GiB')};"
            " as text Host=name+RAM=memory_bytes/GiB"
        )
    split = [text.rpartition("=") for text in texts]
    return [(header, tuple(wish.split("/", 1)) if wish else None) for header, _, wish in split]


def _named(wish: Any) -> tuple[str | None, str | None]:
    if wish is None or isinstance(wish, str):
        return wish, None
    if isinstance(wish, Sequence) and 1 <= len(wish) <= 2 and all(
            part is None or isinstance(part, str) for part in wish):
        return wish[0], wish[1] if len(wish) == 2 else None
    raise LoadError(f"frame: a column is given as 'name' or ('name', 'unit'), found {wish!r:.80}")


def _check_codec(encoding: str | None) -> None:
    try:
        b"x".decode(encoding or "utf-8", "replace")
    except (LookupError, TypeError, ValueError) as error:
        raise LoadError(f"frame: there is no encoding {encoding!r}; say utf-8, cp1252 …") from error


def _check_zone(tz: str) -> None:
    try:
        ZoneInfo(tz)
    except (ValueError, TypeError, OSError, LookupError) as error:
        raise LoadError(f"frame: there is no time zone {tz!r}; say Europe/Berlin, UTC …") from error


_SIZES = {"B": 1} | {
    f"{letter}{binary}B": (1024 if binary else 1000) ** (power + 1)
    for power, letter in enumerate("KMGTP") for binary in ("", "i")
}
_UNITS: dict[str, dict[str, float]] = {
    "bytes": dict(_SIZES),
    "cores": {"cores": 1, "millicores": 1e-3},
    "seconds": {"s": 1, "ms": 1e-3, "min": 60, "h": 3600},
    "0 to 1": {"1": 1, "%": 1e-2},
    "UTC": {"s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9},
}
_SPELLINGS = {"bytes": "B", "byte": "B", "core": "cores", "vcpu": "cores", "vcpus": "cores",
              "seconds": "s", "sec": "s", "minutes": "min", "hours": "h", "percent": "%",
              "milliseconds": "ms"}


def units_of(column: Column) -> Mapping[str, float]:
    """The units that a column may come in, with what one of each is in the column's own."""
    return _UNITS.get(column.unit or "", {})


def unit_key(said: str) -> str:
    """A unit as it is spelled here: gb is GB, gib is GiB, bytes is B."""
    plain = said.strip()
    lower = plain.lower()
    sizes = {name.lower(): name for name in _SIZES}
    return sizes.get(lower) or _SPELLINGS.get(lower) or (
        lower if any(lower in units for units in _UNITS.values()) else plain)
