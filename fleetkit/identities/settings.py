"""What the configuration says about software whose state depends on it."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from fleetkit.identities.software import Catalogue, Software, meant

Place = Literal["mount", "env", "command"]
PLACES: tuple[Place, ...] = ("mount", "env", "command")
LONGEST = 300
"""Characters of a text that are looked at."""
Tests = Mapping[tuple[str, str], tuple[tuple[str, int], ...]]
"""By software and place: the tests, each with what it speaks for if it is passed."""


def asked(known: Catalogue | None = None) -> Tests:
    """The tests of a catalogue; what is not in it needs not be looked at."""
    return {
        (software.name, place): found
        for software in meant(known) for place in PLACES
        if (found := tuple(_tests(software, place)))
    }


def verdict(asked: Tests, software: str, place: str, text: str) -> int:
    """1: keeps its state here; -1: keeps it elsewhere; 0: says nothing."""
    for test, sign in asked.get((software, place), ()):
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


def _tests(known: Software, place: str) -> Iterator[tuple[str, int]]:
    if place == "mount":
        yield from ((path, 1) for path in known.data_paths)
    prefix = f"{place}:"
    for signed, sign in ((known.stateful_if, 1), (known.stateless_if, -1)):
        yield from ((test.removeprefix(prefix), sign) for test in signed
                    if test.startswith(prefix) and (place != "mount" or sign < 0))
