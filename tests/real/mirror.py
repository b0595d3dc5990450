"""The Debian mirror of this machine, read from apt's own sources; none is written down here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ETC = Path("/etc/apt")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SUITES = "bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable"
ARCHIVE = re.compile(rf"(?:{SUITES})(?:-updates)?")
SECURITY = re.compile(rf"(?:{SUITES})(?:-security|/updates)")
LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)")


@dataclass(frozen=True)
class Mirror:
    """Where packages come from: the archive, the security archive if named, and their keyring."""

    archive: str
    security: str | None
    keyring: str

    def lines(self, codename: str, *, security: bool) -> list[str]:
        """Lines of sources.list for one suite."""
        options = f"[signed-by={self.keyring}]"
        lines = [f"deb {options} {self.archive} {codename} main"]
        if security and self.security:
            lines.append(f"deb {options} {self.security} {codename}-security main")
        return lines


@dataclass(frozen=True)
class _Entry:
    uri: str
    suite: str
    keyring: str


def read(etc: Path = ETC) -> Mirror | None:
    """The mirror that apt of this machine uses; None where it names no Debian suite."""
    entries = list(_entries(etc))
    archive = next((e for e in entries if ARCHIVE.fullmatch(e.suite)), None)
    security = next((e for e in entries if SECURITY.fullmatch(e.suite)), None)
    if archive is None:
        return None
    return Mirror(archive.uri, security.uri if security else None, archive.keyring)


def _entries(etc: Path) -> Iterator[_Entry]:
    folder = etc / "sources.list.d"
    for file in (etc / "sources.list", *sorted(folder.glob("*.list"))):
        if file.is_file():
            yield from _from_lines(file.read_text())
    for file in sorted(folder.glob("*.sources")):
        yield from _from_stanzas(file.read_text())


def _from_lines(text: str) -> Iterator[_Entry]:
    for line in text.splitlines():
        if match := LINE.match(line.strip()):
            keyring = re.search(r"signed-by=(\S+)", match["options"] or "")
            yield _Entry(match["uri"], match["suite"].rstrip("/"), _key(keyring and keyring[1]))


def _from_stanzas(text: str) -> Iterator[_Entry]:
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", kept):
        fields = {k.lower(): v.strip() for k, v in re.findall(r"(?m)^([\w-]+):(.*)$", stanza)}
        if fields.get("enabled", "yes") == "no" or "deb" not in fields.get("types", "").split():
            continue
        uri = fields.get("uris", "").split()[:1]
        for suite in fields.get("suites", "").split() if uri else []:
            yield _Entry(uri[0], suite, _key(fields.get("signed-by")))


def _key(named: str | None) -> str:
    """The machine's keyring if it is a file (a private mirror may sign itself), and Debian's."""
    own = [named] if named and named.startswith("/") and named != str(KEYRING) else []
    return ",".join([*own, str(KEYRING)])
