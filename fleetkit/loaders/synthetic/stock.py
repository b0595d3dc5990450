"""The stock of packages of each system: names, builds, and all that follows from these.

The first names and all their builds are real, from `packages.csv` (Debian 12, Red Hat 9, Alpine
3.20); further names are made in the same shapes, for images that hold more.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from fleetkit.loaders.synthetic.draws import Numbers
from fleetkit.loaders.synthetic.stacks import SYSTEMS
from fleetkit.loaders.synthetic.words import DOMAINS, MORE_PACKAGES, TEAMS

MOST = 1_200
"""Packages that a system has to offer."""
_RELEASES = ("12", "9", "v3.20")
_ARCHES = ("amd64", "x86_64", "x86_64")
_PATHS = ("var/lib/dpkg/status", "var/lib/rpm/rpmdb.sqlite", "lib/apk/db/installed")
_PURLS = ("deb/debian", "rpm/redhat", "apk/alpine")
_SHAPES = ("{0}-{2}+deb12u{1}", "{0}-{1}.el9", "{0}-r{1}")
_MADE_BUILDS = 3


@dataclass(frozen=True)
class Stock:
    """The packages of all systems, one row per system, package and build, the oldest build first.

    Args:
        rows: Arrow columns of the table of packages that follow from the build alone.
        first: row of the oldest build, by system and package.
        builds: how many builds there are, by system and package.
        order: place in the order of names, by system and package.
        vital: whether it comes from OpenSSL, by system and package.
    """

    rows: pa.Table
    first: Numbers
    builds: Numbers
    order: Numbers
    vital: Numbers


@cache
def stock() -> Stock:
    """The stock, read once."""
    listed = [_packages(system) for system in range(len(_RELEASES))]
    rows = [row for packages in listed for package in packages for row in package]
    counts = np.array([[len(package) for package in packages] for packages in listed])
    first = (np.cumsum(counts) - counts.ravel()).reshape(counts.shape)
    names = [[package[0]["name"] for package in packages] for packages in listed]
    order = np.argsort(np.argsort(np.array(names), axis=1), axis=1)
    sources = np.array([[package[0]["source_name"] for package in packages] for packages in listed])
    return Stock(pa.Table.from_pylist(rows), first, counts, order, sources == "openssl")


def _packages(system: int) -> list[list[dict[str, Any]]]:
    """The builds of each package of a system: the real ones, then those that are made."""
    text = (Path(__file__).parent / "packages.csv").read_text(encoding="utf-8")
    known = [row for row in csv.DictReader(text.splitlines())
             if row["ecosystem"] == SYSTEMS[system]]
    real = [
        [_row(system, name, row["source"], version) for version in row["versions"].split(";")]
        for row in known for name in row["names"].split(";")
    ]
    there = {package[0]["name"] for package in real}
    made = [_made(system, place) for place in range(MOST)]
    return [*real, *(one for one in made if one[0]["name"] not in there)][:MOST]


def _made(system: int, place: int) -> list[dict[str, Any]]:
    words = DOMAINS + TEAMS
    group, shape = MORE_PACKAGES[place % len(MORE_PACKAGES)]
    name = shape.format(words[place // len(MORE_PACKAGES) % len(words)])
    upstream = f"{place % 4 + 1}.{place % 23}.{place % 9}"
    versions = [_SHAPES[system].format(upstream, build, place % 3 + 1)
                for build in range(1, _MADE_BUILDS + 1)]
    return [_row(system, name, f"{group}-{name}" if group == "lib" else name, version)
            for version in versions]


def _row(system: int, name: str, source: str, version: str) -> dict[str, Any]:
    quoted = version.replace("+", "%2B").replace(":", "%3A")
    return {
        "ecosystem": SYSTEMS[system], "release": _RELEASES[system], "name": name,
        "source_name": source, "version": version, "source_version": version,
        "arch": _ARCHES[system], "path": _PATHS[system],
        "purl": f"pkg:{_PURLS[system]}/{name}@{quoted}?arch={_ARCHES[system]}",
    }
