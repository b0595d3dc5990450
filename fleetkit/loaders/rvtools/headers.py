"""Headers of RVTools in every spelling: `fields.csv` says which column is which field.

Spellings differ in case and spaces, in the unit (MB of old versions is MiB of newer ones), and in
the long form with the sheet before each name (vInfoVMName). A line of `fields.csv` without a field
names the columns of RVTools that are known and not used; what is in neither is a custom attribute.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

SECTIONS = (
    "vInfo", "vCPU", "vMemory", "vDisk", "vPartition", "vNetwork", "vSnapshot", "vTools", "vHost",
    "vMetaData",
)
"""Sheets that are read; `vMetaData` only for the version."""
OTHERS = (
    "vCD", "vFloppy", "vUSB", "vSource", "vRP", "vCluster", "vHBA", "vNIC", "vSwitch", "vPort",
    "dvSwitch", "dvPort", "vSC_VMK", "vSC+VMK", "vDatastore", "vMultiPath", "vLicense", "vFileInfo",
    "vHealth",
)
"""Sheets that no table is made of."""

_UNIT = re.compile(r"[(\[]?(?:(?i:\b[KMGT]i?B\b)|(?<=[a-z_])[KMGT]i?B\b)[)\]]?", re.ASCII)
_SIGNS = re.compile(r"[^\w#%]|_")
_TAGS = re.compile(r"_?tags_(?P<name>.+)", re.IGNORECASE)
_POWERS = {"K": 10, "M": 20, "G": 30, "T": 40}


class Field(NamedTuple):
    """One thing that a sheet says about each row, and the headers it goes by, the newest first."""

    name: str
    kind: str
    unit: str
    spellings: tuple[str, ...]


class Column(NamedTuple):
    """A field and where it stands.

    Attributes:
        unit: of the header as written; "" where it names none.
        factor: bytes that the number counts in; 1 where it is no size.
    """

    field: Field
    place: int
    header: str
    unit: str
    factor: int


@dataclass
class Layout:
    """What the columns of a sheet are.

    Args:
        section: name of the sheet.
        columns: those that are read.
        tags: custom attributes, by place.
        ignored: columns that are not known, or known and there twice, with the reason.
        missing: fields without a column.
        newer: whether any header says MiB.
    """

    section: str
    columns: list[Column] = field(default_factory=list)
    tags: dict[int, str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    missing: list[Field] = field(default_factory=list)
    newer: bool = False

    def has(self, name: str) -> bool:
        """Whether a field has a column."""
        return any(column.field.name == name for column in self.columns)


class _Header(NamedTuple):
    place: int
    said: str
    key: str
    unit: str
    prefixed: bool


def arrange(section: str, header: Mapping[int, str]) -> Layout:
    """What the columns of a sheet are, by their headers."""
    headers = [_read(section, place, said) for place, said in sorted(header.items())]
    layout = Layout(section, newer=any(head.unit.endswith("iB") for head in headers))
    taken: set[int] = set()
    for wanted in _fields(section):
        head = _found(wanted, headers, taken)
        if head is None:
            layout.missing.append(wanted)
            continue
        taken.add(head.place)
        layout.columns.append(
            Column(wanted, head.place, head.said, head.unit, _factor(wanted, head.unit)))
    for head in headers:
        if head.place not in taken:
            _put_aside(layout, head)
    return layout


def section_of(name: str) -> str | None:
    """The sheet that a name stands for: vInfo, tabvInfo, RVTools_tabvInfo, rvtools-3-vinfo."""
    plain = _SIGNS.sub("", name).casefold()
    found = [section for section in (*SECTIONS, *OTHERS)
             if plain.endswith(_SIGNS.sub("", section).casefold())]
    return max(found, key=len, default=None)


def section_by_header(header: Mapping[int, str]) -> str | None:
    """The sheet that has these headers, where the name does not tell; None if it is none."""
    def score(section: str) -> int:
        found = {_read(section, place, said).key for place, said in header.items()}
        return len(found & _known(section)) - len(found - _known(section))

    best = max(SECTIONS, key=score)
    layout = arrange(best, header)
    return best if score(best) > 0 and len(layout.columns) > 2 else None


def spelling(said: str) -> str:
    """A header without what spellings differ in."""
    return _SIGNS.sub("", _UNIT.sub("", said)).casefold()


def _read(section: str, place: int, said: str) -> _Header:
    prefixed = said.startswith(section) and len(said) > len(section)
    plain = said[len(section):] if prefixed else said
    match = _UNIT.search(plain)
    letters = match[0].strip("()[]").upper() if match else ""
    unit = letters.replace("I", "i")
    return _Header(place, said, spelling(plain), unit, prefixed)


def _found(wanted: Field, headers: list[_Header], taken: set[int]) -> _Header | None:
    for said in wanted.spellings:
        key = spelling(said)
        for head in headers:
            if head.key == key and head.place not in taken:
                return head
    return None


def _factor(wanted: Field, unit: str) -> int:
    """Bytes per number; 1 MB of RVTools is 1 MiB, whatever the header calls it."""
    if wanted.kind != "size":
        return 1
    return 1 << _POWERS[(unit or wanted.unit)[0]]


def _put_aside(layout: Layout, head: _Header) -> None:
    plain = head.said[len(layout.section):] if head.prefixed else head.said
    tag = _TAGS.fullmatch(plain)
    if tag:
        layout.tags[head.place] = tag["name"]
    elif any(head.said == column.header for column in layout.columns):
        layout.ignored[head.said] = "the header is there twice; the first column is read"
    elif head.key in _known(layout.section):
        return
    elif layout.section in ("vInfo", "vHost") and not head.prefixed:
        layout.tags[head.place] = head.said
    elif head.key not in _known("vInfo"):
        layout.ignored[head.said] = "no column of RVTools that is known"


@cache
def _fields(section: str) -> tuple[Field, ...]:
    return tuple(
        Field(line["field"], line["kind"], line["unit"], tuple(line["names"].split("|")))
        for line in _lines() if line["section"] == section and line["field"]
    )


@cache
def _known(section: str) -> frozenset[str]:
    """Columns of RVTools: the fields by their newest name, and those that are not used."""
    unused = (name for line in _lines() if line["section"] == section and not line["field"]
              for name in line["names"].split("|"))
    return frozenset(map(spelling, (*(found.spellings[0] for found in _fields(section)), *unused)))


@cache
def _lines() -> tuple[dict[str, str], ...]:
    said = (files(__package__) / "fields.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(said.splitlines()))
