"""What a test needs of this machine: `require("dpkg")` skips without it.

With FLEETKIT_REAL=1 in the environment (as in CI) an absent part fails the test.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from tests.real import mirror

INSTALL = "install it with .ci/install, as root on Debian bookworm"
ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin"  # where daemons live; often not on a user's PATH
ENGINE_TOOLS = ("unshare", "setsid", "mount", "hostname", "ip")


def require(part: str, reason: str | None = None) -> str:
    """Where a part of this machine is; without it the test is skipped, or fails (FLEETKIT_REAL=1).

    Args:
        part: name of an executable, or "root", "debian-mirror", "docker-engine", "podman-engine",
            "maven-artifact", "composer-semver" (libraries of Java and PHP).
        reason: sentence that says what is absent and what to do; a default one when None.
    """
    found, why = find(part)
    return refuse(reason or why) if found is None else found


def refuse(reason: str) -> NoReturn:
    """Ends the test for this reason: skipped, or failed under FLEETKIT_REAL=1."""
    if os.environ.get("FLEETKIT_REAL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def find(part: str) -> tuple[str | None, str]:
    """The path (or URI) of a part, None when absent; and the sentence that says why."""
    return FACTS[part]() if part in FACTS else _executable(part)


def _executable(name: str) -> tuple[str | None, str]:
    path = os.pathsep.join((os.environ.get("PATH", ""), ADMIN_PATH))
    return shutil.which(name, path=path), f"the program {name!r} is absent here; {INSTALL}"


def _root() -> tuple[str | None, str]:
    return "/" if os.geteuid() == 0 else None, "these tests start daemons; run them as root"


def _mirror() -> tuple[str | None, str]:
    uris = mirror.read()
    why = "apt of this machine names no Debian mirror; the images are built from one"
    return uris.archive if uris else None, why


def _library(path: str) -> tuple[str | None, str]:
    return path if Path(path).exists() else None, f"{path} is absent here; {INSTALL}"


def _engine(daemon: str) -> tuple[str | None, str]:
    for part in ("root", *ENGINE_TOOLS, daemon):
        found, why = find(part)
        if found is None:
            return None, f"no private engine: {why}"
    return found, ""


FACTS: dict[str, Callable[[], tuple[str | None, str]]] = {
    "root": _root,
    "debian-mirror": _mirror,
    "docker-engine": lambda: _engine("dockerd"),
    "podman-engine": lambda: _engine("podman"),
    "maven-artifact": lambda: _library("/usr/share/java/maven-artifact-3.x.jar"),
    "composer-semver": lambda: _library("/usr/share/php/Composer/Semver/autoload.php"),
}
