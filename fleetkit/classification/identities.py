"""Text -> software: what an image reference, a command or a name says about what runs.

Whole words count, never parts of words: `shop-postgres` is PostgreSQL, `postgrest` is not. What
only stands beside a database (operator, exporter, client, console) is its companion, and keeps
nothing itself. Images for tests and initialisation say nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from fleetkit.classification.software import Software, aliases, catalogue, tokens

LONGEST = 300
"""Characters of a text that are looked at."""

_COMPANIONS = frozenset((
    "operator", "exporter", "controller", "client", "cli", "commander", "ui", "gui", "admin",
    "agent", "console", "dashboard", "proxy", "backup", "sidecar", "migrate", "migration",
    "migrations", "monitor", "insight", "express", "webhook", "provisioner", "reloader",
    "shell", "tools", "adapter", "connector", "sync", "plugin", "plugins",
))
_COMPANION_NAMES = {
    "redisinsight": "redis", "pgbouncer": "postgresql", "pgpool": "postgresql",
    "pgweb": "postgresql", "akhq": "kafka", "kafdrop": "kafka", "cerebro": "elasticsearch",
    "cloudnative-pg": "postgresql",
}
_CLIENTS = {
    "psql": "postgresql", "pg_dump": "postgresql", "pg_restore": "postgresql",
    "pg_dumpall": "postgresql", "mysql": "mysql", "mysqldump": "mysql", "mysqladmin": "mysql",
    "mysqlsh": "mysql", "redis-cli": "redis", "valkey-cli": "valkey", "mongosh": "mongodb",
    "mongodump": "mongodb", "cqlsh": "cassandra", "etcdctl": "etcd", "rabbitmqctl": "rabbitmq",
    "mc": "minio",
}
_BESIDE = frozenset(("operator", "exporter"))
_NEVER = frozenset((
    "test", "tests", "testing", "e2e", "init", "fixture",
))
_GENERIC = frozenset((
    "server", "image", "core", "base", "cluster", "standalone", "main", "app", "community",
    "enterprise", "ce", "ee", "oss",
))
_WRAPPERS = frozenset((
    "docker-entrypoint.sh", "entrypoint.sh", "entrypoint", "run.sh", "start.sh", "tini",
    "dumb-init", "catatonit", "exec", "sudo", "gosu", "su-exec", "setpriv", "env", "nice",
    "nohup", "timeout", "sh", "bash", "ash", "dash", "bash.exe", "cmd",
))
_RUNTIMES = frozenset((
    "java", "python", "python3", "node", "nodejs", "php", "ruby", "perl", "deno", "bun", "npm",
    "yarn",
))


@dataclass(frozen=True, slots=True)
class Match:
    """What a text means, and how sure that is in percent."""

    software: Software
    percent: int
    companion: bool = False

    @property
    def code(self) -> int:
        """One integer, the surer the larger; its rest by 1000 is the row of `known_rows`."""
        row = _positions()[self.software.name] * 2 + int(self.companion)
        return self.percent * 1000 + row


def known_rows() -> list[dict[str, object]]:
    """What codes stand for: each software and its companion, numbered."""
    return [row for number, known in enumerate(catalogue()) for row in _pair(number, known)]


def image_match(reference: str) -> Match | None:
    """The software of an image reference; registry, tag and digest do not count."""
    path = reference[:LONGEST].split("@")[0].split("/")
    base = path[-1].split(":")[0].lower()
    if not base or re.fullmatch(r"sha256|[0-9a-f]{12,64}", base):
        return None
    if base in _GENERIC and len(path) > 1:
        base = f"{path[-2]}-{base}"
    return _match(base, whole=100, part=70)


def command_match(command: str) -> Match | None:
    """The software of a command line: its program, or what a runtime was told to run."""
    words = re.findall(r"[^\s'\";&|()]+", command[:LONGEST])
    programs = [word for word in words if not word.startswith("-") and "=" not in word]
    named = [word.replace("\\", "/").rsplit("/", 1)[-1].lower() for word in programs]
    real = [word for word in named if word not in _WRAPPERS]
    if not real:
        return None
    if real[0] in _CLIENTS:
        return Match(_named(_CLIENTS[real[0]]), 110, companion=True)
    if real[0] in _RUNTIMES:
        return _of_runtime(real[0], real[1:6], words)
    return _match(real[0].removesuffix(".exe").removesuffix(".sh"), whole=90, part=62)


def name_match(name: str) -> Match | None:
    """The software that a workload, its controller or its service is named after."""
    match = _match(name[:LONGEST], whole=50, part=48)
    if match is None or match.software.weak:
        return None
    beside = match.companion and _BESIDE & set(tokens(name[:LONGEST]))
    # An operator's image is often named after the database alone, its workload never.
    return Match(match.software, 75, companion=True) if beside else match


MATCHERS: dict[str, Callable[[str], Match | None]] = {
    "image": image_match, "command": command_match, "name": name_match,
}


def _of_runtime(runtime: str, following: list[str], words: list[str]) -> Match | None:
    for word in following:
        found = aliases().get((word.rsplit(".", 1)[-1],)) or aliases().get(tokens(word)[:1])
        if found:
            return Match(found, 45 if found.weak else 88)
    if runtime == "java" and "-jar" in words:
        return Match(_named("spring-boot"), 45)
    found = aliases().get((runtime,))
    return Match(found, 45) if found else None


def _match(text: str, *, whole: int, part: int) -> Match | None:
    """The identity of a name: all of it, or its longest run of words, the last if equally long."""
    said = tokens(text)
    exact = _look_up(said)
    if exact:
        return Match(exact, whole // 2 if exact.weak else whole)
    beside = _COMPANION_NAMES.get("-".join(said))
    if beside:
        return Match(_named(beside), whole, companion=True)
    if _NEVER & set(said) or not any(_first_word(word) for word in said[:12]):
        return None
    found = _longest_run(said[:12])
    if found is None:
        return None
    software, rest = found
    if _COMPANIONS & set(rest):
        return Match(software, part, companion=True)
    return Match(software, part // 2 if software.weak else part)


def _longest_run(said: tuple[str, ...]) -> tuple[Software, tuple[str, ...]] | None:
    for size in range(min(len(said), 4), 0, -1):
        for start in range(len(said) - size, -1, -1):
            found = _look_up(said[start:start + size])
            if found:
                return found, said[:start] + said[start + size:]
    return None


def _look_up(words: tuple[str, ...]) -> Software | None:
    """The software of an alias, also with a version glued to its end, as in postgres16."""
    known = aliases()
    if words in known or not words:
        return known.get(words)
    bare = words[-1].rstrip("0123456789")
    return (known.get((*words[:-1], bare)) or known.get((*words[:-1], bare.removesuffix("v")))
            if bare != words[-1] else None)


def _first_word(word: str) -> bool:
    """Whether an alias begins so; most names hold no such word and are done with."""
    first = _first_words()
    return word in first or (word[-1].isdigit() and word.rstrip("0123456789").removesuffix("v")
                             in first)


@cache
def _first_words() -> frozenset[str]:
    return frozenset(alias[0] for alias in aliases())


def _pair(number: int, known: Software) -> list[dict[str, object]]:
    itself = {
        "row": number * 2, "software": known.name, "role": known.role,
        "state_class": known.state_class, "herd": known.herd, "state_path": known.state_path,
    }
    companion = {
        "row": number * 2 + 1, "software": f"{known.name} companion",
        "role": f"operator, exporter, client or console beside a {known.role}",
        "state_class": "stateless", "herd": None, "state_path": None,
    }
    return [itself, companion]


def _named(name: str) -> Software:
    return catalogue()[_positions()[name]]


@cache
def _positions() -> dict[str, int]:
    return {known.name: number for number, known in enumerate(catalogue())}
