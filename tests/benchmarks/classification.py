"""How long `classify` takes beside a plain scan and group-by of the same frames.

`python -m tests.benchmarks.classification [rows ...]`; by default 100,000 and 1,000,000 workloads
with two mounts each, seeded. Each size runs in a process of its own, so that its peak memory is
its own.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from fleetkit.classification import classify
from fleetkit.fleet import Fleet
from fleetkit.history import restore, save
from fleetkit.loading import load

_SCAN = """
    select w.controller_kind, w.image_ref, m.kind, m.target_path, count(*), sum(m.size_bytes),
           max(epoch(w.started_at)), max(w.written_bytes)
    from workloads w left join mounts m using (workload_id) group by 1, 2, 3, 4
"""


def main(sizes: Sequence[int] = (100_000, 1_000_000)) -> None:
    """One line per size: seconds, ratio to the scan, peak memory."""
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for part in ("make", "measure"):
                command = [sys.executable, "-m", "tests.benchmarks.classification", part]
                subprocess.run([*command, str(rows), folder], check=True)


def make(rows: int, folder: Path) -> None:
    """Saves a seeded fleet of that many workloads with two mounts each."""
    whole = load("synthetic", workloads=rows, seed=7, only=["workloads", "mounts"])
    save(Fleet(workloads=whole.workloads, mounts=whole.mounts), folder / "fleet")


def measure(rows: int, folder: Path) -> None:
    """Prints one line about one size."""
    fleet = restore(folder / "fleet")
    base = _peak()
    scan = min(_seconds(lambda: _scanned(fleet)) for _ in range(3))
    labelled: list[Fleet] = []
    spent = _seconds(lambda: labelled.append(classify(fleet)))
    evidence, labels = labelled[0].evidence, labelled[0].labels
    print(
        f"{rows:,} workloads, {len(fleet.mounts):,} mounts: {spent:.1f} s,"
        f" {spent / scan:.0f} × a scan and group-by"
        f" ({scan:.2f} s), {len(evidence):,} rows of evidence, peak {_peak() / 1e9:.1f} GB"
        f" ({base / 1e9:.1f} GB of it the fleet), {dict(labels['label'].value_counts())}"
    )


def _scanned(fleet: Fleet) -> None:
    connection = duckdb.connect()
    for name in ("workloads", "mounts"):
        frame = fleet[name].dropna(axis="columns", how="all")
        connection.register(name, pa.Table.from_pandas(frame, preserve_index=False))
    connection.execute(_SCAN).fetchall()


def _seconds(run: object) -> float:
    start = time.perf_counter()
    run()  # type: ignore[operator]
    return time.perf_counter() - start


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    if sys.argv[1:2] in (["make"], ["measure"]):
        {"make": make, "measure": measure}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or (100_000, 1_000_000))
