from pathlib import Path

from tests.real.mirror import KEYRING, read

LIST = """\
# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/keys/own.gpg] http://mirror.example/debian bookworm main contrib
deb-src http://mirror.example/debian bookworm main
deb http://security.example/debian-security bookworm-security main
"""
STANZAS = """\
Types: deb
Enabled: no
URIs: http://disabled.example/debian
Suites: bookworm

Types: deb deb-src
# http://snapshot.example/debian
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main

Types: deb
URIs: http://security.example/debian-security/
Suites: trixie-security
Components: main
"""


def sources(folder: Path, name: str, text: str) -> Path:
    (folder / "sources.list.d").mkdir()
    (folder / name).write_text(text)
    return folder


def test_lines_name_archive_security_and_keyring(tmp_path: Path) -> None:
    mirror = read(sources(tmp_path, "sources.list.d/a.list", LIST))
    assert mirror is not None
    assert mirror.archive == "http://mirror.example/debian"
    assert mirror.security == "http://security.example/debian-security"
    assert mirror.keyring == f"/etc/keys/own.gpg,{KEYRING}"


def test_stanzas_that_are_not_enabled_do_not_count(tmp_path: Path) -> None:
    mirror = read(sources(tmp_path, "sources.list.d/debian.sources", STANZAS))
    assert mirror is not None
    assert mirror.archive == "http://mirror.example/debian"
    assert mirror.security == "http://security.example/debian-security/"


def test_sources_without_a_debian_suite_are_no_mirror(tmp_path: Path) -> None:
    text = "deb http://ubuntu.example/ubuntu noble main\n"
    assert read(sources(tmp_path, "sources.list", text)) is None
