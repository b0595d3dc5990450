"""Files of strangers: broken, padded, blown up, and full of what is not for the eye."""

import io
import subprocess
import sys
import zipfile
from contextlib import suppress
from datetime import datetime

import openpyxl
import pytest

from fleetkit.errors import LoadError
from fleetkit.loaders.rvtools import scan
from tests.loaders.rvtools.conftest import disk, load, said, table, uuid, vm, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>%s</sheetData></worksheet>'


def package(path, sheet, shared="", before=""):
    """The least that is a workbook, with this content of its sheet vInfo."""
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINK}"><sheets>'
                           '<sheet name="vInfo" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a"'
                                      ' Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": before + SHEET % sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def inline(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = (
    '<row r="1">' + inline("A1", "VM") + inline("B1", "VM UUID") + inline("C1", "CPUs") + "</row>")


def test_the_least_workbook_is_read(tmp_path):
    row = f'<row r="2">{inline("A2", "web")}{inline("B2", uuid(1))}<c r="C2"><v>4</v></c></row>'
    fleet = load(package(tmp_path / "a.xlsx", HEAD + row))
    assert fleet.workloads[["name", "cpu_cores"]].to_numpy().tolist() == [["web", 4]]


def test_cells_without_places_stand_in_their_order(tmp_path):
    rows = (["VM", "VM ID", "CPUs"], ["web", "vm-1", "4"])
    sheet = "".join(["<row>" + "".join(inline("", cell) for cell in row) + "</row>"
                     for row in rows]).replace(' r=""', "")
    assert load(package(tmp_path / "a.xlsx", sheet)).workloads["cpu_cores"].tolist() == [4]


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused_in_words(tmp_path, part):
    path = workbook(tmp_path / "a.xlsx", vInfo=[vm()])
    path.write_bytes(path.read_bytes()[:int(path.stat().st_size * part)])
    with pytest.raises(LoadError, match="no complete xlsx workbook"):
        load(path)


def test_a_sheet_that_breaks_off_gives_the_rows_before_and_the_other_sheets(tmp_path):
    whole = workbook(tmp_path / "whole.xlsx", vInfo=[vm(n) for n in range(1, 300)],
                     vDisk=[disk()])
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "cut.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            cut = name.endswith("sheet1.xml")
            new.writestr(name, content[:len(content) // 2] if cut else content)
    fleet = load(tmp_path / "cut.xlsx")
    status = fleet.coverage.set_index("resource")["status"]
    assert status[["vInfo", "vDisk"]].tolist() == ["partial", "ok"]
    assert 100 < len(fleet.workloads) < 299
    assert "cannot be read to its end" in fleet.problems["detail"].iloc[0]


@pytest.mark.parametrize("entity", [
    '<!DOCTYPE w [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]>',
    '<!DOCTYPE w SYSTEM "file:///etc/passwd">', "<!DOCTYPE w>",
])
def test_a_document_type_is_refused(tmp_path, entity):
    path = package(tmp_path / "a.xlsx", HEAD, before=entity)
    with pytest.raises(LoadError, match="has a document type"):
        load(path)


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(64 << 20))
    with pytest.raises(LoadError, match="would inflate to 67,108,864 bytes"):
        load(path)


def test_a_part_that_lies_about_its_size_is_refused(tmp_path):
    path = package(tmp_path / "a.xlsx", HEAD + "<row/>" * 50_000)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    assert content.count(true) == 2
    path.write_bytes(bytes(content).replace(true, (1000).to_bytes(4, "little")))
    with pytest.raises(LoadError, match="cannot be read to its end"):
        load(path)


@pytest.mark.parametrize(("cells", "found"), [
    ('<row r="1048577"><c r="A1048577"><v>1</v></c></row>', "a row 1,048,577"),
    ('<row r="2"><c r="XFD2"><v>1</v></c></row>', "a column 16,384"),
    ('<row r="2"><c r="A2" t="inlineStr"><is><t>' + "x" * 1_100_000 + "</t></is></c></row>",
     "a cell of"),
    (f'<row r="2" x="{"y" * 5_000_000}"/>', "a tag without end"),
])
def test_what_no_export_holds_is_refused(tmp_path, cells, found):
    fleet = load(package(tmp_path / "a.xlsx", HEAD + '<row r="2">' + inline("A2", "web") + "</row>"
                         + cells))
    assert found in fleet.problems["detail"].iloc[0]


def test_one_long_text_in_many_cells_is_refused(tmp_path):
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>'
                    for row in range(2, 20_000))
    path = package(tmp_path / "a.xlsx", HEAD + cells, f"<si><t>{'x' * 32_000}</t></si>")
    code = f"from fleetkit.loaders.rvtools import scan\n{LIMITED}"
    assert run(code, path) < 200


LIMITED = """
import sys
from pathlib import Path
from fleetkit.errors import LoadError
rows = 0
try:
    for name, items in scan(Path(sys.argv[1])):
        for item in items:
            rows += 1
except LoadError as error:
    assert "letters" in str(error), error
print(rows)
status = Path("/proc/self/status").read_text()  # the usage of a process counts its parent's too
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def run(code, path):
    """Megabytes that a process of its own needed at most."""
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1])


def test_a_workbook_padded_to_the_last_row_needs_no_more_memory(tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("vInfo")
    sheet.append(list(vm()))
    sheet.append(list(vm().values()))
    book.save(tmp_path / "plain.xlsx")
    padding = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>'
                      for row in range(3, 1_048_577))
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(
            tmp_path / "padded.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            content = old.read(name).decode()
            new.writestr(name, content.replace("</sheetData>", padding + "</sheetData>"))
    code = f"from fleetkit.loaders.rvtools import scan\n{LIMITED}"
    plain, padded = (run(code, tmp_path / f"{name}.xlsx") for name in ("plain", "padded"))
    assert padded < plain + 20


def test_padding_is_counted_and_is_no_machine(tmp_path):
    rows = f'<row r="2">{inline("A2", "web")}</row><row r="1048576"><c r="A1048576" s="3"/></row>'
    fleet = load(package(tmp_path / "a.xlsx", HEAD + rows))
    assert said(fleet, "vInfo", "dropped")["empty rows"][2] == 1_048_574
    assert len(fleet.workloads) == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"<html>",
                                     b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_workbook_is_refused_in_words(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(LoadError, match=r"a\.xlsx"):
        load(path)


@pytest.mark.parametrize("text", [
    "=cmd|'/c calc'!A0", "<script>alert(1)</script>", "\x0b\x1f\u202e\u0000bell\x07", "'; DROP--",
    "\ufeff\u200b", "{{7*7}}", "../../etc/passwd", "Robert'); DROP TABLE vInfo;--", "%s%n{0}",
])
def test_hostile_text_stays_text(tmp_path, text):
    rows = [vm(1, VM=text, Annotation=text, Cluster=text, Owner=text), vm(2)]
    fleet = load(table(tmp_path / "vInfo.csv", rows))
    assert len(fleet.workloads) == 2
    if text.isprintable():
        assert text in fleet.workloads["name"].tolist()


def test_a_formula_in_a_workbook_is_not_computed(tmp_path):
    row = ('<row r="2"><c r="A2" t="str"><f>HYPERLINK("http://x")</f><v>web</v></c>'
           f'{inline("B2", uuid(1))}</row>')
    assert load(package(tmp_path / "a.xlsx", HEAD + row)).workloads["name"].tolist() == ["web"]


SECRETS = {
    "Annotation": "root login: --password hunter2-a and https://admin:hunter2-b@vault",
    "Admin Password": "hunter2-c", "api_token": "hunter2-d", "Contact": "pw=x password=hunter2-e",
}


def planted(folder):
    return workbook(folder / "secrets.xlsx", vInfo=[vm(**SECRETS)],
                    vDisk=[disk(**SECRETS, Path="[DS] password=hunter2-f")],
                    vSnapshot=[{"VM": "web-1", "Name": "secret=hunter2-g"}])


def test_planted_secrets_reach_no_table(tmp_path):
    fleet = load(planted(tmp_path))
    everything = "".join(frame.to_csv() for _, frame in fleet)
    assert "hunter2" not in everything
    assert "Admin Password" in fleet.workloads["tags"].iloc[0]


def test_planted_secrets_are_in_no_record(tmp_path, caplog):
    records = [str(item) for _, items in scan(planted(tmp_path)) for item in items]
    assert "web-1" in records[0]
    assert "hunter2" not in "".join(records) + caplog.text


def test_random_bytes_in_a_workbook_never_break_the_load(tmp_path):
    whole = workbook(tmp_path / "a.xlsx", vInfo=[vm(n) for n in range(1, 20)]).read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        path = tmp_path / "b.xlsx"
        path.write_bytes(whole[:place] + b"\xff\x00\x13" + whole[place + 3:])
        with suppress(LoadError):
            for _, items in scan(path):
                with suppress(LoadError):
                    assert len(list(items)) < 200


def test_a_workbook_counts_days_from_1904_where_it_says_so(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "vInfo"
    started = datetime(2024, 5, 1, 10, 30)  # noqa: DTZ001
    row = {**vm(), "PowerOn": started}
    sheet.append(list(row))
    sheet.append(list(row.values()))
    stream = io.BytesIO()
    book.save(stream)
    (tmp_path / "mac.xlsx").write_bytes(stream.getvalue())
    found = load(tmp_path / "mac.xlsx").workloads["started_at"].iloc[0]
    assert str(found) == "2024-05-01 10:30:00+00:00"
