"""The import receipt: every decision about a column, with the reason."""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.frame.matching import Layout, Match
from fleetkit.loaders.frame.raw import Raw
from fleetkit.loaders.frame.values import Converted
from fleetkit.loaders.frame.wishes import Wishes
from fleetkit.plugins import Batch, Problem
from fleetkit.redaction import mask_text
from fleetkit.tables import RECEIPT

_SHOWN = 500
_MOST_CELLS = 100
_WANTED = {"workloads": ("state", "cpu_cores", "memory_bytes", "disk_bytes", "os_name",
                         "os_version", "private_ips")}
_HOW = {"spelling": "the same name, spelled otherwise", "alias": "a usual name for it"}
_KINDS = {
    "text": "value that the column may have", "integer": "whole number", "real": "number",
    "boolean": "truth value", "time": "time that can be read in one way only",
    "texts": "list", "mapping": "pairs of name and value",
}


@dataclass
class Receipt:
    """The lines of one table; `total` is the number of its rows."""

    section: str
    total: int
    lines: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def add(self, item: str, subject: str, taken_as: str | None, why: str,
            rows: int | None = None) -> None:
        """One line; of an item and a subject there is one."""
        shown = mask_text(subject)[:_SHOWN]
        self.lines.setdefault((item, shown), {
            "section": self.section, "item": item, "subject": shown,
            "taken_as": None if taken_as is None else mask_text(taken_as)[:_SHOWN],
            "why": mask_text(why)[:_SHOWN], "rows": rows,
            "share": rows / self.total if rows is not None and self.total else None,
        })

    def batch(self) -> Batch:
        """The lines as rows of `receipt`."""
        names = ("section", "item", "subject", "taken_as", "why", "rows", "share")
        shape = pa.schema([RECEIPT.arrow.field(name) for name in names])
        return Batch(RECEIPT, pa.Table.from_pylist(list(self.lines.values()), shape), 0)


def tell_columns(receipt: Receipt, raw: Raw, layout: Layout, wishes: Wishes) -> None:
    """The lines about what each column was taken for."""
    for item, subject, taken_as, why in raw.notes:
        receipt.add(item, subject, taken_as, why)
    if raw.empty:
        receipt.add("dropped", "empty rows", "padding", "they hold nothing", raw.empty)
    for match in layout.matches:
        if match.how in _HOW:
            receipt.add("alias", match.header, match.column.name, _HOW[match.how])
    dropped = layout.left | dict.fromkeys(
        layout.secrets, "its name says that it holds credentials")
    for header, why in dropped.items():
        receipt.add("dropped", header, None, why, raw.read)
    _tell_missing(receipt, raw, layout, wishes)


def _tell_missing(receipt: Receipt, raw: Raw, layout: Layout, wishes: Wishes) -> None:
    found = {match.column.name for match in layout.matches}
    for name in _WANTED.get(wishes.table.name, ()):
        if name not in found:
            receipt.add("missing_column", name, None, "no column is named so", raw.read)


def tell_cells(
    receipt: Receipt, raw: Raw, match: Match, found: Converted, cells: pa.Array
) -> list[Problem]:
    """The lines about the cells of a column, and a problem for each that does not fit."""
    if found.unit_is_unknown:
        return [_tell_unit(receipt, raw, match)]
    for note in found.notes:
        receipt.add(*note)
    empty = len(raw) - pc.sum(found.known).as_py() if len(raw) else 0
    places = pc.indices_nonzero(found.misfits).to_pylist()
    kind = _KINDS[match.column.kind]
    if places:
        example = _shown(cells[places[0]])
        receipt.add("nulls", match.header, None, f"{len(places):,} of the cells hold no {kind},"
                    f" as {example}; {empty:,} are empty", len(places) + empty)
    elif empty:
        receipt.add("nulls", match.header, None, "the cells are empty", empty)
    problems = [
        _misfit(raw.place(row), f"{match.header}: {_shown(cells[row])} is no {kind}", match)
        for row in places[:_MOST_CELLS]
    ]
    if len(places) > _MOST_CELLS:
        problems.append(_misfit(
            raw.name, f"{match.header}: {len(places) - _MOST_CELLS:,} more cells hold no {kind}",
            match))
    return problems


def _tell_unit(receipt: Receipt, raw: Raw, match: Match) -> Problem:
    column = match.column
    again = f"say columns={{{match.header!r}: ({column.name!r}, 'MiB')}}, or what it is"
    why = f"no unit is named, and none is a size in bytes; {again}"
    receipt.add("unit", match.header, None, why, raw.read)
    return Problem(
        code="unknown_unit", message=f"{column.name} is unknown: nothing says what it counts in",
        subject_id=raw.name, detail=mask_text(f"{match.header}: all are too small for bytes"),
        hint=mask_text(again)[:_SHOWN], phase="parse",
    )


def _misfit(where: str, detail: str, match: Match) -> Problem:
    column = match.column
    allowed = f"one of {', '.join(column.choices)}" if column.choices else column.doc
    return Problem(
        code="unreadable_cell", message=f"a cell of {column.name} cannot be read",
        subject_id=where, detail=mask_text(detail)[:_SHOWN], hint=f"it holds: {allowed}"[:_SHOWN],
        phase="parse",
    )


def _shown(cell: Any) -> str:
    return mask_text(f"{cell.as_py()!r:.200}")
