"""Source: the only door to files. Bounded reads, and errors that name the place."""

import gzip
import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any

import orjson
import platformdirs

from fleetkit.errors import LoadError

LARGEST = 4 << 30
DEEPEST = 200
_PORTION = 4 << 20
_LONGEST_LINE = 64 << 20
_LARGEST_TEXT = 256 << 20
_MOST_VALUES = 5_000_000


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


def read_yaml(path: Path) -> Iterator[Any]:
    """The YAML documents in a file, one after the other; times stay text.

    Raises:
        LoadError: it is no YAML, or its aliases unfold to more than anything real.
    """
    yield from parse_yaml(read_bytes(path, _LARGEST_TEXT), str(path))


def parse_yaml(content: bytes | str, where: str) -> Iterator[Any]:
    """The YAML documents in a text; `where` names it in errors. Documents before damage are given.

    Raises:
        LoadError: it is no YAML, or its aliases unfold to more than anything real.
    """
    import yaml

    try:
        for document in yaml.load_all(content, Loader=_yaml_loader()):
            _check_size(document, where)
            yield document
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())[:300]
        raise LoadError(f"{where}: expected YAML, found {said}; is the file complete?") from error
    except (ValueError, RecursionError, TypeError) as error:
        raise LoadError(f"{where}: expected YAML, found {error}") from error


@cache
def _yaml_loader() -> Any:
    """The safe loader, at libyaml's speed where that is there, without its guess of times."""
    import yaml

    safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in safe.yaml_implicit_resolvers.items()
    }
    return type("Loader", (safe,), {"yaml_implicit_resolvers": resolvers})


def _check_size(document: Any, where: str) -> None:
    """Refuses aliases that unfold without end: what is shared counts wherever it stands."""
    sizes: dict[int, int] = {}

    def size(value: Any) -> int:
        if not isinstance(value, dict | list):
            return 1
        if id(value) not in sizes:
            sizes[id(value)] = _MOST_VALUES + 1  # so a value that holds itself is endless
            parts = value.values() if isinstance(value, dict) else value
            sizes[id(value)] = 1 + sum(map(size, parts))
        return sizes[id(value)]

    if size(document) > _MOST_VALUES:
        raise LoadError(
            f"{where}: its aliases unfold to more than {_MOST_VALUES:,} values; write it without"
        )


def read_xml(path: Path) -> Any:
    """The root element of an XML file (xml.etree).

    Raises:
        LoadError: it is no XML, or declares document types or entities, which no export needs.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(read_bytes(path, _LARGEST_TEXT), forbid_dtd=True)
    except ParseError as error:
        raise LoadError(f"{path}: expected XML, found {error}; is the file complete?") from error
    except (DefusedXmlException, ValueError, RecursionError) as error:
        said = type(error).__name__
        raise LoadError(f"{path}: document types and entities are not read ({said})") from error


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
