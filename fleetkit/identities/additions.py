"""A user's own software, from one YAML file beside the notebook, over the shipped catalogue.

    software:
      - name: ledgerd
        aliases: [ledgerd, acme-ledger]
        class: stateful
        role: ledger
        path: /var/lib/ledgerd

An entry with a name that is known changes what it names and keeps the rest. An alias that other
software had means this one from now on.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from fleetkit.identities.settings import PLACES
from fleetkit.identities.software import Catalogue, Software, StateClass, meant, tokens
from fleetkit.source import parse_yaml, read_bytes

HERDS = ("herd", "pair", "peer", "per_node", "primary_replica", "quorum", "single")
"""How members of a software stand to each other."""
_LARGEST = 4 << 20
_MOST = 200
"""Entries of one list, and characters of one text."""
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*")
_ALIAS = re.compile(r"=?[\w][\w .+$-]*")
_PATH = re.compile(r"/[^\s;]*")
_Problem = dict[str, str]


@dataclass(frozen=True)
class _Field:
    """A field of an entry: what it is called in `Software`, what is allowed, and how it is read."""

    target: str
    allowed: str
    read: Callable[[Any], Any]


def with_additions_of(
    given: Catalogue | Path | str | None,
) -> tuple[Catalogue | None, list[_Problem]]:
    """The catalogue that is meant: as it is, the shipped one with a user's file, or None."""
    if given is None or isinstance(given, Catalogue):
        return given, []
    return with_additions(given)


def with_additions(
    path: Path | str, known: Catalogue | None = None,
) -> tuple[Catalogue, list[_Problem]]:
    """A catalogue with a user's additions, and rows for `problems`: what could not be applied.

    Args:
        path: a YAML file with a list `software`; each entry has a `name` and any of aliases, class,
            role, herd, path, ports, stateful_if, stateless_if, runtime.
        known: what is added to; by default the catalogue that is shipped.

    Raises:
        LoadError: the file cannot be read, or is no YAML.
    """
    base, where = meant(known), Path(path)
    content = read_bytes(where, _LARGEST)
    problems: list[_Problem] = []
    added: dict[str, Software] = {}
    for line, values, lines in _entries(content, where.name, problems):
        software = _software(base, added, values, _Report(where.name, line, lines, problems))
        if software:
            added[software.name] = software
    return base.with_software(added.values()), problems


@dataclass(frozen=True)
class _Report:
    """Where an entry stands, and what is told of it."""

    where: str
    line: int
    lines: Mapping[str, int]
    problems: list[_Problem]

    def tell(self, field: str, said: str, changed: str | None = None) -> None:
        """Adds a row about a field; one about a change that was wanted is no warning."""
        line = self.lines.get(field, self.line)
        self.problems.append(_problem(self.where, line, said, changed))


def _entries(
    content: bytes, where: str, problems: list[_Problem],
) -> Iterator[tuple[int, dict[Any, Any], dict[str, int]]]:
    """The entries of the list, each with its line and the lines of its fields."""
    documents = list(parse_yaml(content, where))
    said = "expected one document with a list named software"
    listed = documents[0].get("software") if documents and isinstance(documents[0], dict) else None
    if not isinstance(listed, list):
        problems.append(_problem(where, 1, f"{said}, found none; nothing is added"))
        return
    if len(documents) > 1:
        problems.append(_problem(where, 1, f"{said}, found more documents; the first is read"))
    for values, (line, lines) in zip(listed, _lines(content), strict=True):
        if isinstance(values, dict):
            yield line, values, lines
        else:
            problems.append(_problem(
                where, line, f"expected an entry with a name, found {type(values).__name__!r}"))


def _lines(content: bytes) -> list[tuple[int, dict[str, int]]]:
    """Line numbers of the entries and their fields; the content was read before, so it is safe."""
    import yaml

    root = next(yaml.compose_all(content, Loader=yaml.SafeLoader))
    listed = [value for key, value in root.value if key.value == "software"][-1]
    return [(entry.start_mark.line + 1, _keys(entry)) for entry in listed.value]


def _keys(entry: Any) -> dict[str, int]:
    if not isinstance(entry.value, list):
        return {}
    pairs = [pair for pair in entry.value if isinstance(pair, tuple)]
    return {str(key.value): key.start_mark.line + 1 for key, _ in pairs}


def _software(
    base: Catalogue, added: Mapping[str, Software], values: Mapping[Any, Any], report: _Report,
) -> Software | None:
    """The software of an entry, or None if its name or an alias cannot be used."""
    name = values.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > _MOST:
        report.tell("name", "expected a name of letters, digits, -, _ and .; the entry is left out")
        return None
    if name in added:
        report.tell("name", "this name was given before; the entry is left out")
        return None
    read = dict(_read(values, report))
    old = base.by_name.get(name)
    if old is None and "state_class" not in read:
        report.tell("name", "new software needs a class: stateful, stateless or depends;"
                            " the entry is left out")
        return None
    whole = _plain(old, name) | read
    return Software(**whole | {"aliases": _free(whole["aliases"], base, added, report, name)})


def _read(values: Mapping[Any, Any], report: _Report) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        field = _FIELDS.get(key) if isinstance(key, str) else None
        if key == "name":
            continue
        if field is None:
            report.tell(str(key), f"a field that is not known; there are {', '.join(_FIELDS)}")
            continue
        try:
            yield field.target, field.read(value)
        except (ValueError, TypeError, re.error):
            report.tell(str(key), f"{key}: expected {field.allowed}, found something else"
                                  f" ({type(value).__name__}); the field is left out")


def _plain(old: Software | None, name: str) -> dict[str, Any]:
    """What is kept where an entry says nothing."""
    if old:
        known = {field.name: getattr(old, field.name) for field in fields(Software)}
        return known | {"sources": "user"}
    return {
        "name": name, "aliases": (name,), "ports": (), "role": "software of one's own",
        "herd": "single", "herd_words": None, "state_path": None, "stateful_if": (),
        "stateless_if": (), "weak": False, "sources": "user", "checked": None,
    }


def _free(
    aliases: tuple[str, ...], base: Catalogue, added: Mapping[str, Software], report: _Report,
    name: str,
) -> tuple[str, ...]:
    """Aliases that no entry before has; what other software loses is told."""
    taken = {tokens(alias) for known in added.values() for alias in known.spellings}
    for alias in aliases:
        said = tokens(alias.removeprefix("="))
        if said in taken:
            report.tell("aliases", "an alias belongs to an entry before; that one keeps it")
        elif (other := base.aliases.get(said)) and other.name != name:
            report.tell("aliases", "an alias means other software from now on",
                        f"{other.name} before, {name} now")
    return tuple(alias for alias in aliases if tokens(alias.removeprefix("=")) not in taken)


def _problem(where: str, line: int, said: str, changed: str | None = None) -> _Problem:
    place = f"{where}, line {line}"
    if changed:
        return {"code": "software_changed", "phase": "classify", "severity": "info",
                "subject_id": where, "message": said, "detail": f"{place}: {changed}",
                "hint": "leave the alias out if that is not meant"}
    return {"code": "bad_software", "phase": "classify", "severity": "warning",
            "subject_id": where, "message": said, "detail": place,
            "hint": "correct the line; the rest of the file is applied"}


def _one_of(words: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MOST:
        raise ValueError
    return " ".join(value.split())


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _each(one: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [value]
        if not 0 < len(values) <= _MOST:
            raise ValueError
        return tuple(dict.fromkeys(one(each) for each in values))

    return read


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        said = _text(value)
        if not pattern.fullmatch(said) or not tokens(said.removeprefix("=")):
            raise ValueError
        return said

    return read


def _port(value: Any) -> str:
    if isinstance(value, bool) or not str(value).isascii() or not 0 < int(value) < 65536:
        raise ValueError
    return str(int(value))


def _test(value: Any) -> str:
    place, _, said = _text(value).partition(":")
    if place not in PLACES or not said or (place == "mount" and not said.startswith("/")):
        raise ValueError
    if place == "command":
        re.compile(said)
    return f"{place}:{said.rstrip('/') if place == 'mount' else said}"


_TESTS = "tests such as mount:/data, env:NAME or command:EXPRESSION"
_FIELDS: Mapping[str, _Field] = {
    "aliases": _Field("aliases", "names of images, programs, packages", _each(_matching(_ALIAS))),
    "class": _Field("state_class", "stateful, stateless or depends", _one_of(get_args(StateClass))),
    "role": _Field("role", "a few words", _text),
    "herd": _Field("herd", f"one of {', '.join(HERDS)}", _one_of(HERDS)),
    "path": _Field("state_path", "a path that begins with /", _matching(_PATH)),
    "ports": _Field("ports", "numbers from 1 to 65535", _each(_port)),
    "stateful_if": _Field("stateful_if", _TESTS, _each(_test)),
    "stateless_if": _Field("stateless_if", _TESTS, _each(_test)),
    "runtime": _Field("weak", "true or false", _flag),
}
