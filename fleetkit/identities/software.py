"""The catalogue of software: what is known of each identity, from `catalogue/software.csv`."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, Literal

import pandas as pd

from fleetkit.catalogue import fact_file

StateClass = Literal["stateful", "stateless", "depends"]
Words = tuple[str, ...]

_SEPARATORS = re.compile(r"[\s\-_./+]+")


@dataclass(frozen=True, slots=True)
class Software:
    """One identity.

    Args:
        name: its name in `labels.software`.
        aliases: names of images, programs, services and packages that mean it, as whole words; one
            that begins with = is a common word, and means it only where nothing else is said.
        ports: ports that it listens on by habit: weak evidence.
        role: what it does, in words.
        state_class: stateful, stateless, or depends on its configuration.
        herd: peer, quorum, primary_replica, pair, single, herd or per_node.
        herd_words: the same in the words of its own field, if they say more.
        state_path: where its data is, in words or as a path.
        stateful_if: tests that say it keeps state: mount:PATH, env:NAME, command:EXPRESSION.
        stateless_if: tests that say its state is elsewhere.
        weak: a runtime, that says little about what runs in it.
        sources: where the facts are from: a letter per source of research note C.5, or "user".
        checked: when they were last checked, as YYYY-MM-DD.
    """

    name: str
    aliases: tuple[str, ...]
    ports: tuple[str, ...]
    role: str
    state_class: StateClass
    herd: str
    herd_words: str | None
    state_path: str | None
    stateful_if: tuple[str, ...]
    stateless_if: tuple[str, ...]
    weak: bool
    sources: str | None
    checked: str | None

    @property
    def spellings(self) -> tuple[str, ...]:
        """The aliases without their marks."""
        return tuple(alias.removeprefix("=") for alias in self.aliases)

    @property
    def data_paths(self) -> tuple[str, ...]:
        """Paths at which a mount holds its data, as far as they are known."""
        known = re.findall(r"(?:^|(?<= ))/[\w./-]+", self.state_path or "")
        tested = [test[6:] for test in self.stateful_if if test.startswith("mount:")]
        packaged = [f"/bitnami/{alias}" for alias in self.spellings]
        return tuple(dict.fromkeys([*known, *tested, *packaged]))


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Identities that never change; what is looked up in them is made once, when first asked."""

    software: tuple[Software, ...]

    def __iter__(self) -> Iterator[Software]:
        """The identities in the order of their names."""
        return iter(self.software)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.software)

    @cached_property
    def by_name(self) -> Mapping[str, Software]:
        """Identities by their names."""
        return {known.name: known for known in self.software}

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Places of the names in the catalogue."""
        return {known.name: number for number, known in enumerate(self.software)}

    @cached_property
    def aliases(self) -> Mapping[Words, Software]:
        """Identities by the words of their aliases."""
        return {tokens(alias): known for known in self.software for alias in known.spellings}

    @cached_property
    def common(self) -> frozenset[Words]:
        """Aliases that mean their software only where nothing else is said."""
        return frozenset(tokens(alias[1:]) for known in self.software for alias in known.aliases
                         if alias.startswith("="))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every alias."""
        return frozenset(word for alias in self.aliases for word in alias)

    @cached_property
    def data_ports(self) -> Mapping[str, str]:
        """Ports that only software with data of its own uses, and the first that does."""
        users: dict[str, list[Software]] = {}
        for known in self.software:
            for port in known.ports:
                users.setdefault(port, []).append(known)
        return {port: listed[0].name for port, listed in users.items() if _only_data(listed)}

    def with_software(self, others: Iterable[Software]) -> "Catalogue":
        """This catalogue with further identities; one of a known name takes its place.

        An alias that another identity had now means the further one.
        """
        added = {known.name: known for known in others}
        taken = {tokens(alias) for known in added.values() for alias in known.spellings}
        kept = [_without(known, taken) for known in self.software if known.name not in added]
        return Catalogue(tuple(sorted([*kept, *added.values()], key=lambda known: known.name)))

    def frame(self) -> pd.DataFrame:
        """One row per identity, as readers see them; lists are texts, unknown is NA."""
        rows = [[_shown(getattr(known, field.name)) for field in fields(Software)]
                for known in self.software]
        names = [field.name for field in fields(Software)]
        return pd.DataFrame(rows, columns=names).rename(columns={"name": "software"}).astype(
            {name: "boolean" if name == "weak" else "string" for name in names if name != "name"}
            | {"software": "string"})


@cache
def catalogue() -> Catalogue:
    """The catalogue that is shipped."""
    text = fact_file("software.csv").read_text(encoding="utf-8")
    return Catalogue(tuple(_software(row) for row in csv.DictReader(text.splitlines())))


def meant(known: Catalogue | None) -> Catalogue:
    """The catalogue itself, or where none is named the one that is shipped."""
    return catalogue() if known is None else known


def tokens(text: str) -> Words:
    """The words of a name, in lower case."""
    return tuple(part for part in _SEPARATORS.split(text.lower()) if part)


def _only_data(users: list[Software]) -> bool:
    classes = {known.state_class for known in users}
    return "stateful" in classes and "stateless" not in classes


def _without(known: Software, taken: set[Words]) -> Software:
    left = tuple(alias for alias in known.aliases if tokens(alias.removeprefix("=")) not in taken)
    if left == known.aliases:
        return known
    values = {field.name: getattr(known, field.name) for field in fields(Software)}
    return Software(**values | {"aliases": left})


def _shown(value: Any) -> Any:
    return ";".join(value) or None if isinstance(value, tuple) else value


def _software(row: dict[str, str]) -> Software:
    return Software(
        name=row["software"], aliases=_parts(row["aliases"]), ports=_parts(row["ports"]),
        role=row["role"], state_class=row["state_class"],  # type: ignore[arg-type]
        herd=row["herd"], herd_words=row["herd_words"] or None,
        state_path=row["state_path"] or None, stateful_if=_parts(row["stateful_if"]),
        stateless_if=_parts(row["stateless_if"]), weak=row["weak"] == "yes",
        sources=row["sources"] or None, checked=row["checked"] or None,
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)
