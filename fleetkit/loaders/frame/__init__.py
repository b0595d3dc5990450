"""Any table that people have: CSV, Parquet, JSON, JSON lines, Excel, or a data frame in memory.

Columns are matched by a mapping, by name, or by a usual other name; the table `receipt` says which
was taken for what. The rest of a row stays where a cell cannot be read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fleetkit.loaders.frame import delimited, documents, objects, sheets
from fleetkit.loaders.frame.importing import imported
from fleetkit.loaders.frame.raw import Raw
from fleetkit.loaders.frame.wishes import Wishes, wishes
from fleetkit.plugins import Loader, Section
from fleetkit.tables import COVERAGE, LOADED, PROBLEMS

Mapped = Mapping[str, Any] | Sequence[str] | str


def scan(  # noqa: PLR0913 - each is a thing that tables differ in
    place: Any,
    *,
    table: str = "workloads",
    columns: Mapped | None = None,
    sheet: str | int | None = None,
    sep: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    tz: str = "UTC",
    scope: str | None = None,
    kind: str = "vm",
) -> Iterator[Section]:
    """The table in a file, or that an object is.

    Args:
        place: a file: .csv, .tsv, .txt, .parquet, .json, .jsonl, .ndjson or .xlsx; or a frame of
            pandas, Polars, Arrow or DuckDB, to which options of text and workbooks say nothing.
        table: what a row is: workloads, images, packages, …
        columns: names in the file to ours, as {"Host": "name", "RAM": ("memory_bytes", "GiB")};
            None for one that is left out. Others are matched by name.
        sheet: of a workbook, by name or by number from 1; else the first with rows.
        sep: what separates the columns of text; else what its header speaks for.
        encoding: of text; else what its bytes speak for.
        decimal: "," or "."; else what the numbers of a column speak for.
        tz: zone of times that name none, as Europe/Berlin.
        scope: part of the ids that are made; else the file's name. Tables of one scope meet.
        kind: vm, container, task or host, where no column tells.

    Raises:
        LoadError: it is no table, or an option cannot be.
    """
    asked = wishes({
        "table": table, "columns": columns, "sheet": sheet, "sep": sep, "encoding": encoding,
        "decimal": decimal, "tz": tz, "scope": scope, "kind": kind,
    })
    return _sections(_opened(place, asked), asked)


def _opened(place: Any, asked: Wishes) -> Iterable[Raw]:
    return _in_file(place, asked) if isinstance(place, Path) else [objects.table(place)]


def _in_file(path: Path, asked: Wishes) -> Iterator[Raw]:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".xlsx", ".xlsm")):
        return sheets.read(path, asked)
    if name.endswith((".parquet", ".pq")):
        return objects.read(path)
    if name.endswith((".json", ".jsonl", ".ndjson")):
        return documents.read(path)
    return delimited.read(path, asked)


def _sections(tables: Iterable[Raw], asked: Wishes) -> Iterator[Section]:
    for raw in tables:
        yield asked.table.name, imported(raw, asked)


LOADER = Loader(
    doc="any table: CSV, Parquet, JSON, Excel or a data frame, with an import receipt",
    reads=("CSV (any usual encoding and separator)", "Parquet", "JSON", "JSON lines",
           "Excel workbook (.xlsx)", "data frame (pandas, Polars, Arrow)"),
    scan=scan,
    given=scan,
    patterns=("*.csv", "*.csv.gz", "*.tsv", "*.parquet", "*.json", "*.jsonl", "*.ndjson",
              "*.xlsx"),
    batches=tuple(table for table in LOADED if table not in (COVERAGE, PROBLEMS)),
)
