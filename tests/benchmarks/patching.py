"""Seconds and memory of the whole audit beside a bare DuckDB join of the same rows, in one run.

    python -m tests.benchmarks.patching [installed rows] [images] [intervals]

The audit opens its feed from the store and makes findings, patch levels and advisories; the join
has its frames at hand.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from fleetkit.patching.feeds import read_feeds
from fleetkit.tables import PACKAGES
from fleetkit.versions import text_keys

NOW = datetime(2026, 8, 22, tzinfo=UTC)
RELEASES = ("11", "12", "13")
SOURCES = 2_500
BUILDS = 8
BLOCK = 1_000  # images whose sources are drawn at one time


def made_packages(rows: int, images: int, seed: int) -> pd.DataFrame:
    """Installed packages: every image has the same number, mostly of recent builds."""
    chance = np.random.default_rng(seed)
    each = rows // images
    release = chance.integers(len(RELEASES), size=images)
    age = np.minimum(BUILDS - 1, chance.exponential(1 / 1.2, (images, each)).astype(np.int64))
    source = np.concatenate([
        chance.random((min(BLOCK, images - start), SOURCES)).argpartition(each, axis=1)[:, :each]
        for start in range(0, images, BLOCK)
    ])
    versions = pa.array([_version(source, BUILDS - age, place) for place in RELEASES
                         for age in range(BUILDS) for source in range(SOURCES)])
    image = np.repeat(np.arange(images), each)
    version = versions.take(pa.array(
        ((release[:, None] * BUILDS + age) * SOURCES + source).ravel()))
    sources = pa.array(source.ravel())
    return PACKAGES.from_arrow(pa.table({
        "subject_id": pa.array([f"sha256:{number:064x}" for number in range(images)]).take(
            pa.array(image)),
        "ecosystem": pa.repeat("Debian", len(image)),
        "release": pa.array(RELEASES).take(pa.array(release[image])),
        "name": pa.array([f"lib{number}-bin" for number in range(SOURCES)]).take(sources),
        "source_name": pa.array([f"source{number}" for number in range(SOURCES)]).take(sources),
        "version": version, "source_version": version,
    }))


def write_feed(path: Path, intervals: int, seed: int) -> Path:
    """Records as a distribution has them: nearly all are fixed in builds older than today's."""
    with path.open("w") as lines:
        for record in _made_records(intervals // len(RELEASES), seed):
            lines.write(json.dumps(record) + "\n")
    return path


def _made_records(count: int, seed: int) -> Iterator[dict[str, object]]:
    chance = np.random.default_rng(seed)
    sources = chance.integers(SOURCES, size=count).tolist()
    builds = np.maximum(0, BUILDS - chance.exponential(1 / 0.15, count).astype(int)).tolist()
    for number, (source, build) in enumerate(zip(sources, builds, strict=True)):
        yield {
            "id": f"DEBIAN-CVE-{number}", "modified": "2026-08-20T00:00:00Z",
            "upstream": [f"CVE-2026-{number:05d}"],
            "affected": [
                {"package": {"ecosystem": f"Debian:{release}", "name": f"source{source}"},
                 "ranges": [{"type": "ECOSYSTEM", "events": [
                     {"introduced": "0"}, {"fixed": _version(source, build, release)}]}]}
                for release in RELEASES
            ],
        }


def _version(source: int, build: int, release: str) -> str:
    return f"2.{source % 7}.{build}-1+deb{release}u{source % 3}"


def bare_join(packages: pd.DataFrame, known: pd.DataFrame) -> str:
    """What any tool has to do at least: join every installed row with the intervals."""
    keyed = packages[["subject_id", "release", "source_name", "source_version"]].assign(
        key=text_keys("Debian", packages["source_version"])
    )
    spans = known[["osv_id", "release", "package", "lo", "hi", "fixed_version"]]
    assert len(keyed)
    assert len(spans)
    found = duckdb.sql(
        "SELECT subject_id, k.release, source_name, source_version, osv_id, fixed_version"
        " FROM keyed k JOIN spans s ON k.release = s.release AND k.source_name = s.package"
        " AND s.lo <= k.key AND k.key < s.hi"
    ).df()  # a frame, as the audit gives one; as Arrow it would take a quarter of the time
    return f"{len(found):,} pairs"


def audited(packages: pd.DataFrame, feed: Path) -> str:
    """Findings, patch levels and advisories of all subjects."""
    found = audit(Fleet(packages=packages), feed, now=NOW)
    return f"{len(found.findings):,} findings, {len(found.patch_levels):,} levels"


def main(rows: int = 1_000_000, images: int = 5_000, count: int = 100_000) -> None:
    """Print one line per measurement: seconds by the clock, and of the processors."""
    packages = made_packages(rows, images, seed=1)
    best: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FLEETKIT_CACHE"] = folder
        feed, watch = write_feed(Path(folder) / "feed.jsonl", count, seed=2), Watch()
        known = read_feeds(feed, NOW).intervals
        print(f"{len(known):,} intervals read and stored, {watch}")
        tasks = {"bare join": partial(bare_join, packages, known),
                 "audit": partial(audited, packages, feed)}
        for name, measured in [*tasks.items()] * 2:
            watch = Watch()
            told = measured()
            pa.default_memory_pool().release_unused()
            best[name] = min(best.get(name, 1e9), watch.seconds())
            print(f"{name}: {len(packages):,} installed rows, {told}, {watch}", flush=True)
    print(f"ratio: {best['audit'] / best['bare join']:.2f}")


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._clock, self._processors = time.perf_counter(), time.process_time()

    def seconds(self) -> float:
        """By the clock."""
        return time.perf_counter() - self._clock

    def __str__(self) -> str:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        return (f"{self.seconds():.2f} s ({time.process_time() - self._processors:.2f} s of the"
                f" processors), peak so far {peak:.1f} GiB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
