"""Small exports, written as RVTools writes them."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

import fleetkit as fk
from fleetkit.progress import silent

SHARED = Path(__file__).parents[4] / "shared/data/vsphere"
VCENTER = "4ce4180c-0000-4000-8000-000000000001"
INFO = {
    "VM": "web-1", "Powerstate": "poweredOn", "Template": "False", "SRM Placeholder": "False",
    "Connection state": "connected", "CPUs": 2, "Memory": 4096, "Total disk capacity MiB": 10_240,
    "Provisioned MiB": 14_336, "In Use MiB": 2048, "Annotation": None, "Cluster": "C1",
    "Host": "esx1", "VM ID": "vm-1", "SMBIOS UUID": "42000000-0000-0000-0000-000000000001",
    "VM UUID": "50000000-0000-0000-0000-000000000001", "VI SDK Server": "vc.example",
    "VI SDK UUID": VCENTER,
}
DISK = {
    "VM": "web-1", "Disk": "Hard disk 1", "Disk Key": "2000", "Disk UUID": "6000-1",
    "Capacity MiB": 10_240, "Raw": "False", "Disk Mode": "persistent", "Thin": "True",
    "Controller": "LSI Logic", "Path": "[DS] web-1/web-1.vmdk", "VM ID": "vm-1",
    "VM UUID": "50000000-0000-0000-0000-000000000001", "VI SDK UUID": VCENTER,
}


def uuid(number):
    return f"50000000-0000-0000-0000-{number:012}"


def vm(number=1, **cells):
    """A row of vInfo; names of columns with spaces are given by `**{...}`."""
    return {**INFO, "VM": f"web-{number}", "VM ID": f"vm-{number}", "VM UUID": uuid(number),
            "SMBIOS UUID": uuid(number).replace("5", "42", 1)[:36], **cells}


def disk(number=1, unit=1, **cells):
    return {**DISK, "VM": f"web-{number}", "VM ID": f"vm-{number}", "VM UUID": uuid(number),
            "Disk": f"Hard disk {unit}", "Disk Key": str(1999 + unit),
            "Disk UUID": f"6000-{number}-{unit}", **cells}


def columns(rows):
    return list(dict.fromkeys(name for row in rows for name in row))


def workbook(path, **sheets):
    """A workbook with these sheets, each a list of rows by column, the first row the header."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        names = columns(rows)
        sheet.append(names)
        for row in rows:
            sheet.append([row.get(column) for column in names])
    book.save(path)
    return path


def table(path, rows, separator=",", encoding="utf-8-sig", header=None):
    """A CSV file of rows by column."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    names = columns(rows)
    writer.writerow(header or names)
    writer.writerows([row.get(column) for column in names] for row in rows)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def load(*paths):
    return fk.load("rvtools", *paths, progress=silent)


def said(fleet, section=None, item=None):
    """Rows of the receipt: subject -> (taken_as, why, rows)."""
    rows = fleet.receipt
    rows = rows[(rows["section"] == section) if section else rows["section"].notna()]
    rows = rows[(rows["item"] == item) if item else rows["item"].notna()]
    return {row.subject: (row.taken_as, row.why, row.rows) for row in rows.itertuples()}


def dropped(fleet, section):
    """Rows of a sheet of which nothing became, and rows of which something else did."""
    return {subject: int(found) for subject, (_, _, found) in
            said(fleet, section, "dropped").items() if subject != "empty rows"}


@pytest.fixture
def book(tmp_path):
    """Loads a workbook with these sheets."""
    return lambda **sheets: load(workbook(tmp_path / "export.xlsx", **sheets))


def real(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the payload {name} is not beside the checkout")
    return path
