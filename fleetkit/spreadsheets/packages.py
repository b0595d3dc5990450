"""Parts of an Office Open XML file, read as a stream: no size, ratio or entity is believed.

Neither usual library suits files of strangers. Measured on this job: calamine builds the rectangle
around all cells, so that two cells in opposite corners end the process; openpyxl keeps the
attributes of every row, 883 MiB for a valid workbook of 3 MB that is padded to the last row, and
reads nothing of strict files. What is needed here is little.
"""

import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.parsers import expat

from fleetkit.errors import LoadError

_CHUNK = 1 << 16
_MOST_PARTS = 5_000
_LARGEST = 2 << 30
_ALL_TOGETHER = 4 << 30
_DENSE = 32 << 20
_RATIO = 400  # deflate reaches 1,032; rows of padding stay below 100
_LONGEST_TAG = 4 << 20

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Package:
    """An opened file.

    Raises:
        LoadError: it is no zip archive, or holds more than anything real.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise LoadError(
                f"{path}: is no complete xlsx workbook ({error}); was it copied in full? one with"
                " a password must be saved without it"
            ) from error
        try:
            self._check()
        except LoadError:
            self._archive.close()
            raise

    def __enter__(self) -> "Package":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()

    def __contains__(self, part: str) -> bool:
        return part in self._archive.NameToInfo

    def elements(self, part: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Names and attributes of all elements of a part."""
        found: list[tuple[str, Mapping[str, str]]] = []
        for _ in self.parse(part, lambda name, attributes: found.append((name, attributes))):
            yield from found
            found.clear()

    def parse(
        self, part: str, start: Start, end: End | None = None, text: Text | None = None
    ) -> Generator[None, None, None]:
        """Calls back for each element, and pauses after each portion.

        Raises:
            LoadError: the part is missing, damaged, no XML, or has a document type.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            with self._archive.open(part) as stream:
                fed = 0
                while portion := stream.read(_CHUNK):
                    parser.Parse(portion, False)
                    fed += len(portion)
                    if fed - max(0, parser.CurrentByteIndex) > _LONGEST_TAG:
                        raise LoadError(f"{self._path}: {part} has a tag without end")
                    yield
            parser.Parse(b"", True)
            yield
        except KeyError as error:
            raise LoadError(f"{self._path}: has no part {part!r}") from error
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
                NotImplementedError) as error:
            raise LoadError(f"{self._path}: {part} cannot be read to its end: {error}") from error

    def _check(self) -> None:
        parts = self._archive.infolist()
        total = 0
        for part in parts:
            total += part.file_size
            ratio = part.file_size / max(1, part.compress_size)
            if part.file_size > _LARGEST or (part.file_size > _DENSE and ratio > _RATIO):
                raise LoadError(
                    f"{self._path}: {part.filename[:100]!r} would inflate to"
                    f" {part.file_size:,} bytes, {ratio:,.0f} times its size; a workbook does not"
                )
        if len(parts) > _MOST_PARTS or total > _ALL_TOGETHER:
            raise LoadError(
                f"{self._path}: holds {len(parts):,} parts of {total:,} bytes; split the export"
            )

    def _refuse(self, *_: Any) -> None:
        raise LoadError(f"{self._path}: has a document type, which no workbook has")


def local(name: str) -> str:
    """The name of an element without its prefix."""
    return name.rpartition(":")[2]
