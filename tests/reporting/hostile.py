"""A fleet whose every text tries to run, to hide or to break out."""

import itertools

from fleetkit.fleet import Fleet
from fleetkit.schema import Column, Table
from fleetkit.tables import TABLES

ATTACKS = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=2>",
    '"><svg onload=window.pwned=3>',
    "'-window.pwned=4-'",
    "<!--<script>",
    "]]><b>bold</b>",
    "\u202egnp.exe",
    "\x1b[2J\x00\x07",
    "שלום مرحبا",
    "=cmd|' /C calc'!A0",
    "{{7*7}}${7*7}",
    "</style><style>*{display:none}",
    "javascript:window.pwned=5",
    "x" * 1_000_000,
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
)
IDS = {
    "workload_id": "w",
    "image_id": "i",
    "subject_id": "i",
    "child_id": "i",
    "parent_id": "i",
    "from_id": "w",
    "to_id": "i",
    "host_id": "w",
}


def hostile() -> Fleet:
    """Two rows per attack and table; keys differ, so that no row is set aside."""
    frames = {}
    for table in TABLES.values():
        cycle = itertools.cycle(ATTACKS)
        rows = [_row(table, number, cycle) for number in range(2 * len(ATTACKS))]
        frames[table.name] = table.frame(rows)
    loaded = {name: frame for name, frame in frames.items() if TABLES[name].made_by is None}
    derived = {name: frame for name, frame in frames.items() if name not in loaded}
    return Fleet(**loaded).with_tables(**derived)


def _row(table: Table, number: int, cycle) -> dict:
    return {column.name: _cell(column, number, next(cycle)) for column in table.columns}


def _cell(column: Column, number: int, attack: str):
    if column.choices:
        return column.choices[number % len(column.choices)]
    if column.name in IDS:
        turn = number + 1 if column.name == "parent_id" else number
        return f"{IDS[column.name]}{turn}{ATTACKS[turn % 13]}"
    made = {
        "text": f"{attack}{number}",
        "texts": [attack, f"{number}"],
        "mapping": {attack: attack},
        "integer": number,
        "real": number / 7,
        "boolean": number % 2 == 0,
        "time": "2026-01-01T00:00:00Z",
        "bytes": b"\x00\xff",
    }
    return made[column.kind]
