"""What a view shows, as bytes that a page reads without parsing numbers.

Layout: length of the header (4 bytes, little endian), header (JSON, padded with spaces so that
arrays start at a multiple of 8), arrays one after the other. In the header an array is
`{"$array": type, "at": offset, "length": count}`.

Every text comes from a fleet and is hostile: control signs and those that turn the direction of
writing become visible, what is too long is cut and says so.
"""

import base64
import gzip
import json
import math
import re
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

LONGEST = 4_000
_TYPES = {
    "b1": "u1", "i1": "i1", "u1": "u1", "i2": "i2", "u2": "u2", "i4": "i4", "u4": "u4",
    "f4": "f4", "f8": "f8",
}
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]|[\U000e0000-\U000e0fff]"
)


def shown(text: str, longest: int = LONGEST) -> str:
    r"""The text as it may be shown: nothing invisible in it, and cut where it is too long.

    Examples:
        >>> shown("a\x1b[31mb")
        'a⟨001B⟩[31mb'
        >>> shown("x" * 1_000_000)[-24:]
        '… (1,000,000 characters)'
    """
    cut = text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"
    return _UNSEEN.sub(lambda found: f"⟨{ord(found[0]):04X}⟩", cut)


def pack(content: Mapping[str, Any]) -> bytes:
    """A dictionary of plain values, lists and numpy arrays, as bytes."""
    arrays: list[bytes] = []
    header = json.dumps(
        _lowered(content, arrays), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")
    header += b" " * (-(len(header) + 4) % 8)
    return b"".join([struct.pack("<I", len(header)), header, *arrays])


def compress(packed: bytes) -> bytes:
    """The bytes gzipped; the same input gives the same output."""
    return gzip.compress(packed, compresslevel=6, mtime=0)


def as_text(compressed: bytes) -> str:
    """The bytes as text that can stand in a page."""
    return base64.b64encode(compressed).decode("ascii")


def _lowered(value: Any, arrays: list[bytes]) -> Any:
    """The value as JSON can hold it; arrays go to `arrays` and leave a note where they were."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, np.ndarray):
        return _noted(value, arrays)
    if isinstance(value, Mapping):
        return {str(name): _lowered(inner, arrays) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_lowered(inner, arrays) for inner in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"a view's data holds a {type(value).__name__}; allowed are text, numbers,"
                    " truth values, None, lists, dictionaries and numpy arrays")


def _noted(array: np.ndarray, arrays: list[bytes]) -> dict[str, Any]:
    kind = array.dtype.str[1:]
    if kind == "i8":
        return _noted(array.astype(np.float64), arrays)
    flat = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    at = sum(map(len, arrays))
    arrays.append(flat + b"\0" * (-len(flat) % 8))
    return {"$array": _TYPES[kind], "at": at, "length": int(array.size)}
