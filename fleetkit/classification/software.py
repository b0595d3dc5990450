"""The catalogue of software: what is known of each identity, from `catalogue/software.csv`."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from fleetkit.catalogue import fact_file

StateClass = Literal["stateful", "stateless", "depends"]
_SEPARATORS = re.compile(r"[\s\-_./+]+")


@dataclass(frozen=True, slots=True)
class Software:
    """One identity.

    Args:
        name: its name in `labels.software`.
        aliases: names of images, programs and packages that mean it, as whole tokens.
        ports: ports that it listens on by habit: weak evidence.
        role: what it does, in words.
        state_class: stateful, stateless, or depends on its configuration.
        herd: peer, quorum, primary_replica, pair, single, herd or per_node.
        state_path: where its data is, in words or as a path.
        stateful_if: tests that say it keeps state: mount:PATH, env:NAME, command:EXPRESSION.
        stateless_if: tests that say its state is elsewhere.
        weak: a runtime, that says little about what runs in it.
    """

    name: str
    aliases: tuple[str, ...]
    ports: tuple[str, ...]
    role: str
    state_class: StateClass
    herd: str
    state_path: str | None
    stateful_if: tuple[str, ...]
    stateless_if: tuple[str, ...]
    weak: bool

    @property
    def data_paths(self) -> tuple[str, ...]:
        """Paths at which a mount holds its data, as far as they are known."""
        known = re.findall(r"(?:^|(?<= ))/[\w./-]+", self.state_path or "")
        tested = [test[6:] for test in self.stateful_if if test.startswith("mount:")]
        packaged = [f"/bitnami/{alias}" for alias in self.aliases]
        return tuple(dict.fromkeys([*known, *tested, *packaged]))


@cache
def catalogue() -> tuple[Software, ...]:
    """All identities, in the order of the file."""
    text = fact_file("software.csv").read_text(encoding="utf-8")
    return tuple(_software(row) for row in csv.DictReader(text.splitlines()))


@cache
def aliases() -> dict[tuple[str, ...], Software]:
    """Identities by the tokens of their aliases."""
    return {tokens(alias): known for known in catalogue() for alias in known.aliases}


@cache
def data_ports() -> dict[str, str]:
    """Ports that only software with data of its own uses, and the first that does."""
    users: dict[str, list[Software]] = {}
    for known in catalogue():
        for port in known.ports:
            users.setdefault(port, []).append(known)
    return {port: listed[0].name for port, listed in users.items() if _only_data(listed)}


def tokens(text: str) -> tuple[str, ...]:
    """The words of a name, in lower case."""
    return tuple(part for part in _SEPARATORS.split(text.lower()) if part)


def _only_data(users: list[Software]) -> bool:
    classes = {known.state_class for known in users}
    return "stateful" in classes and "stateless" not in classes


def _software(row: dict[str, str]) -> Software:
    return Software(
        name=row["software"], aliases=tuple(_parts(row["aliases"])),
        ports=tuple(_parts(row["ports"])), role=row["role"],
        state_class=row["state_class"],  # type: ignore[arg-type]
        herd=row["herd"], state_path=row["state_path"] or None,
        stateful_if=tuple(_parts(row["stateful_if"])),
        stateless_if=tuple(_parts(row["stateless_if"])), weak=row["weak"] == "yes",
    )


def _parts(text: str) -> Iterator[str]:
    return (part for part in text.split(";") if part)
