"""HCL as plain values: strings without their quotes, expressions as ${…}, blocks as lists.

Read by python-hcl2, whose version 8 keeps the quotes of strings and keys, and earlier ones do not.
It takes some ten seconds for a megabyte, so a file that is larger than any template is refused.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.source import read_bytes

LARGEST = 256 << 10
_MOST_NESTED = 100  # brackets that are open at once; the parser calls itself for each


def read_hcl(path: Path) -> dict[str, Any]:
    """The blocks and attributes of a file.

    Raises:
        LoadError: it is no HCL, larger or deeper than anything real, or the reader is absent.
    """
    try:
        text = read_bytes(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LoadError(f"{path}: expected HCL in UTF-8, found other bytes") from error
    if _nesting(text) > _MOST_NESTED:
        raise LoadError(f"{path}: is nested deeper than {_MOST_NESTED} levels; no template is")
    return {name: _plain(value) for name, value in _parsed(text, path).items()}


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        import hcl2
        from lark.exceptions import LarkError
    except ImportError as error:
        raise LoadError(
            f"{path}: HCL needs a package that is not installed: pip install 'fleetkit[packer]'"
        ) from error
    try:
        found: dict[str, Any] = hcl2.loads(text if text.endswith("\n") else text + "\n")
    except (LarkError, RecursionError, ValueError, TypeError, AttributeError) as error:
        line = getattr(error, "line", None)
        at = f" at line {line}" if isinstance(line, int) and line > 0 else ""
        raise LoadError(  # what was found is not quoted: it may be a secret
            f"{path}: expected HCL, found something else{at}; is the file complete?"
        ) from error
    return found


def _nesting(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        if sign in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in ")]}":
            depth = max(depth - 1, 0)
    return deepest


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_unquoted(str(name)): _plain(item) for name, item in value.items()
                if not str(name).startswith("__")}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _unquoted(value) if isinstance(value, str) else value


def _unquoted(text: str) -> str:
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text
    return text[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
