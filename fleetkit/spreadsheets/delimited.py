"""Delimited text: any usual encoding and separator, row by row."""

import codecs
import csv
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO

from fleetkit.errors import LoadError
from fleetkit.spreadsheets.texts import shortened
from fleetkit.spreadsheets.workbooks import MOST_COLUMNS, Row, Sheet

_SAMPLE = 1 << 16
_MOST_LINES = 5_000_000
_LONGEST_LINE = 4 << 20
_SEPARATORS = ",;\t|"


@contextmanager
def opened(path: Path) -> Iterator[Sheet]:
    """The table in a file; it is read while its rows are taken.

    Raises:
        LoadError: the file cannot be read, or is no table.
    """
    try:
        with path.open(encoding=encoding_of(path), errors="replace", newline="") as stream:
            yield Sheet(path.stem, partial(_rows, path, stream))
    except (OSError, UnicodeError) as error:
        raise LoadError(f"{path}: cannot be read: {error}") from error


def encoding_of(path: Path) -> str:
    """The encoding of a file."""
    with path.open("rb") as stream:
        return encoding_in(stream)


def encoding_in(stream: IO[bytes]) -> str:
    """UTF-16 or UTF-8 where the bytes say so; else cp1252, which Windows writes in the west."""
    sample = stream.read(_SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample[1:200:2].count(0) > len(sample[1:200:2]) // 2:
        return "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while sample:
            decoder.decode(sample)
            sample = stream.read(_SAMPLE)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def separator_of(header: str) -> str:
    """What separates the columns, by a header: the usual sign that it has most of, unquoted."""
    return max(_SEPARATORS, key=_unquoted(header).count)


def _rows(path: Path, stream: IO[str], sheet: Sheet) -> Generator[Row, None, None]:
    lines = _lines(path, stream)
    first = next(lines, "")
    told = first[4:5] if first.lower().startswith("sep=") else ""
    if told:
        first = next(lines, "")
    separator = told or separator_of(first)
    reader = csv.reader(chain([first], lines), delimiter=separator)
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise LoadError(f"{path}, line {reader.line_num}: has {len(cells):,} columns")
            found = {place: shortened(cell) for place, cell in enumerate(cells, start=1)
                     if cell and not cell.isspace()}
            if found:
                yield reader.line_num, dict(found)
            else:
                sheet.empty += 1
    except csv.Error as error:
        raise LoadError(
            f"{path}, line {reader.line_num}: cannot be read ({error}); is a quote left open?"
        ) from error


def _lines(path: Path, stream: IO[str]) -> Iterator[str]:
    for number in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE)
        if not line:
            return
        if len(line) == _LONGEST_LINE:
            raise LoadError(f"{path}, line {number + 1}: does not end; is it a text file?")
        yield line
    raise LoadError(f"{path}: has more than {_MOST_LINES:,} lines; split it")


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])
