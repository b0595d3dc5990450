"""What a company runs: stacks of software with their manners, from `stacks.csv`.

Images, ports, paths and variables are those that the projects document. How often each is found,
and in which numbers, is an assumption of ours, near to what public charts and surveys show.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from fleetkit.loaders.synthetic.draws import Numbers

SYSTEMS = ("Debian", "Red Hat", "Alpine", "Windows")
LANGUAGES = ("java", "go", "python", "node", "php")
SYSTEM_OF_LANGUAGE = (1, 2, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stack:
    """One way to run something.

    Args:
        name: of the stack.
        form: box (container), machine, agent, host or node.
        share: how often a group of its form is of it.
        is_stateful: it keeps data: the planted truth.
        least: members of a group at least.
        most: members of a group at most.
        control: service, store, batch, agent, group or alone; who replaces a member.
        image: repository of its image; empty where the company builds it, and for machines.
        tags: of that image, the newest first.
        base: system in its image.
        language: of what the company builds.
        command: what it starts.
        ports: as 5432/tcp.
        path: where its data is; empty where it has none.
        variables: names of environment variables.
        nick: what people call it; empty for machines with a given name.
    """

    name: str
    form: str
    share: int
    is_stateful: bool
    least: int
    most: int
    control: str
    image: str
    tags: tuple[str, ...]
    base: str
    language: str
    command: str
    ports: tuple[str, ...]
    path: str
    variables: tuple[str, ...]
    nick: str

    @property
    def is_own(self) -> bool:
        """Whether the company builds its image."""
        return bool(self.language)


@cache
def stacks() -> tuple[Stack, ...]:
    """All stacks, in the order of the file."""
    text = (Path(__file__).parent / "stacks.csv").read_text(encoding="utf-8")
    return tuple(_stack(row) for row in csv.DictReader(text.splitlines()))


def places(form: str) -> list[int]:
    """Numbers of the stacks of a form."""
    return [number for number, stack in enumerate(stacks()) if stack.form == form]


def own_stacks() -> list[int]:
    """Numbers of the stacks whose images the company builds."""
    return [number for number, stack in enumerate(stacks()) if stack.is_own]


def bought_stacks() -> list[int]:
    """Numbers of the stacks whose images come from elsewhere."""
    return [number for number, stack in enumerate(stacks()) if stack.image]


def column(name: str) -> list[object]:
    """One field of all stacks."""
    return [getattr(stack, name) for stack in stacks()]


def marks(name: str, wanted: Sequence[object] = (True,)) -> Numbers:
    """For each stack whether a field holds one of the values."""
    return np.array([value in wanted for value in column(name)])


def _stack(row: dict[str, str]) -> Stack:
    return Stack(
        name=row["stack"], form=row["form"], share=int(row["share"]),
        is_stateful=row["state"] == "stateful", least=int(row["least"]), most=int(row["most"]),
        control=row["control"], image=row["image"], tags=tuple(_parts(row["tags"])),
        base=row["base"], language=row["language"] if row["language"] in LANGUAGES else "",
        command=row["command"], ports=tuple(_parts(row["ports"])), path=row["path"],
        variables=tuple(_parts(row["environment"])), nick=row["nick"],
    )


def _parts(text: str) -> list[str]:
    return [part for part in text.split(";") if part]
