"""Texts of a workbook: kept once, bounded, and referred to by number."""

from collections.abc import Mapping
from pathlib import Path

from fleetkit.errors import LoadError
from fleetkit.spreadsheets.packages import local

LONGEST = 32_767
"""What a cell may hold in Excel; the rest of a longer text is cut, and says so."""

_MOST_SHARED = 5_000_000
_MOST_SHARED_TEXT = 128 << 20


class Shelf:
    """Gathers shared texts; phonetic readings are left out."""

    def __init__(self, path: Path) -> None:
        self.texts: list[str] = []
        self._path, self._size = path, 0
        self._parts: list[str] = []
        self._open = self._aside = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """An element begins."""
        kind = local(name)
        if kind == "si":
            self._parts = []
        elif kind == "rPh":
            self._aside = True
        self._open = kind == "t" and not self._aside

    def end(self, name: str) -> None:
        """An element ends."""
        kind = local(name)
        self._open = False
        if kind == "rPh":
            self._aside = False
        elif kind == "si":
            self.texts.append(shortened("".join(self._parts)))
            if len(self.texts) > _MOST_SHARED:
                raise LoadError(f"{self._path}: has more than {_MOST_SHARED:,} texts; split it")

    def text(self, said: str) -> None:
        """Text within the element."""
        if self._open:
            self._size += len(said)
            if self._size > _MOST_SHARED_TEXT:
                raise LoadError(f"{self._path}: has {self._size:,} letters of text; split it")
            self._parts.append(said)


def shortened(text: str) -> str:
    """The text, cut where it is longer than a cell may be."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} … {len(text) - LONGEST:,} more characters"
