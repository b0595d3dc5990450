"""OpenStack's services in a virtual environment of their own, and their empty databases.

Both lie in the cache of real parts and are made once: the environment per set of releases, the
databases per environment and code that makes them. A session copies the databases.
"""

import hashlib
import shutil
import sqlite3
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.real import openstack_settings as settings
from tests.real.engine import default_folder
from tests.real.sharing import locked

RELEASES = (
    "keystone==30.0.0", "glance==33.0.0", "nova==34.0.0", "openstack-placement==16.0.0",
    "cinder==29.0.0", "neutron==29.0.0", "waitress==3.0.2",
    "python-openstackclient==10.5.0",
)
SCRIPTS = Path(__file__).with_name("scripts")
COMPLETE = "complete"
NO_PORTS = dict.fromkeys(settings.SERVICES, 1)
KEYS = ("--keystone-user", "root", "--keystone-group", "root")
NETWORK_TABLES = (
    "from neutron.db.migration.models import head; import sqlalchemy as sa;"
    "head.get_metadata().create_all(sa.create_engine('sqlite:///neutron.db'))"
)
CELLS = {"cell0": settings.database("nova_cell0"), "cell1": settings.database("nova")}


class NotBuilt(Exception):
    """A step of the set-up failed; the text holds the end of what it printed."""


def home() -> Path:
    """Where the environment and the databases are kept."""
    return default_folder() / "openstack"


def is_built() -> bool:
    """Whether the environment of these releases is complete."""
    return _said(home() / "venv") == "\n".join(RELEASES)


def build() -> Path:
    """The environment and the empty databases, made if need be.

    Raises:
        NotBuilt: a package could not be installed, or a database not be made.
    """
    home().mkdir(parents=True, exist_ok=True)
    with locked(home()):
        if not is_built():
            _install(home() / "venv")
        return _databases(home() / "databases")


def python() -> Path:
    """The interpreter of the environment."""
    return home() / "venv" / "bin" / "python"


def _install(venv: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(venv)])
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--no-compile", *RELEASES])
    (venv / COMPLETE).write_text("\n".join(RELEASES))


def _databases(folder: Path) -> Path:
    code = [Path(__file__), Path(settings.__file__)]
    made_by = hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()
    if _said(folder) != made_by:
        shutil.rmtree(folder, ignore_errors=True)
        settings.write(folder, home() / "venv", NO_PORTS)
        with ThreadPoolExecutor(max_workers=2) as pool:
            for done in [pool.submit(_chain, folder, name) for name in _CHAINS]:
                done.result()
        _register(folder)
        _let_readers_stay(folder)
        (folder / COMPLETE).write_text(made_by)
    return folder


def _said(folder: Path) -> str | None:
    stamp = folder / COMPLETE
    return stamp.read_text() if stamp.exists() else None


_CHAINS: dict[str, tuple[tuple[str, ...], ...]] = {
    "keystone": (
        ("db_sync",), ("fernet_setup", *KEYS), ("credential_setup", *KEYS),
        ("bootstrap", "--bootstrap-password", settings.PASSWORD,
         "--bootstrap-region-id", settings.REGION,
         "--bootstrap-public-url", settings.address("keystone", NO_PORTS)),
    ),
    "nova": (
        ("api_db", "sync"), ("cell_v2", "map_cell0", "--database_connection", CELLS["cell0"]),
        ("db", "sync"),
        ("cell_v2", "create_cell", "--name", "cell1", "--transport-url", "fake://",
         "--database_connection", CELLS["cell1"]),
    ),
    "glance": (("db_sync",),),
    "placement": (("db", "sync"),),
    "cinder": (("db", "sync"),),
    "neutron": (),
}


def _chain(folder: Path, name: str) -> None:
    tool = [str(python().with_name(f"{name}-manage")), "--config-file",
            str(folder / name / f"{name}.conf")]
    if name == "neutron":
        _run([str(python()), "-c", NETWORK_TABLES], folder)
    for words in _CHAINS[name]:
        _run([*tool, *words], folder)


def _let_readers_stay(folder: Path) -> None:
    """A reader does not lock writers out: else services fail each other now and then."""
    for database in folder.glob("*.db"):
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")


def _register(folder: Path) -> None:
    """The other services in keystone's catalogue, and the role `service` for their common user."""
    with closing(sqlite3.connect(folder / "keystone.db")) as keystone, keystone:
        for name, (kind, _) in settings.SERVICES.items():
            if name != "keystone":
                keystone.execute(
                    "INSERT INTO service (id, type, enabled, extra) VALUES (?, ?, 1, ?)",
                    (uuid.uuid4().hex, kind, f'{{"name": "{name}"}}'),
                )
        _grant_service_role(keystone)


def _grant_service_role(keystone: sqlite3.Connection) -> None:
    (role,) = keystone.execute("SELECT id FROM role WHERE name = 'service'").fetchone()
    user, project = keystone.execute(
        "SELECT actor_id, target_id FROM assignment WHERE type = 'UserProject'").fetchone()
    keystone.execute("INSERT INTO assignment VALUES ('UserProject', ?, ?, ?, 0)",
                     (user, project, role))


def place(folder: Path, ports: dict[str, int]) -> None:
    """A session's own databases and configuration, with the addresses of its services."""
    shutil.copytree(home() / "databases", folder, dirs_exist_ok=True)
    settings.write(folder, home() / "venv", ports)
    kinds = {kind: name for name, (kind, _) in settings.SERVICES.items()}
    with closing(sqlite3.connect(folder / "keystone.db")) as keystone, keystone:
        keystone.execute("DELETE FROM endpoint")
        for service, kind in keystone.execute("SELECT id, type FROM service").fetchall():
            url = settings.address(kinds[kind], ports)
            keystone.executemany(
                "INSERT INTO endpoint (id, interface, service_id, url, extra, enabled, region_id)"
                " VALUES (?, ?, ?, ?, '{}', 1, ?)",
                [(uuid.uuid4().hex, side, service, url, settings.REGION)
                 for side in ("public", "internal", "admin")],
            )


def _run(words: list[str], folder: Path | None = None) -> None:
    """A command that has to succeed."""
    variables = settings.environment(folder, SCRIPTS) if folder else None
    ran = subprocess.run(words, cwd=folder, env=variables, check=False, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if ran.returncode:
        raise NotBuilt(f"{' '.join(words[:6])} failed and said\n{ran.stdout[-2000:]}")
