"""The import receipt: everything that an import took for granted, with the reason."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from fleetkit.loaders.rvtools import clocks
from fleetkit.loaders.rvtools.headers import OTHERS, SECTIONS, Column
from fleetkit.loaders.rvtools.records import Export, Tally
from fleetkit.plugins import Record
from fleetkit.redaction import mask_text

_SHOWN = 500
_IDENTITIES = frozenset(("vm", "vm_id", "uuid", "server", "vc", "template", "placeholder"))
_LOST = {
    "vInfo": "no machine is known",
    "vCPU": "cores of machines are those of vInfo",
    "vMemory": "memory of machines is that of vInfo",
    "vDisk": "disks are unknown",
    "vPartition": "partitions and what is used of them are unknown",
    "vNetwork": "hardware addresses, and all but the first IP address, are unknown",
    "vSnapshot": "snapshots are unknown",
    "vTools": "the state of the tools inside is unknown",
    "vHost": "hosts are known by name only",
    "vMetaData": "the version is guessed from the headers",
}


def receipt(export: Export, names: Iterable[str]) -> Iterator[Record]:
    """The rows of the receipt.

    Args:
        export: all of whose sheets have been read.
        names: sheets or files beside each other, read or not, by their RVTools names.
    """
    there = set(names)
    yield from _version(export)
    for tally in export.tallies:
        yield Record("section", {
            "name": tally.layout.section, "bundle": export.bundle, "rows": tally.rows})
        yield from _columns(tally, export)
        yield from _times(tally)
        yield from _rows(tally)
        yield from _nulls(tally)
    for section in SECTIONS:
        if section not in there:
            yield _line((section, "missing_section"), section, None, _LOST[section])
    for name in OTHERS:
        if name in there:
            yield _line((name, "dropped"), "the whole sheet", None, "no table is made of it")


class _Rows(NamedTuple):
    """Rows that a decision concerns, of all rows of the sheet."""

    found: int
    total: int


def _line(where: tuple[str, str], subject: str, taken_as: str | None, why: str,
          rows: _Rows | None = None) -> Record:
    """A row of the receipt; `where` is its sheet and its kind."""
    content: dict[str, Any] = {
        "section": where[0], "item": where[1], "subject": mask_text(subject)[:_SHOWN],
        "taken_as": None if taken_as is None else mask_text(taken_as)[:_SHOWN], "why": why,
    }
    if rows is not None:
        content |= {"rows": rows.found, "share": rows.found / rows.total if rows.total else None}
    return Record("receipt", content)


def _version(export: Export) -> Iterator[Record]:
    if export.version:
        yield _line(("vMetaData", "version"), "RVTools", export.version, "vMetaData says so")
        return
    tally = next((tally for tally in export.tallies if tally.layout.section == "vInfo"), None)
    if tally is None:
        return
    layout = tally.layout
    sizes = "MiB" if layout.newer else "MB"
    smbios = "a" if layout.has("smbios") else "no"
    guess = "4.x" if layout.newer else "3.9 or newer" if layout.has("smbios") else "3.8 or older"
    yield _line(("vInfo", "version"), "RVTools", guess,
                f"headers count in {sizes}, and there is {smbios} column SMBIOS UUID")


def _columns(tally: Tally, export: Export) -> Iterator[Record]:
    layout = tally.layout
    for column in layout.columns:
        yield from _column(column, tally)
    for name in layout.tags.values():
        yield _line((layout.section, "unknown_column"), name, "tag", "a custom attribute")
    for name, why in layout.ignored.items():
        if name not in export.tags:
            yield _line((layout.section, "unknown_column"), name, None, why)
    for missing in layout.missing:
        if layout.section == "vInfo" or missing.name not in _IDENTITIES:
            yield _missing(tally, missing.spellings[0])
    yield from _identities(tally, export)


def _column(column: Column, tally: Tally) -> Iterator[Record]:
    newest = column.field.spellings[0]
    if column.header != newest:
        yield _line((tally.layout.section, "alias"), column.header, newest,
                    "another spelling of it")
    if column.field.kind == "size":
        yield _unit(column, tally)


def _unit(column: Column, tally: Tally) -> Record:
    said = column.unit or "no unit"
    taken = f"{(column.unit or column.field.unit)[0]}iB"
    why = (
        "the header says so" if column.unit.endswith("iB") else
        f"the header names {said}; RVTools counts in powers of 1,024"
    )
    with_value = tally.rows - tally.broken - tally.nulls[column.field.name]
    return _line((tally.layout.section, "unit"), column.header, taken, why,
                 _Rows(with_value, tally.rows))


def _missing(tally: Tally, name: str) -> Record:
    instead, why = None, "the export has no such column"
    if name.startswith("Total disk") and tally.layout.has("provisioned"):
        instead, why = "Provisioned MiB", f"{why}; that counts swap and snapshots too"
    return _line((tally.layout.section, "missing_column"), name, instead, why,
                 _Rows(tally.rows, tally.rows))


def _identities(tally: Tally, export: Export) -> Iterator[Record]:
    """What stands for the instance UUID where there is none."""
    layout = tally.layout
    if layout.section != "vInfo":
        return
    if layout.has("uuid") and (export.is_old or not (layout.newer or layout.has("smbios"))):
        yield _line(("vInfo", "alias"), "VM UUID", "SMBIOS UUID",
                    "before 3.9 the column held it; a live read has other ids")
    for instead, count in sorted(tally.fallback.items()):
        yield _line(("vInfo", "nulls"), f"VM UUID, {instead} instead", instead,
                    "identifies a machine without UUID; a live read has other ids",
                    _Rows(count, tally.rows))


def _times(tally: Tally) -> Iterator[Record]:
    if not any(column.field.kind == "time" for column in tally.layout.columns):
        return
    section = tally.layout.section
    if tally.offset is None:
        yield _line((section, "time_zone"), "all times", "UTC",
                    "RVTools writes the local time of the PC that it ran on, without a zone")
    else:
        yield _line((section, "time_zone"), "all times", clocks.zone(tally.offset),
                    "starts of machines differ by that from their change stamps, which are in UTC;"
                    " summer time is not known")


def _rows(tally: Tally) -> Iterator[Record]:
    section, total = tally.layout.section, tally.rows
    if tally.empty:
        yield _line((section, "dropped"), "empty rows", "padding", "they hold nothing",
                    _Rows(tally.empty, total + tally.empty))
    if tally.nameless:
        what = "host" if section == "vHost" else "machine"
        yield _line((section, "dropped"), "rows without a name", None, f"they name no {what}",
                    _Rows(tally.nameless, total))
    if tally.broken:
        yield _line((section, "dropped"), "rows with too many cells", "problems",
                    "their cells cannot be told apart", _Rows(tally.broken, total))


def _nulls(tally: Tally) -> Iterator[Record]:
    for column in tally.layout.columns:
        name = column.field.name
        count, words = tally.nulls[name], tally.words[name]
        if count:
            why = "the cells are empty" if not words else (
                f"{words:,} of the cells hold no {_KINDS[column.field.kind]}, as"
                f" {tally.example[name]!r}")
            yield _line((tally.layout.section, "nulls"), column.header, None, why,
                        _Rows(count, tally.rows))


_KINDS = {
    "text": "text", "size": "number", "number": "number", "truth": "truth value",
    "time": "time that can be read in one way only", "stamp": "time",
}
