"""What reading RVTools exports costs beside pandas: `python -m tests.benchmarks.rvtools`."""

import tempfile
import warnings
from pathlib import Path

import pandas as pd

import fleetkit as fk
from fleetkit.loaders.rvtools import scan
from fleetkit.loaders.rvtools.headers import SECTIONS
from fleetkit.progress import silent
from tests.benchmarks.loading import compared, seconds
from tests.loaders.rvtools.conftest import SHARED, disk, table, vm

ESTATE = SHARED / "rvtools-4.7.1-27-sheets.xlsx"
PADDED = SHARED / "rvtools-example1.xlsx"


def read_excel(path):
    """The sheets that we read, as pandas reads them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pd.read_excel(path, sheet_name=[*there(path)], engine="openpyxl")


def there(path):
    with pd.ExcelFile(path, engine="openpyxl") as book:
        return [name for name in book.sheet_names if name in SECTIONS]


def scanned(path):
    for _, items in scan(path):
        for _ in items:
            pass


def estate():
    compared("load of the 27 sheets to tables, beside read_excel of the sheets that it reads",
             lambda: fk.load("rvtools", ESTATE, progress=silent), lambda: read_excel(ESTATE),
             rounds=3)
    compared("records of the 27 sheets, beside the same", lambda: scanned(ESTATE),
             lambda: read_excel(ESTATE), rounds=3)


def padded():
    compared("load of the padded workbook, beside read_excel of its sheets",
             lambda: fk.load("rvtools", PADDED, progress=silent), lambda: read_excel(PADDED),
             rounds=1)


def large(count=20_000):
    """An estate of that many machines as CSV."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        numbers = range(1, count + 1)
        table(folder / "vInfo.csv", [vm(number, Owner="ann") for number in numbers])
        table(folder / "vDisk.csv", [disk(number, unit) for number in numbers for unit in (1, 2)])
        taken = seconds(lambda: fk.load("rvtools", folder, progress=silent))
        print(f"load of {count:,} machines and {2 * count:,} disks from CSV: {taken:.1f} s")


def main():
    large()
    if ESTATE.exists():
        estate()
        padded()
    else:
        print("the real exports are not beside the checkout")


if __name__ == "__main__":
    main()
