"""Seconds and memory of reading feeds as large as all of Debian and Ubuntu, and of opening again.

    python -m tests.benchmarks.feeds [records] [archive | lines | folder]

Records are those stored in shared data under new ids and package names; every other is Ubuntu's.
Each measurement has a process of its own, whose peak of memory is printed.
"""

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from fleetkit.patching.feeds import read_feeds

STORED = Path(__file__).parents[3] / "shared" / "data" / "osv"
NOW = datetime(2026, 8, 22, tzinfo=UTC)
PACKAGES = 4_000


def made_records(count: int) -> Iterator[tuple[str, str]]:
    """Ids and texts of records: Debian and Ubuntu in turn, each flaw in a package of its own."""
    debian, ubuntu = [list(_templates(base)) for base in ("Debian", "Ubuntu")]
    turns = zip(cycle(debian), cycle(ubuntu), strict=False)
    both = (template for pair in turns for template in pair)
    for number, (osv_id, text) in enumerate(islice(both, count)):
        prefix = "UBUNTU" if number % 2 else "DEBIAN"
        name = f"{prefix}-CVE-{2000 + number % 26}-{number:06}"
        yield name, text.replace(json.dumps(osv_id), json.dumps(name)).replace(
            "{package}", str(number * 7 % PACKAGES)
        ).replace("{flaw}", name.removeprefix(f"{prefix}-"))


def _templates(base: str) -> Iterator[tuple[str, str]]:
    lines = [line for name in ("debian-11-12-13-osv.jsonl.gz", "debian-9-osv.jsonl.gz")
             for line in gzip.decompress((STORED / name).read_bytes()).splitlines()]
    wrapped = (STORED / "distro-fixtures.jsonl").read_bytes().splitlines()
    for record in (*map(json.loads, lines), *(json.loads(line)["osv"] for line in wrapped)):
        affected = record["affected"]
        if not all(entry["package"]["ecosystem"].startswith(base) for entry in affected):
            continue
        for entry in affected:
            entry["package"]["name"] += "-{package}"
        yield record["id"], json.dumps({**record, "aliases": [], "upstream": ["{flaw}"]})


def write_feed(folder: Path, form: str, count: int) -> Path:
    """The records as one archive, as lines of one file, or as a folder of a file each."""
    if form == "archive":
        with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for name, text in made_records(count):
                out.writestr(f"{name}.json", text)
        return folder / "all.zip"
    if form == "lines":
        with (folder / "all.jsonl").open("w") as lines:
            lines.writelines(f"{text}\n" for _, text in made_records(count))
        return folder / "all.jsonl"
    (folder / "records").mkdir()
    for name, text in made_records(count):
        (folder / "records" / f"{name}.json").write_text(text)
    return folder / "records"


def measure(path: Path) -> str:
    """What one reading of the feed costs this process."""
    clock, processors = time.perf_counter(), time.process_time()
    found = read_feeds(path, NOW)
    clock, processors = time.perf_counter() - clock, time.process_time() - processors
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return (f"{len(found.intervals):,} intervals, {len(found.problems)} problems, {clock:.2f} s"
            f" ({processors:.2f} s of the processors), peak {peak:.2f} GiB")


def main(count: int = 300_000, form: str = "archive") -> None:
    """Print one line per measurement: the first reading, and three times the stored one."""
    with tempfile.TemporaryDirectory() as folder:
        feed = write_feed(Path(folder), form, count)
        held = sum(file.stat().st_size for file in (feed, *feed.rglob("*")) if file.is_file())
        print(f"{count:,} records as {form}: {held / 1e6:,.0f} MB")
        for turn in ("read", *["opened again"] * 3):
            told = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.feeds", "measure", str(feed)],
                env={**os.environ, "FLEETKIT_CACHE": f"{folder}/cache"},
                check=True, capture_output=True, text=True,
            )
            print(f"{turn}: {told.stdout.strip()}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(measure(Path(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
