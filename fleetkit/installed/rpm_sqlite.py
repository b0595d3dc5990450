"""`rpmdb.sqlite` (rpm 4.16 and newer): the table Packages, opened in memory.

The database is hostile: its schema is not trusted (a view or virtual table named Packages is
refused), and steps, rows and bytes are counted.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from fleetkit.installed.faults import Fault
from fleetkit.installed.limits import MAX_PACKAGES, MAX_RECORD_BYTES

_MAGIC = b"SQLite format 3\0"
_HEAD_SIZE = 100
_JOURNAL_AT = 18  # two bytes: 2 means write-ahead log, which a database in memory cannot have
_STEPS = 100_000  # of sqlite's machine between two calls of the watch
_CALLS = 200
_TABLE = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'Packages'"


def is_sqlite(database: bytes) -> bool:
    """Whether the file carries the magic of sqlite 3."""
    return database.startswith(_MAGIC)


def read_sqlite(database: bytes, wal: bytes, path: str) -> Iterator[bytes | Fault]:
    """The header blobs in the order of their numbers.

    With a write-ahead log both files are written to a private temporary folder, for only sqlite
    itself should decide which of its pages count; without one nothing touches the disk.
    """
    try:
        if wal:
            yield from _read_with_wal(database, wal, path)
        else:
            yield from _read_alone(database, path)
    except (sqlite3.Error, UnicodeDecodeError, MemoryError, OSError) as error:
        # sqlite quotes a hostile schema in its messages, which need not be UTF-8
        message = f"sqlite: {str(error)!r}; the rows after it are not read"
        yield Fault("corrupt_database", path, message)


def _read_alone(database: bytes, path: str) -> Iterator[bytes | Fault]:
    if len(database) < _HEAD_SIZE:
        yield Fault("corrupt_database", path, f"sqlite: only {len(database)} bytes")
        return
    plain = b"".join((database[:_JOURNAL_AT], b"\1\1", database[_JOURNAL_AT + 2 :]))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(plain)
        yield from _read_rows(connection, len(database), path)


def _read_with_wal(database: bytes, wal: bytes, path: str) -> Iterator[bytes | Fault]:
    with tempfile.TemporaryDirectory(prefix="fleetkit-") as folder:
        file = Path(folder) / "rpmdb.sqlite"
        file.write_bytes(database)
        file.with_name(file.name + "-wal").write_bytes(wal)
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            yield from _read_rows(connection, len(database) + len(wal), path)


def _read_rows(connection: sqlite3.Connection, budget: int, path: str) -> Iterator[bytes | Fault]:
    _restrict(connection)
    table = connection.execute(_TABLE).fetchone()
    if table is None or not (table[0] or b"").upper().startswith(b"CREATE TABLE"):
        message = (
            "sqlite: no table Packages; a database that was just created keeps it in "
            "the file ending in -wal, fetch that too"
        )
        yield Fault("corrupt_database", path, message)
        return
    for (blob,) in connection.execute("SELECT blob FROM Packages LIMIT ?", (MAX_PACKAGES + 1,)):
        if not isinstance(blob, bytes):
            yield Fault("unreadable_entry", path, "sqlite: a row of Packages holds no blob")
            continue
        budget -= len(blob)
        if budget < 0:  # rows that share pages must not multiply the work
            yield Fault("corrupt_database", path, "sqlite: rows hold more bytes than the file")
            return
        yield blob


def _restrict(connection: sqlite3.Connection) -> None:
    calls = iter(range(_CALLS))
    connection.set_progress_handler(lambda: next(calls, None) is None, _STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_RECORD_BYTES)
    connection.text_factory = bytes  # text of a hostile schema need not be UTF-8
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")
