"""Root file systems with a real rpm database: packages built by rpmbuild, installed by rpm.

The packages carry no files; their names, epochs, versions and sources are those of a small server.
"""

import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.real import parts
from tests.real.archive import Tree
from tests.real.suites import Unavailable

SPEC = """
Name: {name}
Version: {version}
Release: {release}
{epoch}
Summary: {name} of the test fleet
License: MIT
{arch}
AutoReqProv: no
%description
Stands for {name}.
%files
"""
LIBS = """
%package libs
Summary: libraries of {name}
AutoReqProv: no
%description libs
Stands for the libraries of {name}.
%files libs
"""


@dataclass(frozen=True)
class Rpm:
    """One source package and the binary packages that it makes."""

    name: str
    version: str
    release: str
    epoch: int | None = None
    has_libs: bool = False
    noarch: bool = False

    @property
    def spec(self) -> str:
        """What rpmbuild reads."""
        epoch = "" if self.epoch is None else f"Epoch: {self.epoch}"
        arch = "BuildArch: noarch" if self.noarch else ""
        text = SPEC.format(
            name=self.name, version=self.version, release=self.release, epoch=epoch, arch=arch
        )
        return text + (LIBS.format(name=self.name) if self.has_libs else "")


@dataclass(frozen=True)
class Server:
    """What is installed, and the format of the database that says so."""

    name: str
    format: Literal["sqlite", "berkeley"]
    packages: tuple[Rpm, ...]


ENTERPRISE_9 = Server(
    "el9",
    "sqlite",
    (
        Rpm("openssl", "3.2.2", "6.el9", epoch=1, has_libs=True),
        Rpm("bash", "5.1.8", "9.el9"),
        Rpm("dbus", "1.12.20", "8.el9", epoch=1, has_libs=True),
        Rpm("shadow-utils", "4.9", "10.el9_5", epoch=2),
        Rpm("tzdata", "2024b", "2.el9", noarch=True),
        Rpm("ledger-core", "2.4.0~rc1", "1.el9", epoch=3),
    ),
)
ENTERPRISE_7 = Server(
    "el7",
    "berkeley",
    (
        Rpm("openssl", "1.0.2k", "26.el7_9", epoch=1, has_libs=True),
        Rpm("bash", "4.2.46", "35.el7_9"),
        Rpm("tzdata", "2024a", "1.el7", noarch=True),
    ),
)
DATABASE = "var/lib/rpm"
# What db_load reads; rpm's own Packages is a hash of little-endian header numbers.
DUMP = """\
VERSION=3
format=bytevalue
type=hash
db_pagesize=4096
HEADER=END
{rows}
DATA=END
"""


def database(server: Server) -> Tree:
    """The server's rpm database, by its place in an image.

    Raises:
        Unavailable: rpm or db_load is not here, or refused.
    """
    with tempfile.TemporaryDirectory() as work:
        return _installed(Path(work), server)


def _installed(work: Path, server: Server) -> Tree:
    """Builds and installs the packages, and reads what rpm stored."""
    root = work / "root"
    root.mkdir()
    specs = []
    for rpm in server.packages:
        spec = work / f"{rpm.name}.spec"
        spec.write_text(rpm.spec)
        specs.append(str(spec))
    _run("rpmbuild", "--quiet", "--define", f"_topdir {work}", "-bb", *specs)
    packages = sorted(str(path) for path in work.glob("RPMS/*/*.rpm"))
    place = ("--dbpath", f"/{DATABASE}", "--define", "_db_backend sqlite")
    _run("rpm", "--root", str(root), *place, "-i", "--nodeps", *packages)
    stored = root / DATABASE
    if server.format == "berkeley":
        return {f"{DATABASE}/Packages": _berkeley(stored / "rpmdb.sqlite")}
    return {f"{DATABASE}/{p.name}": p.read_bytes() for p in sorted(stored.iterdir()) if p.is_file()}


def _berkeley(sqlite: Path) -> bytes:
    """The same headers as Berkeley DB keeps them; entry 0 holds the highest header number."""
    with closing(sqlite3.connect(sqlite)) as database:
        rows = dict(database.execute("SELECT hnum, blob FROM Packages"))
    rows[0] = max(rows).to_bytes(4, "little")
    lines = [f" {n.to_bytes(4, 'little').hex()}\n {blob.hex()}" for n, blob in rows.items()]
    dump = sqlite.with_name("dump")
    dump.write_text(DUMP.format(rows="\n".join(lines)))
    made = sqlite.with_name("Packages")
    _run("db_load", "-f", str(dump), str(made))
    return made.read_bytes()


def _run(name: str, *words: str) -> None:
    path, why = parts.find(name)
    if path is None:
        raise Unavailable(why)
    ran = subprocess.run([path, *words], capture_output=True, text=True, timeout=120, check=False)
    if ran.returncode:
        raise Unavailable(f"{name}: {ran.stderr.strip()[-500:]}")
