"""Estates of vSphere from RVTools exports: workbooks, and folders of CSV files.

Machines, their disks and partitions, templates and hosts, under the ids that a live read of the
vCenter gives. What the import took for granted is in the table `receipt`.
"""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from fleetkit.errors import LoadError
from fleetkit.loaders.rvtools.headers import OTHERS, SECTIONS, section_by_header, section_of
from fleetkit.loaders.rvtools.receipts import receipt
from fleetkit.loaders.rvtools.records import Export, read_sheet
from fleetkit.loaders.rvtools.shapes import SHAPES
from fleetkit.plugins import Loader, Problem, Record, prelude_beside, queries_beside
from fleetkit.spreadsheets.cells import as_text
from fleetkit.spreadsheets.delimited import opened
from fleetkit.spreadsheets.packages import Package
from fleetkit.spreadsheets.workbooks import Cells, Sheet, Workbook

_Section = tuple[str, Iterator[Record | Problem]]


def scan(path: Path) -> Iterator[_Section]:
    """The sheets of a workbook, or the one of a CSV file, and last the receipt.

    Raises:
        LoadError: the file cannot be read, or is no export of RVTools.
    """
    return _text(path) if path.suffix.lower() == ".csv" else _workbook(path)


def _workbook(path: Path) -> Iterator[_Section]:
    with Package(path) as package:
        workbook = Workbook(package, path)
        found: dict[str, str] = {}
        for name in workbook.parts:
            found.setdefault(section_of(name) or "", name)
        if not found.keys() & set(SECTIONS):
            raise LoadError(
                f"{path}: is no export of RVTools; it has the sheets"
                f" {', '.join(workbook.parts)[:200]}, and none of {', '.join(SECTIONS)}"
            )
        export = Export(path.name)
        if "vMetaData" in found:
            export.version = _version(workbook.sheet(found["vMetaData"]))
        for section in SECTIONS[:-1]:
            if section in found:
                yield section, read_sheet(section, workbook.sheet(found[section]), export)
        if export.tallies:
            yield "receipt", receipt(export, found)


def _version(sheet: Sheet) -> str | None:
    """The version of RVTools that the sheet names."""
    with closing(sheet), suppress(LoadError):
        header, first = (next(sheet.rows, (0, {}))[1] for _ in range(2))
        return _named_version(header, first)
    return None


def _named_version(header: Cells, first: Cells) -> str | None:
    places = {as_text(cell): place for place, cell in header.items()}
    return next((as_text(first[places[name]]) for name in ("RVTools version",
                 "RVTools major version") if places.get(name) in first), None)


def _text(path: Path) -> Iterator[_Section]:
    beside = {section_of(file.stem): file for file in path.parent.glob("*.csv")}
    export = Export(f"{path.parent.name}/")
    section = section_of(path.stem) or _by_header(path)
    if section in OTHERS:
        yield "receipt", receipt(export, (*SECTIONS, section))
        return
    with opened(path) as sheet:
        if section == "vMetaData":
            export.version = _version(sheet)
        else:
            yield section, read_sheet(section, sheet, export)
        if not export.tallies and not export.version:
            return
        there = {section, *beside} if section == "vInfo" else SECTIONS
        yield "receipt", receipt(export, (name for name in there if name and name not in OTHERS))


def _by_header(path: Path) -> str:
    with opened(path) as sheet:
        _, header = next(sheet.rows, (0, {}))
    found = section_by_header({place: as_text(cell) or "" for place, cell in header.items()})
    if found is None:
        named = ", ".join(str(cell)[:40] for cell in list(header.values())[:8])
        raise LoadError(
            f"{path}: is no table of RVTools; its columns are {named or 'none'}; name it as RVTools"
            " does, as RVTools_tabvInfo.csv"
        )
    return found


LOADER = Loader(
    doc="machines, disks, partitions, templates and hosts of vSphere, with an import receipt",
    reads=("RVTools workbook (.xlsx)", "folder of RVTools CSV files (RVTools_tabvInfo.csv, …)"),
    scan=scan,
    patterns=("*.xlsx", "*.csv"),
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
)
