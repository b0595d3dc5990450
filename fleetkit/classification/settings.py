"""What the configuration says about software whose state depends on it."""

import re
from functools import cache
from typing import Literal

from fleetkit.classification.identities import LONGEST
from fleetkit.classification.software import Software, catalogue

Place = Literal["mount", "env", "command"]
PLACES: tuple[Place, ...] = ("mount", "env", "command")


@cache
def asked() -> tuple[tuple[str, Place], ...]:
    """Which software asks which place; nothing else needs to be looked at."""
    return tuple(
        (known.name, place) for known in catalogue() for place in PLACES if _tests(known, place)
    )


def verdict(software: str, place: str, text: str) -> int:
    """1: keeps its state here; -1: keeps it elsewhere; 0: says nothing."""
    for test, sign in _tests(_by_name()[software], place):
        if _passes(place, test, text[:LONGEST]):
            return sign
    return 0


def _passes(place: str, test: str, text: str) -> bool:
    if place == "mount":
        return _same_tree(test, text.rstrip("/"))
    if place == "env":
        return text == test or (test.endswith("*") and text.startswith(test[:-1]))
    return re.search(test, text) is not None


def _same_tree(path: str, mounted: str) -> bool:
    """Whether the mount is the path, lies in it, or holds it."""
    return f"{mounted}/".startswith(f"{path}/") or (
        mounted.count("/") > 1 and f"{path}/".startswith(f"{mounted}/")
    )


@cache
def _tests(known: Software, place: str) -> tuple[tuple[str, int], ...]:
    if place == "mount":
        return tuple((path, 1) for path in known.data_paths)
    prefix = f"{place}:"
    signed = [(test, 1) for test in known.stateful_if] + [(test, -1) for test in known.stateless_if]
    return tuple((test.removeprefix(prefix), sign) for test, sign in signed
                 if test.startswith(prefix))


@cache
def _by_name() -> dict[str, Software]:
    return {known.name: known for known in catalogue()}
