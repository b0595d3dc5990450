"""Root file systems of Debian suites as tars, and packages to install on them, made once a week.

They come from the mirror that this machine's own apt names (`mirror.py`). One week's tars lie in
one folder, `tars/<date>`, so that twins always come from the same moment of the mirror.
"""

import datetime
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.real import parts
from tests.real.mirror import Mirror, read

KEPT_DAYS = 7
BUILD_S = 900
MERGED_USR = Path("/usr/share/mmdebstrap/hooks/merged-usr")

SCRIPTS = Path(__file__).with_name("scripts")
BEFORE, AFTER = SCRIPTS / "before.sh", SCRIPTS / "after.sh"


class Unavailable(Exception):
    """The mirror or a tool did not give a tar; the text says which one and why."""


@dataclass(frozen=True)
class Suite:
    """One root file system of a Debian release.

    Attributes:
        name: of the tar.
        codename: of the release.
        built: what files and image claim as their date; fixed, so that ids do not move.
        secured: whether the security archive counts.
        twin: name of a second tar: this one, then upgraded by the security archive's packages of
            the source openssl and by nothing else.
        variant: mmdebstrap's: minbase has apt, essential has not.
        packages: what is installed besides.
        debs: packages to fetch, by group, with what this suite lacks for them.
    """

    name: str
    codename: str
    built: datetime.datetime
    secured: bool = False
    twin: str = ""
    variant: str = "essential"
    packages: tuple[str, ...] = ("openssl",)
    debs: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Changes with anything that goes into the tar, besides the mirror."""
        text = f"{self} {BEFORE.read_text()} {AFTER.read_text()}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def tar(self, week: Path) -> Path:
        """Where the tar is in a week's folder; it is there once all of the suite is."""
        return week / f"{self.name}-{self.key}.tar"

    def twin_tar(self, week: Path) -> Path:
        """Where the twin's tar is."""
        return week / f"{self.twin}-{self.key}.tar"


@dataclass(frozen=True)
class Week:
    """The tars of one week: a folder, and for each suite that could not be made the reason."""

    folder: Path
    absent: dict[str, str]

    def debs(self, group: str) -> list[Path]:
        """The packages of a group, by name."""
        return sorted((self.folder / "debs" / group).glob("*.deb"))


def ensure(folder: Path, suites: Iterable[Suite], *, needed: str) -> Week:
    """This week's tars; where the mirror is out of reach, those of an earlier week again.

    Raises:
        Unavailable: there is no tar of the suite `needed`, new or old.
    """
    wanted = list(suites)
    current = _this_week(folder)
    reasons = _fill(current, [suite for suite in wanted if not suite.tar(current).exists()])
    if needed not in reasons:
        (current / "complete").touch()
        _drop_others(current)
        return Week(current, reasons)
    for older in _weeks(folder):
        return Week(
            older, {s.name: reasons.get(s.name, "") for s in wanted if not s.tar(older).exists()}
        )
    raise Unavailable(reasons[needed])


def _weeks(folder: Path) -> list[Path]:
    """Folders of weeks that can be used, the newest first."""
    return sorted((path.parent for path in folder.glob("tars/*/complete")), reverse=True)


def _this_week(folder: Path) -> Path:
    today = datetime.datetime.now(datetime.UTC).date()
    for past in _weeks(folder)[:1]:
        if (today - datetime.date.fromisoformat(past.name)).days < KEPT_DAYS:
            return past
    new = folder / "tars" / today.isoformat()
    new.mkdir(parents=True, exist_ok=True)
    return new


def _drop_others(week: Path) -> None:
    for other in week.parent.iterdir():
        if other != week:
            shutil.rmtree(other)


def _fill(week: Path, missing: list[Suite]) -> dict[str, str]:
    """Makes tars, two side by side; the reasons of those that could not be made."""
    if not missing:
        return {}
    source = read()
    if source is None or parts.find("mmdebstrap")[0] is None:
        reason = parts.find("mmdebstrap" if source else "debian-mirror")[1]
        return {suite.name: reason for suite in missing}
    with ThreadPoolExecutor(2) as pool:
        errors = pool.map(lambda suite: _bootstrap(week, suite, source), missing)
        return {s.name: error for s, error in zip(missing, errors, strict=True) if error}


def _bootstrap(week: Path, suite: Suite, source: Mirror) -> str:
    """Writes a suite's tar, its twin's and its packages; returns why it could not, or nothing."""
    if suite.twin and not source.security:
        return "apt of this machine names no security archive, which the twins need"
    last = week / f"{suite.name}-last.part"
    environment = {
        "CODENAME": suite.codename,
        "FOLDER": str(week),
        "GROUPS_OF_DEBS": " ".join(f"{group}={','.join(v)}" for group, v in suite.debs.items()),
        "NAME": suite.name,
        "SOURCE_DATE_EPOCH": str(int(suite.built.timestamp())),
        "TWIN": suite.twin,
    }
    error = _run(_words(suite, source, last), environment)
    if error:
        return f"mmdebstrap made no {suite.codename} from the mirror of this machine: {error}"
    if suite.twin:
        last.rename(suite.twin_tar(week))
    (week / f"{suite.name}.part" if suite.twin else last).rename(suite.tar(week))
    return ""


def _words(suite: Suite, source: Mirror, to: Path) -> list[str]:
    words = ["mmdebstrap", "--mode=root", "--quiet", "--format=tar", f"--variant={suite.variant}"]
    words += [f"--include={','.join(suite.packages)}", "--dpkgopt=force-unsafe-io"]
    words += ['--aptopt=Acquire::Check-Valid-Until "false"', '--aptopt=Acquire::Retries "2"']
    if "usr-is-merged" in suite.packages:
        words.append(f"--hook-dir={MERGED_USR}")
    words += [f"--setup-hook={BEFORE}", f"--customize-hook={AFTER}", suite.codename, str(to)]
    return words + source.lines(suite.codename, security=suite.secured or bool(suite.twin))


def _run(words: list[str], environment: dict[str, str]) -> str:
    """Runs a program; returns the last lines of what it said when it failed, or nothing."""
    path = os.pathsep.join((os.environ.get("PATH", ""), parts.ADMIN_PATH))
    every = os.environ | {"PATH": path, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        ran = subprocess.run(
            words, env=every | environment, capture_output=True, text=True, timeout=BUILD_S
        )
    except subprocess.TimeoutExpired:
        return f"not ready after {BUILD_S} s"
    if ran.returncode == 0:
        return ""
    lines = ran.stderr.strip().splitlines()
    errors = [line for line in lines if line.startswith(("E:", "Err:"))] or lines
    return " / ".join(errors[:4]) or f"exit status {ran.returncode}"
