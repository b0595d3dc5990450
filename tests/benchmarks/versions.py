"""Seconds for the keys of 100,000 distinct versions, beside a peer that compares them pair by pair.

Run: python -m tests.benchmarks.versions
The goal is under 2 seconds for each scheme, on one core. A peer is used where it is installed.
"""

import importlib
import random
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pandas as pd

from fleetkit.versions import keys

COUNT = 100_000
PEERS = {  # scheme -> module, name of a class whose instances compare
    "dpkg": ("debian.debian_support", "Version"),
    "pep440": ("packaging.version", "Version"),
    "semver": ("semver", "Version"),
}
SHAPES = {
    "dpkg": ("{e}:{a}.{b}.{c}+git{d}-{a}+deb12u{e}", "{a}.{b}~rc{e}+dfsg-{c}", "{a}.{b}.{c}-{e}"),
    "rpm": ("{e}:{a}.{b}.{c}-{d}.el9_{e}.{b}", "{a}.{b}^{d}git-{c}.fc39", "{a}.{b}-{c}.el8"),
    "apk": ("{a}.{b}.{c}-r{e}", "{a}.{b}.{c}_git{d}-r{e}", "{a}.{b}{x}_p{c}-r{e}"),
    "semver": ("{a}.{b}.{c}", "{a}.{b}.{c}-rc.{e}", "{a}.{b}.0-0.{d}-{x}b{c}"),
    "pep440": ("{a}.{b}.{c}", "{a}.{b}rc{c}", "{a}.{b}.{c}.post{e}.dev{b}", "{a}.{b}+{x}.{d}"),
}


def main() -> None:
    """Prints one line per scheme."""
    for scheme in SHAPES:
        versions = _versions(scheme)
        ours = _seconds(partial(_by_keys, scheme, versions))
        print(f"{scheme:7} {COUNT:,} versions: keys {ours:.2f} s; {_peer(scheme, versions, ours)}")


def _versions(scheme: str) -> list[str]:
    chance = random.Random(0)
    found: dict[str, None] = {}
    while len(found) < COUNT:
        parts = {"a": 40, "b": 100, "c": 500, "d": 30_000_000, "e": 9}
        numbers = {name: chance.randrange(limit) for name, limit in parts.items()}
        shape = chance.choice(SHAPES[scheme])
        found[shape.format(**numbers, x=chance.choice("abc"))] = None
    return list(found)


def _by_keys(scheme: str, versions: list[str]) -> None:
    found = keys(scheme, pd.Series(versions))
    if found.isna().any():
        missing = pd.Series(versions)[found.isna()].iloc[0]
        raise ValueError(f"{scheme}: {missing!r} has no key; correct the shapes of this benchmark")
    sum(low < high for low, high in pairwise(found.tolist()))


def _peer(scheme: str, versions: list[str], ours: float) -> str:
    module, name = PEERS.get(scheme, ("", ""))
    try:
        make = getattr(importlib.import_module(module), name) if module else None
    except ImportError:
        make = None
    if make is None:
        return "no peer in Python is installed"
    theirs = _seconds(lambda: sum(make(low) < make(high) for low, high in pairwise(versions)))
    return f"{module} pair by pair {theirs:.2f} s, ratio {theirs / ours:.1f}"


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
