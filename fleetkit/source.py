"""Source: the only door to files. Bounded reads, and errors that name the place."""

import gzip
import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson
import platformdirs

from fleetkit.errors import LoadError

LARGEST = 4 << 30
DEEPEST = 200
_PORTION = 4 << 20
_LONGEST_LINE = 64 << 20


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """The content of a file, inflated if its name ends in .gz.

    Raises:
        LoadError: the file cannot be read, or holds more than `largest` bytes.
    """
    try:
        with open_bytes(path) as stream:
            content = stream.read(largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError(f"{path}: cannot be read: {error}") from error
    if len(content) > largest:
        raise LoadError(f"{path}: holds more than {largest:,} bytes; split it")
    return content


def open_bytes(path: Path) -> IO[bytes]:
    """A binary stream of a file, inflated on the way if its name ends in .gz."""
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def read_json(path: Path) -> Any:
    """The JSON document in a file.

    Raises:
        LoadError: it is no JSON; the message says at which line and column.
    """
    return parse_json(read_bytes(path), str(path))


def parse_json(content: bytes | str, where: str) -> Any:
    """The JSON document in a text; `where` names it in errors.

    Raises:
        LoadError: it is no JSON, or nested deeper than anything real.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:  # strict and quick; the other knows byte order marks and NaN
        return _parsed_leniently(content, where)


def _parsed_leniently(content: bytes | str, where: str) -> Any:
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        raise LoadError(
            f"{where}: expected JSON, found something else at line {error.lineno}, column"
            f" {error.colno} ({error.msg.lower()}); is the file complete?"
        ) from error
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{where}: expected JSON in UTF-8, found {error}") from error


def read_json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Line numbers and JSON documents of a file that holds one per line; empty lines are skipped.

    Raises:
        LoadError: a line is no JSON.
    """
    try:
        with open_bytes(path) as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, parse_json(line, f"{path}, line {number}")
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError(f"{path}: cannot be read to its end: {error}") from error


def inflated_lines(path: Path) -> Iterator[bytes]:
    """The lines of a gzipped file, without their ends, inflated in large portions.

    Raises:
        LoadError: the file is no gzip, or breaks off; lines before the damage were given.
    """
    inflate, rest = zlib.decompressobj(wbits=31), b""
    try:
        with path.open("rb") as stream:
            while not inflate.eof:
                packed = inflate.unconsumed_tail or stream.read(_PORTION)
                if not packed:
                    raise LoadError("the file breaks off")
                *lines, rest = (rest + inflate.decompress(packed, _PORTION)).split(b"\n")
                yield from lines
                if len(rest) > _LONGEST_LINE:
                    raise LoadError(f"a line is longer than {_LONGEST_LINE:,} bytes")
    except (OSError, zlib.error) as error:
        raise LoadError(f"{path}: cannot be read to its end: {error}") from error
    if rest:
        yield rest


def recall(shelf: str, name: str, form: str) -> bytes | None:
    """What `remember` kept under a name, or None; a damaged file counts as not kept."""
    try:
        return gzip.decompress(_kept(shelf, name, form).read_bytes())
    except (OSError, EOFError, zlib.error):
        return None


def remember(shelf: str, name: str, form: str, content: bytes) -> None:
    """Keeps bytes in the user's cache; a cache that cannot be written is no reason to fail."""
    path = _kept(shelf, name, form)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            stream.write(gzip.compress(content, mtime=0))
        Path(stream.name).replace(path)
    except OSError:
        return


def shelf_folder(shelf: str) -> Path:
    """A folder of the user's cache, which only this user can read; it may not exist yet."""
    root = os.environ.get("FLEETKIT_CACHE") or platformdirs.user_cache_dir("fleetkit")
    return Path(root) / shelf


def _kept(shelf: str, name: str, form: str) -> Path:
    """Where the cache keeps a thing; `name` is a digest, never text of a fleet."""
    return shelf_folder(shelf) / form / f"{name}.gz"
