"""Real rpm databases: made by rpm and Berkeley DB's own loader, judged by `rpm -qa`."""

import shutil
import sqlite3
import struct
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
QUERY = "%{NAME}|%{EVR}|%{ARCH}|%{SOURCERPM}|%{MODULARITYLABEL}|%{SIZE}|%{VENDOR}|%{INSTALLTIME}"
ERASED = "gone"
SQLITE = "var/lib/rpm/rpmdb.sqlite"


@dataclass(frozen=True)
class RpmDatabase:
    """The files of one database by path in a root, and what rpm says is in it."""

    files: dict[str, bytes]
    judged: frozenset[str]


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def build(folder):
    """The packages of both specs."""
    for spec in ("dozen", "module"):
        defines = (f"_topdir {folder}/top", f"_rpmdir {folder}/rpms", "_buildhost localhost")
        arguments = [word for define in defines for word in ("--define", define)]
        run("rpmbuild", *arguments, "-bb", str(DATA / f"{spec}.spec"))
    return sorted(folder.glob("rpms/*/*.rpm"))


def install(root, packages):
    rpm(root, "-i", "--nodeps", *map(str, packages))


def rpm(root, *arguments):
    define = ("--define", "_db_backend sqlite")
    return run("rpm", "--root", str(root), "--dbpath", "/var/lib/rpm", *define, *arguments)


def ask(folder, backend="sqlite"):
    """What rpm lists in a database folder, one line per package."""
    query = ("-qa", "--qf", f"{QUERY}\\n")
    listed = run("rpm", "--dbpath", str(folder), "--define", f"_db_backend {backend}", *query)
    return frozenset(listed.splitlines())


def copy_sqlite(root, target):
    """The database with its write-ahead log if that holds anything; rpm is asked last."""
    target.mkdir()
    files = {}
    for source in sorted((root / "var/lib/rpm").glob("rpmdb.sqlite*")):
        shutil.copy(source, target)
        if source.stat().st_size and not source.name.endswith("-shm"):
            files[f"var/lib/rpm/{source.name}"] = source.read_bytes()
    return RpmDatabase(files, ask(target))


def read_blobs(database):
    """Every header with its number, by sqlite itself."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT hnum, blob FROM Packages ORDER BY hnum").fetchall()


def load_bdb(loader, blobs, target, order="<"):
    """A Berkeley DB hash with these numbered headers, as older rpm wrote it; its bytes."""
    target.mkdir()
    pairs = [(0, struct.pack(f"{order}I", len(blobs))), *blobs]
    lines = [f" {struct.pack(f'{order}I', key).hex()}\n {value.hex()}" for key, value in pairs]
    head = [
        "VERSION=3",
        "format=bytevalue",
        "type=hash",
        "db_pagesize=4096",
        f"db_lorder={1234 if order == '<' else 4321}",
        "HEADER=END",
    ]
    dump = target / "dump"
    dump.write_text("\n".join([*head, *lines, "DATA=END", ""]))
    run(loader, "-f", str(dump), str(target / "Packages"))
    return (target / "Packages").read_bytes()


def line_of(package):
    """A package as `QUERY` prints it."""
    epoch, _, version = (package.source_version or "").rpartition(":")
    assert epoch == package.version.rpartition(":")[0]
    words = (
        package.name,
        package.version,
        package.arch,
        f"{package.source_name}-{version}.src.rpm" if package.source_name else None,
        package.module,
        package.size_bytes,
        package.vendor,
        int(package.installed_at.timestamp()),
    )
    return "|".join("(none)" if word is None else str(word) for word in words)
