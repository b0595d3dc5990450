"""Processor seconds for the keys of 100,000 distinct versions, beside peers that compare pairs.

Run: python -m tests.benchmarks.versions
The goals are under 2 seconds for each scheme, on one core, and 100 times as many pairs in the same
time as `univers` compares, where 8,000,000 installed rows of these versions meet one bound each;
our time holds the keys too. Peers are used where installed (pip install univers); an ecosystem's
own library in Python compares each version with the next one.
"""

import importlib
import random
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from operator import attrgetter

import numpy as np
import pandas as pd

from fleetkit.versions import keys, text_keys

COUNT = 100_000
PAIRS = 8_000_000
PAIRS_OF_PEER = 20_000
UNIVERS = {  # scheme -> class of univers.versions
    "apk": "AlpineLinuxVersion", "composer": "ComposerVersion", "dpkg": "DebianVersion",
    "go": "GolangVersion", "maven": "MavenVersion", "nuget": "NugetVersion",
    "pep440": "PypiVersion", "rpm": "RpmVersion", "rubygems": "RubygemsVersion",
    "semver": "SemverVersion",
}  # fmt: skip
PEERS = {  # scheme -> module, what makes objects that compare
    "dpkg": ("debian.debian_support", "Version"),
    "pep440": ("packaging.version", "Version"),
    "semver": ("semver", "Version.parse"),
}
SHAPES = {
    "dpkg": ("{e}:{a}.{b}.{c}+git{d}-{a}+deb12u{e}", "{a}.{b}~rc{e}+dfsg-{c}", "{a}.{b}.{c}-{e}"),
    "rpm": ("{e}:{a}.{b}.{c}-{d}.el9_{e}.{b}", "{a}.{b}^{d}git-{c}.fc39", "{a}.{b}-{c}.el8"),
    "apk": ("{a}.{b}.{c}-r{e}", "{a}.{b}.{c}_git{d}-r{e}", "{a}.{b}{x}_p{c}-r{e}"),
    "semver": ("{a}.{b}.{c}", "{a}.{b}.{c}-rc.{e}", "{a}.{b}.0-0.{d}-{x}b{c}"),
    "pep440": ("{a}.{b}.{c}", "{a}.{b}rc{c}", "{a}.{b}.{c}.post{e}.dev{b}", "{a}.{b}+{x}.{d}"),
    "maven": ("{a}.{b}.{c}", "{a}.{b}.{c}.Final-redhat-{e}", "{a}.{b}-rc-{c}", "{a}.{b}.{c}-jre"),
    "rubygems": ("{a}.{b}.{c}", "{a}.{b}.{c}.rc{e}", "{a}.{b}.{c}.{d}", "{a}.{b}.pre.{c}"),
    "nuget": ("{a}.{b}.{c}", "{a}.{b}.{c}.{e}-beta.{b}", "{a}.{b}.{c}-preview.{d}.{e}"),
    "composer": ("v{a}.{b}.{c}", "{a}.{b}.{c}-beta{e}", "{a}.{b}.{c}.{e}-RC{b}", "{a}.{b}-p{e}"),
    "go": ("v{a}.{b}.{c}", "v{a}.{b}.{c}-rc.{e}", "v{a}.{b}.0-0.{d}-{x}b{c}"),
    "semver_build": ("{a}.{b}.{c}", "{a}.{b}.{c}-dev.{e}+{b}", "{a}.{b}.{c}+{e}"),
    "integers": ("{a}.{b}.{c}", "{a}.{b}-{c}", "{a}.{b}.{c}.{d}"),
}


def main() -> None:
    """Prints one line per scheme."""
    for scheme in SHAPES:
        versions = _versions(scheme)
        ours = _seconds(partial(_by_keys, scheme, versions))
        said = [_peer(scheme, versions, ours), _univers(scheme, versions)]
        told = "; ".join(text for text in said if text) or "no peer in Python is installed"
        print(f"{scheme:12} {COUNT:,} versions: keys {ours:.2f} s; {told}")


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
        make = attrgetter(name)(importlib.import_module(module)) if module else None
    except ImportError:
        make = None
    if make is None:
        return ""
    theirs = _seconds(lambda: sum(make(low) < make(high) for low, high in pairwise(versions)))
    return f"{module} pair by pair {theirs:.2f} s, ratio {theirs / ours:.1f}"


def _univers(scheme: str, versions: list[str]) -> str:
    """Pairs per second; the slower one compares a sample, of what it does not refuse."""
    try:
        library = importlib.import_module("univers.versions")
    except ImportError:
        return ""
    if scheme not in UNIVERS:
        return ""
    make = getattr(library, UNIVERS[scheme])
    left, right = np.random.default_rng(0).integers(0, COUNT, (2, PAIRS))
    ours = PAIRS / _seconds(partial(_meet, scheme, versions, left, right))
    few = zip(left[:PAIRS_OF_PEER].tolist(), right.tolist(), strict=False)
    pairs = [(versions[low], versions[high]) for low, high in few]
    known = [pair for pair in pairs if all(map(make.is_valid, pair))]
    theirs = len(known) / _seconds(lambda: sum(make(low) < make(high) for low, high in known))
    return f"{ours:,.0f} pairs/s, univers {theirs:,.0f}, ratio {ours / theirs:.0f}"


def _meet(scheme: str, versions: list[str], left: np.ndarray, right: np.ndarray) -> int:
    """How many of the pairs rise: the order of the keys, then only whole numbers."""
    ranks, _ = pd.factorize(text_keys(scheme, pd.Series(versions)), sort=True)
    return int((ranks[left] < ranks[right]).sum())


def _seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


if __name__ == "__main__":
    main()
