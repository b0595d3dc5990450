"""Seconds of the audit beside a bare DuckDB join of the same frames, in one run.

    python -m tests.benchmarks.patching [installed rows] [images] [intervals]
"""

import random
import sys
import time

import duckdb
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.findings import list_findings
from fleetkit.patching.intervals import intervals
from fleetkit.patching.inventory import take_inventory
from fleetkit.patching.levels import list_levels
from fleetkit.patching.verdicts import judge
from fleetkit.plugins import Affected
from fleetkit.versions import text_keys

RELEASES = ("11", "12", "13")
SOURCES = 2_500
BUILDS = 8


def made_packages(rows: int, images: int, seed: int) -> pd.DataFrame:
    """Installed packages: every image has the same number, mostly of recent builds."""
    chance = random.Random(seed)
    each = rows // images
    cells = []
    for number in range(images):
        release = chance.choice(RELEASES)
        age = min(BUILDS - 1, int(chance.expovariate(1.2)))
        for source in chance.sample(range(SOURCES), each):
            version = f"2.{source % 7}.{BUILDS - age}-1+deb{release}u{source % 3}"
            cells.append((f"sha256:{number:064x}", "Debian", release, f"lib{source}-bin",
                          f"source{source}", version, version))
    names = ["subject_id", "ecosystem", "release", "name", "source_name", "version",
             "source_version"]
    return Fleet(packages=pd.DataFrame(cells, columns=names)).packages


def made_intervals(count: int, seed: int) -> pd.DataFrame:
    """Intervals as a distribution has them: nearly all are fixed in builds older than today's."""
    chance = random.Random(seed)
    rows = []
    for number in range(count // len(RELEASES)):
        source = chance.randrange(SOURCES)
        build = max(0, BUILDS - int(chance.expovariate(0.15)))
        for release in RELEASES:
            fix = f"2.{source % 7}.{build}-1+deb{release}u{source % 3}"
            events = (("introduced", "0"), ("fixed", fix))
            rows.append(Affected(
                f"DEBIAN-CVE-{number}", f"line {number}", f"Debian:{release}", f"source{source}",
                (("ECOSYSTEM", events),), upstream=(f"CVE-2026-{number:05d}",),
            ))
    return intervals(rows)


def bare_join(packages: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """What any tool has to do at least: join every installed row with the intervals."""
    keyed = packages[["subject_id", "release", "source_name", "source_version"]].assign(
        key=text_keys("Debian", packages["source_version"])
    )
    spans = known[["osv_id", "release", "package", "lo", "hi", "fixed_version"]]
    assert len(keyed)
    assert len(spans)
    return duckdb.sql(
        "SELECT subject_id, k.release, source_name, source_version, osv_id, fixed_version"
        " FROM keyed k JOIN spans s ON k.release = s.release AND k.source_name = s.package"
        " AND s.lo <= k.key AND k.key < s.hi"
    ).df()


def audited(packages: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The audit without reading files: findings and patch levels of all subjects."""
    inventory = take_inventory(packages)
    verdicts = judge(inventory, known)
    list_levels(inventory, verdicts, known, set())
    return list_findings(inventory, verdicts, known, [])


def main(rows: int = 1_000_000, images: int = 5_000, count: int = 100_000) -> None:
    """Print one line per measurement: seconds by the clock, and of the processors."""
    packages = made_packages(rows, images, seed=1)
    watch = Watch()
    known = made_intervals(count, seed=2)
    print(f"{len(known):,} intervals made in {watch}")
    best: dict[str, float] = {}
    for name, measured in (("bare join", bare_join), ("audit", audited)) * 2:
        watch = Watch()
        found = measured(packages, known)
        best[name] = min(best.get(name, 1e9), watch.seconds())
        print(f"{name}: {len(packages):,} installed rows, {len(found):,} found, {watch}")
    print(f"ratio: {best['audit'] / best['bare join']:.2f}")


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._clock, self._processors = time.perf_counter(), time.process_time()

    def seconds(self) -> float:
        """By the clock."""
        return time.perf_counter() - self._clock

    def __str__(self) -> str:
        return (f"{self.seconds():.2f} s ({time.process_time() - self._processors:.2f} s of the"
                " processors)")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
