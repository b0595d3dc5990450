"""Workbooks, sheet by sheet and row by row: what is in memory is the shared text and one row."""

import posixpath
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fleetkit.errors import LoadError
from fleetkit.spreadsheets.packages import Package, local
from fleetkit.spreadsheets.texts import Shelf, shortened

Cell = str | int | float | bool | datetime
Cells = dict[int, Cell]
Row = tuple[int, Cells]

MOST_ROWS = 1_048_576
MOST_COLUMNS = 1_024

_MOST_SHEETS = 500
_MOST_CELLS = 40_000_000
_MOST_TEXT = 512 << 20
_MOST_IN_CELL = 1 << 20
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


@dataclass
class Sheet:
    """One table of a file.

    Args:
        name: of the sheet, or of the file.
        read: gives row numbers and cells by column, both from 1, without rows that are empty.
        empty: how many those are; known once all rows are taken.
    """

    name: str
    read: Callable[["Sheet"], Generator[Row, None, None]]
    empty: int = 0

    def __post_init__(self) -> None:
        self.rows = self.read(self)

    def close(self) -> None:
        """Gives back what reading holds."""
        self.rows.close()


class Workbook:
    """The sheets of a file by name, in its order.

    Raises:
        LoadError: the file is no workbook.
    """

    def __init__(self, package: Package, path: Path) -> None:
        self._package, self._path = package, path
        self._from_1904 = False
        self.parts = self._listed()
        self._texts: list[str] | None = None
        self._dated: frozenset[int] | None = None

    def sheet(self, name: str) -> Sheet:
        """A sheet; it is read while its rows are taken."""
        return Sheet(name, self._rows)

    def _rows(self, sheet: Sheet) -> Generator[Row, None, None]:
        part = self.parts[sheet.name]
        reading = _Reading(part, self._path, self._shared(), self._date_styles())
        reading.from_1904 = self._from_1904
        full = 0
        portions = self._package.parse(part, reading.start, reading.end, reading.text)
        damage: LoadError | None = None
        with closing(portions):
            while damage is None:
                try:
                    next(portions)
                except StopIteration:
                    break
                except LoadError as error:
                    damage = error  # what comes before it is whole
                full += len(reading.done)
                yield from reading.taken()
        if damage:
            raise damage
        sheet.empty = max(0, reading.last - full)

    def _listed(self) -> dict[str, str]:
        targets = {
            found.get("Id"): posixpath.normpath(posixpath.join("xl", found.get("Target", "")))
            for name, found in self._package.elements("xl/_rels/workbook.xml.rels")
            if local(name) == "Relationship"
        }
        sheets: dict[str, str] = {}
        for name, found in self._package.elements("xl/workbook.xml"):
            if local(name) == "workbookPr":
                self._from_1904 = found.get("date1904") in ("1", "true")
            elif local(name) == "sheet" and len(sheets) < _MOST_SHEETS:
                key = next((key for key in found if local(key) == "id"), "")
                sheets[found.get("name", "")] = targets.get(found.get(key), "").lstrip("/")
        return sheets

    def _shared(self) -> list[str]:
        """Texts that cells refer to by number."""
        if self._texts is None:
            shelf = Shelf(self._path)
            if "xl/sharedStrings.xml" in self._package:
                for _ in self._package.parse(
                        "xl/sharedStrings.xml", shelf.start, shelf.end, shelf.text):
                    pass
            self._texts = shelf.texts
        return self._texts

    def _date_styles(self) -> frozenset[int]:
        """Numbers of the cell styles that show a number as a date."""
        if self._dated is None:
            self._dated = frozenset(self._styles())
        return self._dated

    def _styles(self) -> Iterator[int]:
        if "xl/styles.xml" not in self._package:
            return
        dates = {str(number) for number in _DATES}
        place = -1
        inside = False
        for name, found in self._package.elements("xl/styles.xml"):
            kind = local(name)
            if kind == "numFmt" and _shows_date(found.get("formatCode", "")):
                dates.add(found.get("numFmtId", ""))
            elif kind == "cellXfs":
                inside = True
            elif kind == "cellStyles":
                inside = False
            elif kind == "xf" and inside:
                place += 1
                if found.get("numFmtId") in dates:
                    yield place


def _shows_date(form: str) -> bool:
    plain = _QUOTED.sub("", form[:500]).lower()
    return plain not in ("general", "standard") and any(letter in plain for letter in "ymdhs")


class _Reading:
    """Turns the elements of one sheet into rows."""

    def __init__(self, part: str, path: Path, shared: list[str], dated: frozenset[int]) -> None:
        self.done: deque[Row] = deque()
        self.from_1904 = False
        self.last = 0
        self._where, self._shared, self._dated = f"{path}: {part}", shared, dated
        self._row = self._column = self._cells = self._letters = self._held = 0
        self._found: Cells = {}
        self._kind, self._style = "n", 0
        self._parts: list[str] = []
        self._open = False

    def taken(self) -> Iterator[Row]:
        """The rows that are complete, once."""
        while self.done:
            yield self.done.popleft()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        kind = local(name)
        if kind == "c":
            self._place(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdecimal() and len(style) < 8 else 0
            self._parts = []
            self._held = 0
        elif kind in ("v", "t"):
            self._open = True
        elif kind == "row":
            said = attributes.get("r", "")
            self._row = int(said) if said.isdecimal() and len(said) < 8 else self._row + 1
            self._column = 0
            self._found = {}
            if self._row > MOST_ROWS:
                self._refuse(f"a row {self._row:,}")
            self.last = max(self.last, self._row)

    def end(self, name: str) -> None:
        kind = local(name)
        if kind in ("v", "t"):
            self._open = False
        elif kind == "c" and self._parts:
            self._keep("".join(self._parts))
        elif kind == "row" and self._found:
            self.done.append((self._row, self._found))

    def text(self, said: str) -> None:
        if self._open:
            self._held += len(said)
            if self._held > _MOST_IN_CELL:
                self._refuse(f"a cell of {self._held:,} letters")
            self._parts.append(said)

    def _place(self, said: str | None) -> None:
        match = _PLACE.fullmatch(said) if said else None
        if match:
            column = 0
            for letter in match[1]:
                column = column * 26 + ord(letter) - 64
            self._column = column
        else:
            self._column += 1

    def _keep(self, said: str) -> None:
        value = self._value(said)
        if value is None:
            return
        self._cells += 1
        self._letters += len(value) if isinstance(value, str) else 8
        if self._column > MOST_COLUMNS:
            self._refuse(f"a column {self._column:,}")
        if self._cells > _MOST_CELLS or self._letters > _MOST_TEXT:
            self._refuse(f"{self._cells:,} cells and {self._letters:,} letters")
        self._found[self._column] = value

    def _value(self, said: str) -> Cell | None:
        if self._kind == "s":
            place = int(said) if said.isdecimal() and len(said) < 9 else -1
            text = self._shared[place] if 0 <= place < len(self._shared) else ""
            return text if text.strip() else None
        if self._kind == "n":
            return self._number(said)
        if self._kind == "b":
            return said.strip() in ("1", "true")
        return shortened(said) if said.strip() else None

    def _number(self, said: str) -> Cell | None:
        try:
            number = float(said)
            if self._style in self._dated:
                return serial(number, from_1904=self.from_1904)
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        except (ValueError, OverflowError):
            return shortened(said)

    def _refuse(self, found: str) -> None:
        raise LoadError(
            f"{self._where} has {found}, more than any export; delete what is outside of the"
            " table and save again"
        )


def serial(days: float, *, from_1904: bool = False) -> datetime:
    """The time that a workbook counts in days.

    Raises:
        OverflowError: it is no time; ValueError where it is no number.
    """
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    return start + timedelta(seconds=round(days * 86_400))
