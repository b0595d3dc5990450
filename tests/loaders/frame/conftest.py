"""Small tables, as people export them."""

import csv
import io

import pytest

import fleetkit as fk
from fleetkit.progress import silent

ROWS = [
    {"Host": "web-1", "RAM (GB)": "16", "vCPUs": "4", "Power State": "Powered On"},
    {"Host": "web-2", "RAM (GB)": "8", "vCPUs": "2", "Power State": "poweredOff"},
]


def load(*places, **options):
    return fk.load("frame", *places, progress=silent, **options)


def text(rows, separator=","):
    """Rows by column as delimited text."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def said(fleet, item):
    """Rows of the receipt of a kind: subject -> what it was taken for."""
    rows = fleet.receipt[fleet.receipt["item"] == item]
    taken = rows["taken_as"].astype(object).where(rows["taken_as"].notna(), None)
    return dict(zip(rows["subject"], taken, strict=True))


def codes(fleet):
    return fleet.problems["code"].value_counts().to_dict()


@pytest.fixture
def table(tmp_path):
    """Loads a CSV file of these rows."""
    def loaded(rows, *, name="cmdb.csv", **options):
        path = tmp_path / name
        path.write_text(rows if isinstance(rows, str) else text(rows), newline="")
        return load(path, **options)
    return loaded


@pytest.fixture
def cell(table):
    """What one column becomes of these cells, by the header that they stand under."""
    def read(header, cells, column, **options):
        rows = [{"name": f"m{number}", header: said} for number, said in enumerate(cells)]
        return table(rows, **options).workloads[column].astype(object).where(
            lambda found: found.notna(), None).tolist()
    return read
