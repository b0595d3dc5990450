"""The databases that the tests of this folder share; each is made once, by the real tools."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.installed import rpms
from tests.real.parts import require


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """A dozen rpm files."""
    require("rpmbuild")
    return rpms.build(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def root(packages, tmp_path_factory):
    """A root with all packages installed but the erased one."""
    require("rpm")
    folder = tmp_path_factory.mktemp("root")
    rpms.install(folder, packages)
    rpms.rpm(folder, "-e", "--nodeps", rpms.ERASED)
    return folder


@pytest.fixture(scope="session")
def sqlite(root, tmp_path_factory):
    """As a finished transaction leaves it: nothing in the log."""
    return rpms.copy_sqlite(root, tmp_path_factory.mktemp("sqlite") / "rpm")


@pytest.fixture(scope="session")
def wal(root, sqlite, tmp_path_factory):
    """As found while a transaction runs: one package of rpm's database is in the log only.

    The log is written by sqlite; rpm waits ten seconds for other readers before it leaves one.
    """
    assert sqlite.judged
    folder = tmp_path_factory.mktemp("wal")
    shutil.copytree(root, folder / "root")
    with closing(sqlite3.connect(folder / "root" / rpms.SQLITE)) as writer:
        last = writer.execute("SELECT max(hnum), blob FROM Packages").fetchone()
        writer.execute("DELETE FROM Packages WHERE hnum = ?", last[:1])
        writer.commit()
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        writer.execute("INSERT INTO Packages VALUES (?, ?)", last)
        writer.commit()
        shutil.copytree(folder / "root", folder / "copy")
    return rpms.copy_sqlite(folder / "copy", folder / "rpm")


@pytest.fixture(scope="session")
def bdb(root, tmp_path_factory):
    """The headers of the sqlite database, loaded into a hash by Berkeley DB."""
    folder = tmp_path_factory.mktemp("bdb")
    copied = rpms.copy_sqlite(root, folder / "sqlite")
    assert copied.judged
    blobs = rpms.read_blobs(folder / "sqlite/rpmdb.sqlite")
    content = rpms.load_bdb(require("db5.3_load"), blobs, folder / "bdb")
    judged = rpms.ask(folder / "bdb", "bdb_ro")
    return rpms.RpmDatabase({"var/lib/rpm/Packages": content}, judged)


@pytest.fixture
def bdb_of(tmp_path):
    """A function that has Berkeley DB write these headers into a hash; gives the files."""
    loader = require("db5.3_load")

    def write(*blobs, order="<"):
        content = rpms.load_bdb(loader, list(enumerate(blobs, 1)), tmp_path / "bdb", order)
        return {"var/lib/rpm/Packages": content}

    return write


@pytest.fixture(scope="session")
def ndb():
    """The stored database; see data/SOURCE.md."""
    content = (rpms.DATA / "ndb/Packages.db").read_bytes()
    judged = (rpms.DATA / "ndb/packages.txt").read_text().splitlines()
    return rpms.RpmDatabase({"usr/lib/sysimage/rpm/Packages.db": content}, frozenset(judged))


@pytest.fixture(scope="session", params=["sqlite", "wal", "bdb", "ndb"])
def rpm_database(request):
    """Every container in turn."""
    return request.getfixturevalue(request.param)
