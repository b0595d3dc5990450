"""Delimited text: any usual encoding and separator, read whole by Arrow."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from fleetkit.errors import LoadError
from fleetkit.loaders.frame.raw import MOST_COLUMNS, Raw, broken_row, headed
from fleetkit.loaders.frame.wishes import Wishes
from fleetkit.plugins import Problem
from fleetkit.source import read_bytes
from fleetkit.spreadsheets.delimited import encoding_in, separator_of

_LARGEST = 1 << 30
_AS_TEXT = arrow_csv.ConvertOptions(
    check_utf8=False, strings_can_be_null=False, null_values=[],
    column_types={f"f{place}": pa.string() for place in range(2 * MOST_COLUMNS + 1)},
)
_HINT = "is a separator inside a text that is not quoted, or a quote left open?"


def read(path: Path, wishes: Wishes) -> Iterator[Raw]:
    """The table in a file.

    Raises:
        LoadError: the file cannot be read, or is no table.
    """
    content = read_bytes(path, _LARGEST)
    encoding = wishes.encoding or encoding_in(io.BytesIO(content))
    text = _in_utf8(content, encoding)
    told, text = _told_separator(text)
    first = text[:text.find(b"\n") if b"\n" in text else len(text)].decode("utf-8", "replace")
    separator = wishes.sep or told or separator_of(first)
    if not text.strip(b"\0\r\n\t ,;|"):
        raise LoadError(f"{path}: is empty; it needs a row of headers, and rows under it")
    if first.count(separator) > 2 * MOST_COLUMNS:
        raise LoadError(f"{path}: has {first.count(separator):,} columns; is it a table?")
    raw = _parsed(path, text, separator)
    if encoding not in ("utf-8", "utf-8-sig"):
        raw.notes.append(("encoding", "all text", encoding,
                          "the user says so" if wishes.encoding else "its bytes speak for it"))
    if separator != ",":
        raw.notes.append(("separator", "columns", repr(separator), "the user says so" if wishes.sep
                          else "the file says so" if told else "the header speaks for it"))
        raw.decimal = "," if separator == ";" else "."
    yield raw


def _in_utf8(content: bytes, encoding: str) -> bytes:
    if encoding in ("utf-8", "utf-8-sig"):
        return content.removeprefix(b"\xef\xbb\xbf")
    return content.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "replace")


def _told_separator(text: bytes) -> tuple[str | None, bytes]:
    """The separator that a first line `sep=;` names, which spreadsheet programs write."""
    if text[:4].lower() != b"sep=":
        return None, text
    first, _, rest = text.partition(b"\n")
    named = first[4:].strip(b"\r").decode("ascii", "replace")[:1]
    return named or None, rest


def _parsed(path: Path, text: bytes, separator: str) -> Raw:
    raw = Raw(path.name, {}, np.zeros(0, int), 0)
    broken: dict[int, str] = {}

    def refused(row: arrow_csv.InvalidRow) -> str:
        broken[row.number] = (
            f"{row.actual_columns:,} cells where the header has {row.expected_columns:,}")
        return "skip"

    try:
        found = arrow_csv.read_csv(
            pa.BufferReader(text),
            read_options=arrow_csv.ReadOptions(
                autogenerate_column_names=True, use_threads=False, block_size=len(text) + 1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False,
                invalid_row_handler=refused),
            convert_options=_AS_TEXT,
        ).combine_chunks()
    except (pa.ArrowException, ValueError, UnicodeError) as error:
        raise LoadError(f"{path}: cannot be read as a table: {str(error)[:200]}") from error
    numbers = np.setdiff1d(np.arange(1, len(found) + len(broken) + 1),
                           np.fromiter(broken, int, len(broken)), assume_unique=True)
    header = [cell[0].as_py() for cell in found.columns]
    names = headed(header, str(path))
    full = _full(found.slice(1))
    raw.columns = {name: column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
                   for name, column in zip(names, found.slice(1).filter(full).columns, strict=True)}
    raw.numbers = numbers[1:][full.to_numpy(zero_copy_only=False)]
    raw.empty = len(numbers) - 1 - len(raw.numbers)
    raw.problems = [broken_row(raw.name, number, said, _HINT) for number, said in broken.items()]
    raw.read = len(raw.numbers) + len(broken)
    if text.count(b'"') % 2:
        raw.problems.append(Problem(
            code="open_quote", message="a quote is left open: several rows may be in one cell",
            subject_id=raw.name, hint="look at the last rows, and double the quotes in texts",
            phase="parse",
        ))
    return raw


def _full(found: pa.Table) -> pa.Array:
    """Which rows hold anything; mostly the first column tells."""
    full = pa.array(np.zeros(len(found), bool))
    for column in found.columns:
        if pc.all(full).as_py():
            break
        cells = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        full = pc.or_(full, pc.not_equal(cells, ""))
    return full
