"""Damaged and malicious databases: always an answer, never an exception, never without end."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.installed import Installed, read_installed
from tests.installed.rpms import DATA

NDB = (DATA / "ndb/Packages.db").read_bytes()
PATHS = [
    "etc/os-release",
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/x",
    "lib/apk/db/installed",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/rpmdb.sqlite-wal",
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
]
MAGICS = [b"", b"SQLite format 3\0", b"RpmP", bytes(12) + struct.pack("<III", 0x061561, 9, 4096)]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "drop", "copy"]),
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.binary(min_size=1, max_size=8), st.just(bytes(4)), st.just(b"\xff" * 4)),
    ),
    min_size=1,
    max_size=6,
)


def mutate(content, edits):
    for kind, where, piece in edits:
        at = int(where * len(content))
        if kind == "flip":
            content = content[:at] + piece + content[at + len(piece) :]
        elif kind == "cut":
            content = content[:at]
        elif kind == "insert":
            content = content[:at] + piece + content[at:]
        elif kind == "drop":
            content = content[:at] + content[at + len(piece) :]
        else:
            content = content[:at] + content[: len(content) - at]
    return content


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(edits=EDITS, data=st.data())
def test_mutated_rpm_database_gives_an_answer(rpm_database, edits, data):
    path = data.draw(st.sampled_from(sorted(rpm_database.files)))
    files = {**rpm_database.files, path: mutate(rpm_database.files[path], edits)}
    answer = read_installed(files)
    assert isinstance(answer, Installed)
    assert all(package.name and package.version for package in answer.packages)


@settings(max_examples=150, deadline=None)
@given(edits=EDITS)
def test_mutated_status_gives_an_answer(machine_status, edits):
    answer = read_installed({"var/lib/dpkg/status": mutate(machine_status, edits)})
    assert all(package.name.isprintable() for package in answer.packages)


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(PATHS), magic=st.sampled_from(MAGICS), rest=st.binary(max_size=600))
def test_any_bytes_give_an_answer(path, magic, rest):
    assert isinstance(read_installed({path: magic + rest}), Installed)


@pytest.fixture(scope="module")
def machine_status():
    """Some forty stanzas in dpkg's form."""
    stanza = "Package: p{0}\nStatus: install ok installed\nInstalled-Size: {0}\nVersion: 1.{0}-1\n"
    return "\n".join(map((stanza + "Source: s (1-{0})\n").format, range(40))).encode()


def test_flipped_byte_inside_a_header_fails_the_checksum():
    at = NDB.index(b"kernel-core")
    answer = read_installed(
        {"var/lib/rpm/Packages.db": mutate(NDB, [("flip", at / len(NDB), b"K")])}
    )
    assert len(answer.packages) == 10
    assert "checksum" in answer.faults[0].message


def test_slots_that_share_a_blob_end_the_reading():
    slot = NDB[32:48]
    many = NDB[:32] + slot * 254 + NDB[32 + 254 * 16 :]
    answer = read_installed({"var/lib/rpm/Packages.db": many})
    assert len(answer.packages) < 20
    assert "overlap" in answer.faults[0].message


def test_chain_of_pages_that_bites_its_tail_ends(bdb):
    (path,) = bdb.files
    content = bytearray(bdb.files[path])
    pages = range(0, len(content), 4096)
    first = next(page for page in pages if content[page + 25] == 7)
    struct.pack_into("<I", content, first + 16, first // 4096)  # its next page is itself
    struct.pack_into("<H", content, first + 22, 8)  # and it holds little
    answer = read_installed({path: bytes(content)})
    assert any("outside or used" in fault.message for fault in answer.faults)


def test_cut_berkeley_db_says_how_many_pages_are_missing(bdb):
    (path,) = bdb.files
    answer = read_installed({path: bdb.files[path][: 4096 * 3]})
    assert "ends after 3 of" in answer.faults[0].message


def write_sqlite(folder, *statements):
    file = Path(folder) / "made.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return {"var/lib/rpm/rpmdb.sqlite": file.read_bytes()}


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i AS blob FROM n"
)


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE VIEW Packages AS {ENDLESS}",
        "CREATE VIRTUAL TABLE Packages USING fts4(hnum, blob)",
        "CREATE TABLE Other (blob)",
    ],
)
def test_sqlite_without_the_plain_table_is_refused(tmp_path, statement):
    answer = read_installed(write_sqlite(tmp_path, statement))
    assert (answer.observable, answer.faults[0].code) == (False, "corrupt_database")


def test_schema_that_is_no_text_is_a_fault(tmp_path):
    ((path, content),) = write_sqlite(tmp_path, "CREATE TABLE Packages (blob)").items()
    answer = read_installed({path: content.replace(b"CREATE", b"CRE\xc1TE")})
    assert [fault.code for fault in answer.faults] == ["corrupt_database"]


def test_column_that_makes_up_megabytes_is_stopped(tmp_path):
    made = "CREATE TABLE Packages (hnum, blob AS (zeroblob(50000000)))"
    rows = "INSERT INTO Packages (hnum) SELECT value FROM json_each('[1,2,3,4,5]')"
    answer = read_installed(write_sqlite(tmp_path, made, rows))
    assert "more bytes than the file" in answer.faults[0].message


@pytest.mark.parametrize("name", ["a\x1b[2J", "a\u202eb", "a" * 2000, ""])
def test_name_that_cannot_be_shown_is_a_fault(name):
    answer = read_installed({"lib/apk/db/installed": f"P:{name}\nV:1\n".encode()})
    assert (answer.packages, answer.faults[0].code) == ((), "unreadable_entry")


def test_hostile_text_stays_text():
    text = b"P:<script>alert(1)</script>\nV:1&?#\n"
    answer = read_installed({"etc/os-release": b"ID=alpine", "lib/apk/db/installed": text})
    assert answer.packages[0].purl == (
        "pkg:apk/alpine/%3Cscript%3Ealert%281%29%3C%2Fscript%3E@1%26%3F%23?distro=alpine"
    )
