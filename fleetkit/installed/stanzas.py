"""Blocks of `field: value` lines divided by blank lines, as dpkg and apk write them."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Stanza(NamedTuple):
    """The wanted fields of one block.

    Attributes:
        line: number of its first line, from 1.
        fields: value by field name, in lower case if the pattern ignores case; continuation lines
            are left out.
        repeated: a field that occurs twice, which means that two blocks ran into each other.
    """

    line: int
    fields: dict[bytes, bytes]
    repeated: bytes | None


def compile_fields(names: str, *, flags: int = 0) -> re.Pattern[bytes]:
    """A pattern for `read_stanzas` that finds these fields (divided by `|`) and blank lines."""
    # the leading newline lets the regex engine skip from line to line
    return re.compile(
        rb"\n(?:(" + names.encode() + rb"):[ \t]*([^\n]*)|[ \t\r\n]*(?=\n|\Z))", flags
    )


def read_stanzas(text: bytes, wanted: re.Pattern[bytes]) -> Iterator[Stanza]:
    """Every block that has any content, also one with none of the wanted fields."""
    text = b"\n" + text
    ignores_case = bool(wanted.flags & re.IGNORECASE)
    fields: dict[bytes, bytes] = {}
    repeated: bytes | None = None
    start, line = 0, 1
    for match in wanted.finditer(text):
        if match[1] is None:
            if fields or text[start : match.start()].strip():
                yield Stanza(line, fields, repeated)
            line += text.count(b"\n", start, match.end())
            fields, repeated, start = {}, None, match.end()
            continue
        key = match[1].lower() if ignores_case else match[1]
        repeated = repeated or (key if key in fields else None)
        fields[key] = match[2]
    if fields or text[start:].strip():
        yield Stanza(line, fields, repeated)
