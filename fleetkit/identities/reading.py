"""Words -> software: which identity a name, an image or a program means, and what is beside it."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.catalogue import fact_file
from fleetkit.identities.software import Catalogue, Software, tokens
from fleetkit.identities.words import UNKNOWN, Vocabulary, Words, role_words

_COMPANIONS = frozenset((
    "operator", "exporter", "controller", "client", "cli", "commander", "ui", "gui", "admin",
    "agent", "console", "dashboard", "proxy", "backup", "sidecar", "migrate", "migration",
    "migrations", "monitor", "insight", "express", "webhook", "provisioner", "reloader",
    "shell", "tools", "adapter", "connector", "sync", "plugin", "plugins", "curator", "webui",
    "exporters", "dump", "restore", "viewer", "manager", "autodiscovery", "bootstrap", "updater",
    "metrics", "backups", "cron", "job", "jobs", "hook", "wait", "config", "setup", "browser",
    "explorer", "healthcheck", "discovery", "injector", "frontend", "reaper",
))
_BESIDE = frozenset(("operator", "exporter"))
_NEVER = frozenset(("test", "tests", "testing", "e2e", "init", "fixture"))
_GENERIC = frozenset((
    "server", "image", "core", "base", "cluster", "standalone", "main", "app", "community",
    "enterprise", "ce", "ee", "oss", "docker", "alpine", "latest", "stable", "edition", "slim",
    "debian", "ubuntu", "amd64", "arm64", "daemon", "all", "in", "one", "allinone",
))
_CARRIERS = frozenset((
    "nginx", "apache-httpd", "caddy", "tomcat", "envoy", "jetty", "varnish", "postgresql", "mysql",
    "mariadb", "sqlite",
))
"""What images name after the software that they carry, as in nextcloud-apache."""
_WRAPPERS = frozenset((
    "docker-entrypoint.sh", "entrypoint.sh", "entrypoint", "run.sh", "start.sh", "tini",
    "dumb-init", "catatonit", "exec", "sudo", "gosu", "su-exec", "setpriv", "env", "nice",
    "nohup", "timeout", "sh", "bash", "ash", "dash", "bash.exe", "cmd", "init", "s6-svscan",
    "setup.sh", "setuidgid", "chpst", "docker-init", "set", "cd", "ulimit",
))
_RUNTIMES = frozenset((
    "java", "python", "python2", "python3", "node", "nodejs", "php", "ruby", "perl", "deno", "bun",
    "npm", "npx", "yarn", "pnpm", "bundle", "pipenv", "poetry", "uv",
))


ROWS = 1_000_000
"""More than a catalogue has rows: what codes are counted by."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a text means, and how sure that is in percent."""

    software: Software
    percent: int
    companion: bool = False


@dataclass(frozen=True, eq=False)
class Reader:
    """A catalogue, and the words that it is read by."""

    known: Catalogue

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Words of aliases and companions, and general words beside them."""
        beside = {*_COMPANIONS, *_NEVER, *_GENERIC, *role_words()}
        helpers = {word for name in companions("name") for word in tokens(name)}
        return Vocabulary(self.known.words | helpers, frozenset(beside))

    def whole(self, said: Words) -> Software | None:
        """The software of which these words are a name."""
        return self.known.aliases.get(said)

    def match(self, said: Words, *, whole: int, part: int, image: bool = False) -> Match | None:
        """The identity of a name: all of it, or the last of its words that mean one."""
        exact = self.whole(said)
        if exact:
            return Match(exact, whole // 2 if exact.weak else whole)
        helped = self._named(companions("name").get("-".join(said)))
        if helped:
            return Match(helped, whole, companion=True)
        if _NEVER & set(said):
            return None
        found = self._run(said, image=image)
        if found is None:
            return None
        software, rest = found
        if _COMPANIONS & set(rest):
            return Match(software, part, companion=True)
        sure = whole if rest <= _GENERIC else part
        return Match(software, sure // 2 if software.weak else sure)

    def image(self, above: Words, own: Words) -> Match | None:
        """The software of an image; a base that says little is read with what stands before it."""
        for said in ((*above, *own), own):
            exact = self.whole(said)
            if exact and own:
                return Match(exact, 50 if exact.weak else 100)
        said = (*above, *own) if own and _GENERIC.issuperset(own) else own
        return self.match(said, whole=100, part=70, image=True)

    def name(self, said: Words) -> Match | None:
        """The software that something is named after."""
        match = self.match(said, whole=50, part=48)
        if match is None or match.software.weak:
            return None
        # An operator's image is often named after the database alone, its workload never.
        beside = match.companion and _BESIDE & set(said)
        return Match(match.software, 75, companion=True) if beside else match

    def command(self, words: Sequence[str]) -> Match | None:
        """The software of a program, of what a runtime was told to run, or of a script's folder."""
        paths = [word.replace("\\", "/") for word in words if _is_program(word)]
        real = [(name, path) for path in paths if (name := _base(path)) not in _WRAPPERS]
        if not real:
            return self._of_folder(paths)
        program, path = real[0]
        client = self._named(companions("program").get(program))
        if client:
            return Match(client, 110, companion=True)
        if program in _RUNTIMES:
            return self._of_runtime(program, [name for name, _ in real[1:6]], words)
        plain = program.removesuffix(".exe").removesuffix(".sh")
        found = self.match(self.vocabulary.words(plain), whole=90, part=62)
        return found or self._of_folder([path])

    def spoken(self, words: pa.Array) -> pa.Array:
        """Words of commands; what no command is understood by becomes * or nothing."""
        paths = pc.replace_substring(words, "\\", "/")
        base = pc.utf8_lower(pc.replace_substring_regex(paths, "(?s)^.*/", ""))
        usual = pa.array([*_WRAPPERS, *_RUNTIMES, *companions("program")], pa.string())
        kept = pc.or_(pc.is_in(base, value_set=usual), self.told(paths))
        option = pc.match_substring_regex(words, "^-|=|^$")
        read = pc.if_else(pc.equal(words, "-jar"), words, "")
        return pc.if_else(option, read, pc.if_else(kept, words, UNKNOWN))

    def told(self, texts: pa.Array) -> pa.Array:
        """Whether a text has any word that is known."""
        return pc.match_substring_regex(self.vocabulary.skeletons(texts), "[^*-]")

    def code(self, match: Match | None) -> int | None:
        """One integer, the surer the larger; its rest by `ROWS` is the row of `known_rows`."""
        if match is None:
            return None
        row = self.known.positions[match.software.name] * 2 + int(match.companion)
        return match.percent * ROWS + row

    def _of_folder(self, paths: Sequence[str]) -> Match | None:
        """Scripts are called alike everywhere; the folder may tell whose they are."""
        for path in paths:
            for folder in reversed(path.lower().split("/")[:-1]):
                found = self.whole(self.vocabulary.words(folder))
                if found and not found.weak and tokens(folder) not in self.known.common:
                    return Match(found, 62)
        return None

    def _of_runtime(
        self, runtime: str, following: Sequence[str], words: Sequence[str],
    ) -> Match | None:
        for word in following:
            said = tokens(word)
            found = self.whole(said[-1:]) or self.whole(said[:1])
            if found:
                return Match(found, 45 if found.weak else 88)
        if runtime == "java" and "-jar" in words:
            runtime = "spring-boot"
        found = self.whole(tokens(runtime))
        return Match(found, 45) if found else None

    def _run(self, said: Words, *, image: bool) -> tuple[Software, frozenset[str]] | None:
        """The last run of words that is a name, the longest that ends there; runtimes last."""
        runs = list(self._runs(said))
        ranked = sorted(runs, key=lambda run: _rank(run[0], image=image))
        return ranked[0] if ranked else None

    def _runs(self, said: Words) -> Iterator[tuple[Software, frozenset[str]]]:
        for end in range(len(said), 0, -1):
            for start in range(max(0, end - 5), end):
                found = self.whole(said[start:end])
                rest = frozenset(said[:start] + said[end:])
                if found and (rest <= _GENERIC or said[start:end] not in self.known.common):
                    yield found, rest
                    break

    def _named(self, name: str | None) -> Software | None:
        return self.known.by_name.get(name) if name else None


@lru_cache(maxsize=8)
def reader(known: Catalogue) -> Reader:
    """The reader of a catalogue."""
    return Reader(known)


@cache
def companions(seen_as: str) -> Mapping[str, str]:
    """What stands beside a software and is named otherwise, from `catalogue/companions.csv`.

    Args:
        seen_as: name (of an image or workload) or program (that a command starts).
    """
    text = fact_file("companions.csv").read_text(encoding="utf-8")
    return {row["name"]: row["software"] for row in csv.DictReader(text.splitlines())
            if row["seen_as"] == seen_as}


def _rank(software: Software, *, image: bool) -> int:
    return 2 * software.weak + (image and software.name in _CARRIERS)


def _base(path: str) -> str:
    return path.rsplit("/", 1)[-1].lower()


def _is_program(word: str) -> bool:
    return bool(word) and not word.startswith("-") and "=" not in word
